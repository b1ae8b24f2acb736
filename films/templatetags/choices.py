"""Long rows of choices, drawn here: a hundred boxes or options in a template's own loop are half
of what a page costs."""

from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def filter_boxes(name, prefix, boxes):
    """A box for each (slug, words, films, whether it is ticked)."""
    return SafeString("\n".join(filter_box(name, prefix, *box) for box in boxes))


@lru_cache(maxsize=4096)
def filter_box(name, prefix, slug, words, films, is_ticked):
    """The same for every reader, and each page has a hundred."""
    slug, identifier = escape(slug), escape(f"{prefix}_{slug}")
    return (
        f'<div class="form-check"><input type="checkbox" class="form-check-input" name="{name}" '
        f'value="{slug}" id="{identifier}"{" checked" if is_ticked else ""}>'
        f'<label class="form-check-label" for="{identifier}">{escape(words)} '
        f'<span class="num">{films}</span></label></div>'
    )


@register.simple_tag
def options(pairs, chosen=""):
    """An option for each (value, words) of a select."""
    return SafeString(
        "".join(option(str(value), str(words), value == chosen) for value, words in pairs)
    )


@lru_cache(maxsize=4096)
def option(value, words, is_chosen):
    selected = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(words)}</option>'
