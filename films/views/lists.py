"""What browse finds, for programs: the same address with .json, .csv or .rss in it."""

from dataclasses import replace

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import conditional_page, require_safe

from films import browse as browsing
from films.finding import find_for
from films.models.film import NEVER
from films.records import records_of
from films.views.films import canonical_redirect
from users.addresses import absolute
from users.atom import Entry, rss
from users.spreadsheets import table

COLUMNS = (
    "title", "original_title", "original_language", "year", "address", "countries", "essays",
    "notes",
)  # fmt: skip


@require_safe
@conditional_page
def browse_json(request):
    query = browsing.read(request.GET)
    if elsewhere := canonical_redirect(request, query):
        return elsewhere
    page, (count, is_exact), is_good_position = find_for(request, query)
    notices = browsing.notices(query, is_good_position)
    links = beside(request, query, page)
    answer = {
        "title": browsing.in_words(query),
        "page": absolute(request, query.address(reverse("films:browse"))),
        "count": count,
        "is_exact": is_exact,
        "next": links.get("next"),
        "previous": links.get("prev"),
        "notices": notices,
        "films": records_of(request, list(page)),
    }
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    return marked(response, notices)


@require_safe
@conditional_page
def browse_csv(request):
    """A table has no place for addresses of pages: they are in the header `Link`."""
    query = browsing.read(request.GET)
    if elsewhere := canonical_redirect(request, query):
        return elsewhere
    page, _count, is_good_position = find_for(request, query)
    records = [
        record | {"countries": " ".join(record["countries"])}
        for record in records_of(request, list(page))
    ]
    text = table(COLUMNS, ([record[name] for name in COLUMNS] for record in records))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="films.csv"'
    links = [f'<{to}>; rel="{rel}"' for rel, to in beside(request, query, page).items()]
    if links:
        response.headers["Link"] = ", ".join(links)
    return marked(response, browsing.notices(query, is_good_position))


@require_safe
@conditional_page
def browse_feed(request):
    """The films last written about: a feed has no other order, and no second page."""
    query = replace(browsing.read(request.GET), chosen_sort="", after="")
    if elsewhere := canonical_redirect(request, query):
        return elsewhere
    page, _count, _is_good = find_for(request, replace(query, chosen_sort="recent"))
    title, path = browsing.in_words(query), query.address(reverse("films:browse"))
    own_path = query.address(request.path)
    response = rss(request, title, path, own_path, map(entry_of_film, page))
    return marked(response, query.unknown)


def entry_of_film(film):
    at = film.last_written_at if film.last_written_at != NEVER else None
    facts = filter(None, (film.original_title, film.card_country, film.card_director))
    return Entry(str(film), film.get_absolute_url(), "", at, at, ", ".join(facts))


def beside(request, query, page):
    """{relation: address} of the pages before and after."""
    positions = {"prev": page.previous, "next": page.next}
    if not page.previous and not page.is_first:
        positions["prev"] = ""
    return {
        relation: absolute(request, query.address(request.path, after=position))
        for relation, position in positions.items()
        if position is not None
    }


def marked(response, left_out):
    """Found by way of its page, not in its place; kept by nobody where something was left out."""
    response.headers["X-Robots-Tag"] = "noindex"
    if left_out:
        add_never_cache_headers(response)
    return response
