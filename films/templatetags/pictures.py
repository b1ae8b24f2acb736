from django import template
from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from users.fragments import fragment
from users.models import Status

register = template.Library()

TEMPLATE = "films/_picture.html"
GRID = "(min-width: 64rem) 30rem, (min-width: 40rem) 45vw, 92vw"


@register.simple_tag
def picture(image, shape="", sizes=GRID, **how):
    """A picture with its credit; the only way in which one is drawn. `image` comes from
    `Image.objects.with_credit()`. `shape` is "scope", "flat" or nothing for its own."""
    context = {"image": image, "shape": shape, "sizes": sizes, "classes": "picture"} | how
    # What a private store signs is good for an hour, and another each time.
    is_kept = image.status == Status.PUBLISHED and image.derivatives and not signs_addresses()
    if not is_kept:
        return SafeString(get_template(TEMPLATE).render(context))
    license_ = (image.license.name, image.license.url)
    return fragment(TEMPLATE, context, image.url, image.updated_at, *license_, shape, sizes, how)


def signs_addresses():
    return getattr(default_storage, "querystring_auth", False)


@register.simple_tag
def picture_hero(image):
    """A picture from edge to edge, if it is wide enough for that; else as any other."""
    if not image.can_fill_the_screen:
        return picture(image, sizes="(min-width: 60rem) 60rem, 100vw", is_first=True)
    frame = {"classes": "hero frame", "credit_classes": "wrap", "is_first": True}
    return picture(image, "scope", "100vw", **frame)


@register.simple_tag
def credit_lines(image, address):
    """(id, name, text) of the credit, to copy into a text, an HTML page or Markdown."""
    maker = _("maker not known") if image.creator_is_unknown else image.creator_name
    license_, changes = image.license, f", {image.changes}" if image.changes else ""
    plain = f"“{image.title}”, {maker}, {license_.name}{changes}"
    html = format_html('<a href="{}">{}</a>, {}, {}{}', address, image.title, maker,
                       format_html('<a href="{}" rel="license">{}</a>', license_.url, license_.name)
                       if license_.url else license_.name, changes)  # fmt: skip
    linked = f"[{license_.name}]({license_.url})" if license_.url else license_.name
    markdown = f"[{image.title}]({address}), {maker}, {linked}{changes}"
    # The page escapes it once more: whoever copies it gets the tags.
    return [
        ("text", _("Text"), plain),
        ("html", "HTML", "".join(html)),
        ("md", "Markdown", markdown),
    ]
