import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.moderation import Moderated, ModeratedQuerySet


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


def new_key():
    return secrets.token_urlsafe(9).replace("_", "a").replace("-", "b").lower()


class ImageQuerySet(ModeratedQuerySet):
    def with_credit(self):
        """Every picture is drawn with its credit: never without this."""
        return self.select_related("license")


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
        indexes = [models.Index(fields=["status", "-created_at", "-id"], name="image_newest")]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        return reverse("films:image", args=[self.key])

    def moderation_title(self):
        return self.title or self.key

    @property
    def is_landscape(self):
        return self.width > self.height

    @property
    def can_fill_the_screen(self):
        """A picture goes full bleed only where it is wide enough and landscape."""
        return self.is_landscape and self.width >= 1280


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
