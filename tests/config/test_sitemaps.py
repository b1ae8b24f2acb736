import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.sitemaps import SITEMAPS, RowSitemap
from films.models import Film
from reviews.models import Review
from tests.factories import make_country, make_film, make_image, make_person, make_review, make_user

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

pytestmark = pytest.mark.django_db


def listed(client, section):
    """What it says, or nothing where it has no rows and so is not there."""
    response = client.get(f"/sitemap-{section}.xml")
    assert response.status_code in (200, 404)
    return response.content.decode() if response.status_code == 200 else ""


def page(client, section, number=1):
    response = client.get(f"/sitemap-{section}.xml", {"p": number} if number > 1 else {})
    assert response.status_code == 200
    return response.content.decode()


def test_the_index_names_every_section_with_its_last_change(client):
    make_country("KR")
    essay = make_review(film=make_film(themes=["injustice"], directors=["Ida"]))
    make_review(words=20)
    make_image()
    index = client.get("/sitemap.xml").content.decode()
    assert index.count("<sitemap>") == len(SITEMAPS)
    for section in SITEMAPS:
        assert f"<loc>http://testserver/sitemap-{section}.xml</loc>" in index
    assert f"<lastmod>{essay.updated_at:%Y-%m-%d}" in index


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted", "draft"])
def test_what_is_not_public_is_in_no_sitemap(client, status):
    essay, note = make_review(status=status), make_review(words=20, status=status)
    image = make_image(status=status)
    assert essay.get_absolute_url() not in listed(client, "essays")
    assert note.get_absolute_url() not in listed(client, "notes")
    assert image.get_absolute_url() not in listed(client, "images")
    assert essay.author.username not in listed(client, "members")


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


def test_what_has_no_rows_is_in_no_index_and_not_there(client, monkeypatch):
    monkeypatch.setattr(RowSitemap, "limit", 2)
    assert client.get("/sitemap.xml").status_code == 404
    films = [make_film() for _number in range(6)]
    Film.objects.filter(pk__in=[film.pk for film in films[:4]]).update(status="hidden")
    index = client.get("/sitemap.xml").content.decode()
    assert "sitemap-essays" not in index
    assert client.get("/sitemap-essays.xml").status_code == 404
    named = [element.text for element in ElementTree.fromstring(index.encode()).iter(f"{NS}loc")]
    there = [client.get(address.removeprefix("http://testserver")) for address in named]
    assert all(ElementTree.fromstring(answer.content).findall(f"{NS}url") for answer in there)
    assert len([address for address in named if "films" in address]) < films[-1].pk // 2


def test_the_index_names_the_files_with_a_row_at_one_price(client, monkeypatch):
    monkeypatch.setattr(RowSitemap, "limit", 2)
    first = make_film()
    with CaptureQueriesContext(connection) as few:
        client.get("/sitemap.xml")
    films = [first, *(make_film() for _number in range(9))]
    films[4].hide(by=make_user(role="moderator"), reason="For now.")
    Film.objects.filter(pk=films[5].pk).delete()
    with CaptureQueriesContext(connection) as many:
        index = client.get("/sitemap.xml").content.decode()
    numbers = {-(-film.pk // 2) for film in films if film not in films[4:6]}
    wanted = ["sitemap-films.xml" + (f"?p={n}" if n > 1 else "") for n in sorted(numbers)]
    assert re.findall(r"/(sitemap-films[^<]*)</loc>", index) == wanted
    assert len(many) == len(few)


def test_people_are_listed_who_have_a_film(client):
    make_film(directors=["Ida"])
    make_person("Nobody")
    gone = make_film(directors=["Gone"])
    gone.hide(by=make_user(role="moderator"), reason="For now.")
    people = page(client, "people")
    assert "/people/ida/</loc>" in people
    assert people.count("<loc>") == 1


def test_addresses_are_on_the_sites_own_host(client, settings):
    settings.ALLOWED_HOSTS, settings.SITE_ORIGIN = ["www.films.example"], "https://films.example"
    film = make_film()
    for path in ("/sitemap.xml", "/sitemap-films.xml"):
        text = client.get(path, headers={"host": "www.films.example"}).content.decode()
        assert "<loc>https://films.example/" in text
        assert "www." not in text.replace("http://www.sitemaps.org", "").replace("www.w3", "")
    assert f"<loc>https://films.example{film.get_absolute_url()}</loc>" in text


@pytest.mark.parametrize(("has_cdn", "said"), [(False, "private"), (True, "public")])
def test_others_keep_it_only_where_there_is_a_cdn(client, settings, has_cdn, said):
    settings.BEHIND_CDN = has_cdn
    essay = make_review()
    for path in (
        "/sitemap.xml",
        "/sitemap-films.xml?p=1",
        f"/oembed/?url=http://testserver{essay.get_absolute_url()}",
    ):
        kept = client.get(path).headers["Cache-Control"]
        assert said in kept
        assert ("public" in kept) == has_cdn
