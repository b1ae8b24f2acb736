"""One site, whichever of its hosts it is asked at."""

import re

import pytest
from django.core import mail

from tests.factories import make_country, make_film, make_image, make_review, make_theme, make_user

pytestmark = pytest.mark.django_db

HOME, OTHER = "https://films.example", "www.films.example"
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
PREVIEW = re.compile(r'<meta property="og:url" content="([^"]*)">')


@pytest.fixture(autouse=True)
def _two_hosts(settings):
    settings.ALLOWED_HOSTS = ["films.example", OTHER]
    settings.SITE_ORIGIN = HOME


@pytest.fixture
def rows():
    make_country("KR", "South Korea")
    film = make_film("Hope", themes=["injustice"], directors=["Ida"])
    mina = make_user("mina")
    make_review(mina, film, title="Before", themes=["injustice"])
    return [film, mina, make_review(mina, film, words=20), make_image()]


PAGES = [
    "/", "/films/", "/films/hope-2013/", "/films/hope-2013/essays/", "/themes/",
    "/themes/injustice/", "/countries/", "/countries/south-korea/", "/people/ida/", "/essays/",
    "/essays/before/", "/members/mina/", "/members/mina/diary/", "/log/", "/about/", "/rules/",
    "/privacy/", "/terms/", "/contact/", "/accessibility/", "/formulas/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_one_address(client, rows, path):
    page = client.get(path, headers={"host": OTHER}).content.decode()
    assert CANONICAL.findall(page) == [HOME + path]
    assert set(PREVIEW.findall(page)) <= {HOME + path}


def test_so_do_notes_and_pictures(client, rows):
    for row in rows:
        page = client.get(row.get_absolute_url(), headers={"host": OTHER}).content.decode()
        assert CANONICAL.findall(page) == [HOME + row.get_absolute_url()]


def test_an_address_of_other_letters_is_written_as_the_web_does(client):
    theme = make_theme("\u6b63\u7fa9")
    page = client.get(theme.get_absolute_url(), headers={"host": OTHER}).content.decode()
    assert CANONICAL.findall(page) == [HOME + theme.get_absolute_url()]
    assert CANONICAL.findall(page)[0].isascii()


@pytest.mark.parametrize("known", [True, False])
def test_letters_lead_home(client, known):
    address = make_user("mina").email if known else "nobody@example.org"
    client.post("/accounts/password/reset/", {"email": address}, headers={"host": OTHER})
    (letter,) = mail.outbox
    assert f"{HOME}/accounts/" in letter.body
    assert OTHER not in letter.body
