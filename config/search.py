"""The search page: films, people, themes, countries, essays and notes by the same words."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from films import search
from films.models import Country, Credit, FilmTitle, Shown, bring, look_up
from films.normalize import clean_name, search_key
from films.search import NOTHING, Found, Name
from films.words import query_words, words_of
from reviews.search import (
    lines_round,
    page_of_pieces,
    piece_keys,
    pieces_found,
    places,
    shown_pieces,
)
from users.limits import spend_at_address

FILMS, PEOPLE, THEMES, COUNTRIES, PIECES = 8, 6, 6, 4, 4
COMPLETED = 8
RIGHT_FROM = 5  # so many pieces make no slip; fewer may share one
SHORTEST = 2  # letters that are completed; one of a script that writes whole syllables


class Results(NamedTuple):
    films: Found = NOTHING
    people: Found = NOTHING
    themes: Found = NOTHING
    countries: Found = NOTHING
    pieces: Found = NOTHING

    @property
    def has_names(self):
        return bool(self.films.rows or self.people.rows or self.themes.rows or self.countries.rows)


@require_safe
def search_page(request):
    q = typed(request)
    words = query_words(q)
    if not words:
        return render(request, "config/search.html", {"q": q, "is_empty": bool(q)})
    spend_at_address("search", request)
    if request.GET.get("kind") == "essays":
        return all_pieces(request, q, words)
    results, corrected = find(words), ""
    if not results.has_names and results.pieces.count < RIGHT_FROM:
        near, corrected = find_near(words)
        results = near._replace(pieces=results.pieces)
    context = {
        "q": q,
        "words": words,
        "results": results,
        "sections": sections(results),
        "corrected": corrected,
        "summary": in_words(results),
        "films": found_as(results),
        "people": [(person, films_in_words(person)) for person in results.people.rows],
        "themes": themes_as(results),
        "countries": [(row, films_here(row.film_count)) for row in results.countries.rows],
        "pieces": [(piece, lines_round(piece, words)) for piece in results.pieces.rows],
        "all_films": address("films:browse", q),
        "all_pieces": address("search", q, kind="essays"),
        "corrected_address": address("search", corrected),
    }
    return render(request, "config/search.html", context | {"is_empty": not context["sections"]})


def typed(request):
    return clean_name(request.GET.get("q", "")[:400].replace("\0", " "))[:200]


def address(name, q, **more):
    return f"{reverse(name)}?{urlencode({'q': q, **more})}"


def all_pieces(request, q, words):
    page, is_good_position = page_of_pieces(words, request.GET.get("after", "")[:500])
    first = address("search", q, kind="essays")
    context = {
        "q": q,
        "words": words,
        "page": page,
        "pieces": [(piece, lines_round(piece, words)) for piece in page],
        "is_good_position": is_good_position,
        "first": first,
        "base": f"{first}&after=",
        "everything": address("search", q),
    }
    return render(request, "config/search_pieces.html", context)


def find(words):
    """One statement says which rows hold the words, another brings those that are shown."""
    found = look_up(search.places(words) | places(words))
    films, people = search.film_keys(found)[:FILMS], search.person_keys(found)[:PEOPLE]
    themes, pieces = search.theme_keys(found)[:THEMES], piece_keys(found)[:PIECES]
    countries = Country.objects.called(words)
    shown = search.shown(films, people, themes) | search.shown_countries(countries)
    rows = bring(shown | shown_pieces(pieces))
    return Results(
        search.films_found(words, films, found, rows),
        search.people_found(words, people, found, rows),
        search.themes_found(words, themes, found, rows),
        search.countries_found(words, COUNTRIES, countries, rows),
        pieces_found(pieces, found, rows),
    )


def find_near(words):
    """(Results for the nearest spelling, that spelling): none and "" where nothing is near."""
    spelling = search.spelling_of(words)
    if spelling is None:
        return Results(), ""
    films, corrected = search.find_near_films(spelling, FILMS)
    if films.rows and holds(titles_of(films.rows[0]), films.rows[0].hits):
        return Results(films), corrected
    people, name = search.find_near_people(spelling, PEOPLE)
    if people.rows:
        return Results(films, people), corrected or name
    themes, label = search.find_near_themes(spelling, THEMES)
    return Results(films, themes=themes), corrected or label


# Saying


def in_words(results):
    """“2 films, 1 person”"""
    counted = (
        (results.films, lambda n: ngettext("{n} film", "{n} films", n)),
        (results.people, lambda n: ngettext("{n} person", "{n} people", n)),
        (results.themes, lambda n: ngettext("{n} theme", "{n} themes", n)),
        (results.countries, lambda n: ngettext("{n} country", "{n} countries", n)),
        (results.pieces, lambda n: ngettext("{n} essay or note", "{n} essays and notes", n)),
    )
    parts = []
    for found, words in counted:
        if found.count:
            number = format_html('<strong class="num">{}</strong>', f"{found.count:,}")
            if not found.is_exact:
                number = format_html(_("more than {n}"), n=number)
            parts.append((format_html(words(found.count), n=number),))
    return format_html_join(", ", "{}", parts)


def sections(results):
    """(id, name, template) of those that the page has. What is called just as was asked comes
    first, whatever kind of thing it is."""
    every = (
        (results.films, "films", _("Films"), "config/_found_films.html"),
        (results.people, "people", _("People"), "config/_found_people.html"),
        (results.themes, "themes", _("Themes"), "config/_found_themes.html"),
        (results.countries, "countries", _("Countries"), "config/_found_countries.html"),
        (results.pieces, "essays", _("Essays"), "config/_found_pieces.html"),
    )
    there = [row for row in every if row[0].rows]
    return [row[1:] for row in sorted(there, key=lambda row: not row[0].is_named)]


KINDS = {
    FilmTitle.Kind.TRANSLATED: lambda: _("a translated title"),
    FilmTitle.Kind.ROMANIZED: lambda: _("its title in Latin letters"),
    FilmTitle.Kind.ALSO: lambda: _("another title of it"),
}


def found_as(results):
    """(film, the Title that was found if not its first, names of people that were found)."""
    films = results.films.rows
    titles = {film.pk: title_found(film) for film in films}
    others = {
        film.pk: film.hits
        for film in films
        if titles[film.pk] is None and not holds(film.title, film.hits)
    }
    names = names_found(others)
    return [(film, titles[film.pk], names.get(film.pk, [])) for film in films]


def titles_of(film):
    return " ".join([film.title, film.original_title, *(title.text for title in film.others)])


def both_names(name, native):
    return f"{name} ({native})" if native else name


def title_found(film):
    """Another of its titles that holds the words, if its first does not."""
    words = film.hits
    if holds(film.title, words):
        return None
    if holds(film.original_title, words):
        return Name(film.original_title, film.original_language, _("its original title"))
    for title in film.others:
        if holds(title.text, words):
            return Name(title.text, title.language, KINDS[title.kind]())
    return None


def holds(text, words, enough=all):
    """Whether each word, or `any`, begins one of the text's, or stands in a script without spaces."""
    if text.isascii():
        key = f" {search_key(text)}"
        return enough(f" {word}" in key for word in words)
    there = words_of([text])
    return enough(any(word.startswith(wanted) for word in there) for wanted in words)


def names_found(hits):
    """{film: names of its people that hold one of the words}, of {film: words}."""
    source = "films_credit AS credit JOIN films_person AS person ON person.id = credit.person_id"
    columns = ("film_id", "role", "position", "credit.id", "person.name", "person.native_name")
    rows = bring({"names": Shown(source, columns, "film_id", list(hits))})["names"]
    found = {}
    for film, _role, _position, _id, name, native in sorted(rows, key=by_role):
        called = both_names(name, native)
        if holds(called, hits[film], any):
            found.setdefault(film, []).append(called)
    return {film: list(dict.fromkeys(names))[:4] for film, names in found.items()}


def by_role(row):
    _film, role, position, pk, *_names = row
    return role != Credit.Role.DIRECTOR, position, pk


def films_in_words(person):
    """(“Director of” or “Played in”, a film's title, how many films here)."""
    said = _("Director of") if person.role == Credit.Role.DIRECTOR else _("Played in")
    return said, person.known_for, films_here(person.film_count)


def films_here(count):
    return ngettext("%(n)s film here", "%(n)s films here", count) % {"n": count}


def themes_as(results):
    """(theme, the label that was found if it is not its name, how many films it has)."""
    return [
        (theme, label_found(theme), count_in_words(theme.film_count))
        for theme in results.themes.rows
    ]


def label_found(theme):
    if holds(theme.name, theme.hits):
        return None
    return next((label for label in theme.called if holds(label.text, theme.hits)), None)


def count_in_words(films):
    return ngettext("%(n)s film", "%(n)s films", films) % {"n": films}


@require_safe
@cache_control(private=True, max_age=60)
def search_complete(request):
    """Options for the search field: names that hold what is typed so far."""
    q = typed(request)
    words, names = query_words(q), []
    if words and len("".join(words).encode()) >= SHORTEST:
        spend_at_address("completion", request)
        names = [(name, label_for(name, other, q)) for name, other in names_of(words)]
    return render(request, "config/_search_options.html", {"names": dict.fromkeys(names)})


def label_for(name, other, q):
    """Browsers offer only what holds the letters that were typed, in its value or its label."""
    q = q.casefold()
    if q in name.casefold():
        return ""
    if q in other.casefold():
        return other
    return f"{other}, {q}" if other else q


def names_of(words):
    """(name, the other name of it that was found, or "")"""
    found = look_up(search.places(words))
    films, people = search.film_keys(found)[:COMPLETED], search.person_keys(found)[:COMPLETED]
    themes = search.theme_keys(found)[:2]
    rows = bring(search.shown(films, people, themes))
    films = search.films_from(rows, dict.fromkeys(films, words))[:4]
    people = search.people_from(rows, dict.fromkeys(people, words))[:2]
    themes = search.themes_from(rows, dict.fromkeys(themes, words))
    return [
        *((film.title, text_of(title_found(film))) for film in films),
        *((person.name, person.native_name) for person in people),
        *((theme.name, text_of(label_found(theme))) for theme in themes),
    ]


def text_of(name):
    return name.text if name else ""
