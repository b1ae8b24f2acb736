"""What readers choose in lists of pieces: reading it from an address, finding, saying."""

from dataclasses import dataclass, replace
from operator import itemgetter
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from films.browse import find_countries, find_themes, one_of, rows_for
from films.models import Country, FilmCountry, Theme
from films.models.film import FEW
from films.normalize import clean_name
from reviews import languages
from reviews.lengths import OF_ESSAYS, OF_NOTES, Length
from reviews.models import Review, ReviewTheme
from reviews.models.kinds import Kind
from users.paging import Order, PositionError, bounded_count, page_of

PAGE_SIZE = 20
PARAMETERS = ("language", "length", "spoilers", "theme", "country", "after")
OF_A_FILM = ("language", "length", "spoilers", "after")
LENGTHS = {length.name.lower(): length for length in Length}
PARAMETER_NAMES = {
    "language": gettext_lazy("language"),
    "length": gettext_lazy("length"),
    "spoilers": gettext_lazy("choice of spoilers"),
    "theme": gettext_lazy("theme"),
    "country": gettext_lazy("country"),
}
# One order, of pieces and of the rows of a theme: a position in one is a position in the other.
NEWEST = Order("newest", (("published_at", True), ("pk", True)))
NEWEST_OF_THEME = Order("newest", (("listed_at", True), ("content_object_id", True)))


@dataclass(frozen=True)
class Choice:
    """What is asked for. `unknown` holds (parameter, value) pairs that mean nothing here."""

    language: str = ""
    length: str = ""
    spoilers: str = ""
    theme: Theme | None = None
    country: Country | None = None
    after: str = ""
    unknown: tuple = ()

    @property
    def narrows(self):
        """Whether it asks for something that is no page for search engines."""
        return bool(self.language or self.length or self.spoilers)

    @property
    def is_any(self):
        return not (self.narrows or self.theme or self.country)

    @property
    def unknown_in_words(self):
        return [(PARAMETER_NAMES[name], value) for name, value in self.unknown]

    def pairs(self, with_unknown=False):
        """The canonical parameters; what is unknown stays beside its kind only on request."""
        lost = self.unknown if with_unknown else ()
        known = {
            "language": self.language,
            "length": self.length,
            "spoilers": self.spoilers,
            "theme": self.theme.slug if self.theme else "",
            "country": self.country.slug if self.country else "",
            "after": self.after,
        }
        for name in PARAMETERS:
            values = [known[name], *(value for key, value in lost if key == name)]
            yield from ((name, value) for value in values if value)

    def address(self, path, **changes):
        query = urlencode(list(replace(self, **{"after": "", **changes}).pairs()))
        return f"{path}?{query}" if query else path


# Reading


def read(parameters, names=PARAMETERS):
    """A Choice from a QueryDict, of the parameters in `names`."""
    given = {name: parameters.get(name, "") for name in names}
    unknown = []
    return Choice(
        language=read_language(given, unknown),
        length=one_of(given, "length", LENGTHS, unknown),
        spoilers=one_of(given, "spoilers", ("none",), unknown),
        theme=read_row(given, "theme", find_themes, unknown),
        country=read_row(given, "country", find_countries, unknown),
        after=given["after"][:500],
        unknown=tuple(unknown),
    )


def read_language(given, unknown):
    code = clean_name(given["language"])[:60]
    if not code or languages.known(code):
        return code
    unknown.append(("language", code))
    return ""


def read_row(given, name, find, unknown):
    rows = rows_for(find, [given.get(name, "")], name, unknown)
    return rows[0] if rows else None


# Finding


def find(choice, pieces, kind, film=None):
    """(Page of cards, (count or None, whether it is exact), position was good). `pieces` are the
    published ones of that kind, all of them or those on `film`."""
    if film:
        rows, order = narrowed_on_film(pieces, choice), NEWEST
    else:
        rows, order = walked(choice, pieces)
    try:
        page, is_good = page_at(choice, rows, order, choice.after), True
    except PositionError:
        page, is_good = page_at(choice, rows, order, ""), False
    return page, counted(choice, rows, page, kind, film), is_good


def notes_about(theme, position):
    """(Page of all notes about it, position was good)"""
    rows = theme.review_themes.notes().for_essays()
    try:
        page, is_good = page_of(rows, NEWEST_OF_THEME, position, PAGE_SIZE), True
    except PositionError:
        page, is_good = page_of(rows, NEWEST_OF_THEME, "", PAGE_SIZE), False
    return replace(page, items=[row.content_object for row in page.items]), is_good


def narrowed(pieces, choice):
    """`pieces` of the language, length and kind of spoilers that are asked for."""
    if choice.language:
        pieces = pieces.filter(language=choice.language)
    if choice.length:
        pieces = pieces.filter(length=LENGTHS[choice.length])
    return pieces.without_the_ending() if choice.spoilers else pieces


def narrowed_on_film(pieces, choice):
    """As `narrowed`, with the length asked for in a way that SQLite finds no index for: it would
    look for this film among all pieces of that length. PostgreSQL reads it as an equation."""
    if choice.length:
        length = LENGTHS[choice.length]
        pieces = pieces.exclude(length__lt=length).exclude(length__gt=length)
    return narrowed(pieces, replace(choice, length=""))


def walked(choice, pieces):
    """(rows, their order): the newest of what is rarest, each tried for the rest. No list is
    walked for a few that stand far apart in it."""
    rows, theme, country = narrowed(pieces, choice), choice.theme, choice.country
    if country:
        places = FilmCountry.objects.filter(country=country)
        if country.essay_count <= FEW:
            return few_of(rows.filter(film__in=places.values("film")), theme), NEWEST
        rows = rows.filter(Exists(places.filter(film=OuterRef("film"))))
    if theme and is_rare(choice, pieces):
        return rows.filter(names(theme)), NEWEST
    if theme:
        named = ReviewTheme.objects.filter(tag=theme, listed_at__isnull=False)
        return named.filter(Exists(rows.filter(pk=OuterRef("content_object_id")))), NEWEST_OF_THEME
    return rows, NEWEST


def few_of(rows, theme):
    """So few that they may be put in order; by key, or SQLite would walk the order instead."""
    rows = rows.filter(names(theme)) if theme else rows
    return Review.objects.filter(pk__in=rows.order_by().values("pk"))


def names(theme):
    return Exists(ReviewTheme.objects.filter(tag=theme, content_object=OuterRef("pk")))


def is_rare(choice, pieces):
    """Whether the pieces of that language and length are few; known from an index alone."""
    if not (choice.language or choice.length):
        return False
    return bounded_count(narrowed(pieces, replace(choice, spoilers="")), FEW)[1]


def page_at(choice, rows, order, position):
    if not (choice.theme or choice.country):
        return page_of(rows.for_cards(), order, position, PAGE_SIZE)
    page = page_of(rows.only(*(name for name, _down in order.keys)), order, position, PAGE_SIZE)
    # Only now the pieces, by their keys alone: walking must not drag whole rows along.
    keys = [getattr(row, order.keys[-1][0]) for row in page.items]
    found = Review.objects.for_cards().order_by().in_bulk(keys)
    return replace(
        page, items=[found[key] for key in keys if key in found and found[key].is_published]
    )


def counted(choice, rows, page, kind, film):
    """(count, whether it is exact); None for a count where it would mean a long walk."""
    if film and choice.is_any:
        return (film.essay_count if kind == Kind.ESSAY else film.note_count), True
    if choice.country and not (choice.narrows or choice.theme):
        return choice.country.essay_count, True
    if choice.theme or choice.country:
        return (len(page.items), True) if page.is_first and not page.next else (None, False)
    # Where each must be looked up, and is not read off an index, fewer are counted.
    return bounded_count(rows, 200 if choice.spoilers or (film and choice.length) else 1000)


# Saying


def offered_languages(pieces, chosen):
    """(code, name) of those that `pieces` are written in, by name."""
    codes = {code for code in pieces.languages() if languages.known(code)} | {chosen}
    pairs = ((code, languages.name_of(code)) for code in codes if code)
    return sorted(pairs, key=itemgetter(1))


def offered_lengths(kind, chosen):
    """(value, words); those that a piece of that kind may have, and the one chosen."""
    usual = OF_ESSAYS if kind == Kind.ESSAY else OF_NOTES
    return [
        (value, capfirst(length.label))
        for value, length in LENGTHS.items()
        if length in usual or value == chosen
    ]


def chips(choice, path):
    """(words, address without it) of each filter in use."""
    words = {
        "language": choice.language and languages.name_of(choice.language),
        "length": choice.length and LENGTHS[choice.length].label,
        "spoilers": choice.spoilers and _("No spoilers"),
        "theme": choice.theme and choice.theme.name,
        "country": choice.country and choice.country.name,
    }
    empty = Choice()
    return [
        (said, choice.address(path, **{name: getattr(empty, name)}))
        for name, said in words.items()
        if said
    ]
