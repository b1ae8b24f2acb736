"""Browse: reading what an address asks for, its canonical form, and the films that answer it."""

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.db.models import Exists, F, FloatField, Func, IntegerField, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from films.models import (
    Country,
    Film,
    FilmCountry,
    FilmIndex,
    FilmLanguage,
    Language,
    Theme,
    ThemeListing,
)
from films.models.film import FEW, FIRST_YEAR
from films.normalize import clean_name, search_key
from films.words import in_names, query_words
from users.limits import spend_at_address
from users.moderation import Status
from users.paging import Order, PositionError, bounded_count, page_of
from users.prepared import prepared

PAGE_SIZE = 24
CHOICES = 12  # themes or countries in one query
LAST_YEAR = 2200
COUNTED = 1_000  # "more than" beyond

PARAMETERS = (
    "q", "theme", "match", "without", "country", "countries", "from", "to", "language", "sort",
    "after",
)  # fmt: skip


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
ORDER_NAMES = {
    "written": gettext_lazy("Most written about"),
    "strength": gettext_lazy("Strength of themes"),
    "recent": gettext_lazy("New writing"),
    "newest": gettext_lazy("Newest"),
    "oldest": gettext_lazy("Oldest"),
    "title": gettext_lazy("Title"),
    "loved": gettext_lazy("Best loved"),
    "lasting": gettext_lazy("How long they last"),
}
PARAMETER_NAMES = {
    "theme": gettext_lazy("theme"),
    "match": gettext_lazy("way to combine themes"),
    "without": gettext_lazy("theme"),
    "country": gettext_lazy("country"),
    "countries": gettext_lazy("way to combine countries"),
    "from": gettext_lazy("year"),
    "to": gettext_lazy("last year"),
    "decade": gettext_lazy("decade"),
    "language": gettext_lazy("language"),
    "sort": gettext_lazy("order"),
}


@dataclass(frozen=True)
class Query:
    """What is asked for. `unknown` holds (parameter, value) pairs that mean nothing here."""

    q: str = ""
    themes: tuple = ()
    any_theme: bool = False
    without: tuple = ()
    countries: tuple = ()
    all_countries: bool = False
    first_year: int | None = None
    last_year: int | None = None
    language: Language | None = None
    chosen_sort: str = ""
    after: str = ""
    unknown: tuple = field(default=())

    @property
    def default_sort(self):
        return "strength" if self.themes else "written"

    @property
    def sort(self):
        return self.chosen_sort or self.default_sort

    @property
    def rarest(self):
        return min(self.themes, key=lambda theme: (theme.film_count, theme.pk), default=None)

    @property
    def words(self):
        return query_words(self.q)

    def pairs(self, with_unknown=False):
        """The canonical parameters; what is unknown stays beside its kind only on request."""
        lost = self.unknown if with_unknown else ()
        known = {
            "q": [self.q],
            "theme": [theme.slug for theme in self.themes],
            "match": ["any" if self.any_theme and len(self.themes) > 1 else ""],
            "without": [theme.slug for theme in self.without],
            "country": [country.slug for country in self.countries],
            "countries": ["all" if self.all_countries and len(self.countries) > 1 else ""],
            "from": [self.first_year],
            "to": [self.last_year],
            "language": [self.language.pk if self.language else ""],
            "sort": [self.chosen_sort if self.chosen_sort != self.default_sort else ""],
            "after": [self.after],
        }
        for name in PARAMETERS:
            values = known[name] + [value for key, value in lost if key == name]
            yield from ((name, str(value)) for value in values if value)

    def address(self, path, **changes):
        """Of the first page, unless the changes say `after`."""
        query = urlencode(list(replace(self, **{"after": "", **changes}).pairs()))
        return f"{path}?{query}" if query else path


# Reading


def read(parameters):
    """A Query from a QueryDict: four queries at most, one a kind of row."""
    unknown = []
    themes = rows_for(find_themes, parameters.getlist("theme"), "theme", unknown)
    without = rows_for(find_themes, parameters.getlist("without"), "without", unknown)
    countries = rows_for(find_countries, parameters.getlist("country"), "country", unknown)
    first_year, last_year = read_years(parameters, unknown)
    sort = one_of(parameters, "sort", ORDERS, unknown)
    return Query(
        q=clean_name(parameters.get("q", ""))[:200],
        themes=themes,
        any_theme=one_of(parameters, "match", ("any",), unknown) == "any" and len(themes) > 1,
        without=without,
        countries=countries,
        all_countries=one_of(parameters, "countries", ("all",), unknown) == "all"
        and len(countries) > 1,
        first_year=first_year,
        last_year=last_year,
        language=read_language(parameters, unknown),
        # Without themes there is no strength to sort by.
        chosen_sort="" if sort == "strength" and not themes else sort,
        after=parameters.get("after", "")[:500],
        unknown=tuple(unknown),
    )


def one_of(parameters, name, values, unknown):
    value = parameters.get(name, "").strip()
    if value and value not in values:
        unknown.append((name, value[:60]))
        return ""
    return value


def rows_for(find, values, name, unknown):
    """The rows that `values` name, each once and in the order of their slugs."""
    values = [clean_name(value)[:80] for value in values]
    values = list(dict.fromkeys(value for value in values if value))
    if not values:
        return ()
    found = find(values)
    kept = sorted({row.pk: row for row in found.values()}.values(), key=lambda row: row.slug)
    unknown += [(name, value) for value in values if value not in found]
    unknown += [(name, row.slug) for row in kept[CHOICES:]]
    return tuple(kept[:CHOICES])


def find_themes(values):
    """{value: Theme} by slug, else by a label of any language, as it is typed."""
    found = {theme.slug: theme for theme in Theme.objects.filter(slug__in=values)}
    keys = {value: search_key(value) for value in values if value not in found}
    if keys:
        labelled = Theme.objects.filter(labels__key__in=[k for k in keys.values() if k])
        by_key = {theme.key: theme for theme in labelled.annotate(key=F("labels__key"))}
        found |= {value: by_key[key] for value, key in keys.items() if key in by_key}
    return {value: found[value] for value in values if value in found}


def find_countries(values):
    """{value: Country} by slug, code or name."""
    wanted = Q(slug__in=values) | Q(code__in=[v.upper() for v in values]) | Q(name__in=values)
    found = {}
    for country in Country.objects.filter(wanted):
        for name in (country.slug, country.code, country.code.lower(), country.name):
            found[name] = country
    return {value: found[value] for value in values if value in found}


def read_language(parameters, unknown):
    code = clean_name(parameters.get("language", ""))
    language = Language.objects.filter(pk=code).first() if code else None
    if code and not language:
        unknown.append(("language", code[:60]))
    return language


def read_years(parameters, unknown):
    decade = read_year(parameters, "decade", unknown)
    if decade:
        decade -= decade % 10
    first = read_year(parameters, "from", unknown) or decade
    last = read_year(parameters, "to", unknown) or (decade and decade + 9)
    if first and last and last < first:
        unknown.append(("to", str(last)))
        last = None
    return first, last


def read_year(parameters, name, unknown):
    text = parameters.get(name, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and FIRST_YEAR - 4 <= int(text[:6]) <= LAST_YEAR:
        return int(text)
    unknown.append((name, text[:60]))
    return None


def canonical_query(query, raw):
    """The query string that `raw` should have been, or None if it is that."""
    wanted = list(query.pairs(with_unknown=True))
    # A lost year given as a decade is asked for under no other name.
    wanted += [(name, value) for name, value in query.unknown if name == "decade"]
    return None if parse_qsl(raw, keep_blank_values=True) == wanted else urlencode(wanted)


# Finding


def find_for(request, query):
    """As `find`; words are a search. Raises LimitReached."""
    if query.words:
        spend_at_address("search", request)
    return find(query)


def find(query):
    """(Page of films, (count, whether it is exact), position was good)."""
    total, keys = counted(query)
    try:
        page, is_good = page_for(query, keys, query.after), True
    except PositionError:
        page, is_good = page_for(query, keys, ""), False
    return page, total, is_good


def counted(query):
    """((count, whether it is exact), the keys of the films where these are all: they are better
    put in order than met on a walk in that order; else None). Walks the rows of the rarest
    condition, else those that words find, not the films."""
    if asked := conditions(query):
        rarest, *others = asked
        rows = rarest.rows.filter(film__status=Status.PUBLISHED)
        rows = narrowed(rows, query, others, "film__").order_by().distinct()
        keys = list(rows.values_list("film", flat=True)[: COUNTED + 1])
        total = min(len(keys), COUNTED), len(keys) <= COUNTED
        return total, keys if total[1] else None
    if query.words:  # only published films have a row
        rows = FilmIndex.objects.matching(in_names(query.words))
        return bounded_count(narrowed(rows, replace(query, q=""), [], "film__"), COUNTED), None
    return bounded_count(films_for(query), COUNTED), None


def page_for(query, keys, after):
    if query.sort == "strength":
        return strongest_page(query, keys, after)
    films = films_for(query) if keys is None else Film.objects.filter(pk__in=keys)
    films = films.for_cards().annotate(**SORT_KEYS.get(query.sort, {}))
    return page_of(films, ORDERS[query.sort], after, PAGE_SIZE)


def strongest_page(query, keys, after):
    """By strength: walks the rarest theme's listings, which have an index of that order; or,
    where any theme will do, the listing of each film's strongest."""
    # No more than its index holds: a row itself is never read.
    rows = ThemeListing.objects.values_list("strength", "film_id", named=True)
    if query.any_theme:
        rows = strongest_of_any(rows, query.themes)
    else:
        rows = rows.filter(theme=query.rarest)
    if keys is None:
        others = [asked for asked in conditions(query) if query.rarest not in asked.themes]
        rows = narrowed(rows, query, others, "film__")
    else:
        rows = rows.filter(film__in=keys)
    page = page_of(rows, ORDERS["strength"], after, PAGE_SIZE)
    # Only now the films: sorting must not drag whole rows along.
    # By their keys alone: for a status or an order SQLite would walk an index to its end.
    films = Film.objects.for_cards().order_by().in_bulk([row.film_id for row in page.items])
    items = [films[row.film_id] for row in page.items if films[row.film_id].is_published]
    return replace(page, items=items)


def strongest_of_any(rows, themes):
    stronger = ThemeListing.objects.filter(theme__in=themes, film=OuterRef("film")).filter(
        Q(strength__gt=OuterRef("strength"))
        | Q(strength=OuterRef("strength"), theme__lt=OuterRef("theme"))
    )
    return rows.filter(~Exists(stronger), theme__in=themes)


def films_for(query):
    return narrowed(Film.objects.published(), query, conditions(query), "")


def narrowed(rows, query, asked, path):
    """`rows` (films, or with a `path` rows that lead to one) that meet the conditions `asked`
    and what else the query wants. Films start from the rarest condition where it is rare."""
    key = "film_id" if path else "pk"
    for place, condition in enumerate(asked):
        if place == 0 and condition.count <= FEW and not path:
            rows = rows.filter(pk__in=condition.rows.values("film"))
        else:
            rows = rows.filter(Exists(condition.rows.filter(film=OuterRef(key))))
    if query.without:
        hidden = ThemeListing.objects.filter(theme__in=query.without, film=OuterRef(key))
        rows = rows.filter(~Exists(hidden))
    if query.first_year:
        rows = rows.filter(**{f"{path}year__gte": query.first_year})
    if query.last_year:
        rows = rows.filter(**{f"{path}year__lte": query.last_year})
    if query.language:
        rows = rows.filter(in_language(query.language.pk, path))
    if not query.words:
        return rows
    if path:
        return rows.filter(film__in=FilmIndex.objects.matching(in_names(query.words)).values("pk"))
    return rows.containing(query.words)


class Condition(NamedTuple):
    count: int  # stored: of films that meet it
    rows: object  # each names such a film
    themes: tuple = ()


def conditions(query):
    """What the query asks of themes and countries, the rarest first."""
    listings, places = ThemeListing.objects, FilmCountry.objects
    themes, countries = query.themes, query.countries
    if query.any_theme:
        total = sum(theme.film_count for theme in themes)
        found = [Condition(total, listings.filter(theme__in=themes), themes)]
    else:
        found = [Condition(t.film_count, listings.filter(theme=t), (t,)) for t in themes]
    if query.all_countries:
        found += [Condition(c.film_count, places.filter(country=c)) for c in countries]
    elif countries:
        total = sum(country.film_count for country in countries)
        found.append(Condition(total, places.filter(country__in=countries)))
    return sorted(found, key=attrgetter("count"))


def in_language(code, path=""):
    """Of its first title, or spoken in it. `zh` is also zh-Hant."""
    spoken = FilmLanguage.objects.filter(language=code).order_by().values("film")
    titled = (
        Film.objects.order_by()
        .filter(
            Q(original_language=code)
            | Q(original_language__gte=f"{code}-", original_language__lt=f"{code}.")
        )
        .values("pk")
    )
    key = "film_id" if path else "pk"
    return Q(**{f"{key}__in": spoken.union(titled)})


# Saying


def in_words(query):
    """The query as a sentence, for the heading."""
    subject = _("Films")
    if query.themes:
        subject = _("Films about %(themes)s") % {"themes": listed(query.themes, query.any_theme)}
    parts = [subject]
    if query.without:
        parts.append(_("without %(themes)s") % {"themes": listed(query.without, True)})
    if query.countries:
        words = (
            _("made by %(countries)s together") if query.all_countries else _("from %(countries)s")
        )
        names = listed(query.countries, not query.all_countries)
        parts.append(words % {"countries": names})
    if query.language:
        parts.append(_("in %(language)s") % {"language": query.language.name})
    if years := years_in_words(query):
        parts.append(years)
    if query.q:
        parts.append(_("with “%(words)s” in a title or a name") % {"words": query.q})
    if not query.themes:
        # "Films from Japan, in Korean", but "Films about war, from Japan".
        parts[:2] = [" ".join(parts[:2])]
    return ", ".join(parts)


def notices(query, is_good_position):
    """What was asked for and could not be done."""
    pattern = _("“%(value)s” is not a %(name)s that is known here, so it was left out.")
    found = [
        pattern % {"value": value, "name": PARAMETER_NAMES[name]} for name, value in query.unknown
    ]
    if not is_good_position:
        found.append(_("That place in the list is no longer known: this is its beginning."))
    return found


def years_in_words(query):
    first, last = query.first_year, query.last_year
    if first and last and first % 10 == 0 and last == first + 9:
        return _("of the %(decade)ss") % {"decade": first}
    if first and first == last:
        return _("of %(year)s") % {"year": first}
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s on") % {"first": first}
    return _("up to %(last)s") % {"last": last} if last else ""


def listed(rows, is_choice):
    names = [row.name for row in rows]
    if len(names) == 1:
        return names[0]
    pattern = _("%(first)s or %(last)s") if is_choice else _("%(first)s and %(last)s")
    return pattern % {"first": ", ".join(names[:-1]), "last": names[-1]}


def chips(query, path):
    """(words, address without it) of each filter in use."""
    found = []

    def add(words, **changes):
        found.append((words, query.address(path, **changes)))

    if query.q:
        add(f"“{query.q}”", q="")
    for theme in query.themes:
        add(theme.name, themes=without_row(query.themes, theme))
    if query.any_theme:
        add(_("Any of these themes"), any_theme=False)
    for theme in query.without:
        add(_("Without %(name)s") % {"name": theme.name}, without=without_row(query.without, theme))
    for country in query.countries:
        add(country.name, countries=without_row(query.countries, country))
    if query.all_countries:
        add(_("All countries at once"), all_countries=False)
    if query.first_year:
        add(_("From %(year)s") % {"year": query.first_year}, first_year=None)
    if query.last_year:
        add(_("To %(year)s") % {"year": query.last_year}, last_year=None)
    if query.language:
        add(query.language.name, language=None)
    return found


def without_row(rows, row):
    return tuple(other for other in rows if other != row)


def looser_address(query, path):
    """Where any of the themes will do, if now all are asked for."""
    is_strict = len(query.themes) > 1 and not query.any_theme
    return query.address(path, any_theme=True) if is_strict else ""


@prepared
def spoken_languages():
    """(code, name) of those that the form offers: heard in at least one film."""
    rows = Language.objects.filter(film_count__gt=0)
    return rows.order_by("name").values_list("code", "name")
