from django import template

from users.staff_admin import change_url

register = template.Library()


@register.inclusion_tag("admin/_twin.html")
def staff_picture(image, words, is_linked=False):
    """A picture as staff see it, with who added it and its state; `words` say what it is here."""
    url = change_url(image) if is_linked else ""
    return {"image": image, "words": words, "address": image.address_near(640), "url": url}
