from functools import cache, partial
from itertools import groupby

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import conditional_page, require_safe

from films.models import Country, CountryDecade, Film, ThemeCountry
from films.models.film import FEW
from films.profiles import (
    FEWEST_FILMS,
    decades_between,
    film_total,
    newest_essays_from,
    profile_of_country,
)
from users.atom import ENTRIES, atom, entry_of
from users.fragments import digest
from users.prepared import prepared

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


@prepared
def country_at(slug):
    return Country.objects.filter(slug=slug)


@prepared
def states_beside(country, *, side):
    rows = Country.objects.filter(**{side: country})
    return rows.only("name", "slug")


@prepared
def decades_of(country):
    return CountryDecade.objects.filter(country=country).order_by("decade")


@prepared
def common_themes(country):
    return ThemeCountry.objects.filter(country=country).most_films().for_themes()[:THEMES_SHOWN]


@prepared
def most_written(country, *, is_rare):
    return Film.objects.published().made_in(country, is_rare).most_written()[:FILMS_SHOWN]


@require_safe
def country(request, slug):
    found = country_at(slug)
    if not found:
        raise Http404
    country, total = found[0], film_total()
    profile, decades = profile_of_country(country, total), decades_of(country.pk)
    rows = {
        "successors": states_beside(country.pk, side="predecessors"),
        "predecessors": states_beside(country.pk, side="successors"),
        "common": [] if profile else common_themes(country.pk),
        "films": most_written(country.pk, is_rare=country.film_count <= FEW),
    }
    shares = [(share.row.slug, share) for share in profile]
    context = {
        "said": digest((found, total, shares, decades, *rows.values())),
        "country": country,
        "profile": profile,
        "fewest": FEWEST_FILMS,
        "total": total,
        "decades": cache(partial(decades_between, decades)),
        "essays": newest_essays_from(country, ESSAYS_SHOWN),
    }
    return render(request, "films/country.html", context | rows)
