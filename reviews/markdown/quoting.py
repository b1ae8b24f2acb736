"""The one line of a text that can stand for it: its first pull quote, else its first sentence."""

import re
from html import unescape

from .sentences import excerpt, pieces

_PULL_QUOTE = re.compile(r'<p class="subtitle">(.*?)</p>', re.DOTALL)
_NOTE = re.compile(r"<sup\b.*?</sup>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
LONGEST = 160


def first_line(html: str, safe_text: str) -> list[str]:
    """Lines of plain text, none of which a spoiler stood in; [] if there is nothing to say."""
    # What comes after the first folded block may stand in one.
    for quote in _PULL_QUOTE.findall(html.partition("<details")[0]):
        if 'class="veil' in quote:
            continue
        lines = [
            unescape(_TAG.sub("", line)).strip() for line in _NOTE.sub("", quote).split("<br>")
        ]
        if any(lines):
            return list(filter(None, lines))
    sentence = excerpt(next(filter(str.strip, pieces(safe_text)), ""), LONGEST)
    return [sentence] if sentence else []
