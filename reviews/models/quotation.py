from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.models import Image
from reviews import markdown
from reviews.models.image import ReviewImage
from users.moderation import Status


def stands_in(text, passage):
    """Whether Markdown has the passage, found as hidden passages are: by its words, whatever
    marks stand between them, as long as most of them are there in order."""
    return bool(markdown.source_without_passages(text, [markdown.Passage(1, passage)])[1])


class QuotationQuerySet(models.QuerySet):
    def lost(self):
        """Those whose passage is gone, changed beyond finding or not readable; or the picture
        was taken out of the text."""
        return self.filter(is_found=False)

    def quote(self, image, *, review, passage):
        values = {"review": review, "passage": passage}
        return self.update_or_create(image=image, defaults=values)[0]

    def follow(self, review):
        """A still is seen while its passage is, and goes when that goes. In the transaction that
        changed the piece."""
        rows = list(self.filter(review=review).select_related("image__uploaded_by"))
        if not rows:
            return
        text = review.source_for_readers
        shown = set(
            review.review_images.filter(role=ReviewImage.Role.FIGURE).values_list(
                "image", flat=True
            )
        )
        for row in rows:
            is_found = row.image_id in shown and stands_in(text, row.passage)
            if is_found != row.is_found:
                self.filter(pk=row.pk).update(is_found=is_found)
            row.image.follow(is_found and review.is_published)


class Quotation(models.Model):
    """A film still that a piece quotes: of the film that the piece is on, for the passage that
    discusses it."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="quotations", verbose_name=_("piece")
    )
    image = models.OneToOneField(
        "films.Image", models.CASCADE, related_name="quotation", verbose_name=_("picture")
    )
    passage = models.TextField(_("the passage that discusses it"), max_length=2000)
    is_found = models.BooleanField(_("found in the text"), default=True)
    created_at = models.DateTimeField(_("quoted"), default=timezone.now)

    objects = QuotationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("quotation of a film")
        verbose_name_plural = _("quotations of films")

    def __str__(self):
        return str(self.image)

    @property
    def is_readable(self):
        """Whether readers see the passage, as it was when the piece changed last."""
        return self.is_found and self.review.is_published


def pictures_for(review):
    """Pictures that its author may put into it: what is quoted, only where it is quoted."""
    return pictures_in(review.pk, review.author) if review.pk else usable_by(review.author)


def usable_by(author):
    return Image.objects.usable_by(author)


def pictures_in(piece, author):
    quoted = Image.objects.filter(quotation__review=piece).exclude(status=Status.DELETED)
    return usable_by(author) | quoted
