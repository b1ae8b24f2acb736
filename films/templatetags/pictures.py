from django import template

register = template.Library()

GRID = "(min-width: 64rem) 30rem, (min-width: 40rem) 45vw, 92vw"


@register.inclusion_tag("films/_picture.html")
def picture(image, shape="", sizes=GRID):
    """A picture with its credit; the only way in which one is drawn. `image` comes from
    `Image.objects.with_credit()`. `shape` is "scope", "flat" or nothing for its own."""
    return {"image": image, "shape": shape, "sizes": sizes, "classes": "picture"}


@register.inclusion_tag("films/_picture.html")
def picture_hero(image):
    """A picture from edge to edge, if it is wide enough for that; else as any other."""
    if not image.can_fill_the_screen:
        return picture(image, sizes="(min-width: 60rem) 60rem, 100vw") | {"is_first": True}
    return {
        "image": image,
        "shape": "scope",
        "sizes": "100vw",
        "classes": "hero frame",
        "credit_classes": "wrap",
        "is_first": True,
    }
