"""The film that a page shows, and what the catalogue has round it."""

from typing import NamedTuple

from django.db.models import Q

from films.models import (
    Credit,
    Film,
    FilmCountry,
    FilmLanguage,
    FilmRelation,
    FilmTheme,
    FilmTitle,
    Image,
)
from users.prepared import hold, prepared


@prepared
def at_slug(slug):
    return Film.objects.with_pages().filter(slug=slug).order_by()


@prepared
def titles_of(film):
    return FilmTitle.objects.filter(film=film)


@prepared
def countries_of(film):
    return FilmCountry.objects.filter(film=film).select_related("country")


@prepared
def languages_of(film):
    return FilmLanguage.objects.filter(film=film).select_related("language")


@prepared
def credits_of(film):
    return Credit.objects.filter(film=film).select_related("person")


@prepared
def themes_of(film, member):
    """With the vote of the member who has this number."""
    return FilmTheme.objects.filter(content_object=film).for_film_page().with_vote_of(member)


@prepared
def relations_of(film):
    return FilmRelation.objects.filter(Q(film=film) | Q(other=film)).order_by("pk")


@prepared
def pictures_of(film, *, most):
    return Image.objects.drawn().of_film(film).with_credit()[:most]


class FilmPage(NamedTuple):
    """A film with all that `for_page` brings. `said` are the rows that this is made of."""

    film: Film
    said: list


def film_at(slug):
    """The `FilmPage` of an address, also of a withdrawn film; or None."""
    found = at_slug(slug)
    film = next(iter(found), None)
    if film is None:
        return None
    parts = {
        "titles": titles_of(film.pk),
        "film_countries": countries_of(film.pk),
        "film_languages": languages_of(film.pk),
        "credits": credits_of(film.pk),
    }
    for name, rows in parts.items():
        hold(film, name, rows)
    return FilmPage(film, [found, *parts.values()])
