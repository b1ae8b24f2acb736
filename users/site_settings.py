"""What whoever runs the site decides in the admin."""

import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from users.names import validate_name
from users.visitor_pages import new_epoch

KEPT = 30  # seconds that another process may not know of a change; its kept pages come on top
NAME = "Afterimage"
LONGEST = 40_000
LONGEST_NAME = 30
MARKDOWN = _("Markdown. It stands above what the software itself has to say.")


def text_field(label, help_text=MARKDOWN):
    validators = [MaxLengthValidator(LONGEST)]
    return models.TextField(label, blank=True, validators=validators, help_text=help_text)


def limit_field(label, default):
    validators = [MinValueValidator(1), MaxValueValidator(1_000_000)]
    return models.PositiveIntegerField(label, default=default, validators=validators)


class SiteSettings(models.Model):
    """One row, or none: then as declared here."""

    name = models.CharField(
        _("name"), max_length=60, default=NAME, validators=[validate_name],
        help_text=_("On every page, in mail and feeds."),
    )  # fmt: skip
    sign_up_is_open = models.BooleanField(
        _("anybody may join"),
        default=True,
        help_text=_("Closed, the page for joining says so. Members go on as before."),
    )
    contact = models.EmailField(
        _("address to write to"), blank=True, help_text=_("Shown on the page “Contact”.")
    )
    about = text_field(_("about"))
    rules = text_field(
        _("on the rules"), _("Markdown. It stands above the rules, which have a list of their own.")
    )
    privacy = text_field(_("privacy"))
    terms = text_field(_("terms"))
    contact_text = text_field(
        _("more on contact"),
        _("Markdown. Who runs the site, and where, as far as the law wants it."),
    )
    pieces_an_hour = limit_field(_("essays and notes"), 10)
    comments_an_hour = limit_field(_("replies"), 60)
    votes_an_hour = limit_field(_("votes, ratings and films seen"), 300)
    pictures_an_hour = limit_field(_("pictures"), 30)
    reports_an_hour = limit_field(_("reports"), 20)
    films_an_hour = limit_field(_("films added"), 10)
    searches_a_minute = limit_field(_("searches from one address, a minute"), 60)

    class Meta:
        verbose_name = verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="sitesettings_one")]

    def __str__(self):
        return str(_("Site settings"))

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)
        self.forget()
        # Somebody may have kept the old row again meanwhile.
        transaction.on_commit(self.forget, robust=True)

    def clean(self):
        if len(self.name) > LONGEST_NAME:
            message = _("At most %(limit)s characters: it stands at the head of every page.")
            error = ValidationError(message, code="long", params={"limit": LONGEST_NAME})
            raise ValidationError({"name": error})

    _kept = None, 0.0  # the row, and until when

    @classmethod
    def forget(cls):
        cls._kept = None, 0.0
        new_epoch()

    def keep(self):
        """For this process: pages ask no database for the settings."""
        type(self)._kept = self, time.monotonic() + KEPT
        return self

    @classmethod
    def current(cls):
        row, until = cls._kept
        if row is None or time.monotonic() > until:
            row = cls.objects.first() or cls()
            # What a transaction sees may never come to be.
            return row if connection.in_atomic_block else row.keep()
        return row

    @classmethod
    def site_name(cls):
        """For every page, also one that says that the database cannot be reached."""
        try:
            return cls.current().name
        except DatabaseError:
            row, _until = cls._kept
            return (row or cls()).keep().name

    @classmethod
    def last_name(cls):
        """As this process knew it last, which asks nobody."""
        row, _until = cls._kept
        return (row or cls()).name
