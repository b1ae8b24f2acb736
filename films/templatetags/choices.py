"""Long rows of choices, drawn here: a hundred boxes or options in a template's own loop are half
of what a page costs."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

BOX = (
    '<div class="form-check"><input type="checkbox" class="form-check-input" name="{name}" '
    'value="{slug}" id="{prefix}_{slug}"{checked}><label class="form-check-label" '
    'for="{prefix}_{slug}">{words} <span class="num">{films}</span></label></div>'
)
OPTION = '<option value="{}"{}>{}</option>'
CHECKED, SELECTED, NOT = SafeString(" checked"), SafeString(" selected"), SafeString("")


@register.simple_tag
def filter_boxes(name, prefix, boxes):
    """A box for each (slug, words, films, whether it is ticked)."""
    return format_html_join(
        "\n",
        BOX,
        (
            {
                "name": name,
                "prefix": prefix,
                "slug": slug,
                "words": words,
                "films": films,
                "checked": CHECKED if is_ticked else NOT,
            }
            for slug, words, films, is_ticked in boxes
        ),
    )


@register.simple_tag
def options(pairs, chosen=""):
    """An option for each (value, words) of a select."""
    return format_html_join(
        "", OPTION, ((value, SELECTED if value == chosen else NOT, words) for value, words in pairs)
    )
