import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from films.share_images import address_of
from reviews.models import ReviewImage
from tests.factories import make_film, make_image, make_review, make_user

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
CANARY = "Quicksilver"
FILE = {"format": "jpeg", "width": 960, "height": 540, "name": "images/street.jpg", "bytes": 9}


@pytest.fixture
def piece():
    return make_review(make_user("mina", display_name="Mina"), make_film("Hope"), title="After")


def ask(client, address, status=200, **more):
    response = client.get("/oembed/", {"url": address, **more})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


@pytest.mark.parametrize("words", [450, 60])
def test_a_piece_is_told_as_a_link(client, piece, words):
    piece = make_review(piece.author, piece.film, title="Later", words=words)
    assert ask(client, f"{SITE}{piece.get_absolute_url()}", format="json") == {
        "version": "1.0",
        "type": "link",
        "title": "Later",
        "author_name": "Mina",
        "author_url": f"{SITE}/members/mina/",
        "provider_name": "Afterimage",
        "provider_url": f"{SITE}/",
        "cache_age": 86400,
        "thumbnail_url": f"{SITE}{address_of(piece.film)}",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


def test_the_picture_at_its_head_goes_before_the_card(client, piece):
    image = make_image(derivatives=[FILE])
    ReviewImage.objects.create(review=piece, image=image, role="hero")
    told = ask(client, f"{SITE}{piece.get_absolute_url()}")
    assert told["thumbnail_url"] == f"{SITE}/media/images/street.jpg"
    assert (told["thumbnail_width"], told["thumbnail_height"]) == (960, 540)
    image.hide(by=make_user(role="moderator"), reason="For now.")
    told = ask(client, f"{SITE}{piece.get_absolute_url()}")
    assert told["thumbnail_url"] == f"{SITE}{address_of(piece.film)}"


def test_its_page_says_where_to_ask(client, piece):
    page = client.get(piece.get_absolute_url()).content.decode()
    [link] = re.findall(r'<link rel="alternate" type="application/json\+oembed"[^>]*>', page)
    address = unescape(re.search(r'href="([^"]+)"', link)[1])
    assert address.startswith(f"{SITE}/oembed/?")
    assert client.get(address).json()["title"] == "After"


def test_a_draft_s_page_does_not(client, piece):
    draft = make_review(piece.author, piece.film, status="hidden")
    client.force_login(piece.author)
    assert "json+oembed" not in client.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("side", "most", "is_there"), [
    ("maxwidth", "1200", True), ("maxwidth", "1199", False), ("maxheight", "100", False),
    ("maxwidth", "-1", False), ("maxwidth", "", True),
])  # fmt: skip
def test_no_picture_is_larger_than_asked_for(client, piece, side, most, is_there):
    told = ask(client, f"{SITE}{piece.get_absolute_url()}", **{side: most})
    assert ("thumbnail_url" in told) == is_there
    assert told["title"] == "After"


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
@pytest.mark.parametrize("words", [450, 60])
def test_what_is_not_public_is_not_told(client, piece, words, status):
    piece = make_review(piece.author, piece.film, title=CANARY, words=words, status=status)
    client.force_login(piece.author)
    for address in (piece.get_absolute_url(), f"/notes/{piece.pk}/"):
        assert CANARY not in str(ask(client, f"{SITE}{address}", 404))


def test_a_withdrawn_film_shows_no_card(client, piece):
    piece.film.hide(by=make_user(role="moderator"), reason="Added twice.")
    assert "thumbnail_url" not in ask(client, f"{SITE}{piece.get_absolute_url()}")


@pytest.mark.parametrize("is_spoiler", [True, False])
def test_no_film_is_given_away(client, piece, is_spoiler):
    body = f"{CANARY} " * 450 if is_spoiler else f"rain >!{CANARY}!< " * 300
    piece = make_review(piece.author, piece.film, body=body, is_spoiler=is_spoiler)
    assert CANARY not in json.dumps(ask(client, f"{SITE}{piece.get_absolute_url()}"))


@pytest.mark.parametrize("address", [
    "https://elsewhere.example/essays/after/", "http://testserver.example/essays/after/",
    "//testserver/essays/after/", "/essays/after/", "javascript://testserver/essays/after/",
    f"{SITE}/films/hope-2013/", f"{SITE}/essays/no/", f"{SITE}/essays/%00/", f"{SITE}/oembed/",
    f"{SITE}/notes/{10**30}/", "http://[", "x", f"{SITE}/essays/after", f"{SITE}/\ud800",
])  # fmt: skip
def test_any_other_address_is_not_found(client, piece, address):
    told = client.get("/oembed/", {"url": address.encode("utf-8", "surrogatepass")})
    assert (told.status_code, told.json()) == (
        404, {"error": "There is no essay or note at this address."}
    )  # fmt: skip


def test_its_own_host_is_known_by_the_address_of_the_site_as_well(client, piece, settings):
    settings.SITE_ORIGIN = "https://films.example"
    told = ask(client, f"https://films.example{piece.get_absolute_url()}")
    assert told["provider_url"] == "https://films.example/"


def test_it_speaks_json_only(client, piece):
    address = f"{SITE}{piece.get_absolute_url()}"
    assert ask(client, address, 501, format="xml")["error"]
    assert ask(client, "", 400)["error"]
    assert ask(client, address, 400, maxwidth="wide")["error"]
    assert client.post("/oembed/", {"url": address}).status_code == 405


def test_it_costs_the_same_few_queries(client, piece):
    ReviewImage.objects.create(review=piece, image=make_image(derivatives=[FILE]), role="hero")
    with CaptureQueriesContext(connection) as queries:
        ask(client, f"{SITE}{piece.get_absolute_url()}")
    assert len(queries) <= 3
