"""Browse: reading what an address asks for, its canonical form, and how that is said."""

from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from films.finding import ORDERS
from films.models import Country, Language, Theme
from films.models.film import FIRST_YEAR
from films.normalize import clean_name, search_key
from films.words import query_words
from users.prepared import as_list, prepared

CHOICES = 12  # themes or countries in one query
LAST_YEAR = 2200

PARAMETERS = (
    "q", "theme", "match", "without", "country", "countries", "from", "to", "language", "sort",
    "after",
)  # fmt: skip


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

    @property
    def decade(self):
        """The first year of a whole one, if that is asked for."""
        first, last = self.first_year, self.last_year
        return first if first and last and first % 10 == 0 and last == first + 9 else None

    @property
    def is_of_many(self):
        """Whether there are as many of its kind as anybody likes to think of."""
        has_years = self.first_year or self.last_year
        return bool(self.q or self.after or self.unknown or (has_years and not self.decade))

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


@prepared
def themes_at(slugs):
    return Theme.objects.filter(slug__among=slugs)


@prepared
def themes_labelled(keys):
    return Theme.objects.filter(labels__key__among=keys).annotate(key=F("labels__key"))


@prepared
def countries_called(names, codes):
    called = Q(slug__among=names) | Q(code__among=codes) | Q(name__among=names)
    return Country.objects.filter(called)


@prepared
def language_of(code):
    return Language.objects.filter(code=code)


def find_themes(values):
    """{value: Theme} by slug, else by a label of any language, as it is typed."""
    found = {theme.slug: theme for theme in themes_at(as_list(values))}
    keys = {value: search_key(value) for value in values if value not in found}
    if keys:
        by_key = {
            theme.key: theme for theme in themes_labelled(as_list(filter(None, keys.values())))
        }
        found |= {value: by_key[key] for value, key in keys.items() if key in by_key}
    return {value: found[value] for value in values if value in found}


def find_countries(values):
    """{value: Country} by slug, code or name."""
    found = {}
    for country in countries_called(as_list(values), as_list(value.upper() for value in values)):
        for name in (country.slug, country.code, country.code.lower(), country.name):
            found[name] = country
    return {value: found[value] for value in values if value in found}


def read_language(parameters, unknown):
    code = clean_name(parameters.get("language", ""))
    language = next(iter(language_of(code)), None) if code else None
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


# Saying


def in_words(query):
    """The query as a sentence, for the heading."""
    subject = _("Films")
    if query.themes:
        subject = _("Films about %(themes)s") % {"themes": in_a_row(query.themes, query.any_theme)}
    parts = [subject]
    if query.without:
        parts.append(_("without %(themes)s") % {"themes": in_a_row(query.without, True)})
    if query.countries:
        words = (
            _("made by %(countries)s together") if query.all_countries else _("from %(countries)s")
        )
        names = in_a_row(query.countries, not query.all_countries)
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
    if query.decade:
        return _("of the %(decade)ss") % {"decade": query.decade}
    if first and first == last:
        return _("of %(year)s") % {"year": first}
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s on") % {"first": first}
    return _("up to %(last)s") % {"last": last} if last else ""


def in_a_row(rows, is_choice):
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
