"""How texts are folded: for search, for sorting, for addresses.

Search, theme labels and duplicate checks share `search_key`.
"""

import re
import unicodedata

from users.names import clean_name

__all__ = ["clean_name", "film_slug", "piece_slug", "search_key", "sort_key"]

APOSTROPHES = "'’‘‛ʼʻʽʾʿ`´ꞌ׳"
# Letters that no normalisation form takes apart (after case folding).
SPELLED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)
NO_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
NO_WORD = re.compile("[^a-z0-9]+")
TATWEEL = "\N{ARABIC TATWEEL}"
SORT_KEY_LENGTH = 200
FILM_SLUG_LENGTH = 200  # without year and country
PIECE_SLUG_LENGTH = 80

FOLDED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
# A breve makes another letter in Cyrillic, not an accent: addresses keep й.
SLUG_SCRIPTS = ("LATIN", "GREEK")


def search_key(text: str) -> str:
    """Words between single spaces; empty if the text has no letter or digit."""
    return _fold(text, FOLDED_SCRIPTS)


def _fold(text: str, scripts: tuple[str, ...]) -> str:
    if text.isascii():  # nothing to decompose or to compose: the same, much sooner
        return " ".join(NO_WORD.sub(" ", text.translate(NO_APOSTROPHES).lower()).split())
    text = "".join(_spaced_fraction(char) for char in text.translate(NO_APOSTROPHES))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFD", text.translate(NO_APOSTROPHES))
    kept, base = [], ""
    for char in text:
        kind = unicodedata.category(char)
        if kind[0] in "LN" and char != TATWEEL:
            kept.append(char)
            base = char
        elif kind[0] == "M":
            if base and _keeps_mark(base, char, scripts):
                kept.append(char)
        elif kind != "Cf" and char != TATWEEL:
            kept.append(" ")
            base = ""
    composed = unicodedata.normalize("NFC", "".join(kept)).translate(SPELLED)
    return " ".join(composed.split())


def _spaced_fraction(char: str) -> str:
    """8½ is 8 and 1/2, never 81/2."""
    return f" {char} " if unicodedata.decomposition(char).startswith("<fraction>") else char


def _keeps_mark(base: str, mark: str, scripts: tuple[str, ...]) -> bool:
    if unicodedata.name(mark, "").startswith("VARIATION SELECTOR"):
        return False
    if base.isdigit() or unicodedata.name(base, "").startswith(scripts):
        return False
    return not _is_point(mark)


def _is_point(mark: str) -> bool:
    """Arabic and Hebrew vowel points and the like. A hamza or madda is part of its letter."""
    return (
        "\u0591" <= mark <= "\u05c7"
        or "\u0610" <= mark <= "\u061a"
        or "\u064b" <= mark <= "\u0652"
        or "\u0656" <= mark <= "\u065f"
        or mark == "\u0670"
        or "\u06d6" <= mark <= "\u06ed"
        or "\u08ca" <= mark <= "\u08ff"
    )


def sort_key(text: str) -> str:
    """ASCII that both databases sort alike; never empty unless the text is.

    A run of letters beyond ASCII becomes `~` and five hexadecimal digits a letter, so other
    scripts follow Latin, in the order of their code points. A text of signs only is written so
    as a whole.
    """
    folded = search_key(text) or text.strip()
    key = re.sub(
        r"[^a-z0-9 ]+", lambda run: "~" + "".join(f"{ord(c):05x}" for c in run.group()), folded
    )
    return key[:SORT_KEY_LENGTH].rstrip()


def film_slug(title: str, year: int | None, original_title: str = "") -> str:
    """`title-year`. Empty if neither title has a letter or digit: then it is film-<id>."""
    words = _slug(title, FILM_SLUG_LENGTH) or _slug(original_title, FILM_SLUG_LENGTH)
    return f"{words}-{year}" if words and year else words


def piece_slug(title: str) -> str:
    """Letters of any script stay. Empty if there are none: the caller has a name for those."""
    return _slug(title, PIECE_SLUG_LENGTH)


def _slug(text: str, length: int) -> str:
    slug = _fold(text, SLUG_SCRIPTS).replace(" ", "-")
    if len(slug) <= length:
        return slug
    # At a word's end if there is one in reach; a script without spaces is cut anywhere.
    cut = slug.rfind("-", length // 2, length + 1)
    return slug[: cut if cut > 0 else length].rstrip("-")
