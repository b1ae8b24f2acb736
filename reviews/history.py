"""The published versions of a piece, and what changed from one to another, for its readers."""

import re
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews import differences, markdown
from reviews.differences import Run
from reviews.markdown import spoilers
from reviews.models import Revision
from users.paging import Order

ORDER = Order("versions", (("number", True),))
PAGE = 50

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Line:
    """A version in the list."""

    revision: Revision
    note: list[Run]
    more: int | None  # words than in the version before it
    is_shown: bool
    number: str
    named: str

    @property
    def fewer(self):
        return -self.more


def lines_of(page, before, passages, *, sees_all, is_open):
    """`before` is how many words the version before the last one of the page has, or None."""
    following = [row.word_count for row in page.items[1:]] + [before]
    named = _("version %(number)s")
    return [
        Line(
            row,
            note_runs(row.note, passages, is_veiled=row.is_spoiler and not is_open),
            None if earlier is None else row.word_count - earlier,
            sees_all or not row.is_withheld,
            str(row.number),
            named % {"number": row.number},
        )
        for row, earlier in zip(page.items, following, strict=True)
    ]


def note_runs(note, passages, *, is_veiled):
    words = spoilers.runs(markdown.without_passages(note, passages))
    return [Run(text, "", is_veiled or hidden) for text, hidden in words]


def pair_asked(query):
    """(from, to) as numbers, the older first; None where they are not two."""
    numbers = {query.get(name, "") for name in ("from", "to")}
    good = {int(number) for number in numbers if number.isascii() and number.isdigit()
            and len(number) < 9}  # fmt: skip
    return tuple(sorted(good)) if len(good) == 2 else None


def find_pair(rows, numbers):
    """The two versions of these numbers with their texts, the older first, or None."""
    found = sorted(rows.filter(number__in=numbers), key=lambda row: row.number) if numbers else []
    return found if len(found) == 2 else None


def is_hidden_since(row, present):
    """Whether words that stood openly in a version are behind a veil in the present one."""
    if row.safe_text == present.safe_text:
        return False
    gone = words_of(row.safe_text) - words_of(present.safe_text)
    return bool(gone and gone & (words_behind_veils(present) - words_behind_veils(row)))


def words_behind_veils(row):
    return words_of(row.body) - words_of(row.safe_text)


def words_of(text):
    return Counter(_WORD.findall(text.casefold()))


def compare(old, new, passages):
    """What changed from one version to another, without what staff have hidden."""

    def bare(text):
        return differences.line(markdown.without_passages(text, passages))

    heads = [(bare(old.title), bare(new.title)), (bare(old.lead), bare(new.lead))]
    texts = [differences.paragraphs(shown(row, passages)) for row in (old, new)]
    return differences.compare(*texts, new.language, heads)


def shown(row, passages):
    done = markdown.render(row.body, language=row.language, prefix="", hidden=passages)
    return done.html
