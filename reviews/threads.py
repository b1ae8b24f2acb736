"""The comments under a piece, a page of them, with what each reader may see of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from django.db.models import Window
from django.db.models.functions import RowNumber

from reviews import markdown
from reviews.models import Comment
from users.models import ModerationAction, Status
from users.paging import Order, Page, first_page, page_of, position_of
from users.prepared import Rows, prepared

ORDER = Order("comments", (("created_at", False), ("pk", False)))
SIZE = 16
FEW = 60
# Answers under one comment, where there are several pages; the rest have pages of their own.
ANSWERS = 3
MANY = 120  # answers to all comments of a page
OF_PIECE = Comment._meta.get_field("review")


class Found(NamedTuple):
    page: Page
    top: Sequence
    answers: Sequence
    cut: frozenset = frozenset()  # the numbers of those that have more answers than these
    under: int | None = None  # that of the comment whose answers the page is


@dataclass
class Line:
    comment: Comment
    is_shown: bool
    is_by_writer: bool  # of the piece itself
    html: str
    action: ModerationAction | None = None
    replies: list = field(default_factory=list)
    is_cut: bool = False  # it has more answers than these


class Lines(Sequence):
    """The comments of a page with their answers, as one reader sees them. They are put together
    when the first is looked at."""

    def __init__(self, review, viewer, found, *, opens_marks):
        self.review = review
        self.viewer = viewer
        self.found = found
        self.opens_marks = opens_marks
        self.actions = actions_on(kept_back(found.top) + kept_back(found.answers))

    @property
    def said(self):
        """All that is printed of them; None where that is not at hand before they are."""
        if not isinstance(self.found.top, Rows):
            return None
        rules = [
            (row.pk, row.rule and (row.rule.number, row.rule.title))
            for row in self.actions.values()
        ]
        found, has_more = self.found, bool(self.found.page.next)
        return found.top, found.answers, sorted(found.cut), has_more, rules

    def __len__(self):
        return len(self.found.top)

    def __getitem__(self, place):
        return self.lines[place]

    @cached_property
    def lines(self):
        lines = {comment.pk: self.line_of(comment) for comment in self.found.top}
        for answer in self.found.answers:
            lines[answer.parent_id].replies.append(self.line_of(answer))
        for number in self.found.cut:
            lines[number].is_cut = True
        return list(lines.values())

    def line_of(self, comment):
        OF_PIECE.set_cached_value(comment, self.review)
        by_writer = comment.author_id == self.review.author_id
        html = markdown.opened(comment.html) if self.opens_marks else comment.html
        action = self.actions.get(comment.pk)
        return Line(comment, shows_text(comment, self.viewer), by_writer, html, action)


def shows_text(comment, viewer):
    """Its author and staff still read what staff keep from others."""
    if comment.status == Status.DELETED or comment.deleted_at:
        return False
    if comment.is_published:
        return True
    return viewer.is_authenticated and (comment.author_id == viewer.pk or viewer.can_moderate)


def number_in(given, name):
    """The number of a comment that an address or a form gives, or None."""
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@prepared
def every(review, member, *, most):
    rows = Comment.objects.for_thread().in_thread_for(member).filter(review=review)
    return rows.order_by("parent_id", "created_at", "pk")[:most]


@prepared
def first(review, member, *, most):
    return tops(Comment.objects.for_thread().in_thread_for(member).filter(review=review))[:most]


@prepared
def answers_to_first(review, member, *, size, most):
    rows = Comment.objects.for_thread().in_thread_for(member).filter(review=review)
    return rows.filter(parent__in=tops(rows)[:size].values("pk"))[:most]


@prepared
def least_to_first(review, member, *, size, most):
    """The first answers to each of the first comments."""
    rows = Comment.objects.for_thread().in_thread_for(member).filter(review=review)
    return numbered(rows.filter(parent__in=tops(rows)[:size].values("pk")), most)


def tops(comments):
    return comments.filter(parent=None).order_by(*ORDER.terms())


def numbered(answers, most):
    nth = Window(RowNumber(), partition_by="parent", order_by=["created_at", "pk"])
    return answers.annotate(nth=nth).filter(nth__lte=most)


def thread_of(review, viewer, position="", *, under=None, opens_marks=False):
    """(Page of top comments, Lines); one query for a few comments, three at most for any number.

    `under` is the number of a comment: the page is one of its answers.

    Raises PositionError.
    """
    found = find(review, viewer, position, under)
    return found.page, Lines(review, viewer, found, opens_marks=opens_marks)


def find(review, viewer, position, under):
    member = viewer.pk or 0
    if not (position or under):
        return few(review, member) or many_first(review, member)
    comments = review.comments.for_thread().in_thread_for(member)
    top = under and comments.filter(pk=under, parent=None).first()
    if top:
        page = page_of(comments.filter(parent=top), ORDER, position, SIZE)
        return Found(page, [top], page.items, under=top.pk)
    return many(comments, position)


def place_of(review, viewer, number):
    """{"after" or "under": what the address says} of the page that a comment is on, in four
    queries at most; None where its reader has no such comment."""
    comments = review.comments.for_thread().in_thread_for(viewer.pk or 0)
    row = comments.filter(pk=number).first()
    if row is None:
        return None
    rows, place = comments.filter(parent=None), {}
    if row.parent_id:
        answers = comments.filter(parent=row.parent_id)
        if row.pk in list(answers.values_list("pk", flat=True)[:ANSWERS]):
            row = comments.filter(pk=row.parent_id).first()
        else:
            rows, place = answers, {"under": row.parent_id}
    if row and (position := position_of(rows, ORDER, row, SIZE)):
        place["after"] = position
    return place


def few(review, member):
    """All at once, where they are not many more than a page; else None."""
    if review.comment_count > FEW:
        return None
    found = every(review.pk, member, most=FEW + 1)
    if len(found) > FEW:
        return None
    parents = found.column("parent_id")
    page = first_page(found.where([parent is None for parent in parents]), ORDER, SIZE)
    shown = set(page.items.column("id"))
    return Found(page, page.items, found.where([parent in shown for parent in parents]))


def many_first(review, member):
    page = first_page(first(review.pk, member, most=SIZE + 1), ORDER, SIZE)
    if not page.items:
        return Found(page, page.items, [])
    answers = answers_to_first(review.pk, member, size=SIZE, most=MANY + 1)
    if len(answers) > MANY:
        answers = least_to_first(review.pk, member, size=SIZE, most=ANSWERS + 1)
    parents = answers.column("parent_id")
    shown, cut = within(parents)
    return Found(page, page.items, answers.where(shown), cut)


def many(comments, position):
    page = page_of(comments.filter(parent=None), ORDER, position, SIZE)
    if not page.items:
        return Found(page, [], [])
    rows = comments.filter(parent__in=[c.pk for c in page])
    answers = list(rows[: MANY + 1])
    if len(answers) > MANY:
        answers = list(numbered(rows, ANSWERS + 1))
    shown, cut = within([answer.parent_id for answer in answers])
    return Found(page, page.items, list(compress(answers, shown)), cut)


def within(parents):
    """(whether each answer, of which these are the parents in order, is one of the first; the
    parents that have more)."""
    seen, is_first = Counter(), []
    for parent in parents:
        is_first.append(seen[parent] < ANSWERS)
        seen[parent] += 1
    return is_first, frozenset(parent for parent, count in seen.items() if count > ANSWERS)


def kept_back(comments):
    """Those in whose place something else may stand."""
    if isinstance(comments, Rows):
        comments = comments.where(s != Status.PUBLISHED for s in comments.column("status"))
    return [comment for comment in comments if not comment.is_published]


def actions_on(comments):
    """{id: the newest action on it}"""
    if not comments:
        return {}
    rows = ModerationAction.objects.on_any(comments).select_related("rule")
    return {row.object_id: row for row in rows.order_by("created_at", "pk")}
