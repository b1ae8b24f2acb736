from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.sitemaps import RowSitemap
from films.models import Film
from reviews.models import Review
from tests.factories import make_film, make_image, make_review

pytestmark = pytest.mark.django_db


def page(client, section, number=1):
    response = client.get(f"/sitemap-{section}.xml", {"p": number} if number > 1 else {})
    assert response.status_code == 200
    return response.content.decode()


def test_the_index_names_every_section_with_its_last_change(client):
    essay = make_review()
    index = client.get("/sitemap.xml").content.decode()
    for section in ("films", "essays", "notes", "themes", "countries", "images", "members"):
        assert f"<loc>http://testserver/sitemap-{section}.xml</loc>" in index
    assert f"<lastmod>{essay.updated_at:%Y-%m-%d}" in index


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted", "draft"])
def test_what_is_not_public_is_in_no_sitemap(client, status):
    essay, note = make_review(status=status), make_review(words=20, status=status)
    image = make_image(status=status)
    assert essay.get_absolute_url() not in page(client, "essays")
    assert note.get_absolute_url() not in page(client, "notes")
    assert image.get_absolute_url() not in page(client, "images")
    assert essay.author.username not in page(client, "members")


def test_what_is_public_is_listed_with_the_date_of_its_last_change(client):
    essay, note, film, image = make_review(), make_review(words=20), make_film(), make_image()
    assert f"{essay.get_absolute_url()}</loc><lastmod>" in page(client, "essays")
    assert f"{note.get_absolute_url()}</loc><lastmod>" in page(client, "notes")
    assert f"{film.get_absolute_url()}</loc><lastmod>" in page(client, "films")
    assert f"{image.get_absolute_url()}</loc><lastmod>" in page(client, "images")
    assert essay.author.get_absolute_url() in page(client, "members")


def test_what_xml_cannot_write_breaks_no_sitemap(client):
    film, essay, note = make_film("Bell"), make_review(), make_review(words=20)
    Film.objects.filter(pk=film.pk).update(title="B\x07ell\ufffe & <b>")
    Review.objects.filter(pk__in=[essay.pk, note.pk]).update(title="a\x0bb & <b>")
    for section in ("films", "essays", "notes"):
        assert len(ElementTree.fromstring(page(client, section).encode())) >= 1


def test_a_file_holds_a_range_of_keys(client, monkeypatch):
    """Nothing is counted or skipped over, and a row stays in its file for good."""
    monkeypatch.setattr(RowSitemap, "limit", 2)
    films = [make_film() for _number in range(5)]
    for number in range(1, films[-1].pk // 2 + 2):
        own = [film for film in films if (film.pk + 1) // 2 == number]
        if own:
            listed = page(client, "films", number)
            assert [f.pk for f in films if f"{f.get_absolute_url()}</loc>" in listed] == [
                film.pk for film in own
            ]


def test_unknown_sections_and_pages_are_404(client):
    assert client.get("/sitemap-secrets.xml").status_code == 404
    assert client.get("/sitemap-films.xml?p=7").status_code == 404
    assert client.get("/sitemap-films.xml?p=x").status_code == 404


def test_a_section_costs_the_same_queries_at_three_rows_and_at_thirty(client):
    for _number in range(30):
        make_review(words=20)
    with CaptureQueriesContext(connection) as queries:
        page(client, "notes")
    assert len(queries) <= 3
