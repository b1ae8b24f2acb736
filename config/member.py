"""A member's page: who writes here, and what."""

from collections import Counter
from datetime import timedelta
from http import HTTPStatus

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from config.diary import films_seen, may_read, newest_rows
from films.models import Theme
from reviews.models import ReviewTheme
from users.addresses import absolute
from users.atom import ENTRIES, atom, entry_of
from users.models import User
from users.paging import Order, PositionError, page_of

NEWEST = Order("member", (("published_at", True), ("pk", True)))
PAGE = 20
FIRST = 5
WEEKS = 52
# Of the newest pieces: what somebody writes about now, at the same cost for every member.
PIECES_WEIGHED = 100
PIECES_IN_A_YEAR = 500
THEMES = 6


@require_safe
def member(request, username):
    person = get_object_or_404(User.objects.named(username))
    if person.left_at:
        context = {
            "stood": _("A member stood here"),
            "said": _("They have left. What they chose to leave here is signed “a former member”."),
        }
        return render(request, "410.html", context, status=HTTPStatus.GONE)
    if not person.is_active:
        raise Http404
    if person.username != username:
        return redirect(person, permanent=True)
    shown = request.GET.get("show", "")
    context = {
        "person": person,
        "canonical": absolute(request, person.get_absolute_url()),
        "seen": films_seen(person),
        "has_both": person.essay_count and person.note_count,
        "has_diary": may_read(person, request.user) and person.viewings.exists(),
    }
    if shown in ("essays", "notes"):
        return render(request, "config/member.html", context | one_list(request, person, shown))
    pieces = person.reviews.published().for_cards().newest_first()
    newest = newest_pieces(person)
    context |= {
        "shown": "",
        "essays": list(pieces.essays()[:FIRST]),
        "notes": list(pieces.notes()[:FIRST]),
        "themes": themes_of(newest),
        "year": year_of(newest),
        "diary": newest_rows(person, FIRST) if context["has_diary"] else [],
    }
    return render(request, "config/member.html", context)


@require_safe
@conditional_page
def member_feed(request, username):
    person = get_object_or_404(User.objects.members().named(username))
    pieces = person.reviews.published().for_cards().newest_of_both(ENTRIES)
    return atom(request, person.name, person.get_absolute_url(), map(entry_of, pieces))


def one_list(request, person, shown):
    pieces = person.reviews.published().for_cards()
    pieces = pieces.essays() if shown == "essays" else pieces.notes()
    try:
        page, is_lost = page_of(pieces, NEWEST, request.GET.get("after", ""), PAGE), False
    except PositionError:
        page, is_lost = page_of(pieces, NEWEST, "", PAGE), True
    return {"shown": shown, "page": page, "is_lost": is_lost, "base": f"?show={shown}&after="}


def newest_pieces(person):
    """[(when, primary key, words)]. Each kind is in order in the index, both together are not."""
    published = person.reviews.published().newest_first()
    columns = "published_at", "pk", "word_count"
    kinds = published.essays(), published.notes()
    rows = [row for kind in kinds for row in kind.values_list(*columns)[:PIECES_IN_A_YEAR]]
    return sorted(rows, reverse=True)[:PIECES_IN_A_YEAR]


def themes_of(newest):
    """[(theme, percent of the newest pieces that are about it)], the commonest first."""
    pieces = [pk for _at, pk, _words in newest[:PIECES_WEIGHED]]
    rows = ReviewTheme.objects.filter(content_object__in=pieces).values_list("tag", flat=True)
    common = Counter(rows).most_common(THEMES)
    themes = Theme.objects.in_bulk([pk for pk, _count in common])
    return [(themes[pk], round(100 * count / len(pieces))) for pk, count in common]


def year_of(newest):
    """What the last 52 weeks sound like: words published in each. None of a silent year."""
    today = timezone.localdate()
    first = today - timedelta(weeks=WEEKS) + timedelta(days=1)
    weeks = [0] * WEEKS
    for at, _pk, words in newest:
        day = timezone.localtime(at).date()
        if day < first:
            break
        weeks[min(WEEKS - 1, (day - first).days // 7)] += words
    if not any(weeks):
        return None
    return {"weeks": weeks, "first": first, "last": today, "words": sum(weeks),
            "label": _("Words published each week of a year; the most in one week: %(most)d.")
            % {"most": max(weeks)}}  # fmt: skip
