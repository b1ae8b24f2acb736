"""Lines of a text that name where a picture comes from, as essays elsewhere have them under a
picture: `[source](address)`. Here a picture is uploaded with its credit, and such a line begins it."""

import re
from typing import NamedTuple

MOST = 5
WORDS = frozenset((
    "source", "sources", "image source", "picture source", "photo source", "via", "credit",
    "image credit", "photo", "quelle", "bildquelle", "fuente", "fonte", "kaynak", "bron", "kilde",
    "källa", "lähde", "źródło", "zdroj", "forrás", "sursă", "izvor", "iturria", "font",
    "източник", "источник", "джерело", "извор", "πηγή", "nguồn", "sumber", "स्रोत", "উৎস",
    "المصدر", "مصدر", "منبع", "מקור", "ที่มา", "출처", "사진 출처", "出典", "出处", "出處", "来源",
    "來源", "图源", "allikas", "šaltinis", "avots", "chanzo", "წყარო", "աղբյուր",
))  # fmt: skip
_ADDRESS = r"<?(https?://[^\s()<>\"]+(?:\([^\s()<>\"]*\)[^\s()<>\"]*)*)>?(?:\s+\"[^\"\n]*\")?"
_LINK = re.compile(rf"\s*[(*_]?\[([^\]\[\n]{{0,200}})\]\({_ADDRESS}\)[)*_]?[.。]?\s*")
_PICTURE = re.compile(rf"\s*!\[([^\]\[\n]{{0,500}})\]\({_ADDRESS}\)\s*")


class Source(NamedTuple):
    first: int  # lines, counted from 0
    last: int
    address: str
    title: str
    alt: str

    @property
    def values(self):
        """For the form of a picture."""
        return {"source_url": self.address, "title": self.title, "alt_text": self.alt}


def sources_in(body):
    """Those that are a picture's, the first few; a link in a sentence is none."""
    found, picture = [], None
    for number, line in enumerate(body.splitlines()):
        if not line.strip():
            continue
        if shown := _PICTURE.fullmatch(line):
            picture = number, shown[1].strip()
            continue
        link = _LINK.fullmatch(line)
        if link and (picture or is_word(link[1])):
            first, alt = picture or (number, "")
            title = "" if is_word(link[1]) else link[1].strip()
            found.append(Source(first, number, link[2][:500], title, alt))
        picture = None
        if len(found) == MOST:
            break
    return found


def is_word(label):
    return label.strip(" :.[]()").casefold() in WORDS
