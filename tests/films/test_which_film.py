"""Which film was meant: near duplicates of one to be added, and titles as they are typed."""

import pytest

from films.models import Film
from films.search import complete_films
from tests.factories import make_film

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["The Stalker", "Stalker", "stalker!"])
def test_near_duplicates_forgive_articles(typed):
    film = make_film("Stalker", 1979)
    assert list(Film.objects.similar_to(typed, 1979)) == [film]


def test_near_duplicates_forgive_one_word():
    film = make_film("Miracle in Cell No. 7", 2013)
    assert list(Film.objects.similar_to("Miracle in Cell Number 7", 2013)) == [film]
    assert not Film.objects.similar_to("Miracle at Oxford", 2013)


@pytest.mark.parametrize("title", ["M", "Z", "시", "乱", "It", "There There"])
def test_a_title_typed_as_printed_comes_first(client, title):
    for number in range(12):
        make_film(f"{title} {number} and more", 2000, essay_count=9)
    film = make_film(title, 1931)
    assert complete_films(title, 10)[0] == film
    page = client.get("/films/complete/", {"q": title}).content.decode()
    assert page.index(film.title) < page.index("and more")
