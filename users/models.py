"""The people."""

import zoneinfo

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from users.addresses import address
from users.letters import Letter
from users.moderation import (
    Moderated,
    ModerationAction,
    Report,
    Reportable,
    ReportReason,
    Rule,
    Status,
    TransitionError,
    Verb,
)
from users.names import USERNAME, skeleton, validate_not_reserved
from users.notifications import Notification
from users.sessions import MemberSession
from users.site_settings import SiteSettings

__all__ = [
    "Letter",
    "MemberSession",
    "Moderated",
    "ModerationAction",
    "Notification",
    "Report",
    "ReportReason",
    "Rule",
    "SiteSettings",
    "Status",
    "TextLicense",
    "TransitionError",
    "User",
    "Verb",
]


class TextLicense(models.TextChoices):
    """What a reader may do with a member's text; the values are SPDX ids where there is one."""

    ALL_RIGHTS = "all-rights-reserved", _("All rights reserved")
    BY = "CC-BY-4.0", "CC BY 4.0"
    BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    BY_NC_SA = "CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"
    CC0 = "CC0-1.0", "CC0 1.0"

    @property
    def url(self):
        """Address of the licence's deed; empty where all rights are reserved."""
        return {
            self.BY: "https://creativecommons.org/licenses/by/4.0/",
            self.BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
            self.BY_NC_SA: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
            self.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
        }.get(self, "")


def validate_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone of this name."), code="time_zone")


class UserQuerySet(models.QuerySet):
    def members(self):
        """Everybody who has a public page."""
        return self.filter(is_active=True, left_at__isnull=True)

    def writers(self):
        """Members with something published to read."""
        return self.members().filter(Q(essay_count__gt=0) | Q(note_count__gt=0))

    def mistaken_for(self, name):
        """Staff that somebody called `name` could be taken for."""
        look = skeleton(name)
        if not look:
            return []
        staff = self.filter(is_staff=True, left_at__isnull=True).only("username", "display_name")
        return [
            who for who in staff if look in (skeleton(who.username), skeleton(who.display_name))
        ]

    def moderators(self):
        """Those who may decide on what others wrote."""
        may = Q(is_superuser=True) | Q(
            groups__permissions__codename="moderate",
            groups__permissions__content_type__app_label="users",
        )
        return self.filter(may, is_active=True, left_at__isnull=True).distinct()

    def deciders(self):
        """Those who have moderated something."""
        return self.filter(
            Exists(ModerationAction.objects.filter(moderator=OuterRef("pk")))
        ).order_by("display_name", "username")

    def for_log(self):
        """No member is named in the public log."""
        return self.none()

    def named(self, username):
        """Usernames are unique without case."""
        return self.annotate(username_key=Lower("username")).filter(username_key=username.lower())

    def called(self, start):
        """Members whose username starts with `start`, in whatever case, by the index."""
        low = start.lower()
        keyed = self.annotate(username_key=Lower("username"))
        return keyed.filter(username_key__gte=low, username_key__lt=f"{low}\U0010ffff")

    def mailed_at(self, email):
        """E-mail addresses are unique without case."""
        keyed = self.exclude(email="").annotate(email_key=Lower("email"))
        return keyed.filter(email_key=email.lower())


class MemberManager(UserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)


class User(Reportable, AbstractUser):
    class Display(models.TextChoices):
        AUTO = "auto", _("as the device says")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class TextSize(models.TextChoices):
        USUAL = "usual", _("as the device says")
        LARGE = "large", _("large")
        LARGEST = "largest", _("largest")

    class Measure(models.TextChoices):
        NARROW = "narrow", _("narrow")
        USUAL = "usual", _("usual")
        WIDE = "wide", _("wide")

    class Spoilers(models.TextChoices):
        ASK = "ask", _("always ask")
        SEEN = "seen", _("open if I have seen the film")
        OPEN = "open", _("always open")

    first_name = None
    last_name = None
    username = models.CharField(
        _("username"),
        max_length=30,
        unique=True,
        validators=[USERNAME, validate_not_reserved],
        help_text=_("3 to 30 letters a to z, digits, hyphens and underscores."),
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    display_name = models.CharField(
        _("name"), max_length=60, blank=True, help_text=_("As it stands under what you write.")
    )
    about = models.TextField(
        _("about you"), max_length=500, blank=True, validators=[MaxLengthValidator(500)]
    )
    language = models.CharField(_("language you write in"), max_length=12, default="en")
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="UTC", validators=[validate_time_zone]
    )
    display = models.CharField(_("display"), max_length=5, choices=Display, default=Display.AUTO)
    text_size = models.CharField(
        _("size of text"), max_length=7, choices=TextSize, default=TextSize.USUAL
    )
    measure = models.CharField(
        _("width of text"), max_length=6, choices=Measure, default=Measure.USUAL
    )
    spoilers = models.CharField(_("spoilers"), max_length=4, choices=Spoilers, default=Spoilers.ASK)
    text_license = models.CharField(
        _("licence of your texts"),
        max_length=20,
        choices=TextLicense,
        default=TextLicense.ALL_RIGHTS,
    )
    # SPDX id of the one that they gave a picture of their own last.
    picture_license = models.CharField(max_length=40, blank=True, editable=False)
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    leaving_at = models.DateTimeField(_("leaves"), null=True, blank=True, editable=False)
    leaving_keeps_pieces = models.BooleanField(default=False, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    is_asked = models.BooleanField(_("asked whether a film is still with me"), default=True)
    shows_diary = models.BooleanField(_("my diary is for everybody to read"), default=True)
    # {kind of notice: by which ways it comes}, where that is not as usual.
    channels = models.JSONField(default=dict, blank=True, editable=False)
    unread_count = models.PositiveIntegerField(default=0, editable=False)
    digest_at = models.DateTimeField(null=True, blank=True, editable=False)
    essay_count = models.PositiveIntegerField(_("essays"), default=0, editable=False)
    note_count = models.PositiveIntegerField(_("notes"), default=0, editable=False)
    # Of what is published; of languages counted in characters, what weighs as much.
    word_count = models.PositiveIntegerField(_("words"), default=0, editable=False)

    objects = MemberManager()

    class Meta:
        ordering = ["username"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique_without_case",
                violation_error_message=_("Somebody has this username already."),
            ),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="user_email_unique_without_case"
            ),
        ]
        indexes = [
            models.Index(fields=["-date_joined", "-id"], name="user_newest"),
            models.Index(
                fields=["display_name", "username"], condition=Q(is_staff=True), name="user_staff"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("member", self.username)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    def remember_picture_license(self, spdx_id):
        self.picture_license = spdx_id
        self.save(update_fields=["picture_license"])

    def set_asked(self, is_asked):
        self.is_asked = is_asked
        self.save(update_fields=["is_asked"])

    @property
    def name(self):
        """What readers see. A name is text of its own direction: put it into `<bdi>`."""
        if self.left_at:
            return str(_("a former moderator") if self.is_staff else _("a former member"))
        return self.display_name or self.username

    # Of what reports and their record need, what is another matter with a member

    may_moderate_own = False

    @property
    def is_public(self):
        return self.is_active and self.left_at is None

    @property
    def owner(self):
        return self

    def is_owned_by(self, user):
        return user is not None and self.pk == user.pk

    def moderation_title(self):
        return self.name

    @cached_property
    def can_moderate(self):
        return self.is_active and self.has_perm("users.moderate")
