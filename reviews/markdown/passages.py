"""Passages that staff have hidden: taken out of a text before it is written as anything.

A passage is found by its words, whatever marks stand between them, and as long as most of them
are there in order: whoever changes a word of it does not bring it back. In the stored HTML only
a placeholder is left, filled when the text is read, since what was hidden can be shown again.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from reviews import counting, subsequences, units

SHARE = 0.7  # of its words, which still make a passage
SLACK = 0.35  # how much longer it may have grown
GAP = "[…]"

_PLACEHOLDER = re.compile(r'<(figure|span) data-passage="(\d+)"></\1>')
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ADDRESS = re.compile(r"\]\([^()\s]*\)|<https?://[^>\s]*>|https?://\S+")


class Passage(NamedTuple):
    key: int
    text: str


class Span(NamedTuple):
    start: int
    end: int
    key: int


def size(text: str, language: str) -> int:
    return counting.count(text, language)


def placeholder(key: int, *, is_block: bool) -> str:
    tag = "figure" if is_block else "span"
    return f'<{tag} data-passage="{key}"></{tag}>'


def fill_passages(html_text: str, draw: Callable[[int, bool], str]) -> str:
    """Stored HTML with draw(key, whether it stands between paragraphs) for each placeholder."""
    return _PLACEHOLDER.sub(lambda found: draw(int(found[2]), found[1] == "figure"), html_text)


def passage_keys(html_text: str) -> set[int]:
    return {int(found[2]) for found in _PLACEHOLDER.finditer(html_text)}


def spans(text: str, passages: Sequence[Passage]) -> list[Span]:
    """Where the passages stand in plain text, in order and apart from each other."""
    there = units.words(text) if passages else []
    if not there:
        return []
    keys = [unit.key for unit in there]
    taken = [0] * len(keys)
    for passage in passages:
        wanted = [unit.key for unit in units.words(passage.text)]
        for start, end in _places(wanted, keys):
            taken[start:end] = [passage.key] * (end - start)
    found: list[Span] = []
    for number, key in enumerate(taken):
        if key and number and taken[number - 1] == key:
            found[-1] = found[-1]._replace(end=there[number].end)
        elif key:
            found.append(Span(there[number].start, there[number].end, key))
    return found


def without_passages(text: str, passages: Sequence[Passage]) -> str:
    """Plain text: a title, a note."""
    return _cut(text, spans(text, passages))


def source_without_passages(source: str, passages: Sequence[Passage]) -> tuple[str, set[int]]:
    """Markdown as it was typed, but for the passages, and the keys of those that were found.
    Addresses of links do not keep a passage together."""
    bare = _ADDRESS.sub(lambda address: " " * len(address[0]), source)
    plain, starts = _without_entities(bare)
    found = [
        span._replace(start=starts[span.start], end=starts[span.end])
        for span in spans(plain, passages)
    ]
    cut = _cut(source, found)
    return _ADDRESS.sub(lambda one: _told(one[0], passages), cut), {span.key for span in found}


def _without_entities(source: str) -> tuple[str, list[int]]:
    """What the source says, and where in it each character of that begins, and its end."""
    plain: list[str] = []
    starts: list[int] = []
    at = 0
    for entity in _ENTITY.finditer(source):
        said = html.unescape(entity[0])
        plain += source[at : entity.start()], said
        starts += [*range(at, entity.start()), *[entity.start()] * len(said)]
        at = entity.end()
    return "".join([*plain, source[at:]]), [*starts, *range(at, len(source) + 1)]


def lines_with_passages(tokens: list[Token], passages: Sequence[Passage]) -> set[int]:
    """Numbers, from 0, of the lines of the blocks that have any of the passages' words."""
    parts, text = _flat(tokens)
    blocks = {id(token.children): token for token in tokens if token.children is not None}
    found: set[int] = set()
    for span in spans(text, passages):
        for part in parts:
            if part.start < span.end and part.end > span.start:
                block = blocks.get(id(part.siblings), part.token)
                found.update(range(*(block.map or (0, 0))))
    return found


def _told(address: str, passages: Sequence[Passage]) -> str:
    """An address, unless it says what is hidden."""
    if not spans(_spaced(address), passages):
        return address
    return f"](#) {GAP}" if address.startswith("](") else GAP


def _spaced(address: str) -> str:
    return re.sub(r"[-_+/.]", " ", unquote(address))


def _cut(text: str, found: list[Span]) -> str:
    for span in reversed(found):
        text = f"{text[: span.start]}{GAP}{text[span.end :]}"
    return text


def _places(wanted: list[str], keys: list[str]) -> Iterator[tuple[int, int]]:
    """(start, end) of each place where most of `wanted` stands in order."""
    size = len(wanted)
    if not size or size > len(keys) * 2:
        return
    needed = size if size < 4 else -int(-size * SHARE // 1)
    reach = size + max(min(size - 1, 4), int(size * SLACK))
    enough = _shared(wanted, keys, reach)
    start, stride = 0, max(1, size // 4)
    while start < len(keys):
        if enough[start] < needed:
            start += 1
            continue
        begin, end, best = _best_place(wanted, keys, start, reach)
        if best < needed:
            start += stride
            continue
        yield begin, end
        start = end


def _best_place(wanted: list[str], keys: list[str], first: int, reach: int) -> tuple[int, int, int]:
    """(start, end, how many of `wanted` are there) of the best place that begins within the
    length of the passage from `first` on; it is enough to try some, since each reaches further."""
    size = len(wanted)
    found = []
    for start in range(first, first + size, max(1, size // 6)):
        window = keys[start : start + reach]
        best, end = subsequences.shortest_start(wanted, window)
        found.append((best, -start, end))
        if best < size // 2 and start == first:
            return start, start, best
    best, start, end = max(found)
    start = -start
    back = subsequences.shortest_start(wanted[::-1], keys[start : start + end][::-1])[1]
    return start + end - back, start + end, best


def _shared(wanted: list[str], keys: list[str], reach: int) -> list[int]:
    """How many of `wanted` stand, in whatever order, within the reach of each place."""
    open_, shared, found = Counter(wanted), 0, [0] * len(keys)
    for start in range(len(keys) - 1, -1, -1):
        entering = keys[start]
        if entering in open_:
            shared += open_[entering] > 0
            open_[entering] -= 1
        if start + reach < len(keys) and (leaving := keys[start + reach]) in open_:
            open_[leaving] += 1
            shared -= open_[leaving] > 0
        found[start] = shared
    return found


# In what the parser made of a text


@dataclass
class _Part:
    """A stretch of words: of which token, in which block's children it stands."""

    start: int
    token: Token
    siblings: list[Token]

    @property
    def end(self) -> int:
        return self.start + len(self.token.content)


_BLOCKS = frozenset(["fence", "spoiler_block_open"])
_INLINES = frozenset(["text", "code_inline", "image"])


def conceal(tokens: list[Token], passages: Sequence[Passage]) -> frozenset[int]:
    """Take the passages out of the tokens, and answer the keys of those that were there. A token
    "passage" is left at the start of each, with the words that stood there, for whoever counts
    them."""
    if not passages:
        return frozenset()
    parts, text = _flat(tokens)
    found = spans(text, passages)
    for span in reversed(found):
        _take_out(span, parts, text)
    for token in tokens:
        if token.type == "inline":
            _drop_links(token, passages)
            _bring_out(token)
    return frozenset(span.key for span in found)


def _flat(tokens: list[Token]) -> tuple[list[_Part], str]:
    parts, text, at = [], [], 0

    def add(piece: str) -> None:
        nonlocal at
        text.append(piece)
        at += len(piece)

    for number, token in enumerate(tokens):
        if token.type == "inline":
            for child in token.children or ():
                if child.type in _INLINES:
                    parts.append(_Part(at, child, token.children))
                    add(child.content)
                elif child.type in ("softbreak", "hardbreak"):
                    add("\n")
        elif token.type in _BLOCKS:
            parts.append(_Part(at, token, tokens))
            add(token.content)
        if number + 1 < len(tokens):
            add("\n")
    return parts, "".join(text)


def _take_out(span: Span, parts: list[_Part], text: str) -> None:
    inside = [part for part in parts if part.start < span.end and part.end > span.start]
    said = text[span.start : span.end]
    for part in reversed(inside):
        token, first = part.token, part is inside[0]
        before = token.content[: max(0, span.start - part.start)]
        after = token.content[span.end - part.start :] if span.end < part.end else ""
        if not first:
            token.content = after
            continue
        mark = Token("passage", "", 0, meta={"key": span.key}, content=said)
        place = next(i for i, other in enumerate(part.siblings) if other is token) + 1
        if token.type == "text":
            rest = Token("text", "", 0, content=after)
            token.content = before
            part.siblings[place:place] = [mark, rest]
        else:
            token.content = f"{before}{after}"
            part.siblings.insert(place, mark)


def _drop_links(block: Token, passages: Sequence[Passage]) -> None:
    """Links that show no words any more, or whose address says what is hidden."""
    children = block.children or []
    gone: set[int] = set()
    opened: list[int] = []
    for number, child in enumerate(children):
        if child.type == "link_open":
            opened.append(number)
        elif child.type == "link_close" and opened:
            start = opened.pop()
            inside = children[start + 1 : number]
            address = str(children[start].attrs.get("href", ""))
            is_bare = any(token.type == "passage" for token in inside) or not any(
                token.content.strip() for token in inside
            )
            if is_bare or spans(_spaced(address), passages):
                gone |= {start, number}
    if gone:
        children[:] = [child for number, child in enumerate(children) if number not in gone]


def _bring_out(block: Token) -> None:
    """Out of emphasis and links, so that the note can stand between paragraphs; but not out from
    behind a veil."""
    waiting: list[Token] = []
    placed: list[Token] = []
    depth = veils = 0
    for child in block.children or []:
        depth += child.nesting
        veils += {"spoiler_open": 1, "spoiler_close": -1}.get(child.type, 0)
        if child.type == "passage" and depth and not veils:
            waiting.append(child)
            continue
        placed.append(child)
        if not depth and waiting:
            placed += waiting
            waiting = []
    if block.children:
        block.children[:] = placed + waiting
