from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews.history import (
    ORDER,
    PAGE,
    compare,
    find_pair,
    is_hidden_since,
    lines_of,
    note_runs,
    pair_asked,
)
from reviews.models import Review
from reviews.readers import reading_of
from users.gone import gone
from users.paging import PositionError, page_of


@require_safe
def essay_history(request, slug):
    return history(request, slug=slug)


@require_safe
def note_history(request, pk):
    return history(request, pk=pk)


def history(request, **where):
    review = Review.objects.visible_to(request.user).for_history().filter(**where).first()
    if review is None:
        return missing(request, **where)
    if "pk" in where and review.is_essay and review.slug:
        return redirect(review.history_address, permanent=True)
    sees_all = sees_withheld(review, request.user)
    rows = review.revisions.order_by("-number")
    page, is_lost = versions(rows, request.GET.get("after", ""))
    if not page.items:
        raise Http404
    shown = rows if sees_all else rows.readable()
    pair = find_pair(shown, pair_asked(request.GET))
    is_unknown = pair is None and not {"from", "to"}.isdisjoint(request.GET)
    if pair is None:
        newest = [row.number for row in page if sees_all or not row.is_withheld][:2]
        pair = find_pair(shown, newest)
    reading = reading_of(review, request.user)
    context = list_context(review, page, rows, sees_all, reading.opens_text)
    context |= {
        "position": "" if is_lost or page.is_first else request.GET.get("after", ""),
        "base": "?after=",
        "notice": notice(is_lost, is_unknown),
    }
    if pair is not None:
        context |= pair_context(review, pair, context)
        if not context["is_veiled"] and review.has_spoiler_marks:
            present = shown.first()
            context["is_hidden_since"] = any(is_hidden_since(row, present) for row in pair)
            context["opens"] = reading.opens_marks or request.user == review.author
    return render(request, "reviews/history.html", context)


def sees_withheld(review, user):
    return user.is_authenticated and (review.author_id == user.pk or user.can_moderate)


def missing(request, **where):
    taken = get_object_or_404(Review.objects.gone().select_related("film"), **where)
    if not taken.published_at:
        raise Http404
    return gone(request, taken)


def versions(rows, position):
    """(page, whether its position was not one)"""
    try:
        return page_of(rows.for_list(), ORDER, position, PAGE), False
    except PositionError:
        return page_of(rows.for_list(), ORDER, "", PAGE), True


def notice(is_lost, is_unknown):
    if is_unknown:
        return _("There are no two such versions; the newest two are compared.")
    return _("That page is not there; this is the first.") if is_lost else ""


def list_context(review, page, rows, sees_all, opens):
    last = page.items[-1].number
    before = rows.filter(number=last - 1).values_list("word_count", flat=True).first()
    passages = review.passages
    return {
        "review": review,
        "page": page,
        "passages": passages,
        "opens": opens,
        "lines": lines_of(page, before, passages, sees_all=sees_all, is_open=opens),
    }


def pair_context(review, pair, context):
    old, new = pair
    return {
        "pair": pair,
        "comparison": SimpleLazyObject(lambda: compare(old, new, context["passages"])),
        "note": note_runs(new.note, context["passages"], is_veiled=False),
        "is_veiled": review.is_spoiler or old.is_spoiler or new.is_spoiler,
    }
