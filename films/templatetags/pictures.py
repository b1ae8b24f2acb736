from django import template
from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils.safestring import SafeString

from films import citing
from users.fragments import fragment

register = template.Library()

TEMPLATE = "films/_picture.html"
SHAPES = {"scope": 2.39, "flat": 1.85}
CLOSE = 0.02  # no more of a picture than this is not said to be cropped
GRID = "(min-width: 64rem) 30rem, (min-width: 40rem) 45vw, 92vw"


@register.simple_tag
def picture(image, shape="", sizes=GRID, **how):
    """A picture with its credit; the only way in which one is drawn. `image` comes from
    `Image.objects.with_credit()`. `shape` is "scope", "flat" or nothing for its own."""
    context = {"image": image, "shape": shape, "sizes": sizes, "classes": "picture",
               "is_cropped": is_cropped(image, shape)} | how  # fmt: skip
    # What a private store signs is good for an hour, and another each time.
    is_kept = image.is_public and image.derivatives and not signs_addresses()
    if not is_kept:
        return SafeString(get_template(TEMPLATE).render(context))
    license_ = (image.license.name, image.license.url)
    return fragment(TEMPLATE, context, image.url, image.updated_at, *license_, shape, sizes, how)


def is_cropped(image, shape):
    """Whether a part of it is not seen here."""
    return bool(shape) and abs(image.width / image.height / SHAPES[shape] - 1) > CLOSE


def signs_addresses():
    return getattr(default_storage, "querystring_auth", False)


def place_of_files():
    """For what is kept with addresses of pictures in it: where these lead, since a site may move
    its files; None where each address is signed anew."""
    return None if signs_addresses() else default_storage.url("-")


@register.simple_tag
def picture_hero(image):
    """A picture from edge to edge, if it is wide enough for that; else as any other."""
    if not image.can_fill_the_screen:
        return picture(image, sizes="(min-width: 60rem) 60rem, 100vw", is_first=True)
    frame = {"classes": "hero frame", "credit_classes": "wrap", "is_first": True}
    return picture(image, "scope", "100vw", **frame)


@register.simple_tag
def credit_lines(image, address):
    """See `citing.lines`."""
    return citing.lines(image, address)
