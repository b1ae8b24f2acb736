"""Pictures in a text, drawn when it is read: their credits and takedowns change."""

from django.utils.safestring import mark_safe

from films.templatetags.pictures import picture
from reviews import markdown
from reviews.models.quotation import pictures_for
from reviews.passages import with_passages
from users.models import Status

SIZES = "(min-width: 48rem) 38rem, 92vw"


def filled(review, *, opens_marks=False):
    """The stored text with its pictures, from the rows that `for_page` brought."""
    images = {row.image.key: row.image for row in review.review_images.all()}
    html = markdown.opened(review.html) if opens_marks else review.html
    return fill(html, images, with_drafts=not review.is_published)


def filled_preview(review, keys):
    images = pictures_for(review).with_credit().filter(key__in=keys) if keys else []
    return fill(review.html, {image.key: image for image in images}, with_drafts=True)


def fill(html, images, *, with_drafts):
    def draw(key, alt):
        image = images.get(key)
        if image is None or (image.status == Status.DRAFT and not with_drafts):
            return ""
        return picture(image, "", SIZES)

    # The renderer sanitised the text, and what is drawn are templates of ours.
    return mark_safe(with_passages(markdown.fill_figures(html, draw)))  # noqa: S308
