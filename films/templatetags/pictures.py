from html import escape

from django import template
from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from films import citing
from users.fragments import kept

register = template.Library()

SHAPES = {"scope": 2.39, "flat": 1.85}
CLOSE = 0.02  # no more of a picture than this is not said to be cropped
GRID = "(min-width: 64rem) 30rem, (min-width: 40rem) 45vw, 92vw"


@register.simple_tag
def picture(image, shape="", sizes=GRID, **how):
    """A picture with its credit; the only way in which one is drawn. `image` comes from
    `Image.objects.with_credit()`. `shape` is "scope", "flat" or nothing for its own."""
    if image.is_taken_down or not image.derivatives:
        context = {"image": image, "shape": shape, "classes": "picture"} | how
        return SafeString(get_template("films/_no_picture.html").render(context))
    # What a private store signs is good for an hour, and another each time.
    if not image.is_public or signs_addresses():
        return figure(image, shape, sizes, **how)
    said = image.url, image.updated_at, image.license.name, image.license.url, shape, sizes, how
    return kept("picture", lambda: figure(image, shape, sizes, **how), *said)


def figure(image, shape, sizes, classes="picture", credit_classes="", is_first=False):
    """Drawn here, since a page has up to a dozen. Every text in it is escaped."""
    sources = image.sources()
    jpeg, sizes = sources.get("jpeg", []), escape(sizes)
    others = [
        f'<source type="image/{kind}" srcset="{srcset(sources[kind])}" sizes="{sizes}">\n    '
        for kind in ("avif", "webp")
        if kind in sources
    ]
    shaped = f' class="{shape}"' if shape else ""
    color = f' data-color="{escape(image.color)}"' if image.color else ""
    alt = "" if image.is_decorative else escape(image.alt_text)
    caption = f"{credit_classes} credit" if credit_classes else "credit"
    loading = ' fetchpriority="high"' if is_first else ' loading="lazy" decoding="async"'
    return SafeString(
        f'<figure class="{classes}">\n  <picture>\n    {"".join(others)}'
        f'<img{shaped} src="{escape(image.url)}" srcset="{srcset(jpeg)}" sizes="{sizes}"'
        f' width="{image.width}" height="{image.height}"{color} alt="{alt}"{loading}>\n'
        f'  </picture>\n  <figcaption class="{caption}">'
        f"{credit(image, is_cropped(image, shape))}</figcaption>\n</figure>"
    )


def srcset(files):
    return ", ".join(f"{escape(address)} {width}w" for address, width in files)


@register.simple_tag
def credit(image, is_cropped=False):
    license_ = image.license
    maker = f"<bdi>{escape(image.creator_name)}</bdi>"
    if image.creator_is_unknown:
        maker = _("Maker not known")
    elif image.creator_url:
        maker = link(image.creator_url, maker)
    terms = escape(license_.name)
    said = [
        maker,
        link(license_.url, terms, "license") if license_.url else terms,
        f"<bdi>{escape(image.changes)}</bdi>" if image.changes else "",
        _("cropped here") if is_cropped else "",
    ]
    source = _("Own work.") if image.is_own_work else ""
    if image.source_url:
        source = f"{link(image.source_url, _('Source'))}."
    page = escape(image.get_absolute_url())
    return SafeString(
        f'<span class="credit-line"><a href="{page}"><bdi>{escape(image.title)}</bdi></a>. '
        f"{', '.join(filter(None, said))}. {source}</span>"
    )


def link(url, words, rel="nofollow"):
    return f'<a href="{escape(url)}" rel="{rel} noopener">{words}</a>'


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
