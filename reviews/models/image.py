from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReviewImage(models.Model):
    class Role(models.TextChoices):
        HERO = "hero", _("at the head")
        FIGURE = "figure", _("in the text")

    review = models.ForeignKey("reviews.Review", models.CASCADE, related_name="review_images")
    image = models.ForeignKey(
        "films.Image", models.PROTECT, related_name="review_images", verbose_name=_("picture")
    )
    role = models.CharField(_("place"), max_length=6, choices=Role, default=Role.FIGURE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("picture of a review")
        verbose_name_plural = _("pictures of reviews")
        constraints = [
            models.UniqueConstraint(fields=["review", "image", "role"], name="reviewimage_once"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(role="hero"), name="reviewimage_one_hero"
            ),
        ]

    def __str__(self):
        return f"{self.review_id}: {self.image_id}"
