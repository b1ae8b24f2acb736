from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from films.scripts import is_rtl

register = template.Library()


@register.simple_tag
def lang_attrs(code: str | None) -> SafeString:
    """The attributes, with a space before them, of text in a language that is not the page's."""
    return attributes(code, get_language())


@lru_cache(maxsize=1024)
def attributes(code, language):
    page = (language or "").lower()
    if not code or code.lower() in (page, page.partition("-")[0]):
        return SafeString("")
    if is_rtl(code):
        return format_html(' lang="{}" dir="rtl"', code)
    if is_rtl(page):
        return format_html(' lang="{}" dir="ltr"', code)
    return format_html(' lang="{}"', code)
