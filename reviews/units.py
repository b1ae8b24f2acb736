"""Texts cut into what readers take for one: words; characters in scripts without spaces."""

import re
from functools import lru_cache
from typing import NamedTuple

from films.normalize import search_key
from reviews.counting import HAN_AND_KANA

# Thai, Lao, Burmese and Khmer, whose letters carry marks that are never parted from them.
_TAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaa7f"
_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e"
    "\u1056-\u1059\u17b4-\u17d3\u3099\u309a\ufe00-\ufe0f"
)
# Everything but spaces, controls and punctuation: marks and joiners belong to their words.
_LETTER = (
    r"[^\s\x00-\x1f!-/:-@\[-`{-~\x7f-\xa9\xab-\xac\xae-\xb4\xb6-\xb9\xbb\xbf\u2000-\u200a\u200e"
    r"\u200f\u2010-\u205f\u2190-\u2bff\u3000-\u3004\u3008-\u3030\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\u060c\u061b\u061f\u06d4\u0964\u0965"
    f"{HAN_AND_KANA}{_TAI}]"
)
_UNIT = re.compile(
    f"(?P<word>[{HAN_AND_KANA}{_TAI}][{_MARKS}]*|{_LETTER}+(?:['’]{_LETTER}+)*)|(?P<sign>\\S)"
)


class Unit(NamedTuple):
    start: int
    end: int
    key: str  # its letters, folded as search folds them; empty for a sign


def words(text: str) -> list[Unit]:
    """Without signs, and without what is no letter or digit to search."""
    found = (
        Unit(unit.start(), unit.end(), _folded(unit[0]))
        for unit in _UNIT.finditer(text)
        if unit.lastgroup == "word"
    )
    return [unit for unit in found if unit.key]


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    return search_key(word)


def pieces(text: str) -> list[tuple[str, str]]:
    """(word or sign, the space behind it): together the whole text, but for space before it."""
    marks = [(unit.start(), unit.end()) for unit in _UNIT.finditer(text)]
    ends = [start for start, _end in marks[1:]] + [len(text)]
    return [
        (text[start:end], text[end:following])
        for (start, end), following in zip(marks, ends, strict=False)
    ]
