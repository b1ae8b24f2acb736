from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.review import BODY_LIMIT, LEAD_LIMIT, TITLE_LIMIT, Review

DAYS = 30
TEXTS = ("title", "lead", "body", "language")


def texts_of(piece):
    return {name: getattr(piece, name) for name in TEXTS}


class LeftTextQuerySet(models.QuerySet):
    def by(self, author):
        return self.filter(author=author)

    def still_kept(self):
        return self.filter(left_at__gt=timezone.now() - timedelta(days=DAYS))

    def expired(self, now):
        return self.filter(left_at__lte=now - timedelta(days=DAYS))

    def for_desk(self):
        rows = self.still_kept().select_related("review").order_by("-left_at", "-pk")
        return rows.only(
            "title", "language", "word_count", "version", "left_at", "review__title",
            "review__film_title",
        )  # fmt: skip

    def leave(self, piece, *, of, version):
        """Keep the text of `piece`, which is or might have been that of the stored `of`. What is
        there already, word for word, is not kept twice."""
        texts = texts_of(piece)
        same = self.filter(review=of, **texts).first()
        if same:
            same.left_at = timezone.now()
            same.save(update_fields=["left_at"])
            return same
        return self.create(review=of, author_id=of.author_id, version=version,
                           word_count=piece.word_count, **texts)  # fmt: skip

    def leave_words(self, text, *, of):
        """Keep words that were to stand under `of`, and do not. Answers whether there are any."""
        if not text.strip():
            return False
        piece = Review(body=text[:BODY_LIMIT], language=of.language)
        piece.render()
        self.leave(piece, of=of, version=of.version)
        return True

    def leave_replaced(self, stored, piece, *, window=""):
        """Keep the text of `stored`, which that of `piece` takes the place of, unless they are
        the same or it came from this very window."""
        is_own = window and window == stored.saved_in
        if not is_own and texts_of(stored) != texts_of(piece):
            self.leave(stored, of=stored, version=stored.version)

    @transaction.atomic
    def store_over(self, number, review, *, window, **what):
        """As `review.store`, of the text left under `number`, which was chosen: the one that it
        takes the place of is left instead, whatever has become of that number."""
        stored = review.pk and Review.objects.select_for_update().get(pk=review.pk)
        if stored:
            self.leave_replaced(stored, review, window=window)
        changed = review.store(**what)
        self.settle(number, review)
        return changed

    def settle(self, number, piece):
        """The text left under this number was chosen: it goes if it is what is stored now."""
        self.filter(pk=number, author=piece.author_id, **texts_of(piece)).delete()

    def settle_words(self, text, *, of):
        """These words stand under `of` after all."""
        self.filter(review=of, title="", lead="", body=text).delete()


class LeftText(models.Model):
    """The one of two texts that its author did not keep: there for thirty days all the same."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="left_texts", verbose_name=_("piece")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="left_texts",
        verbose_name=_("author"),
    )
    title = models.CharField(max_length=TITLE_LIMIT, blank=True, editable=False)
    lead = models.TextField(max_length=LEAD_LIMIT, blank=True, editable=False)
    body = models.TextField(max_length=BODY_LIMIT, blank=True, editable=False)
    language = models.CharField(max_length=12, editable=False)
    word_count = models.PositiveIntegerField(_("words"), default=0, editable=False)
    # That it was, or was begun from.
    version = models.PositiveIntegerField(editable=False)
    left_at = models.DateTimeField(_("left"), default=timezone.now)

    objects = LeftTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text not kept")
        verbose_name_plural = _("texts not kept")
        indexes = [
            models.Index(fields=["author", "-left_at", "-id"], name="lefttext_desk"),
            models.Index(fields=["left_at"], name="lefttext_expires"),
        ]

    def __str__(self):
        return f"text left of {self.review_id}"

    @property
    def gone_on(self):
        return self.left_at + timedelta(days=DAYS)

    @transaction.atomic
    def bring_back(self):
        """Make a draft of its own of it, which tells the ending if the piece does."""
        of = self.review
        carried = {"film": of.film, "text_license": of.text_license, "is_spoiler": of.is_spoiler}
        piece = Review(author=self.author, **carried, **texts_of(self))
        piece.save()
        piece.render()
        piece.save()
        self.delete()
        return piece
