from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase

from films.models import Theme
from reviews import order


class ReviewThemeQuerySet(models.QuerySet):
    def essays(self):
        """Those of published essays; only they have a rank."""
        return self.filter(rank__isnull=False)

    def for_essays(self):
        """As a list of pieces prints them; bodies stay in the database."""
        rows = self.select_related("content_object__author", "content_object__film")
        return rows.defer("content_object__body", "content_object__html")

    def essays_in_order(self, limit):
        """The first essays by the formula, with a place for a new one; of one theme."""
        now, rows = timezone.now(), self.essays().for_essays()
        first = rows.order_by("-rank", "-content_object_id")[:limit]
        new = rows.filter(listed_at__gte=now - order.NEW_FOR)
        new = new.order_by("-listed_at", "-content_object_id")[: order.MOST_NEW]
        return [row.content_object for row in order.seated(list(first), new, now, limit)]

    def notes(self):
        """Those of published notes; they have a date, and no rank."""
        return self.filter(rank__isnull=True, listed_at__isnull=False)

    def newest_notes(self, limit, *, without_the_ending=False):
        """Published notes, of one theme."""
        rows = self.notes().for_essays()
        if without_the_ending:
            rows = rows.filter(content_object__is_spoiler=False)
        rows = rows.order_by("-listed_at", "-content_object_id")[:limit]
        return [row.content_object for row in rows]


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
    # The essay's own, while it is published.
    rank = models.IntegerField(null=True, editable=False)

    objects = ReviewThemeQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("theme of a review")
        verbose_name_plural = _("themes of reviews")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="reviewtheme_once")
        ]
        indexes = [
            models.Index(
                fields=["tag", "-listed_at", "-content_object"], name="reviewtheme_newest"
            ),
            models.Index(fields=["tag", "-rank", "-content_object"], name="reviewtheme_ranked"),
            models.Index(
                fields=["tag", "-listed_at", "-content_object"],
                condition=models.Q(rank__isnull=True, listed_at__isnull=False),
                name="reviewtheme_notes",
            ),
        ]

    def __str__(self):
        return self.wording
