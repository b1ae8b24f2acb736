from dataclasses import replace
from functools import cache, lru_cache, partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.dates import MONTHS
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from films import browse as browsing
from films import structured, undoing
from films.film_page import film_at, pictures_of, relations_of, themes_of
from films.finding import find_for
from films.forms import FilmForm, ThemeForm
from films.models import Country, Film, FormerSlug, Theme
from films.normalize import search_key
from films.profiles import films_near
from films.search import complete_films
from films.templatetags.film_facts import half_stars
from films.templatetags.pictures import place_of_files
from films.title_cards import CARD_FIELDS
from users.addresses import absolute, address
from users.atom import ENTRIES, atom, entry_of
from users.fragments import digest
from users.gone import gone
from users.limits import LimitReached, spend, spend_at_address
from users.prepared import prepared

THEME_CHOICES = 48
COUNTRY_CHOICES = 40
ESSAYS_SHOWN = 4
NOTES_SHOWN = 4
PICTURES_SHOWN = 12
NEAR_SHOWN = 6
RATING_CHOICES = [(f"{n / 2:g}", half_stars(n / 2)) for n in range(1, 11)]


@require_safe
@vary_on_headers("HX-Request")
def browse(request):
    query = browsing.read(request.GET)
    if elsewhere := canonical_redirect(request, query):
        return elsewhere
    # After "back" htmx asks for the page it no longer has: it must be a whole one.
    is_swap = bool(request.htmx) and not request.htmx.history_restore_request
    context = browse_results(request, query)
    if is_swap:
        response = render(request, "films/_browse_swap.html", context)
    else:
        response = render(request, "films/browse.html", context | browse_choices(query, context))
    if context["notices"]:
        add_never_cache_headers(response)
    return response


def canonical_redirect(request, query):
    """To the one address of the query, or None where that is the one asked for."""
    canonical = browsing.canonical_query(query, request.META["QUERY_STRING"])
    if canonical is None:
        return None
    return redirect(f"{request.path}?{canonical}" if canonical else request.path)


def browse_results(request, query):
    page, total, is_good_position = find_for(request, query)
    notices = browsing.notices(query, is_good_position)
    heading = browsing.in_words(query)
    first = query.address(request.path)
    place = query.address(request.path, after=query.after) if query.after else first
    said = [
        place, heading, notices, query.rarest and query.rarest.name, total, page.start,
        page.is_first, bool(page.previous), bool(page.next), page.items,
    ]  # fmt: skip
    return {
        "said": None if query.is_of_many else digest(said),
        "query": query,
        "page": page,
        "count": total[0],
        "is_exact": total[1],
        "notices": notices,
        "alternates": alternates(query if is_good_position else replace(query, after="")),
        "heading": heading,
        "chips": cache(partial(browsing.chips, query, request.path)),
        "orders": browsing.ORDER_NAMES.items(),
        "looser": partial(browsing.looser_address, query, request.path),
        "first": first,
        "base": f"{first}{'&' if '?' in first else '?'}after=",
        "canonical": absolute(request, place),
    }


def alternates(query):
    """Addresses of the same films for programs."""
    same = query.address("", after=query.after)
    return {
        "json": f"{address('films:browse_json')}{same}",
        "csv": f"{address('films:browse_csv')}{same}",
        # A feed has an order of its own.
        "feed": query.address(address("films:browse_feed"), chosen_sort=""),
    }


@prepared
def largest_themes():
    rows = Theme.objects.with_films().order_by("-film_count", "pk")
    return rows.only("name", "slug", "film_count")[:THEME_CHOICES]


@prepared
def largest_countries():
    rows = Country.objects.with_films().order_by("-film_count", "pk")
    return rows.only("name", "slug", "film_count", "existed_from", "existed_to")[:COUNTRY_CHOICES]


def browse_choices(query, results):
    """What the form offers: the most frequent, and whatever is chosen."""
    themes, countries = largest_themes(), largest_countries()
    languages = browsing.spoken_languages()
    chosen, page = query.themes + query.without, results["said"]
    said = [(theme.name, theme.film_count) for theme in chosen]
    said += [(country.name_and_years(), country.film_count) for country in query.countries]
    return {
        "said": page and digest((page, said, themes, countries, languages)),
        "themes": partial(boxes, themes, query.themes),
        "without_themes": partial(boxes, themes[: THEME_CHOICES // 2], query.without),
        "countries": partial(boxes, countries, query.countries, Country.name_and_years),
        "languages": languages,
    }


folded = lru_cache(maxsize=2048)(search_key)


def boxes(rows, chosen, words=str):
    """(slug, words, films, whether it is ticked) for each. Boxes scroll: what is ticked stands
    at their top, each part by name."""
    ticked = {row.pk for row in chosen}
    offered = {row.pk: row for row in [*rows, *chosen]}.values()
    return [
        (row.slug, words(row), row.film_count, row.pk in ticked)
        for row in sorted(offered, key=lambda row: (row.pk not in ticked, folded(row.name)))
    ]


@require_safe
def film(request, slug):
    page = film_at(slug)
    return film_page(request, page) if page else film_elsewhere(request, slug)


@require_safe
@conditional_page
def film_feed(request, slug):
    film = Film.objects.with_pages().filter(slug=slug).first()
    if film is None:
        former = get_object_or_404(FormerSlug.objects.select_related("film"), slug=slug)
        return redirect("films:film_feed", former.film.slug, permanent=True)
    pieces = film.reviews.published().for_own_film().newest_of_both(ENTRIES)
    return atom(request, str(film), film.get_absolute_url(), map(entry_of, pieces))


def film_elsewhere(request, slug):
    """A former address leads on in one step; what was removed says so; else there is nothing."""
    former = FormerSlug.objects.select_related("film").filter(slug=slug).first()
    if former:
        return redirect(former.film, permanent=True)
    removed = Film.objects.filter(slug=slug).gone().first()
    if removed is None:
        raise Http404
    return gone(request, removed)


def film_page(request, page, *, theme_form=None, status=200):
    film, said = page
    pieces = film.reviews.model.objects.of_film_page(film, ESSAYS_SHOWN, NOTES_SHOWN)
    rows, essays, notes = pieces
    said = [*said, rows, [piece.pk for piece in essays]]
    context = {
        "film": film,
        "essays": essays,
        "notes": notes,
        "ask": f"{reverse('account_login')}?{urlencode({'next': film.get_absolute_url()})}",
        "canonical": absolute(request, film.get_absolute_url()),
    }
    if not film.is_withdrawn:
        more, said_more = catalogue_parts(request, film)
        context, said = context | more, said + said_more
        context["structured"] = lambda: structured.movie(film, request)
        context["credits"] = lambda: structured.image_objects(context["pictures"], request)
        context["preview"] = lambda: structured.preview_card(film, request)
        place = place_of_files() if context["pictures"] else ""
        said = None if place is None else [*said, place]
    if request.user.is_authenticated:
        said = None
        context |= {} if film.is_withdrawn else members_parts(request, film, theme_form)
    if said:
        context["said"] = digest((context["canonical"], said))
    return render(request, "films/film.html", context, status=status)


def catalogue_parts(request, film):
    """(what its page shows of the catalogue, the rows that this is made of)"""
    film_themes = themes_of(film.pk, request.user.pk or 0)
    pictures = pictures_of(film.pk, most=PICTURES_SHOWN)
    relatives = film.relatives(relations_of(film.pk))
    near = films_near(film, film_themes, but=[other.pk for other, _words in relatives])
    near = [(other, capfirst(", ".join(names))) for other, names in near]
    near = [*relatives, *near][:NEAR_SHOWN]
    parts = {
        "film_themes": [row for row in film_themes if not row.tag.gives_away],
        "folded_themes": [row for row in film_themes if row.tag.gives_away],
        "most_votes": max((row.vote_count for row in film_themes), default=0),
        "near": near,
        "directors": film.people_as("director"),
        "cast": film.people_as("cast"),
        "pictures": pictures,
        "quartiles": film.rating_quartiles,
    }
    cards = [[getattr(other, name) for name in CARD_FIELDS] + [words] for other, words in near]
    return parts, [film_themes, pictures, cards]


def members_parts(request, film, theme_form):
    rating, kept = film.marks_of(request.user)
    viewings = list(film.viewings.filter(member=request.user))
    finished = [viewing for viewing in viewings if not viewing.is_unfinished]
    return {
        "own_rating": f"{rating / 2:g}" if rating else "",
        "rating_choices": RATING_CHOICES,
        "months": MONTHS.items(),
        "viewings": viewings,
        "is_seen": bool(finished),
        "is_unfinished": bool(viewings) and not finished,
        "is_kept": kept is not None,
        "undo": undoing.offered(request, film),
        "has_dates": any(viewing.seen_on for viewing in viewings),
        "theme_form": theme_form or ThemeForm(),
        "common_themes": Theme.objects.with_films().order_by("-film_count", "pk")[:60],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def film_add(request):
    if request.method == "POST":
        form = FilmForm(request.POST)
        if not form.is_valid():
            return film_add_page(request, form, status=422)
        twins = [] if "not_these" in request.POST else near_duplicates(form)
        if twins:
            return film_add_page(request, form, twins=twins)
        try:
            spend("film", request.user)
        except LimitReached as limit:
            form.add_error(None, limit.advice)
            return limit.refuse(film_add_page(request, form))
        film = Film.objects.add(by=request.user, **form.facts())
        messages.success(request, _("It is here, and you can write about it."))
        return redirect(after_adding(request, film))
    form = FilmForm(initial={"title": request.GET.get("title", "")[:200]})
    return film_add_page(request, form)


def after_adding(request, film):
    form_address = writing_address(request)
    if form_address:
        return f"{form_address}?{urlencode({'film': film.slug})}"
    return film.get_absolute_url()


def writing_address(request):
    """Where somebody was writing when the film was missing: `then` is "write", or a draft's id."""
    then = request.POST.get("then") or request.GET.get("then", "")
    if then == "write":
        return reverse("reviews:write")
    if then.isascii() and then.isdigit() and len(then) < 19:
        return reverse("reviews:edit", args=[then])
    return ""


def film_add_page(request, form, *, twins=(), status=200):
    context = {
        "form": form,
        "twins": twins,
        "then": request.POST.get("then") or request.GET.get("then", ""),
        "form_address": writing_address(request),
        "country_names": Country.objects.order_by("name").values_list("name", flat=True),
    }
    return render(request, "films/film_add.html", context, status=status)


def near_duplicates(form):
    """(film, in which way it is alike) of films that this one may be."""
    data = form.cleaned_data
    films = Film.objects.near_duplicates(data["title"], data["original_title"], data["year"])
    return [(film, likeness(film, data)) for film in films]


def likeness(film, data):
    typed = {search_key(data["title"]), search_key(data["original_title"])} - {""}
    is_same = bool(typed & {search_key(film.title), search_key(film.original_title)})
    title = _("Same title") if is_same else _("A title like it")
    if not film.year:
        return _("%(title)s, no year given") % {"title": title}
    gap = abs(film.year - data["year"])
    if gap == 0:
        return _("%(title)s, same year") % {"title": title}
    if gap == 1:
        return _("%(title)s, a year apart") % {"title": title}
    return _("%(title)s, %(years)s years apart") % {"title": title, "years": gap}


@require_safe
def film_complete(request):
    """Options for a film field: the words typed, at the start of any title or name."""
    if typed := request.GET.get("q", ""):
        spend_at_address("completion", request)
    films = complete_films(typed, 10)
    return render(request, "films/_film_options.html", {"films": films})
