"""Finding films, people and themes by words, and by words that are spelt otherwise.

The tables of films/models/index.py say which rows hold the words; what comes first is decided
here, from columns, and so is the same on every database: a name typed as it is printed, names
that begin with what is typed, titles with all the words, and the rest.
"""

from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Case, OuterRef, Subquery, Value, When

from films.models import (
    Country,
    Credit,
    Film,
    FilmIndex,
    Person,
    PersonIndex,
    Theme,
    ThemeIndex,
    WordPart,
)
from films.normalize import search_key
from films.words import TITLE, as_whole, in_names, in_titles, query_words, whole

FEW = 400  # so many are put in order one by one
MANY = 1_000  # counted so far
PEOPLE_WEIGHED = 100  # by how many films they have
UNKNOWN_WORDS = 2  # in one query, that are looked for under another spelling


class Found(NamedTuple):
    """The best rows, each with the words that it was found by as `hits`, and how many there are:
    more than `count` unless `is_exact`. `is_named`: the first is called just what was asked."""

    rows: list
    count: int = 0
    is_exact: bool = True
    is_named: bool = False


NOTHING = Found([])


def nearness(tokens, words):
    """0 for a name typed as it is printed, then what begins with it, then a title's words."""
    there = f" {tokens} "
    name = f" {whole(words)}"
    if f"{name} " in there:
        return 0
    if name in there:
        return 1
    return 3 if any(f" {TITLE}{word}" not in there for word in words) else 2


def tokens_in(index):
    return Subquery(index.objects.filter(pk=OuterRef("pk")).values("words"))


# Films


def find_films(words, limit):
    """Found films with every word in a title or a name of their people."""
    if not words:
        return NOTHING
    rows = FilmIndex.objects.matching(in_names(words))
    rows = rows.annotate(other=named_first(FilmIndex, words)).order_by("other", "pk")
    found = list(rows.values_list("pk", "other")[: MANY + 1])
    if not found:
        return NOTHING
    if len(found) <= FEW:
        best = ranked([pk for pk, _other in found], words)
    else:
        best = most_written([pk for pk, other in found if not other], words, limit)
    near = {pk: nearness for nearness, pk in best[:limit]}
    films = films_of([(pk, words) for pk in near])
    if len(found) > FEW:
        films.sort(key=lambda film: (near[film.pk] > 0, -film.essay_count, -film.pk))
    is_named = bool(best) and best[0][0] == 0
    return Found(films, min(len(found), MANY), len(found) <= MANY, is_named)


def named_first(index, words):
    """0 for rows that are called just so, 1 for all others: to sort by."""
    named = index.objects.matching(as_whole(words)).values("pk")
    return Case(When(pk__in=named, then=Value(0)), default=Value(1))


def complete_films(text, limit):
    """Films for a field in which `text` is being typed."""
    return find_films(query_words(text), limit).rows


def ranked(keys, words):
    """[(nearness, primary key)], best first."""
    rows = Film.objects.filter(pk__in=keys).order_by().annotate(tokens=tokens_in(FilmIndex))
    rows = rows.values_list("pk", "essay_count", "tokens")
    places = [(nearness(tokens or "", words), -essays, -pk) for pk, essays, tokens in rows]
    return [(near, -pk) for near, _essays, pk in sorted(places)]


def most_written(named, words, limit):
    """As `ranked`, where very many hold the words: films of that title, then by essays. Those
    whose people alone hold the words are looked for only where no title does."""
    found = dict.fromkeys(named[:limit], 0)
    for near, groups in ((2, in_titles(words)), (3, in_names(words))):
        if near == 3 and found:
            break
        films = Film.objects.published().filter(
            pk__in=FilmIndex.objects.matching(groups).values("pk")
        )
        keys = films.order_by("-essay_count", "-pk").values_list("pk", flat=True)
        for pk in keys[: limit + len(found)]:
            found.setdefault(pk, near)
    return [(near, pk) for pk, near in found.items()][:limit]


def films_of(found):
    """Published films of (primary key, words it was found by), in that order, with titles."""
    hits = dict(found)
    films = Film.objects.for_cards().order_by().prefetch_related("titles").in_bulk(hits)
    rows = [films[pk] for pk in hits if pk in films and films[pk].is_published]
    for film in rows:
        film.hits = hits[film.pk]
    return rows


# People


def find_people(words, limit):
    """Found people, each with `films`: (key, title, role) of theirs, the most written about first."""
    return people_matching(in_names(words), words, limit) if words else NOTHING


def people_matching(groups, words, limit):
    # Among very many, whoever is called just that is looked at first.
    people = Person.objects.filter(pk__in=PersonIndex.objects.matching(groups).values("pk"))
    people = people.annotate(tokens=tokens_in(PersonIndex))
    people = list(people.order_by(named_first(PersonIndex, words), "pk")[: FEW + 1])
    for person in people:
        person.nearness, person.hits = nearness(person.tokens, words), words
    people.sort(key=lambda person: (person.nearness, person.pk))
    is_exact = len(people) <= PEOPLE_WEIGHED
    people = people[:PEOPLE_WEIGHED]
    credited = credits_of(people)
    for person in people:
        person.films = credited.get(person.pk, [])
    people = [person for person in people if person.films]
    people.sort(key=lambda p: (p.nearness, -len({film for film, *_ in p.films}), p.pk))
    is_named = bool(people) and people[0].nearness == 0
    return Found(people[:limit], len(people), is_exact, is_named)


def credits_of(people):
    """{person: [(film, title, role)]} of published films."""
    if not people:
        return {}
    rows = (
        Credit.objects.filter(person__in=[person.pk for person in people])
        .order_by("person_id", "-film__essay_count", "-film_id", "-role")
        .values_list("person_id", "film_id", "film__title", "role", "film__status")
    )
    return {
        person: [(film, title, role) for _p, film, title, role, status in some
                 if status == "published"]
        for person, some in groupby(rows, itemgetter(0))
    }  # fmt: skip


# Themes and countries


def find_themes(words, limit):
    """Found themes, each with its labels."""
    return themes_matching(in_names(words), words, limit) if words else NOTHING


def themes_matching(groups, words, limit):
    rows = Theme.objects.filter(pk__in=ThemeIndex.objects.matching(groups).values("pk"))
    rows = rows.order_by("pk").annotate(tokens=tokens_in(ThemeIndex)).prefetch_related("labels")
    themes = [theme for theme in rows[: FEW + 1] if theme.is_accepted or theme.film_count]
    for theme in themes:
        theme.nearness, theme.hits = nearness(theme.tokens, words), words
    themes.sort(key=lambda theme: (min(theme.nearness, 2), -theme.film_count, theme.pk))
    is_named = bool(themes) and themes[0].nearness == 0
    return Found(themes[:limit], min(len(themes), FEW), len(themes) <= FEW, is_named)


def find_countries(words, limit):
    """Found countries with films: each word begins one of its names."""
    if not words:
        return NOTHING
    countries = (
        Country.objects.with_films()
        .order_by("name")
        .only("slug", "name", "adjective", "aliases", "native_names", "film_count")
    )
    found = []
    for country in countries:
        native = [name["text"] for name in country.native_names]
        names = [country.name, country.adjective, *country.aliases, *native]
        keys = [search_key(name) for name in names]
        if all(f" {word}" in f" {' '.join(keys)}" for word in words):
            country.is_named, country.hits = " ".join(words) in keys, words
            found.append(country)
    found.sort(key=lambda country: not country.is_named)
    return Found(found[:limit], len(found), is_named=bool(found) and found[0].is_named)


# Other spellings


class Spelling(NamedTuple):
    """For each word of a query, {word as it is spelt: how far off}."""

    choices: tuple

    @property
    def groups(self):
        return tuple(
            tuple(f"{word}*" if not far else word for word, far in choice.items())
            for choice in self.choices
        )

    def measured(self, tokens):
        """(how far off what `tokens` hold is, the words as they stand there)."""
        there, far, words = f" {tokens} ", 0, []
        for choice in self.choices:
            held = [
                (off, word)
                for word, off in choice.items()
                if (f" {word} " in there if off else f" {word}" in there)
            ]
            off, word = min(held)
            far += off
            words.append(word)
        return far, words


def spelling_of(words):
    """The Spelling near to `words`, or None where nothing is."""
    known = set(WordPart.objects.known(words))
    unknown = [word for word in words if len(word) > 2 and word not in known]
    doubtful = unknown or sorted(words, key=len, reverse=True)
    near = WordPart.objects.near(doubtful[:UNKNOWN_WORDS])
    if not any(near.values()):
        return None
    return Spelling(tuple({word: 0} | near.get(word, {}) for word in words))


def find_near_films(spelling, limit):
    """(Found films, nearest spelling first; the query as the nearest of them spells it)."""
    matching = FilmIndex.objects.matching(spelling.groups).values("pk")
    rows = Film.objects.filter(pk__in=matching).order_by("pk").annotate(tokens=tokens_in(FilmIndex))
    places = []
    for pk, essays, tokens in rows.values_list("pk", "essay_count", "tokens")[:FEW]:
        far, words = spelling.measured(tokens)
        places.append((far, nearness(tokens, words), -essays, -pk, words))
    if not places:
        return NOTHING, ""
    places.sort()
    films = films_of([(-place[3], place[4]) for place in places[:limit]])
    return Found(films, len(places), len(places) < FEW), " ".join(places[0][4])


def find_near_people(spelling, limit):
    return near(people_matching, spelling, limit)


def find_near_themes(spelling, limit):
    return near(themes_matching, spelling, limit)


def near(find, spelling, limit):
    words = [min(choice, key=lambda word: (-choice[word], word)) for choice in spelling.choices]
    found = find(spelling.groups, words, FEW)
    for row in found.rows:
        row.far, row.hits = spelling.measured(row.tokens)
    rows = sorted(found.rows, key=lambda row: row.far)
    return found._replace(rows=rows[:limit]), " ".join(rows[0].hits) if rows else ""
