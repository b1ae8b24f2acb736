from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.review import Review
from users.moderation import moved


class MarkQuerySet(models.QuerySet):
    def by(self, member):
        return self.filter(member=member)

    def give(self, review, *, by, kind, at=None):
        """`by` says this of a piece; saying it twice is saying it once. Raises PermissionDenied
        on their own."""
        if review.author_id == by.pk:
            raise PermissionDenied
        with transaction.atomic():
            piece = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
            at = at or timezone.now()
            _row, is_new = self.get_or_create(
                review=piece, member=by, kind=kind, defaults={"created_at": at}
            )
            if is_new:
                count(piece, kind, 1)

    def take_back(self, review, *, by, kind):
        with transaction.atomic():
            piece = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
            deleted, _rows = self.filter(review=piece, member=by, kind=kind).delete()
            if deleted:
                count(piece, kind, -1)


def count(piece, kind, shift):
    """Bring the count, and with it the place in lists, of a locked piece up to date."""
    counter = f"{kind}_count"
    Review.objects.filter(pk=piece.pk).update(**{counter: moved(counter, shift)})
    piece.refresh_from_db(fields=[counter])
    if piece.is_published:
        piece.rank = piece.terms().rank
        Review.objects.filter(pk=piece.pk).update(rank=piece.rank)
        piece.review_themes.update(rank=piece.theme_rank)


class Mark(models.Model):
    """What a reader says of a piece with one press."""

    class Kind(models.TextChoices):
        STAYED = "stayed", _("This stayed with me")
        USEFUL = "useful", _("Useful")

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="marks", verbose_name=_("piece")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="marks", verbose_name=_("member")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    created_at = models.DateTimeField(_("date"), default=timezone.now)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["review", "member", "kind"], name="mark_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["stayed", "useful"]), name="mark_kind_known"
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
