"""Where a film is listed: under its themes and their broader ones, and in every stored count.

`relist` is called, with the film's row locked, by whatever changes its themes, votes, countries,
languages, year or status. It computes what should be, compares it with what is, and moves the
counters by the difference.
"""

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from django.apps import apps
from django.db import connection

from users.moderation import moved

LISTED = ("confirmed", "proposed")
AT_ONCE = 200  # rows of one statement


def _model(name):
    return apps.get_model("films", name)


def broader_of():
    """{theme id: id of its broader theme}."""
    return dict(_model("Theme").objects.filter(broader__isnull=False).values_list("pk", "broader"))


def inherit(strengths, broader):
    """`strengths` by theme, and those of the broader themes: the greatest that they hold."""
    found = {}
    for theme, strength in strengths.items():
        while theme is not None:
            found[theme] = max(strength, found.get(theme, 0.0))
            theme = broader.get(theme)
    return found


def wanted_listings(film):
    """{theme id: strength} for the film's listed themes and those that are broader."""
    if film.status != "published":
        return {}
    rows = film.film_themes.filter(standing__in=LISTED).values_list("tag_id", "strength")
    return inherit(dict(rows), broader_of())


class Places(NamedTuple):
    """Under what a film is counted, besides its themes; each a set of ids."""

    countries: frozenset = frozenset()
    languages: frozenset = frozenset()
    decade: int | None = None  # 0 of a film without a year, None of one that is not counted


NOWHERE = Places()


def wanted_places(film):
    return places_of(film) if film.status == "published" else NOWHERE


def places_of(film):
    return Places(
        frozenset(film.film_countries.values_list("country_id", flat=True)),
        frozenset(film.film_languages.values_list("language_id", flat=True)),
        film.decade or 0,
    )


def essays_of(*films):
    """What those films, whatever their status, add to the essays of their countries: counters as
    `move_counts` takes them."""
    found = Counter()
    for film in films:
        count = _model("Film").objects.values_list("essay_count", flat=True).get(pk=film.pk)
        for country in film.film_countries.values_list("country_id", flat=True):
            found["Essays", country] += count
    return found


def relist(film, before=None, essays=None):
    """Bring listings and counts of `film` up to date. `before` and `essays` are what
    `wanted_places` and `essays_of` gave before its countries, languages, year or status changed;
    without them they are as they were."""
    move_counts(listed_anew(film, before, essays))


def listed_anew(film, before=None, essays=None):
    """The first half of `relist`: the listings. Gives what is to be moved, so that whoever works
    on many films in a transaction moves each counter once, in the order that everybody keeps."""
    listings = _model("ThemeListing").objects.filter(film=film)
    had = dict(listings.values_list("theme_id", "strength"))
    want = wanted_listings(film)
    Listing = _model("ThemeListing")
    listings.filter(theme__in=had.keys() - want.keys()).delete()
    Listing.objects.bulk_create(
        [Listing(theme_id=t, film=film, strength=s) for t, s in want.items() if t not in had]
    )
    for theme, strength in want.items():
        if theme in had and had[theme] != strength:
            listings.filter(theme=theme).update(strength=strength)
    places = wanted_places(film)
    moves = counts_for(places, frozenset(want))
    moves.subtract(counts_for(before or places, frozenset(had)))
    if essays is not None:
        moves.update(essays_of(film))
        moves.subtract(essays)
    return moves


def counts_for(places, themes):
    """Every counter that one film stands in: Counter of (model name, key field values)."""
    countries, languages, decade = places
    found = Counter(("Language", language) for language in languages)
    if decade is not None:
        found["Decade", decade] += 1
    for theme in themes:
        found["Theme", theme] += 1
        for country in countries:
            found["ThemeCountry", theme, country] += 1
        if decade:
            found["ThemeDecade", theme, decade] += 1
        for other in themes:
            if other != theme:
                found["ThemePair", theme, other] += 1
    for country in countries:
        found["Country", country] += 1
        if decade:
            found["CountryDecade", country, decade] += 1
    return found


KEYS = {
    "Theme": ("pk",),
    "Country": ("pk",),
    "Essays": ("pk",),
    "Language": ("pk",),
    "Decade": ("decade",),
    "ThemeCountry": ("theme_id", "country_id"),
    "ThemeDecade": ("theme_id", "decade"),
    "ThemePair": ("theme_id", "other_id"),
    "CountryDecade": ("country_id", "decade"),
}


def move_counts(moves):
    """Add each of `moves` (as `counts_for` names them) to its counter."""
    # In one order everywhere, so that two films never wait for each other's rows.
    ordered = sorted((*move, shift) for move, shift in moves.items() if shift)
    for (name, is_more), some in groupby(ordered, lambda move: (move[0], move[-1] > 0)):
        counter = "essay_count" if name == "Essays" else "film_count"
        model, columns = _model("Country" if name == "Essays" else name), KEYS[name]
        if is_more and columns != ("pk",):
            _add(model, columns, [values for _name, *values in some])
            continue
        for _name, *values, shift in some:
            key = dict(zip(columns, values, strict=True))
            model.objects.filter(**key).update(**{counter: moved(counter, shift)})


def _add(model, columns, rows):
    """Make the counters, or add to those that are there: the same on both databases. `rows` are
    the values of `columns`, each with what is added."""
    table = connection.ops.quote_name(model._meta.db_table)
    names, marks = ", ".join(columns), ", ".join(["%s"] * (len(columns) + 1))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({names}, film_count)"  # noqa: S608
                f" VALUES {', '.join([f'({marks})'] * len(some))}"
                f" ON CONFLICT ({names}) DO UPDATE"
                f" SET film_count = {table}.film_count + excluded.film_count",
                [value for row in some for value in row],
            )


def relist_theme(theme):
    """After a theme got another broader one: list its films anew."""
    films = _model("Film").objects.filter(theme_listings__theme=theme)
    moves = Counter()
    for film in films.select_for_update().order_by("pk").iterator(chunk_size=500):
        moves.update(listed_anew(film))
    move_counts(moves)
