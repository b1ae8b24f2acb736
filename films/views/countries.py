from itertools import groupby

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import conditional_page, require_safe

from films.models import Country, Film
from films.profiles import (
    FEWEST_FILMS,
    decades_between,
    film_total,
    newest_essays_from,
    profile_of_country,
)
from users.atom import ENTRIES, atom, entry_of

FILMS_SHOWN = 12
ESSAYS_SHOWN = 4
THEMES_SHOWN = 8


@require_safe
def countries(request):
    countries = list(Country.objects.for_index())
    prefetch_related_objects([country for country in countries if country.is_former], "successors")
    regions = []
    for region, rows in groupby(countries, key=lambda country: country.region):
        rows = list(rows)
        regions.append(
            {
                "name": region,
                "id": slugify(region),
                "now": [country for country in rows if not country.is_former],
                "former": [country for country in rows if country.is_former],
            }
        )
    context = {"regions": regions, "total": len(countries)}
    return render(request, "films/countries.html", context)


@require_safe
@conditional_page
def country_feed(request, slug):
    country = get_object_or_404(Country, slug=slug)
    essays = newest_essays_from(country, ENTRIES)
    return atom(request, country.name, country.get_absolute_url(), map(entry_of, essays))


@require_safe
def country(request, slug):
    country = get_object_or_404(Country.objects.for_page(), slug=slug)
    total = film_total()
    profile = profile_of_country(country, total)
    context = {
        "country": country,
        "profile": profile,
        "fewest": FEWEST_FILMS,
        "total": total,
        "common": [] if profile else country.by_theme.most_films().for_themes()[:THEMES_SHOWN],
        "decades": decades_between(country.decades.order_by("decade")),
        "films": Film.objects.published().made_in(country).most_written()[:FILMS_SHOWN],
        "essays": newest_essays_from(country, ESSAYS_SHOWN),
    }
    return render(request, "films/country.html", context)
