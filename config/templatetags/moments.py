"""Moments as readers see them. Lists print them by the dozen, so the words of each day are found
once, and what is drawn here is drawn by hand."""

from functools import lru_cache

from django import template
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.filter(expects_localtime=True)
def day(at, css_class=""):
    return element(at, words_of(at.date(), get_language()), css_class)


@register.filter(expects_localtime=True)
def minute(at, css_class=""):
    words = words_of(at.date(), get_language())
    return element(at, f"{words}, {at.hour:02}:{at.minute:02}", css_class)


@register.filter(expects_localtime=True)
def in_words(at):
    return words_of(at.date(), get_language())


@register.filter(expects_localtime=True)
def year(at):
    return str(at.year)


@lru_cache(maxsize=4096)
def words_of(date, language):
    return escape(date_format(date, "j F Y"))


def element(at, words, css_class):
    styled = f' class="{css_class}"' if css_class else ""
    return SafeString(f'<time{styled} datetime="{at.isoformat()}">{words}</time>')
