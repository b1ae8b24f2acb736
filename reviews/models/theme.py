from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase

from films.models import Theme


class ReviewTheme(ItemBase):
    """A theme that the author gave the piece, in the author's own wording."""

    tag = models.ForeignKey(Theme, models.PROTECT, related_name="review_themes")
    content_object = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="review_themes"
    )
    wording = models.CharField(_("as written"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    # Date of publication while the piece is published: the theme page's order.
    listed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("theme of a review")
        verbose_name_plural = _("themes of reviews")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="reviewtheme_once")
        ]
        indexes = [
            models.Index(fields=["tag", "-listed_at", "-content_object"], name="reviewtheme_newest")
        ]

    def __str__(self):
        return self.wording
