from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import in_words
from reviews.models import Comment, LeftText, Review, WorkingCopy
from reviews.scheduling import publish_due
from reviews.views.afterthoughts import asked_of, kept_by
from users.models import ModerationAction, Status
from users.paging import Order, PositionError, page_of

NEWEST = Order("desk", (("published_at", True), ("pk", True)))
SAVED = Order("drafts", (("updated_at", True), ("pk", True)))
PAGE = 25
# More than anybody has; what is decided on comes first anyway.
MOST = 100


@require_safe
@login_required
def desk(request):
    pieces = Review.objects.by(request.user).for_desk()
    scheduled = scheduled_now(pieces)
    # A later page of one list shows that list alone.
    chosen = request.GET.get("list", "")
    drafts = page_at(request, pieces.drafts().unscheduled(), SAVED, "drafts")
    published = page_at(request, pieces.published(), NEWEST, "published")
    context = {
        "only": chosen if chosen in ("drafts", "published") else "",
        "drafts": drafts,
        "scheduled": scheduled,
        "place": in_words.place(request.user.time_zone),
        "changes": WorkingCopy.objects.by(request.user).for_desk()[:MOST],
        "left": LeftText.objects.by(request.user).for_desk()[:MOST],
        "published": published,
        "waiting": waiting_for(request.user),
        "withheld": with_actions(pieces.withheld()[:MOST]),
        "deleted": pieces.restorable()[:MOST],
        "kept": kept_by(request.user, MOST),
    }
    if not context["only"]:
        context |= asked_of(request.user)
    return render(request, "reviews/desk.html", context)


def scheduled_now(pieces):
    """Those that still wait for their time; what it has come for goes out first."""
    waiting = list(pieces.scheduled()[:MOST])
    if waiting and waiting[0].publish_at <= timezone.now() and any(publish_due(pieces, MOST)):
        waiting = list(pieces.scheduled()[:MOST])
    return waiting


def waiting_for(member):
    """Replies that do not appear until they say so."""
    return Comment.objects.for_approval().filter(review__author=member)[:MOST]


def page_at(request, pieces, order, name):
    position = request.GET.get("after", "") if request.GET.get("list") == name else ""
    try:
        return page_of(pieces, order, position, PAGE)
    except PositionError:
        return page_of(pieces, order, "", PAGE)


def with_actions(pieces):
    """[(piece, the last decision on it)]"""
    pieces = [piece for piece in pieces if piece.status != Status.REMOVED or not piece.deleted_at]
    if not pieces:
        return []
    rows = ModerationAction.objects.on_any(pieces).select_related("rule")
    actions = {row.object_id: row for row in rows.order_by("created_at", "pk")}
    return [(piece, actions.get(piece.pk)) for piece in pieces]
