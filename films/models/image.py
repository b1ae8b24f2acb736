import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.credit import Credit
from films.images import inspect
from films.looks import BANDS
from films.models.credit_change import CreditChange
from films.models.file_errand import FileErrand
from films.models.files import NAMES_BEGIN, WITHOUT_FILES, PictureFiles
from films.models.permission_proof import PermissionProof
from users import visitor_pages
from users.addresses import address
from users.moderation import Moderated, ModeratedQuerySet, ModerationAction, Status, Verb

CREDIT_FIELDS = (
    "title", "creator_name", "creator_url", "creator_is_unknown", "source_url", "is_own_work",
    "permission", "license", "alt_text", "is_decorative", "changes",
)  # fmt: skip
# What a page draws of a picture, and prints of its credit.
DRAWN_FIELDS = (
    *CREDIT_FIELDS, "key", "width", "height", "color", "derivatives", "status", "is_withheld",
    "updated_at",
)  # fmt: skip
LOOK_FIELDS = tuple(f"look_{band}" for band in range(BANDS))
REMOVED_BEFORE = "pictures that were removed"
COMES_BACK = _(
    "This very file was removed here before. It waits until a moderator has looked at it."
)
TAKEN_DOWN = (Status.HELD, Status.HIDDEN, Status.REMOVED, Status.DELETED)


# What a maker may choose for a picture of their own; how a permission and a quotation are named.
OWN_LICENSES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC0-1.0")
BY_PERMISSION, QUOTATION = "LicenseRef-Own-Permission", "LicenseRef-Quotation"


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

    def for_review(self):
        """With what staff compare: two of them side by side, or one with its source; `proof` is
        the newest of its permission, or None."""
        proofs = PermissionProof.objects.filter(image=OuterRef("pk")).order_by("-pk")
        return (
            self.with_credit()
            .select_related("uploaded_by")
            .annotate(proof=Subquery(proofs.values("text")[:1]))
        )

    def visible_to(self, user):
        seen = super().visible_to(user)
        if user.is_authenticated and user.can_moderate:
            return seen
        mine = Q(uploaded_by=user) if user.is_authenticated else Q()
        return seen.filter(Q(is_withheld=False) | mine)

    def public(self):
        return self.published().filter(is_withheld=False)

    def unchecked(self):
        """Those that readers see and whose credit staff have not looked at, the oldest first."""
        return self.published().filter(checked_at=None).order_by("created_at", "pk")

    def placed(self):
        """Those that everybody could read once, and that stand with a film or in a piece of who
        uploaded them; some of them more than once. Pieces of others count only while they are
        open, and one that never was open is no place yet."""
        own = Q(reviews__author=F("uploaded_by"), reviews__published_at__isnull=False)
        seen = self.filter(published_at__isnull=False)
        return seen.filter(Q(film_images__isnull=False) | own)

    def standing(self):
        """Those that stand somewhere that everybody can read, some of them more than once."""
        return self.filter(Q(film_images__isnull=False) | Q(reviews__status=Status.PUBLISHED))

    def follow_places(self):
        """In the transaction that changed who can read the places where they stand. A picture is
        withheld once all of them are closed to readers, and comes back with any. One that is
        left without a place (see `placed`) stays as it is."""
        placed = Image.objects.filter(pk__in=self.placed().values("pk")).order_by("pk")
        if rows := list(placed.select_for_update()):
            standing = set(self.standing().values_list("pk", flat=True))
            for image in rows:
                image.withhold(image.pk not in standing)

    def drawn(self):
        """Those that a page draws: published, or as an empty frame with the reason."""
        return self.filter(status__in=[Status.PUBLISHED, Status.HIDDEN, Status.REMOVED])

    def unfinished(self, before):
        """Uploads from before that moment, whose credit was never given and which stand in no
        text."""
        kept = self.drafts().filter(title="", created_at__lt=before)
        return kept.filter(review_images__isnull=True, film_images__isnull=True).order_by("pk")

    def waiting(self):
        """Uploads that have no credit yet, or whose way to their place was cut short."""
        is_astray = Q(published_at=None, quotation=None, review_images=None, film_images=None)
        return self.drafts().filter(Q(title="") | is_astray)

    def usable_by(self, user):
        """Those that `user` may put into a text: what pages draw, and their own. What is quoted
        stands in its own text alone."""
        shown = [Status.PUBLISHED, Status.HIDDEN, Status.REMOVED]
        drawn = Q(status__in=shown, is_withheld=False)
        return self.filter(drawn | Q(uploaded_by=user)).exclude(license=QUOTATION)

    def for_page(self):
        return self.with_credit().select_related("license", "uploaded_by", "checked_by")

    def taken_down_since(self, moment):
        """Whose files are to be nowhere, hidden or removed at that moment or later."""
        decided = ModerationAction.objects.filter(
            content_type__app_label="films", content_type__model="image",
            object_id=OuterRef("pk"), created_at__gte=moment, verb__in=[Verb.HIDE, Verb.REMOVE],
        )  # fmt: skip
        return self.filter(Exists(decided), status__in=WITHOUT_FILES)

    def has_open(self, name):
        """Whether everybody may fetch a file of this name: one that a picture which they see has
        now. Whatever else the store holds, since it could not delete it, the site does not serve.
        """
        seen = self.public().filter(files_begin=name[:NAMES_BEGIN])
        named = seen.order_by().values_list("derivatives", flat=True)
        return any(file["name"] == name for files in named for file in files)

    def with_files(self):
        """Whose files are there, or should be: not of those that are taken down."""
        return self.exclude(derivatives=[]).exclude(status__in=WITHOUT_FILES)

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
            **{"changes": picture.changes} | fields,
        )
        image.set_look(picture.look)
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
            image.discard_files()  # at once: the transaction around it is undone
            image.delete()
            raise
        return image


class Image(PictureFiles, Moderated):
    """A picture and its credit, one record wherever it is shown."""

    owner_field = "uploaded_by"
    credit_fields = CREDIT_FIELDS

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
    derivatives = models.JSONField(default=list, editable=False)  # see PictureFiles
    # What the names of all of them begin with, to find the picture by any.
    files_begin = models.GeneratedField(
        expression=Left(KT("derivatives__0__name"), NAMES_BEGIN),
        output_field=models.CharField(max_length=NAMES_BEGIN, null=True),
        db_persist=True,
    )
    # Published once, but every piece that it stands in is closed to readers now.
    is_withheld = models.BooleanField(default=False, editable=False)
    checked_at = models.DateTimeField(_("looked at"), null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="images_checked",
        verbose_name=_("looked at by"),
    )
    look_0, look_1, look_2, look_3 = (
        models.PositiveIntegerField(null=True, editable=False, db_index=True) for _band in range(4)
    )

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
                    & (
                        ~Q(source_url="")
                        | Q(is_own_work=True)
                        | ~Q(permission="")
                        | Q(license=QUOTATION)
                    )
                    & (~Q(alt_text="") | Q(is_decorative=True))
                ),
                name="image_published_has_credit",
            ),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="image_has_size"),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at", "-id"], name="image_newest"),
            models.Index(fields=["status", "-updated_at"], name="image_last_changed"),
            models.Index(fields=["files_begin", "status"], name="image_of_file"),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(status="published", checked_at__isnull=True),
                name="image_unchecked",
            ),
        ]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        return address("films:image", self.key)

    def moderation_title(self):
        return self.title or self.key

    @property
    def is_quotation(self):
        return self.license_id == QUOTATION

    @property
    def is_waiting(self):
        """Whether it came in and has no credit yet."""
        return self.status == Status.DRAFT and not self.title

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

    def discard(self):
        """Undo an upload that was not finished; never what anybody has seen. Raises
        ProtectedError where it stands in a text."""
        if self.status != Status.DRAFT or self.published_at:
            raise ValueError("Only a draft is discarded.")
        with transaction.atomic():
            transaction.on_commit(self.discard_files, robust=True)
            self.delete()

    # Who sees it

    def publish(self, *, by, **record):
        """One whose very bytes staff have removed waits for them when it comes back."""
        twins = Image.objects.filter(sha256=self.sha256, status=Status.REMOVED)
        if self.status == Status.DRAFT and twins.exclude(pk=self.pk).exists():
            return self.hold(by_rule=REMOVED_BEFORE, reason=str(COMES_BACK))
        return super().publish(by=by, **record)

    def _moderate(self, verb, **record):
        """With its files, which go where they belong."""
        with transaction.atomic():
            action = super()._moderate(verb, **record)
            if verb != Verb.KEEP:
                self.renew_files()
        return action

    @property
    def is_public(self):
        return self.is_published and not self.is_withheld

    def follow(self, is_seen):
        """Shown or not with the text that quotes it; what staff have decided stands."""
        if is_seen and self.status == Status.DRAFT and self.title:
            self.publish(by=self.uploaded_by)
        elif not is_seen and self.is_published:
            self.unpublish(by=self.uploaded_by)

    def restore(self, *, by, **record):
        """A still goes back to its author where its passage is not to be read meanwhile."""
        with transaction.atomic():
            action = super().restore(by=by, **record)
            quotation = getattr(self, "quotation", None)
            if quotation and not quotation.is_readable:
                self.follow(False)
        return action

    def withhold(self, is_withheld):
        """From readers, or no longer; see `follow_places`."""
        if self.is_withheld == is_withheld:
            return
        self.is_withheld = is_withheld
        self.save(update_fields=["is_withheld", "updated_at"])
        if is_withheld:
            visitor_pages.empty_when_done()
        self.renew_files()

    def files_are_open_to(self, user):
        """Whether `user` may fetch files that readers do not see: whose it is may, and staff where
        they decide about it, or about a piece that it stands in."""
        if not user.is_authenticated or not self.folder:
            return False
        if self.is_owned_by(user):
            return True
        is_draft = self.status == Status.DRAFT
        return user.can_moderate and (
            not is_draft or self.reviews.visible_to(user).exclude(status=Status.PUBLISHED).exists()
        )

    # Its record

    def correct_credit(self, *, by, **credit):
        """Change its credit after it was given, and keep what it was: pages and files follow.
        Answers whether anything changed."""
        with transaction.atomic():
            row = Image.objects.select_for_update(of=("self",)).select_related("license")
            stored = row.get(pk=self.pk)
            new = {name: value for name, value in credit.items() if getattr(stored, name) != value}
            if not new:
                return False
            CreditChange.objects.keep(stored, new, by=by)
            for name, value in new.items():
                setattr(self, name, value)
            self.checked_at = self.checked_by = None
            self.save(update_fields=[*new, "checked_at", "checked_by", "updated_at"])
            visitor_pages.empty_when_done()
            self.renew_files()
        return True

    def is_correctable_by(self, user):
        """Whoever gave the credit may say it better, while there is something to see of it."""
        is_given = bool(self.title and self.license_id)
        is_there = self.status not in (Status.REMOVED, Status.DELETED)
        return user.is_authenticated and self.is_owned_by(user) and is_given and is_there

    def check_credit(self, *, by, at=None, seen=None):
        """Staff have looked at source and license: of the record as it was at `seen`, in text.
        Raises PermissionDenied; and ValidationError "stale", where it has changed since."""
        if not by.can_moderate or self.is_owned_by(by):
            raise PermissionDenied
        with transaction.atomic():
            stored = Image.objects.select_for_update().get(pk=self.pk)
            if seen is not None and seen != stored.updated_at.isoformat():
                raise ValidationError(_("It has changed meanwhile: look again."), code="stale")
            self.checked_at, self.checked_by = at or timezone.now(), by
            self.save(update_fields=["checked_at", "checked_by"])

    def uncheck_credit(self):
        """What it rests on is another: staff are to look again."""
        self.checked_at = self.checked_by = None
        self.save(update_fields=["checked_at", "checked_by", "updated_at"])
        visitor_pages.empty_when_done()

    @property
    def look(self):
        """Its numbers of films.looks, or None where nobody has looked yet."""
        bands = tuple(getattr(self, name) for name in LOOK_FIELDS)
        return None if None in bands else bands

    def note_look(self):
        """Of a picture that came before anybody looked."""
        if self.look is None:
            with self.original.open("rb") as file:
                self.set_look(inspect(file).look)
            self.save(update_fields=LOOK_FIELDS)

    def set_look(self, look):
        for name, band in zip(LOOK_FIELDS, look, strict=True):
            setattr(self, name, band)

    @property
    def is_landscape(self):
        return self.width > self.height

    @property
    def can_fill_the_screen(self):
        """A picture goes full bleed, cropped, only where it is wide enough and landscape, and may
        be changed."""
        is_fixed = self.is_quotation or (self.license and not self.license.allows_changes)
        return self.is_landscape and self.width >= 1280 and not is_fixed


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
