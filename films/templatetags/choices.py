"""Long rows of choices, drawn here: a hundred boxes or options in a template's own loop are half
of what a page costs."""

from functools import lru_cache
from html import escape

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def filter_boxes(name, prefix, boxes):
    """A box for each (slug, words, number of films, whether it is ticked)."""
    language = get_language()
    return SafeString("\n".join(filter_box(language, name, prefix, *box) for box in boxes))


@lru_cache(maxsize=4096)
def filter_box(_language, name, prefix, slug, words, films, is_ticked):
    """The same for every reader of a language, and each page has a hundred."""
    slug, identifier = escape(slug), escape(f"{prefix}_{slug}")
    return (
        f'<div class="form-check"><input type="checkbox" class="form-check-input" name="{name}" '
        f'value="{slug}" id="{identifier}"{" checked" if is_ticked else ""}>'
        f'<label class="form-check-label" for="{identifier}">{escape(capfirst(words))} '
        f'<span class="num">{intcomma(films)}</span></label></div>'
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
