import secrets
from contextlib import suppress

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.credit import Credit
from films.images import address_start, inspect, write_derivatives
from films.models.file_errand import FileErrand
from users import visitor_pages
from users.addresses import address
from users.moderation import Moderated, ModeratedQuerySet, ModerationAction, Status

CREDIT_FIELDS = (
    "title", "creator_name", "creator_url", "creator_is_unknown", "source_url", "is_own_work",
    "permission", "license", "alt_text", "is_decorative", "changes",
)  # fmt: skip
# What a page draws of a picture, and prints of its credit.
DRAWN_FIELDS = (
    *CREDIT_FIELDS, "key", "width", "height", "color", "derivatives", "status", "updated_at",
)  # fmt: skip
TAKEN_DOWN = (Status.HELD, Status.HIDDEN, Status.REMOVED, Status.DELETED)


class License(models.Model):
    """What may be done with a picture."""

    spdx_id = models.CharField(
        _("SPDX id"), max_length=40, primary_key=True, help_text=_("Or LicenseRef-….")
    )
    name = models.CharField(_("name"), max_length=80)
    version = models.CharField(_("version"), max_length=10, blank=True)
    url = models.URLField(_("address"), blank=True)
    allows_changes = models.BooleanField(_("may be changed"), default=True)
    allows_commercial = models.BooleanField(_("may be used commercially"), default=True)
    requires_credit = models.BooleanField(_("asks for credit"), default=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("licence")
        verbose_name_plural = _("licences")

    def __str__(self):
        return self.name

    def renew_files(self):
        """Its name and address stand in the files of every picture under it: have them written
        anew, by the worker or by `tick`."""
        images = self.images.exclude(derivatives=[])
        images.update(updated_at=timezone.now())  # pages show the new name at once
        FileErrand.objects.want_all(images.values_list("pk", flat=True))


def new_key():
    return secrets.token_urlsafe(9).replace("_", "a").replace("-", "b").lower()


class ImageQuerySet(ModeratedQuerySet):
    def with_credit(self):
        """Every picture is drawn with its credit, or with the reason why it is gone: never
        without this."""
        reasons = ModerationAction.objects.filter(
            content_type__app_label="films", content_type__model="image", object_id=OuterRef("pk")
        ).order_by("-created_at", "-pk")
        return self.select_related("license").annotate(
            takedown_reason=Subquery(reasons.values("reason")[:1])
        )

    def drawn(self):
        """Those that a page draws: published, or as an empty frame with the reason."""
        return self.filter(status__in=[Status.PUBLISHED, Status.HIDDEN, Status.REMOVED])

    def unfinished(self, before):
        """Uploads from before that moment, whose credit was never given and which stand in no
        text."""
        kept = self.drafts().filter(title="", created_at__lt=before)
        return kept.filter(review_images__isnull=True, film_images__isnull=True).order_by("pk")

    def usable_by(self, user):
        """Those that `user` may put into a text: what pages draw, and their own."""
        drawn = Q(status__in=[Status.PUBLISHED, Status.HIDDEN, Status.REMOVED])
        return self.filter(drawn | Q(uploaded_by=user))

    def with_files(self):
        """Whose files are there, or should be: not of those that are taken down."""
        return self.exclude(derivatives=[]).exclude(status__in=TAKEN_DOWN)

    def of_film(self, film):
        return self.filter(film_images__film=film).order_by("film_images__position", "pk")

    def keep(self, file, *, by, picture=None, **fields):
        """A draft that has its file and no credit yet; nobody but `by` can complete it.

        `picture` is what `inspect` made of the file, where it was asked already. Raises
        ValidationError where `file` is not a picture that is let in.
        """
        picture = picture or inspect(file)
        image = self.model(
            uploaded_by=by,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
            color=picture.color,
            **fields,
        )
        file.seek(0)
        image.original.save(f"{image.key}.{picture.format.lower()}", file, save=False)
        try:
            image.save(force_insert=True)
        except BaseException:
            image.original.delete(save=False)
            raise
        return image

    def upload(self, file, *, by, key=None, picture=None, **credit):
        """A draft with its credit and its files: `publish` shows it. `credit` has the fields of
        CREDIT_FIELDS. Raises ValidationError like `keep`."""
        picture = picture or inspect(file)
        image = self.keep(file, by=by, picture=picture, **({"key": key} if key else {}))
        try:
            image.describe(picture, **credit)
        except BaseException:
            image.discard()
            raise
        return image


class Image(Moderated):
    """A picture and its credit, one record wherever it is shown."""

    owner_field = "uploaded_by"

    key = models.SlugField(_("key"), max_length=60, unique=True, default=new_key, editable=False)
    title = models.CharField(_("title"), max_length=200, blank=True)
    creator_name = models.CharField(_("made by"), max_length=120, blank=True)
    creator_url = models.URLField(_("address of the maker"), max_length=500, blank=True)
    creator_is_unknown = models.BooleanField(_("the maker is not known"), default=False)
    source_url = models.URLField(
        _("page it comes from"),
        max_length=500,
        blank=True,
        help_text=_("The page that shows it, not the file."),
    )
    is_own_work = models.BooleanField(_("made by the person who uploads it"), default=False)
    permission = models.TextField(
        _("permission"), max_length=1000, blank=True, help_text=_("Who gave it, and where.")
    )
    license = models.ForeignKey(
        License,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="images",
        verbose_name=_("licence"),
    )
    alt_text = models.CharField(_("description"), max_length=500, blank=True)
    is_decorative = models.BooleanField(_("decorative"), default=False)
    changes = models.CharField(_("changes made"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="images",
        verbose_name=_("uploaded by"),
    )
    original = models.FileField(upload_to="originals/", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False, db_index=True)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    # Its mean, as #rrggbb: what stands in its place until it is there.
    color = models.CharField(_("color"), max_length=7, blank=True, editable=False)
    # [{"format", "width", "height", "name", "bytes"}]: only files that exist.
    derivatives = models.JSONField(default=list, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            *Moderated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status="published")
                | (
                    ~Q(title="")
                    & (~Q(creator_name="") | Q(creator_is_unknown=True))
                    & Q(license__isnull=False)
                    & (~Q(source_url="") | Q(is_own_work=True) | ~Q(permission=""))
                    & (~Q(alt_text="") | Q(is_decorative=True))
                ),
                name="image_published_has_credit",
            ),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="image_has_size"),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at", "-id"], name="image_newest"),
            models.Index(fields=["status", "-updated_at"], name="image_last_changed"),
        ]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        return address("films:image", self.key)

    def moderation_title(self):
        return self.title or self.key

    @property
    def is_taken_down(self):
        return self.status in TAKEN_DOWN

    def credit(self):
        """The record that goes into the files themselves. Raises ValueError where it is not
        complete."""
        return Credit(
            title=self.title,
            creator=self.creator_name,
            license_name=self.license.name if self.license else "",
            license_url=self.license.url if self.license else "",
            creator_url=self.creator_url,
            source_url=self.source_url,
            changes=self.changes,
            is_creator_known=not self.creator_is_unknown,
        )

    def describe(self, picture=None, **credit):
        """Set the credit, and write the files that carry it. `picture` is the original as
        `inspect` gave it, where that was asked already."""
        for field in CREDIT_FIELDS:
            if field in credit:
                setattr(self, field, credit[field])
        self._write_files(picture, fields=CREDIT_FIELDS)

    def renew_files(self):
        """The record has changed: the files are to say the same, as soon as that has taken
        effect. If they cannot be written then, the worker or `tick` does it."""
        FileErrand.objects.want(self)
        transaction.on_commit(self.bring_up_to_date, robust=True)

    def bring_up_to_date(self, asks=True):
        """Write the files anew if they bear another credit than the record."""
        start = address_start(self.sha256, self.credit(), self.key)
        stale = not all(file["name"].startswith(start) for file in self.derivatives)
        if stale and not self.is_taken_down:
            self._write_files(asks=asks)

    def _write_files(self, picture=None, *, fields=(), asks=True):
        """All but AVIF, which is asked for with `asks`. It takes a second, in which others may
        change the row: only `fields` are saved with it, and of a picture that was taken down
        meanwhile no file stays."""
        former, self.derivatives = self.derivatives, self._written(picture)
        try:
            with transaction.atomic():
                row = Image.objects.select_for_update().get(pk=self.pk)
                kept = () if row.is_taken_down else self.derivatives
                self.save(update_fields=[*fields, "derivatives", "updated_at"])
                if asks:
                    FileErrand.objects.want(self)
                written = [*row.derivatives, *self.derivatives]
                transaction.on_commit(lambda: delete_files(written, but=kept))
                if row.is_published and row.derivatives:
                    visitor_pages.empty_when_done()  # they name the former files
        except BaseException:
            delete_files(self.derivatives, but=former)
            raise

    def _written(self, picture=None, **how):
        if picture is None:
            with self.original.open("rb") as file:
                picture = inspect(file)
        return write_derivatives(picture, self.credit(), default_storage, self.key, **how)

    def write_avif(self):
        """Add what takes too long for a request; of a picture that has changed meanwhile, nothing
        stays. Says whether it is there."""
        if self._files("avif"):
            return True
        made = self._written(formats=["avif"])
        with transaction.atomic():
            row = Image.objects.select_for_update().filter(pk=self.pk).first()
            is_same = row and row.derivatives == self.derivatives and not row.is_taken_down
            if is_same:
                row.derivatives = self.derivatives = [*row.derivatives, *made]
                row.save(update_fields=["derivatives", "updated_at"])
        if not is_same:
            delete_files(made)
        return bool(is_same)

    def discard(self):
        """Undo an upload that was not finished; never what anybody has seen."""
        if self.status != Status.DRAFT or self.published_at:
            raise ValueError("Only a draft is discarded.")
        self.discard_files()
        self.delete()

    def discard_files(self):
        """For a row that is going, or never came to be: its transaction was rolled back."""
        delete_files(self.derivatives)
        self.original.delete(save=False)

    def count_publication(self, shift):
        """What is taken down is gone from our addresses; what is restored is written anew."""
        files = self.derivatives
        if shift < 0:
            transaction.on_commit(lambda: delete_files(files), robust=True)
        elif files and not default_storage.exists(files[0]["name"]):
            transaction.on_commit(self._write_files, robust=True)

    def _files(self, format_):
        return [file for file in self.derivatives if file["format"] == format_]

    def srcset(self, format_):
        """`format_` is "avif", "webp" or "jpeg"; empty where there is no such file."""
        return ", ".join(
            f"{default_storage.url(file['name'])} {file['width']}w" for file in self._files(format_)
        )

    @property
    def avif_srcset(self):
        return self.srcset("avif")

    @property
    def webp_srcset(self):
        return self.srcset("webp")

    @property
    def jpeg_srcset(self):
        return self.srcset("jpeg")

    @property
    def middle_file(self):
        """Of its JPEG files: what a browser without `srcset` and a feed show. Or None."""
        files = self._files("jpeg")
        return files[len(files) // 2] if files else None

    @property
    def url(self):
        return default_storage.url(self.middle_file["name"]) if self.middle_file else ""

    @property
    def is_landscape(self):
        return self.width > self.height

    @property
    def can_fill_the_screen(self):
        """A picture goes full bleed only where it is wide enough and landscape."""
        return self.is_landscape and self.width >= 1280


def delete_files(files, but=()):
    kept = {file["name"] for file in but}
    for file in files:
        if file["name"] not in kept:
            # One that cannot be deleted must not keep the others.
            with suppress(OSError):
                default_storage.delete(file["name"])


class FilmImage(models.Model):
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="film_images")
    image = models.ForeignKey(
        Image, models.PROTECT, related_name="film_images", verbose_name=_("picture")
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="film_images_added",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(auto_now_add=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("picture of a film")
        verbose_name_plural = _("pictures of a film")
        constraints = [models.UniqueConstraint(fields=["film", "image"], name="filmimage_once")]

    def __str__(self):
        return f"{self.film_id}: {self.image_id}"
