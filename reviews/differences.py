"""What changed between two versions of a text, by paragraph and in them by word.

Works on the text as it is shown (rendered HTML), so that what is behind a veil on the page is
behind one here; or, for its author, on the source as it was typed. Every alignment is paid for
from one allowance: two texts with nothing in common cost no more than any others, and come out as
replaced as a whole.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from itertools import chain, groupby, starmap, zip_longest
from typing import NamedTuple

from django.utils.translation import gettext as _

from reviews import counting, subsequences, units

ALLOWANCE = 16_000_000  # units of one side times units of the other; some 20 ms
LIKE = 0.3  # of their words in common, for two paragraphs to stand side by side
WHOLE = 0.25  # fewer of its words kept: replaced as a whole

_INLINE = frozenset(["a", "code", "del", "em", "input", "label", "span", "strong", "sup"])
_VOID = frozenset(["br", "hr", "input"])
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")


class Piece(NamedTuple):
    text: str
    is_veiled: bool
    space: str = ""


class Run(NamedTuple):
    text: str
    mark: str = ""  # "ins" or "del"
    is_veiled: bool = False


class Row(NamedTuple):
    """Two paragraphs side by side, either of which may be missing; or `same` unchanged ones."""

    old: list[Run] = []
    new: list[Run] = []
    same: int = 0


@dataclass
class Comparison:
    rows: list[Row]
    words_in: int
    words_out: int
    changed: int
    total: int


# Paragraphs of a text


class Paragraph:
    """Runs of text, some behind a veil. It is cut into pieces only if it has changed: of most
    texts nearly all paragraphs have not."""

    def __init__(self, *texts: str):
        self.said = [(text, False) for text in texts]

    def __bool__(self):
        return bool(self.said)

    @cached_property
    def key(self) -> tuple:
        groups = groupby(self.said, key=lambda run: run[1])
        return tuple(
            (" ".join("".join(text for text, _veiled in run).split()), is_veiled)
            for is_veiled, run in groups
        )

    @cached_property
    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        for text, is_veiled in self.said:
            if found and text[:1].isspace():
                found[-1] = found[-1]._replace(space=" ")
            found += (
                Piece(piece, is_veiled, " " if space else "") for piece, space in units.pieces(text)
            )
        return found

    def has_the_words_of(self, other: "Paragraph") -> bool:
        return self.key == other.key or _keys(self.pieces) == _keys(other.pieces)


class TypedParagraph(Paragraph):
    """With its lines and the spaces before them, as they stand in the source."""

    @cached_property
    def pieces(self) -> list[Piece]:
        (text, _veiled), *_none = self.said
        found = [Piece(piece, False, space) for piece, space in units.pieces(text)]
        indent = text[: len(text) - len(text.lstrip())]
        return [found[0]._replace(text=indent + found[0].text), *found[1:]]


class _Paragraphs(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = [Paragraph()]
        self.open: list[tuple[str, int, bool]] = []  # tag, veils and whether it is skipped
        self.veils, self.skipped = 0, 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in _INLINE:
            self.end_paragraph()
        if "data-image" in given:
            self.say(f"{_('Picture:')} {given.get('data-alt', '')}")
        elif "data-passage" in given:
            self.say(_("[a passage is hidden here]"))
        if tag in _VOID:
            return
        veils = given.get("class") == "veil"
        hides = tag == "a" and (given.get("href") or "").startswith("#")
        self.open.append((tag, veils, hides))
        self.veils += veils
        self.skipped += hides

    def handle_endtag(self, tag):
        if tag not in _INLINE:
            self.end_paragraph()
        if tag == "summary":  # what follows in its block is behind it
            self.open[-2] = ("details", 1, False)
            self.veils += 1
        _tag, veils, hides = self.open.pop()
        self.veils -= veils
        self.skipped -= hides

    def handle_data(self, data):
        if not self.skipped:
            self.say(data)

    def say(self, text):
        said = self.found[-1].said
        if said or not text.isspace():
            said.append((text, self.veils > 0))

    def end_paragraph(self):
        if self.found[-1]:
            self.found.append(Paragraph())


def paragraphs(html_text: str) -> list[Paragraph]:
    parser = _Paragraphs()
    parser.feed(html_text)
    parser.close()
    return [paragraph for paragraph in parser.found if paragraph]


def line(text: str) -> list[Paragraph]:
    """A title or a lead, as the only paragraph; none if it is empty."""
    return [Paragraph(text)] if text.strip() else []


def typed_paragraphs(source: str) -> list[Paragraph]:
    """Those of a source, nothing of which is rendered."""
    return [TypedParagraph(text) for text in _BLANK_LINES.split(source) if text.strip()]


# Two texts


@dataclass
class Aligner:
    """Finds what two sequences have in common, as long as the allowance lasts."""

    left: int = ALLOWANCE
    spent: int = 0

    def affords(self, cost: int) -> bool:
        if cost > self.left:
            return False
        self.left -= cost
        self.spent += cost
        return True

    def matched(self, one: Sequence, other: Sequence) -> list[tuple[int, int]]:
        least = min(len(one), len(other))
        start = next((i for i in range(least) if one[i] != other[i]), least)
        least -= start
        end = next((i for i in range(least) if one[-1 - i] != other[-1 - i]), least)
        first, second = one[start : len(one) - end], other[start : len(other) - end]
        pairs = [(i, i) for i in range(start)]
        if first and second and self.affords(len(first) * len(second)):
            pairs += [(start + i, start + j) for i, j in subsequences.matched(first, second)]
        return pairs + [(len(one) - i, len(other) - i) for i in range(end, 0, -1)]


@dataclass
class _Counts:
    language: str
    words: Counter = field(default_factory=Counter)

    def add(self, runs: list[Run]) -> None:
        for run in runs:
            if run.mark:
                self.words[run.mark] += counting.count(run.text, self.language)


def compare(old: list, new: list, language: str, heads: Sequence = ()) -> Comparison:
    """`old` and `new` are paragraphs; `heads` are pairs of such lists for what stands above the
    text, of which only what changed is shown."""
    aligner, counts, rows, total = Aligner(), _Counts(language), [], 0
    for one, other in chain.from_iterable(starmap(zip_longest, heads)):
        if not (one and other and one.has_the_words_of(other)):
            total += 1
            rows.append(_beside(one, other, aligner))
    for one, other in _aligned(old, new, aligner):
        total += 1
        if one and other and one.has_the_words_of(other):
            if rows and rows[-1].same:
                rows[-1] = rows[-1]._replace(same=rows[-1].same + 1)
            else:
                rows.append(Row(same=1))
        else:
            rows.append(_beside(one, other, aligner))
    for row in rows:
        counts.add([*row.old, *row.new])
    changed = sum(not row.same for row in rows)
    return Comparison(rows, counts.words["ins"], counts.words["del"], changed, total)


def in_full(old: list, new: list) -> tuple[list[list[Run]], list[list[Run]]]:
    """Every paragraph of both, with what the other has not marked."""
    aligner = Aligner()
    rows = [_beside(one, other, aligner) for one, other in _aligned(old, new, aligner)]
    return [row.old for row in rows if row.old], [row.new for row in rows if row.new]


def _keys(pieces: list[Piece]) -> list:
    return [piece[:2] for piece in pieces]


def _aligned(old: list, new: list, aligner: Aligner) -> Iterator[tuple]:
    """(old paragraph or None, new paragraph or None)"""
    one, other = ([paragraph.key for paragraph in side] for side in (old, new))
    i = j = 0
    for next_i, next_j in [*aligner.matched(one, other), (len(old), len(new))]:
        yield from _paired(old[i:next_i], new[j:next_j], aligner)
        if next_i < len(old):
            yield old[next_i], new[next_j]
        i, j = next_i + 1, next_j + 1


def _paired(old: list, new: list, aligner: Aligner) -> Iterator[tuple]:
    """Changed paragraphs beside those that they became."""
    if len(old) == len(new) == 1 or not (old and new):
        yield from zip_longest(old, new)
        return
    here, there = (sum(len(paragraph.pieces) for paragraph in side) for side in (old, new))
    cost = here * len(new) + there * len(old)
    if not aligner.affords(cost):
        yield from zip_longest(old, new)
        return
    i = j = 0
    for next_i, next_j in [*_likeliest(old, new), (len(old), len(new))]:
        yield from ((paragraph, None) for paragraph in old[i:next_i])
        yield from ((None, paragraph) for paragraph in new[j:next_j])
        if next_i < len(old):
            yield old[next_i], new[next_j]
        i, j = next_i + 1, next_j + 1


def _likeliest(old: list, new: list) -> list[tuple[int, int]]:
    """The pairs, in order, that have the most in common altogether."""
    bags = [Counter(_keys(paragraph.pieces)) for paragraph in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = []
    for i, paragraph in enumerate(old):
        bag = Counter(_keys(paragraph.pieces))
        alike.append([_likeness(bag, other) for other in bags])
        for j, likeness in enumerate(alike[i]):
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + likeness)
    pairs = []
    i, j = len(old), len(new)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _likeness(one: Counter, other: Counter) -> float:
    share = 2 * (one & other).total() / (one.total() + other.total())
    return share if share >= LIKE else 0.0


def _beside(one: Paragraph | None, other: Paragraph | None, aligner: Aligner) -> Row:
    old, new = one.pieces if one else [], other.pieces if other else []
    pairs = aligner.matched(_keys(old), _keys(new)) if old and new else []
    pairs = _without_islands(pairs, old, new)
    longest = max(_weight(old), _weight(new))
    if _weight([old[i] for i, _j in pairs]) < longest * WHOLE:
        pairs = []
    kept_old, kept_new = {i for i, _j in pairs}, {j for _i, j in pairs}
    return Row(_runs(old, kept_old, "del"), _runs(new, kept_new, "ins"))


def _weight(pieces: list[Piece]) -> int:
    return sum(any(map(str.isalnum, piece.text)) for piece in pieces)


def _without_islands(pairs: list, old: list[Piece], new: list[Piece]) -> list:
    """Without a sign or a single word left standing between two changes: whole phrases read
    better than what happens to be in both."""
    kept, run = [], []
    for pair in [*pairs, None]:
        if run and (pair is None or pair != (run[-1][0] + 1, run[-1][1] + 1)):
            i, j = run[0]
            is_first = not (i and j) or (i == 0 and j == 0)
            is_last = run[-1] == (len(old) - 1, len(new) - 1)
            is_island = not is_first and not is_last and _weight([old[i] for i, _j in run]) < 2
            kept += [] if is_island else run
            run = []
        if pair is not None:
            run.append(pair)
    return kept


def _runs(pieces: list[Piece], kept: set[int], mark: str) -> list[Run]:
    runs = []
    grouped = groupby(
        enumerate(pieces), key=lambda one: ("" if one[0] in kept else mark, one[1].is_veiled)
    )
    gap = ""
    for (own_mark, is_veiled), group in grouped:
        text = "".join(f"{piece.text}{piece.space}" for _number, piece in group)
        if gap:
            runs.append(Run(gap))
        words = text.rstrip()
        gap = text[len(words) :]
        runs.append(Run(words, own_mark, is_veiled))
    return runs
