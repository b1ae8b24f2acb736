"""Finding films, people and themes by words, and by words that are spelt otherwise.

The tables of films/models/index.py say which rows hold the words; what comes first is decided
here, from columns, and so is the same on every database: a name typed as it is printed, names
that begin with what is typed, titles with all the words, and the rest.
"""

from typing import NamedTuple

from films.models import (
    Country,
    Film,
    FilmIndex,
    Person,
    PersonIndex,
    Place,
    Shown,
    Theme,
    ThemeIndex,
    WordPart,
    bring,
    look_up,
    row_from,
    words_held,
)
from films.title_cards import CARD_FIELDS
from films.words import TITLE, as_whole, in_names, query_words, whole

FEW = 200  # so many are put in order one by one
MANY = 200  # counted so far
NEAR = 50  # of another spelling
BEST = 12  # are shown of each kind
KNOWN = 120  # films, the most written about, that are looked through where very many are found
PEOPLE_WEIGHED = 100  # by how many films they have
UNKNOWN_WORDS = 2  # in one query, that are looked for under another spelling
THEME_FIELDS = ("name", "slug", "card_motif", "card_ink", "film_count")
COUNTRY_FIELDS = ("slug", "name", "film_count")
PERSON_FIELDS = ("name", "slug", "native_name", "native_language")

# SQL: what puts rows in order that are equally near.
ESSAYS = "(SELECT essay_count FROM films_film WHERE id = pk)"
CREDITS = "(SELECT NULLIF(COUNT(*), 0) FROM films_credit WHERE person_id = pk)"
FILMS = "(SELECT film_count FROM films_theme WHERE id = pk AND (is_accepted OR film_count > 0))"


class Found(NamedTuple):
    """The best rows, each with the words that it was found by as `hits`, and how many there are:
    more than `count` unless `is_exact`. `is_named`: the first is called just what was asked."""

    rows: list
    count: int = 0
    is_exact: bool = True
    is_named: bool = False


NOTHING = Found([])


class Name(NamedTuple):
    """Another title of a film, and what kind of title it is; another label of a theme."""

    text: str
    language: str
    kind: str = ""


def places(words):
    """Where films, people and themes are looked for, for one `look_up` of all of them."""
    return film_places(words) | people_places(words) | theme_places(words)


def shown(films, people, themes):
    """What `bring` is to bring of those with these keys."""
    return shown_films(films) | shown_people(people) | shown_themes(themes)


def nearness(tokens, words):
    """As the expression of that name says it of a row in the database."""
    there = f" {tokens} "
    name = f" {whole(words)}"
    if f"{name} " in there:
        return 0
    if name in there:
        return 1
    return 3 if any(f" {TITLE}{word}" not in there for word in words) else 2


# Films


def film_places(words):
    """Where more are held than are put in order, the films that everybody writes about are looked
    at instead of the others."""
    too_many = f"(SELECT CASE WHEN COUNT(*) > {FEW} THEN {{}} ELSE {{}} END FROM held_films)"  # noqa: S608
    known = "SELECT id AS pk FROM films_film WHERE status = 'published'"
    known += f" ORDER BY essay_count DESC, id DESC LIMIT {too_many.format(KNOWN, 0)}"
    few = too_many.format(BEST, FEW)
    place = Place(FilmIndex, words, in_names(words), MANY + 1, few, BEST, ESSAYS)
    return {
        "films": place,
        "named_films": place._replace(groups=as_whole(words), held=FEW, weighed=FEW, is_rare=True),
        "known_films": place._replace(rows=known, weighed=KNOWN, ranks=(0, 1, 1, 2)),
    }


def film_keys(found):
    """Of the best, those to be shown first."""
    best = best_films(found) if found["films"].held > FEW else found["films"].keys()
    return best[:BEST]


def films_found(words, keys, found, rows):
    """Found films with every word in a title or a name of their people. `found` is what `look_up`
    says of their places, and `rows` what `bring` has of them."""
    films = films_from(rows, dict.fromkeys(keys, words))
    held = found["films"].held
    is_named = bool(found["named_films"].rows and films)
    return Found(films, min(held, MANY), held <= MANY, is_named)


def best_films(found):
    """Where very many hold the words: films of that title, then those that are written about most;
    what their people alone hold comes last."""
    every = found["films"]
    named, known = found["named_films"].keys(), found["known_films"]
    return list(dict.fromkeys(
        [*named, *known.keys(most=1), *every.keys(most=2), *known.keys(), *every.keys()]
    ))  # fmt: skip


def complete_films(text, limit):
    """Films for a field in which `text` is being typed."""
    words = query_words(text)
    keys = film_keys(look_up(film_places(words))) if words else []
    return films_of(dict.fromkeys(keys, words))[:limit]


def shown_films(keys):
    titles = "film_id", "kind", "language", "id", "text"
    return {
        "films": Shown("films_film", ("id", *CARD_FIELDS), "id", keys),
        "titles": Shown("films_filmtitle", titles, "film_id", keys),
    }


def films_of(hits):
    return films_from(bring(shown_films(list(hits))), hits)


def films_from(rows, hits):
    """Published films in the order of {primary key: words it was found by}, each with its other
    titles as `others`."""
    films = {row[0]: row_from(Film, ("id", *CARD_FIELDS), row) for row in rows["films"]}
    for pk, film in films.items():
        film.hits, film.others = hits[pk], []
    for pk, kind, language, _id, text in sorted(rows["titles"]):
        films[pk].others.append(Name(text, language, kind))
    return [films[pk] for pk in hits if pk in films and films[pk].is_published]


# People


def people_places(words):
    place = Place(
        PersonIndex, words, in_names(words), PEOPLE_WEIGHED + 1, PEOPLE_WEIGHED, BEST, CREDITS
    )
    return {
        "people": place,
        "named_people": place._replace(groups=as_whole(words), is_rare=True),
    }


def person_keys(found):
    return list(dict.fromkeys([*found["named_people"].keys(), *found["people"].keys()]))


def people_found(words, keys, found, rows):
    """Found people; see `people_from`."""
    people = people_from(rows, dict.fromkeys(keys, words))
    every, named = found["people"], found["named_people"]
    count = min(every.weighed, PEOPLE_WEIGHED) - len(keys) + len(people)
    is_named = bool(named.rows and people) and people[0].pk == named.rows[0][0]
    return Found(people, count, every.held <= PEOPLE_WEIGHED, is_named)


def shown_people(keys):
    theirs = (
        "FROM films_credit AS credit JOIN films_film AS film ON film.id = credit.film_id "
        "WHERE credit.person_id = person.id AND 'published' = film.status"
    )
    known_for = (
        f"(SELECT role || ' ' || title {theirs} ORDER BY "
        "role DESC, film.essay_count DESC, film.id DESC LIMIT 1)"
    )
    count = f"(SELECT COUNT(DISTINCT film.id) {theirs})"
    columns = [f"person.{name}" for name in ("id", *PERSON_FIELDS)]
    source = Shown("films_person AS person", (*columns, known_for, count), "person.id", keys)
    return {"people": source}


def people_from(rows, hits):
    """People in the order of {primary key: words it was found by}, each with `film_count`, of
    published ones, and of the most written about that they directed, or else played in, `role`
    and `known_for`, its title. Those without are left out."""
    people = {}
    for pk, *values, known_for, count in rows["people"]:
        if count:
            people[pk] = person = row_from(Person, ("id", *PERSON_FIELDS), [pk, *values])
            person.hits, person.film_count = hits[pk], count
            person.role, _space, person.known_for = known_for.partition(" ")
    return [people[pk] for pk in hits if pk in people]


# Themes and countries


def theme_places(words):
    place = Place(ThemeIndex, words, in_names(words), FEW + 1, FEW, BEST, FILMS, is_rare=True)
    return {"themes": place}


def theme_keys(found):
    return found["themes"].keys()


def themes_found(words, keys, found, rows):
    """Found themes."""
    hits = found["themes"]
    is_named = bool(hits.rows) and hits.rows[0][1] == 0
    themes = themes_from(rows, dict.fromkeys(keys, words))
    return Found(themes, hits.weighed, hits.held <= FEW, is_named)


def shown_themes(keys):
    labels = "theme_id", "CASE WHEN language = 'en' THEN 0 ELSE 1 END", "id", "language", "text"
    return {
        "themes": Shown("films_theme", ("id", *THEME_FIELDS), "id", keys),
        "labels": Shown("films_themelabel", labels, "theme_id", keys),
    }


def themes_from(rows, hits):
    """Themes in the order of {primary key: words it was found by}, each with its labels as
    `called`, the English ones first."""
    themes = {row[0]: row_from(Theme, ("id", *THEME_FIELDS), row) for row in rows["themes"]}
    for pk, theme in themes.items():
        theme.hits, theme.called = hits[pk], []
    for pk, _other, _id, language, text in sorted(rows["labels"]):
        themes[pk].called.append(Name(text, language))
    return [themes[pk] for pk in hits if pk in themes]


def shown_countries(called):
    """`called` is {code: whether that is a whole name} of those with each word in a name."""
    columns = ("code", *COUNTRY_FIELDS)
    return {"countries": Shown("films_country", columns, "code", list(called))}


def countries_found(words, limit, called, rows):
    """Found countries with films: each word begins one of its names."""
    rows = [row_from(Country, ("code", *COUNTRY_FIELDS), row) for row in rows["countries"]]
    countries = [country for country in rows if country.film_count]
    for country in countries:
        country.is_named, country.hits = called[country.pk], words
    countries.sort(key=lambda country: (not country.is_named, country.name))
    is_named = bool(countries) and countries[0].is_named
    return Found(countries[:limit], len(countries), is_named=is_named)


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
    place, places = near_place(FilmIndex, spelling, NEAR, ESSAYS), []
    for pk, essays, tokens in words_held(place):
        far, words = spelling.measured(tokens)
        places.append((far, nearness(tokens, words), -essays, -pk, words))
    if not places:
        return NOTHING, ""
    places.sort()
    films = films_of({-place[3]: place[4] for place in places[:limit]})
    return Found(films, len(places), len(places) < NEAR), " ".join(places[0][4])


def find_near_people(spelling, limit):
    hits = near(PersonIndex, spelling)
    people = people_from(bring(shown_people(list(hits)[: 2 * limit])), hits)
    return as_found(people[:limit], hits)


def find_near_themes(spelling, limit):
    hits = near(ThemeIndex, spelling)
    used = Theme.objects.in_use().filter(pk__in=hits).values_list("pk", flat=True)
    used = set(used.order_by()) if hits else set()
    keys = [pk for pk in hits if pk in used][:limit]
    themes = themes_from(bring(shown_themes(keys)), {pk: hits[pk] for pk in keys})
    return as_found(themes, hits)


def near_place(index, spelling, held, weight="0"):
    return Place(index, [], spelling.groups, held, held, held, weight)


def near(index, spelling):
    """{primary key: words as they stand there}, the nearest first."""
    places = []
    for pk, _weight, tokens in words_held(near_place(index, spelling, FEW)):
        far, words = spelling.measured(tokens)
        places.append((far, nearness(tokens, words), pk, words))
    return {pk: words for _far, _near, pk, words in sorted(places)}


def as_found(rows, hits):
    return Found(rows, len(hits)), " ".join(rows[0].hits) if rows else ""
