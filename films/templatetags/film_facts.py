from django import template
from django.utils.html import format_html, format_html_join

from films import milestones

register = template.Library()


@register.filter
def half_stars(stars):
    """3.5 as 3½; what lies between two halves as a decimal."""
    if stars is None:
        return ""
    whole, rest = divmod(stars, 1)
    if rest == 0.5:
        return f"{int(whole) or ''}½"
    return f"{stars:g}"


@register.filter
def century(year):
    """19 of 1987: narrow pages show a decade without it."""
    return year // 100


@register.filter
def short_decade(year):
    return f"{year % 100:02d}"


@register.filter
def whole_words(name):
    """A name whose hyphens do not break a line, as long as its words are short."""
    words = (
        (format_html('<span class="nowrap">{}</span>', word),)
        if "-" in word and len(word) <= 16
        else (word,)
        for word in name.split()
    )
    return format_html_join(" ", "{}", words)


@register.filter
def still_with(film):
    return milestones.still_with(film)


@register.filter
def lasting_with(film):
    return milestones.lasting_with(film)
