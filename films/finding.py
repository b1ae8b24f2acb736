"""The films that answer a query: how many they are, and a page of them in an order.

A statement is put together once for each shape of a query: for the kinds of its conditions in
their order, whatever they name.
"""

from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from django.db.models import (
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from films.models import Film, FilmCountry, FilmIndex, FilmLanguage, ThemeListing
from films.models.film import FEW
from films.models.index import written
from films.profiles import films_by_decade
from films.words import in_names
from users.limits import spend_at_address
from users.moderation import Status
from users.paging import Order, PositionError, in_order, page_from, sort_values
from users.prepared import as_list, prepared

PAGE_SIZE = 24
COUNTED = 1_000  # "more than" beyond


class Literal(Func):
    """COALESCE with the number written out: SQLite does not match a bound one to an index."""

    function = "COALESCE"

    def __init__(self, name, instead, **extra):
        super().__init__(F(name), template=f"%(function)s(%(expressions)s, {instead})", **extra)


YEAR_DOWN = Literal("year", 0, output_field=IntegerField())
YEAR_UP = Literal("year", 9999, output_field=IntegerField())
SCORE = Literal("score", "0.0", output_field=FloatField())
LASTING = Literal("lasting", "-1.0", output_field=FloatField())

ORDERS = {
    "written": Order("written", (("essay_count", True), ("pk", True))),
    "strength": Order("strength", (("strength", True), ("film_id", True))),  # of listings
    "recent": Order("recent", (("last_written_at", True), ("pk", True))),
    "newest": Order("newest", (("year_down", True), ("pk", True))),
    "oldest": Order("oldest", (("year_up", False), ("pk", False))),
    "title": Order("title", (("sort_key", False), ("pk", False))),
    "loved": Order("loved", (("score_or_none", True), ("pk", True))),
    "lasting": Order("lasting", (("lasting_or_none", True), ("pk", True))),
}
SORT_KEYS = {
    "newest": {"year_down": YEAR_DOWN},
    "oldest": {"year_up": YEAR_UP},
    "loved": {"score_or_none": SCORE},
    "lasting": {"lasting_or_none": LASTING},
}


def find_for(request, query):
    """As `find`; words are a search. Raises LimitReached."""
    if query.words:
        spend_at_address("search", request)
    return find(query)


def find(query):
    """(Page of films, (count, whether it is exact), position was good)."""
    asked = conditions(query)
    total, keys = counted(asked)
    if keys is not None:
        asked = [Condition("keys", as_list(keys))]
    try:
        page, is_good = page_for(query, asked, query.after), True
    except PositionError:
        page, is_good = page_for(query, asked, ""), False
    return page, total, is_good


# What is asked of films


class Condition(NamedTuple):
    kind: str
    value: object
    count: int = 0  # stored: of films that meet it


def conditions(query):
    """What the query asks, the rarest theme or country first."""
    themes, countries = query.themes, query.countries
    if query.any_theme:
        found = [any_of("themes", themes)]
    else:
        found = [Condition("theme", theme.pk, theme.film_count) for theme in themes]
    if query.all_countries or len(countries) == 1:
        found += [Condition("country", country.pk, country.film_count) for country in countries]
    elif countries:
        found.append(any_of("countries", countries))
    found.sort(key=attrgetter("count"))
    if query.words:
        found.append(Condition("words", written(in_names(query.words))))
    if query.without:
        found.append(Condition("without", as_list(theme.pk for theme in query.without)))
    if query.first_year:
        found.append(Condition("from", query.first_year))
    if query.last_year:
        found.append(Condition("to", query.last_year))
    if query.language:
        found.append(Condition("language", query.language.pk))
    return found


def any_of(kind, rows):
    return Condition(kind, as_list(row.pk for row in rows), sum(row.film_count for row in rows))


# Rows that each name a film which meets the condition; with a list of values more than one may.
ROWS = {
    "theme": lambda theme: ThemeListing.objects.filter(theme=theme),
    "themes": lambda themes: ThemeListing.objects.filter(theme__among=themes),
    "country": lambda country: FilmCountry.objects.filter(country=country),
    "countries": lambda codes: FilmCountry.objects.filter(country__among=codes),
    "words": lambda words: FilmIndex.objects.filter(words__has_tokens=words),
}
LISTS = {"themes", "countries"}


def narrowed(rows, asked, path=""):
    """`rows` (films, or with a `path` rows that lead to one) that meet all (kind, value) pairs."""
    key = "film_id" if path else "pk"
    for kind, value in asked:
        if kind == "keys":
            rows = rows.filter(**{f"{key}__among": value})
        elif kind == "words":
            rows = rows.filter(**{f"{key}__in": ROWS[kind](value).values("pk")})
        elif kind in ROWS:
            rows = rows.filter(Exists(ROWS[kind](value).filter(film=OuterRef(key))))
        elif kind == "without":
            rows = rows.filter(~Exists(ROWS["themes"](value).filter(film=OuterRef(key))))
        elif kind == "language":
            rows = rows.filter(**{f"{key}__in": in_language(value)})
        else:
            rows = rows.filter(**{f"{path}year__{'gte' if kind == 'from' else 'lte'}": value})
    return rows


def in_language(code):
    """Keys of films whose first title is in it, or that are spoken in it. `zh` is also zh-Hant."""
    spoken = FilmLanguage.objects.filter(language=code).order_by().values("film")
    titled = Film.objects.order_by().filter(
        Q(original_language=code)
        | Q(original_language__gte=after(code, "-"), original_language__lt=after(code, "."))
    )
    return spoken.union(titled.values("pk"))


def after(code, sign):
    return Concat(Cast(code, TextField()), Value(sign))


# Counting


@prepared
def keys_of(*values, kinds, most):
    """Of films that meet all of it: walks the rows of the first condition, not the films."""
    first, *others = zip(kinds, values, strict=True)
    if first[0] not in ROWS:
        rows = narrowed(Film.objects.published(), [first, *others])
        return rows.order_by().values_list("pk")[:most]
    rows = ROWS[first[0]](first[1])
    if first[0] != "words":  # which only published films have in the index
        rows = rows.filter(film__status=Status.PUBLISHED)
    rows = narrowed(rows, others, "film__").order_by().values_list("film")
    return (rows.distinct() if first[0] in LISTS else rows)[:most]


def counted(asked):
    """((count, whether it is exact), the keys of the films where these are all: they are better
    put in order than met on a walk in that order; else None)."""
    if not asked:
        total = sum(count for (count,) in films_by_decade())
        return (min(total, COUNTED), total <= COUNTED), None
    kinds, values, _counts = zip(*asked, strict=True)
    keys = [key for (key,) in keys_of(*values, kinds=kinds, most=COUNTED + 1)]
    is_exact, is_known = len(keys) <= COUNTED, kinds[0] in ROWS and kinds[0] != "words"
    return (min(len(keys), COUNTED), is_exact), keys if is_exact and is_known else None


# Putting in order


def page_for(query, asked, after):
    if query.sort == "strength":
        return strongest_page(query, asked, after)
    order, keys = ORDERS[query.sort], SORT_KEYS.get(query.sort, {})
    kinds, values = [each.kind for each in asked], [each.value for each in asked]
    shape = {
        "kinds": tuple(kinds),
        "sort": query.sort,
        "leads": bool(asked) and kinds[0] in ROWS and asked[0].count <= FEW,
        "most": PAGE_SIZE + 1,
    }

    def rows(edge, backwards):
        edge = sort_values(order, edge, Film, keys) if edge else ()
        return films_in_order(*values, *edge, backwards=backwards, **shape)

    return page_from(rows, order, after, PAGE_SIZE)


@prepared
def films_in_order(*values, kinds, sort, leads, backwards, most):
    """Films start from the first condition where it `leads`, being rare."""
    asked, edge = list(zip(kinds, values, strict=False)), values[len(kinds) :]
    films = Film.objects.all() if kinds == ("keys",) else Film.objects.published()
    if leads:
        (kind, value), *asked = asked
        films = films.filter(pk__in=ROWS[kind](value).values("film"))
    films = narrowed(films, asked).for_cards().annotate(**SORT_KEYS.get(sort, {}))
    return in_order(films, ORDERS[sort], edge, backwards)[:most]


class Listing(NamedTuple):
    strength: float
    film_id: int


def strongest_page(query, asked, after):
    """By strength: walks the rarest theme's listings, which have an index of that order; or,
    where any theme will do, the listing of each film's strongest."""
    order = ORDERS["strength"]
    if query.any_theme:
        lead = any_of("themes", query.themes)
    else:
        lead = Condition("theme", query.rarest.pk, query.rarest.film_count)
    kinds, values, _counts = zip(lead, *(each for each in asked if each != lead), strict=True)

    def rows(edge, backwards):
        edge = sort_values(order, edge, ThemeListing, {}) if edge else ()
        shape = {"kinds": kinds, "backwards": backwards, "most": PAGE_SIZE + 1}
        return [Listing(*row) for row in listings_in_order(*values, *edge, **shape)]

    page = page_from(rows, order, after, PAGE_SIZE)
    # Only now the films: sorting must not drag whole rows along.
    keys = [row.film_id for row in page.items]
    films = cards_of(as_list(keys))
    films = films.where([status == Status.PUBLISHED for status in films.column("status")])
    return replace(page, items=films.in_order("id", keys))


@prepared
def listings_in_order(*values, kinds, backwards, most):
    """Of the first condition. No more than its index holds: a row itself is never read."""
    asked, edge = list(zip(kinds, values, strict=False)), values[len(kinds) :]
    (kind, value), *asked = asked
    rows = ROWS[kind](value)
    if kind == "themes":
        rows = strongest_of_any(rows, value)
    rows = narrowed(rows.values_list("strength", "film_id"), asked, "film__")
    return in_order(rows, ORDERS["strength"], edge, backwards)[:most]


def strongest_of_any(rows, themes):
    stronger = ROWS["themes"](themes).filter(film=OuterRef("film"))
    return rows.filter(
        ~Exists(
            stronger.filter(
                Q(strength__gt=OuterRef("strength"))
                | Q(strength=OuterRef("strength"), theme__lt=OuterRef("theme"))
            )
        )
    )


@prepared
def cards_of(keys):
    # By their keys alone: for a status or an order SQLite would walk an index to its end.
    return Film.objects.for_cards().filter(pk__among=keys).order_by()
