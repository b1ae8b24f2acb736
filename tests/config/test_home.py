import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.home import Home
from films.models import CountryDecade
from reviews.models import ReviewImage
from tests.factories import make_country, make_film, make_image, make_review, make_theme

pytestmark = pytest.mark.django_db

FILES = [{"format": "jpeg", "width": 480, "height": 270, "name": "a.jpg", "bytes": 1}]


def essay_with_hero(days=0, width=1600, height=900, derivatives=FILES, **fields):
    at = timezone.now() - datetime.timedelta(days=days)
    fields.setdefault("lead", "It rained. Nobody minded.")
    piece = make_review(published_at=at, **fields)
    image = make_image(width=width, height=height, derivatives=derivatives)
    ReviewImage.objects.create(review=piece, image=image, role="hero")
    return piece


def test_home_of_an_empty_site_stands(client):
    assert client.get("/").status_code == 200


def test_the_featured_essay_is_the_newest_with_a_wide_picture():
    essay_with_hero(days=3)
    newest = essay_with_hero(days=2)
    essay_with_hero(days=1, width=800, height=600)
    make_review()
    assert Home().feature.review == newest


def test_without_a_wide_picture_the_newest_with_any_is_featured_beside_it(client):
    piece = essay_with_hero(width=600, height=900)
    assert Home().feature.review == piece
    page = client.get("/").content.decode()
    assert 'class="feature frame"' in page
    assert "hero frame" not in page


def test_an_essay_is_not_featured_for_a_picture_that_was_taken_down():
    piece = essay_with_hero()
    image = piece.images.get()
    image.delete_by_owner(by=image.uploaded_by)
    assert Home().feature is None


def test_a_hidden_essay_is_not_featured(client):
    essay_with_hero(status="hidden", title="Out of sight")
    assert Home().feature is None
    assert "Out of sight" not in client.get("/").content.decode()


def test_the_last_sentence_of_the_lead_is_the_subtitle(client):
    essay_with_hero(lead="It rained all day. Nobody minded but Mr. Kim.")
    assert Home().feature.lines == ("It rained all day.", "Nobody minded but Mr. Kim.")
    assert 'class="subtitle">Nobody minded but Mr. Kim.<' in client.get("/").content.decode()


def test_a_last_sentence_too_long_for_a_subtitle_stays_in_the_lead():
    long = "word " * 40
    essay_with_hero(lead=f"Short. {long.strip()}.")
    assert Home().feature.lines == (f"Short. {long.strip()}.", "")


def test_the_featured_essay_is_not_listed_a_second_time(client):
    essay_with_hero(title="Only once")
    assert client.get("/").content.decode().count(">Only once</a>") == 1


def test_countries_show_the_films_of_each_decade_in_words_too(client):
    country = make_country("KR", name="South Korea", film_count=3, essay_count=1)
    CountryDecade.objects.create(country=country, decade=2010, film_count=2)
    page = client.get("/").content.decode()
    assert "South Korea, films by decade from the 1930s: 0, 0, 0, 0, 0, 0, 0, 0, 2, 0" in page


def test_home_costs_a_visitor_the_same_few_queries_full_or_nearly_empty(client):
    for number in range(15):
        make_theme(f"theme {number}", film_count=3)
        make_country(f"A{number}", film_count=3)
        make_film(title=f"Film {number}")
    for number in range(7):
        essay_with_hero(days=number)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 8
