"""A member's diary: one row for each time a film was seen, by month."""

from dataclasses import dataclass, field

from django.db.models import Min
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from films import undoing
from films.title_cards import CARD_FIELDS
from reviews.models.viewing import Precision, SeenAs
from users.addresses import absolute
from users.columns import along
from users.models import User
from users.moderation import Status
from users.paging import Order, Page, PositionError, bounded_count, page_of

NEWEST = Order("diary", (("seen_on", True), ("pk", True)))
UNDATED = Order("undated", (("pk", True),))
PAGE = 40


@dataclass
class Section:
    """A month's rows, or those of a year whose month is not known."""

    name: str
    rows: list = field(default_factory=list)

    @property
    def summary(self):
        films = ngettext("%(n)s film", "%(n)s films", len(self.rows)) % {"n": len(self.rows)}
        again = sum(row.is_again for row in self.rows)
        if not again:
            return f"{films}."
        return _("%(films)s, %(again)s of them again.") % {"films": films, "again": again}


@require_safe
def diary(request, username):
    person = get_object_or_404(User.objects.members().named(username))
    if not may_read(person, request.user):
        raise Http404
    if person.username != username:
        return redirect("diary", person.username, permanent=True)
    rows = rows_of(person)
    position = request.GET.get("undated", "")
    page, is_lost, undated = Page([], 0, is_first=False), False, None
    if not position:
        page, is_lost = turned(rows.dated(), NEWEST, request.GET.get("after", ""))
    # At the end of the list, what has no date; where it is long, in pages of its own.
    if not page.next:
        undated, is_undated_lost = turned(rows.filter(seen_on=None), UNDATED, position)
        is_lost |= is_undated_lost
        dress(undated.items, person)
    dress(page.items, person)
    context = {
        "person": person,
        "sections": sections(page.items),
        "undated": undated,
        "page": page,
        "is_lost": is_lost,
        "seen": films_seen(person),
        "first": person.viewings.dated().aggregate(at=Min("seen_on"))["at"],
        "is_own": person == request.user,
        "undo": undoing.offered(request) if person == request.user else None,
        "has_both": person.essay_count and person.note_count,
        "canonical": absolute(request, request.path),
    }
    return render(request, "config/diary.html", context)


def turned(rows, order, position):
    """(the page at this position, whether there is no such position)"""
    try:
        return page_of(rows, order, position, PAGE), False
    except PositionError:
        return page_of(rows, order, "", PAGE), True


def may_read(person, reader):
    return person.shows_diary or person == reader


def rows_of(person):
    rows = person.viewings.filter(film__status=Status.PUBLISHED).select_related("film")
    return rows.only(
        "member",
        "seen_on",
        "seen_precision",
        "is_unfinished",
        "seen_as",
        *along("film", CARD_FIELDS),
    )


def films_seen(person):
    return bounded_count(person.viewings.finished().distinct(), of="film")


def newest_rows(person, limit):
    rows = list(rows_of(person).dated().order_by("-seen_on", "-pk")[:limit])
    dress(rows, person)
    return rows


def dress(rows, person):
    """Give each row its member's rating and piece on the film, and whether it was seen before."""
    films = {row.film_id for row in rows}
    if not films:
        return
    ratings = dict(person.ratings.filter(film__in=films).values_list("film", "value"))
    pieces = person.reviews.published().filter(film__in=films).order_by("published_at", "pk")
    pieces = pieces.only("author", "film", "kind", "slug", "status", "published_at")
    written = {piece.film_id: piece for piece in pieces}
    first = dict(
        person.viewings.dated().filter(film__in=films).order_by()
        .values_list("film").annotate(at=Min("seen_on"))
    )  # fmt: skip
    for row in rows:
        row.stars = ratings[row.film_id] / 2 if row.film_id in ratings else None
        row.piece = written.get(row.film_id)
        row.is_again = is_again(row, first.get(row.film_id))
        row.day = row.seen_on.day if row.seen_precision == Precision.DAY else None


def is_again(row, first):
    """Whether it was not the first time; what the member says of it stands above the dates."""
    if row.seen_as:
        return row.seen_as == SeenAs.AGAIN
    return row.seen_on is not None and row.seen_on > first


def sections(rows):
    found = {}
    for row in rows:
        year, month = row.seen_on.year, row.seen_on.month
        if row.seen_precision == Precision.YEAR:
            key, name = (year, 0), _("%(year)s, some time") % {"year": year}
        else:
            key, name = (year, month), f"{MONTHS[month]} {year}"
        found.setdefault(key, Section(name)).rows.append(row)
    return list(found.values())
