from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.left_text import LeftText


class StaleCopy(Exception):
    """Other changes were kept since these were begun; they come along."""

    def __init__(self, copy):
        super().__init__(copy.pk)
        self.copy = copy


class WorkingCopyQuerySet(models.QuerySet):
    def by(self, author):
        return self.filter(author=author)

    def for_desk(self):
        rows = self.select_related("review").order_by("-saved_at", "-pk")
        return rows.only("saved_at", "review__title", "review__film_title", "review__language")

    def keep(self, review, fields, *, version, window):
        """Keep `fields` beside `review`, and answer the copy's new version.

        `version` is the one that was built upon, 0 where there was none. Raises StaleCopy where
        another window has kept other changes since.
        """
        values = {"fields": fields, "base_version": review.version, "saved_in": window}
        beside = self.filter(review=review)
        row = beside.only("version", "saved_in").first()
        if row is None:
            try:
                with transaction.atomic():
                    self.create(review=review, author_id=review.author_id, **values)
            except IntegrityError:
                if not beside.exists():
                    raise
                # Another window was quicker.
                return self.keep(review, fields, version=version, window=window)
            return 1
        # The one built upon, or what this very window kept, and did not hear of.
        if version == row.version or (window and window == row.saved_in):
            changes = values | {"version": row.version + 1, "saved_at": timezone.now()}
            if beside.filter(version=row.version).update(**changes):
                return row.version + 1
            return self.keep(review, fields, version=version, window=window)
        raise StaleCopy(row)

    def take_back(self, review, *, version, window):
        """Let go of the changes of this version: the text is again what readers see. Raises
        StaleCopy where another window has kept other changes since."""
        copy = self.filter(review=review).first()
        if copy is None:
            return
        if copy.version != version and not (window and copy.saved_in == window):
            raise StaleCopy(copy)
        self.filter(pk=copy.pk, version=copy.version).delete()

    def settle(self, review, version, window):
        """Let go of the changes beside `review`, which were published. What another window kept
        there, and this one knew nothing of, is left for a while."""
        copy = self.filter(review=review).select_related("review__film").first()
        if copy is None:
            return
        if copy.version != version:
            LeftText.objects.leave_replaced(copy.as_piece(), review, window=window)
        copy.delete()


class WorkingCopy(models.Model):
    """Changes to a piece that its readers see, which its author has not published yet: what the
    form held, as it was typed."""

    review = models.OneToOneField(
        "reviews.Review", models.CASCADE, related_name="working_copy", verbose_name=_("piece")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="working_copies",
        verbose_name=_("author"),
    )
    fields = models.JSONField(default=dict, editable=False)
    # Of the piece, when the changes were kept; and of the copy itself.
    base_version = models.PositiveIntegerField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_in = models.CharField(max_length=32, blank=True, editable=False)
    saved_at = models.DateTimeField(_("kept"), default=timezone.now)

    objects = WorkingCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("changes not published")
        verbose_name_plural = _("changes not published")
        indexes = [models.Index(fields=["author", "-saved_at", "-id"], name="workingcopy_desk")]

    def __str__(self):
        return f"changes to {self.review_id}"

    @transaction.atomic
    def drop(self):
        """Let go of them unpublished; for a while they can be brought back."""
        piece = self.as_piece()
        LeftText.objects.leave(piece, of=piece, version=self.version)
        self.delete()

    def as_piece(self):
        """The piece as it would read; it is never saved."""
        piece = type(self.review)(
            pk=self.review_id,
            author_id=self.author_id,
            film_id=self.review.film_id,
            film_title=self.review.film_title,
            status=self.review.status,
            published_at=self.review.published_at,
            kind=self.review.kind,
            version=self.version,
            saved_in=self.saved_in,
            **{name: self.fields.get(name) or "" for name in ("title", "lead", "body")},
            language=self.fields.get("language") or self.review.language,
        )
        piece.updated_at = self.saved_at
        piece.render()
        return piece
