"""The comments under a piece, a page of them, with what each reader may see of each."""

from dataclasses import dataclass, field

from reviews import markdown
from reviews.models import Comment
from users.models import ModerationAction, Status
from users.paging import Order, first_page, page_of

ORDER = Order("comments", (("created_at", False), ("pk", False)))
SIZE = 50
FEW = 100
# Under one comment; a longer exchange is an essay.
REPLIES = 400


@dataclass
class Line:
    comment: Comment
    is_shown: bool
    is_by_writer: bool  # of the piece itself
    html: str
    action: ModerationAction | None = None
    replies: list = field(default_factory=list)

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


def thread_of(review, viewer, position="", *, opens_marks=False):
    """(Page of top comments, [Line]); one query for a few comments, two for any number.

    Raises PositionError.
    """
    comments = review.comments.for_thread().in_thread_for(viewer)
    page, replies = few(review, comments, position) or many(comments, position)
    actions = actions_on([c for c in (*page, *replies) if not c.is_published])

    def line_of(comment):
        is_shown, by_writer = shows_text(comment, viewer), comment.author_id == review.author_id
        html = markdown.opened(comment.html) if opens_marks else comment.html
        return Line(comment, is_shown, by_writer, html, actions.get(comment.pk))

    lines = {comment.pk: line_of(comment) for comment in page}
    for reply in replies:
        line = line_of(reply)
        lines[reply.parent_id].replies.append(line)
    return page, list(lines.values())


def few(review, comments, position):
    """All at once, where they are not many more than a page; else None."""
    if position or review.comment_count > FEW:
        return None
    found = list(comments.order_by("parent_id", "created_at", "pk")[: FEW + 1])
    if len(found) > FEW:
        return None
    top = {comment.pk: comment for comment in found if not comment.parent_id}
    page = first_page(list(top.values()), ORDER, SIZE)
    shown = {comment.pk for comment in page}
    return page, [comment for comment in found if comment.parent_id in shown]


def many(comments, position):
    page = page_of(comments.filter(parent=None), ORDER, position, SIZE)
    if not page.items:
        return page, []
    return page, list(comments.filter(parent__in=[c.pk for c in page])[:REPLIES])


def actions_on(comments):
    """{id: the newest action on it}"""
    if not comments:
        return {}
    rows = ModerationAction.objects.on_any(comments).select_related("rule")
    return {row.object_id: row for row in rows.order_by("created_at", "pk")}
