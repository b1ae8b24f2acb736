"""Text for cards, mail and search: whole sentences, none of which a spoiler stood in."""

import re

# Stands in collected text where words are hidden; control characters cannot be typed.
HIDDEN = "\x02"

_TERMINATORS = ".!?…。！？؟۔।"
_ENDING = re.compile(f"[{_TERMINATORS}]+[\"'”’»)\\]」』）]*\\s*")
_WIDE = "。！？"
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|No|Nr|Prof|vs|cf|e\.g|i\.e|z\.B|Sr|Sra|Mme|[^\W\d_])$"
)
ELLIPSIS = "…"


def pieces(text: str) -> list[str]:
    """The sentences, each with the space behind it."""
    found = []
    start = 0
    for ending in _ENDING.finditer(text):
        if _ends_sentence(text, start, ending):
            found.append(text[start : ending.end()])
            start = ending.end()
    return [*found, text[start:]]


def _ends_sentence(text: str, start: int, ending: re.Match) -> bool:
    if any(sign in _WIDE for sign in ending[0]):
        return True
    if not ending[0][-1].isspace():
        return ending.end() == len(text)
    if ending.end() < len(text) and text[ending.end()].islower():
        return False
    before = text[max(start, ending.start() - 8) : ending.start()]
    return not (ending[0].rstrip() == "." and _ABBREVIATION.search(before))


def fold(text: str) -> str:
    return " ".join(text.split())


def hidden(text: str) -> str:
    """The sign for hidden words, which ends a sentence where they ended one."""
    ending = text.rstrip().rstrip("\"'”’»)]」』）")[-1:]
    return HIDDEN + (ending if ending and ending in _TERMINATORS else "")


def safe(text: str) -> str:
    """Folded, without the sentences that hold hidden words."""
    text = fold(text)
    if HIDDEN not in text:
        return text
    return fold("".join(piece for piece in pieces(text) if HIDDEN not in piece))


def excerpt(safe_text: str, limit: int) -> str:
    """At most `limit` characters: whole sentences, else whole words and an ellipsis."""
    text = fold(safe_text)
    if len(text) <= limit:
        return text
    whole = ""
    for piece in pieces(text):
        if len((whole + piece).rstrip()) > limit:
            break
        whole += piece
    whole = whole.rstrip()
    return whole if len(whole) * 2 >= limit > 0 else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    piece = text[: max(limit - 1, 0)]
    if not text[len(piece) : len(piece) + 1].isspace():
        words = piece.rsplit(None, 1)
        # Without a space near the end the script has none: cut between characters.
        if len(words) == 2 and len(words[1]) < 40:
            piece = words[0]
    return piece.rstrip(" ,;:–—-、") + ELLIPSIS if limit > 0 else ""
