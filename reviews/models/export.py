import secrets
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from films.models import Image
from users.addresses import address
from users.errands import Errand, ErrandQuerySet
from users.models import User
from users.notifications import Kind, Notification

KEPT_FOR = timedelta(days=7)
FOLDER = "exports"


def store():
    return storages["private"]


def new_key():
    return secrets.token_urlsafe(24)


def forget_file(name):
    """One that cannot be deleted now is deleted by `sweep`."""
    with suppress(OSError):
        store().delete(name)


class ExportQuerySet(ErrandQuerySet):
    def open(self):
        return super().open().filter(made_at__isnull=True)

    def ready(self):
        made = self.filter(made_at__gt=timezone.now() - KEPT_FOR)
        return made.exclude(pk__in=self.model.objects.withdrawn().values("pk"))

    def withdrawn(self):
        """Those that may hold the file of a picture that was taken down since they were asked
        for: nobody gets it any more, its member not either."""
        theirs = Image.objects.filter(uploaded_by=OuterRef("member"))
        since = theirs.taken_down_since(OuterRef(OuterRef("asked_at")))
        return self.filter(Exists(since), made_at__isnull=False)

    def expired(self, now):
        long_ago = now - KEPT_FOR
        return self.filter(
            models.Q(made_at__lte=long_ago)
            | models.Q(given_up_at__lte=long_ago)
            | models.Q(pk__in=self.model.objects.withdrawn().values("pk"))
        )

    @transaction.atomic
    def order(self, member):
        """One at a time: that which is being made, or a new one in place of the last."""
        User.objects.select_for_update().get(pk=member.pk)
        export = self.filter(member=member).first()
        if export is not None:
            if export.is_waiting:
                return export
            export.discard()
        export = self.create(member=member)
        export.ask()
        return export

    def sweep(self):
        """Delete files whose row is gone. A row comes before its file. How many."""
        try:
            _folders, names = store().listdir(FOLDER)
        except FileNotFoundError:
            return 0
        known = {export.name for export in self.only("key")} if names else set()
        stray = [name for name in names if f"{FOLDER}/{name}" not in known]
        for name in stray:
            forget_file(f"{FOLDER}/{name}")
        return len(stray)


class Export(Errand):
    """Everything that a member made, in one file that a worker writes, and how far it is."""

    task_path = "reviews.tasks.make_export"

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="export",
        verbose_name=_("member"),
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of everything")
        verbose_name_plural = _("copies of everything")

    def __str__(self):
        return f"export {self.pk}"

    def get_absolute_url(self):
        return address("reviews:export_state")

    @property
    def is_waiting(self):
        return not (self.made_at or self.given_up_at)

    @property
    def is_ready(self):
        is_there = self.made_at is not None and self.expires_at > timezone.now()
        return is_there and not self.is_withdrawn

    @cached_property
    def is_withdrawn(self):
        return Export.objects.withdrawn().filter(pk=self.pk).exists()

    @property
    def expires_at(self):
        return self.made_at + KEPT_FOR

    @property
    def name(self):
        return f"{FOLDER}/{self.key}.zip"

    def open(self):
        return store().open(self.name)

    def keep(self, file):
        """Take `file` as what was asked for, and say so. The half of one, of a worker that died,
        makes way."""
        self.bytes = file.seek(0, 2)
        file.seek(0)
        store().delete(self.name)
        store().save(self.name, File(file))
        self.made_at = timezone.now()
        self.save()
        Notification.objects.tell([self.member], Kind.EXPORT, self)

    def give_up(self):
        super().give_up()
        Notification.objects.tell([self.member], Kind.EXPORT, self)

    def discard(self):
        name = self.name
        self.delete()
        transaction.on_commit(lambda: forget_file(name), robust=True)
