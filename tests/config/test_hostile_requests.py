"""Addresses, queries and bodies that nobody types by hand: a clear answer, never a 500."""

import asyncio
from urllib.parse import quote

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from config import asgi
from config.wsgi import application
from tests.factories import make_film, make_review, make_user

pytestmark = pytest.mark.django_db

VALUES = (
    "\x00", "a\x00b", "'", '"><script>', "../../etc/passwd", "%", "٣", "9" * 30, "-1", "‮abc",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "a" * 3_000, "‏",
)  # fmt: skip
PARAMETERS = (
    "q", "theme", "without", "country", "from", "to", "decade", "language", "sort", "after",
    "match", "countries", "rule", "outcome", "film", "next", "p", "page", "kind", "length", "spoilers",
)  # fmt: skip


def routes(patterns=None, prefix=""):
    """Every address of the site, with `{}` where a part is free; the admin has its own tests."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(("admin/", "^")):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def filled(route, value):
    parts = route.split("/")
    return "/" + "/".join(value if part.startswith("<") else part for part in parts)


ALL = sorted(set(routes()))


def test_the_site_has_addresses():
    assert "films/<slug>/" in ALL
    assert len(ALL) > 30


@pytest.mark.parametrize("value", VALUES, ids=[repr(v[:12]) for v in VALUES])
def test_no_address_breaks(client, value):
    client.force_login(make_user())
    bad = {}
    for route in ALL:
        address = filled(route, quote(value, safe=""))
        if "<" in route and "<" not in address:
            for method in (client.get, client.post):
                status = method(address).status_code
                if status >= 500 or status == 200:
                    bad[address[:80]] = status
    assert bad == {}


# Each parameter alone where they choose what is listed, elsewhere all of them at once.
CHOOSING = ("/films/", "/essays/", "/films/long-day-2013/notes/", "/log/", "/search/")
OTHERS = (
    "/", "/films/long-day-2013/", "/accounts/login/", "/themes/", "/films/complete/",
    "/themes/complete/", "/search/complete/", "/sitemap-films.xml", "/films.json", "/films.csv",
    "/films.rss", "/films/long-day-2013/essays/",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=[repr(v[:12]) for v in VALUES])
def test_no_query_breaks(client, value):
    make_film("Long Day", themes=["injustice"])
    pairs = [f"{parameter}={quote(value, safe='')}" for parameter in PARAMETERS]
    addresses = [f"{address}?{pair}" for address in CHOOSING for pair in pairs]
    addresses += [f"{address}?{'&'.join(pairs)}" for address in OTHERS]
    bad = {}
    for address in addresses:
        status = client.get(address).status_code
        if status >= 500:
            bad[address[:80]] = status
    assert bad == {}


FORMS = (
    "/write/", "/films/add/", "/settings/", "/accounts/signup/", "/accounts/login/",
    "/accounts/password/reset/", "/films/long-day-2013/themes/", "/films/long-day-2013/rating/",
    "/films/long-day-2013/seen/", "/images/add/?film=long-day-2013",
    "/films/long-day-2013/themes/injustice/", "/display/",
)  # fmt: skip
FIELDS = (
    "title", "lead", "body", "themes", "language", "rating", "day", "month", "year", "film", "vote",
    "theme", "username", "email", "password1", "login", "password", "display_name", "about", "q",
    "countries", "directors", "cast", "runtime", "synopsis", "display", "seen", "picture-title",
    "version", "text_license", "time_zone", "spoilers", "film_search", "own_themes", "do", "view",
    "section", "key", "kept", "picture-kept", "row", "drop", "ready",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=[repr(v[:12]) for v in VALUES])
@pytest.mark.parametrize("signed_in", [True, False])
def test_no_form_breaks(client, value, signed_in):
    film = make_film("Long Day", themes=["injustice"])
    if signed_in:
        client.force_login(make_user())
    forms = FORMS if signed_in else [f for f in FORMS if f.startswith("/accounts")]
    bad = {}
    for address in forms:
        for extra in ({}, {"film": film.slug, "do": "draft", "view": "draft"}):
            body = {**dict.fromkeys(FIELDS, value), **extra}
            status = client.post(address, body).status_code
            if status >= 500:
                bad[address] = status
    assert bad == {}


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "idna", "nonsense", "rot13"])
def test_odd_encodings_are_refused(client, address, encoding):
    make_film("Long Day", themes=["injustice"])
    client.force_login(make_user())
    response = client.generic(
        "POST",
        address.partition("?")[0],
        "title=x".encode("utf-16"),
        content_type=f"application/x-www-form-urlencoded; charset={encoding}",
    )
    assert 400 <= response.status_code < 500


def test_a_query_with_a_body_in_an_odd_encoding_reaches_no_code_that_breaks():
    said = []
    environ = RequestFactory().get("/search/?q=x").environ
    environ["CONTENT_TYPE"] = "text/plain; charset=rot13"
    answer = application(environ, lambda status, headers: said.append(status))
    assert said == ["400 Bad Request"]
    assert b"encoding" in b"".join(answer)


@pytest.mark.parametrize(("encoding", "status"), [("rot13", 400), ("utf-8", 200)])
def test_nor_does_it_where_asgi_serves_the_site(encoding, status):
    sent, bodies = [], [{"type": "http.request", "body": b""}]

    async def receive():  # the client stays
        return bodies.pop() if bodies else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    headers = [
        (b"host", b"testserver"),
        (b"content-type", f"text/plain; charset={encoding}".encode()),
    ]
    scope = {"type": "http", "method": "GET", "path": "/healthz", "query_string": b"q=x",
             "headers": headers}  # fmt: skip
    asyncio.run(asgi.application(scope, receive, send))
    assert sent[0]["status"] == status


def test_a_body_of_a_megabyte_is_refused(client):
    client.force_login(make_user())
    response = client.post(
        "/write/", {"body": "x" * 1_200_000}, "application/x-www-form-urlencoded"
    )
    assert response.status_code in (400, 413)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "head"])
def test_other_methods_change_nothing(client, method):
    review = make_review()
    client.force_login(review.author)
    for address in (
        review.get_absolute_url(),
        f"/write/{review.pk}/",
        f"/write/{review.pk}/delete/",
    ):
        assert getattr(client, method)(address).status_code < 500
    review.refresh_from_db()
    assert review.status == "published"
