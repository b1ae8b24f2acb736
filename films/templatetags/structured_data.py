import json

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

# Nothing in it can end the element or begin another.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


@register.simple_tag
def structured_data(data):
    """A block of JSON-LD. It is data: no browser runs it, so the policy needs no exception."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
