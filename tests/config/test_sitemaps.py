import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_film, make_image, make_review

pytestmark = pytest.mark.django_db


def page(client, section):
    response = client.get(f"/sitemap-{section}.xml")
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
