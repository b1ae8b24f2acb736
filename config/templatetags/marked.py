import re
from html import escape

from django import template
from django.utils.safestring import mark_safe

from films.normalize import search_key
from films.words import is_unspaced

register = template.Library()
WORD = re.compile('[^\\W_][^\\s,.;:!?()\\[\\]«»“”"…/–—-]*')


@register.filter
def marked(text, words):
    """`text` with the words that were searched for, or the part of a word, as <mark>."""
    places, letters = [], {word[0] for word in words}
    for found in WORD.finditer(text):
        if found[0].isascii() and found[0][0].lower() not in letters:
            continue  # most are not: no need to look closer
        if place := part_of(found[0], words):
            start, stop = (found.start() + edge for edge in place)
            if places and text[places[-1][1] : start].isspace():
                start, _stop = places.pop()  # words side by side are one passage
            places.append((start, stop))
    pieces, end = [], 0
    for start, stop in places:
        pieces += escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"
        end = stop
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 - each part is escaped


def part_of(word, words):
    """(start, end) of what stands in `word` of any of `words`."""
    key = search_key(word)
    for wanted in words:
        if key.startswith(wanted):
            return 0, length_of(word, wanted)
        if is_unspaced(wanted) and wanted in key:
            for start in range(1, len(word)):
                if word[start].isalnum() and search_key(word[start:]).startswith(wanted):
                    return start, start + length_of(word[start:], wanted)
    return None


def length_of(word, wanted):
    """How many characters of `word` say `wanted`."""
    if word[: len(wanted)].lower() == wanted:
        return len(wanted)
    lengths = range(1, len(word) + 1)
    return next((n for n in lengths if search_key(word[:n]).startswith(wanted)), len(word))
