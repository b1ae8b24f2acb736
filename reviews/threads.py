"""The comments under a piece, a page of them, with what each reader may see of each."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Window
from django.db.models.functions import RowNumber

from reviews import markdown
from reviews.models import Comment
from users.models import ModerationAction, Status
from users.paging import Order, Page, first_page, page_of, position_of

ORDER = Order("comments", (("created_at", False), ("pk", False)))
SIZE = 20
FEW = 60
# Answers under one comment, where there are several pages; the rest have pages of their own.
ANSWERS = 5
MANY = 120  # answers to all comments of a page


class Found(NamedTuple):
    page: Page
    top: list
    answers: list
    is_cut: bool = False  # there may be more than ANSWERS under a comment


@dataclass
class Line:
    comment: Comment
    is_shown: bool
    is_by_writer: bool  # of the piece itself
    html: str
    action: ModerationAction | None = None
    replies: list = field(default_factory=list)
    is_cut: bool = False  # it has more answers than these

    def __post_init__(self):
        # Lists of them are long: what each prints is at hand.
        self.anchor = f"comment-{self.comment.pk}"
        self.author = self.comment.author
        self.is_stub = not self.is_shown


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


def thread_of(review, viewer, position="", *, holding=None, under=None, opens_marks=False):
    """(Page of top comments, [Line]); one query for a few comments, three at most for any number.

    `under` is the number of a comment: the page is one of its answers. `holding` is that of a
    comment or an answer: the page is the one that it is on, found in at most five more queries.

    Raises PositionError.
    """
    comments = review.comments.for_thread().in_thread_for(viewer)
    found = find(review, comments, position, holding, under)
    actions = actions_on([c for c in (*found.top, *found.answers) if not c.is_published])

    def line_of(comment):
        is_shown, by_writer = shows_text(comment, viewer), comment.author_id == review.author_id
        html = markdown.opened(comment.html) if opens_marks else comment.html
        return Line(comment, is_shown, by_writer, html, actions.get(comment.pk))

    lines = {comment.pk: line_of(comment) for comment in found.top}
    for answer in found.answers:
        line = lines[answer.parent_id]
        if found.is_cut and len(line.replies) == ANSWERS:
            line.is_cut = True
        else:
            line.replies.append(line_of(answer))
    return found.page, list(lines.values())


def find(review, comments, position, holding, under):
    if not (position or under):
        found = few(review, comments)
        if found and (not holding or holding in {c.pk for c in (*found.top, *found.answers)}):
            return found
    if holding:
        position, under = place_of(comments, holding) or (position, under)
    top = under and comments.filter(pk=under, parent=None).first()
    if top:
        page = page_of(comments.filter(parent=top), ORDER, position, SIZE)
        return Found(page, [top], page.items)
    return many(comments, position)


def place_of(comments, number):
    """(position, the comment whose answers have pages or None) of the page that a comment is on;
    None where its reader has no such comment."""
    row = comments.filter(pk=number).first()
    if row and row.parent_id:
        answers = comments.filter(parent=row.parent_id)
        if row.pk not in list(answers.values_list("pk", flat=True)[:ANSWERS]):
            return position_of(answers, ORDER, row, SIZE), row.parent_id
        row = comments.filter(pk=row.parent_id).first()
    return row and (position_of(comments.filter(parent=None), ORDER, row, SIZE), None)


def few(review, comments):
    """All at once, where they are not many more than a page; else None."""
    if review.comment_count > FEW:
        return None
    found = list(comments.order_by("parent_id", "created_at", "pk")[: FEW + 1])
    if len(found) > FEW:
        return None
    page = first_page([comment for comment in found if not comment.parent_id], ORDER, SIZE)
    shown = {comment.pk for comment in page}
    return Found(page, page.items, [c for c in found if c.parent_id in shown])


def many(comments, position):
    page = page_of(comments.filter(parent=None), ORDER, position, SIZE)
    if not page.items:
        return Found(page, [], [])
    rows = comments.filter(parent__in=[c.pk for c in page])
    answers = list(rows[: MANY + 1])
    if len(answers) > MANY:  # the first of each, found by the database
        nth = Window(RowNumber(), partition_by="parent", order_by=["created_at", "pk"])
        answers = list(rows.annotate(nth=nth).filter(nth__lte=ANSWERS + 1))
    return Found(page, page.items, answers, is_cut=True)


def actions_on(comments):
    """{id: the newest action on it}"""
    if not comments:
        return {}
    rows = ModerationAction.objects.on_any(comments).select_related("rule")
    return {row.object_id: row for row in rows.order_by("created_at", "pk")}
