"""What pages say to search engines and to whoever previews a link."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from films.models import FilmImage
from films.share_images import address_of
from reviews.models import Rating, ReviewImage
from tests.factories import make_country, make_film, make_image, make_review, make_theme, make_user

pytestmark = pytest.mark.django_db

CANARY = "Quicksilver"
FILE = {"format": "jpeg", "width": 1600, "height": 900, "name": "images/street.jpg", "bytes": 9}
SITE = "http://testserver"


@pytest.fixture
def film():
    make_country("KR", "South Korea")
    return make_film(
        "Hope", 2013, directors=["Lee Joon-ik"], cast=["Sul Kyung-gu"], runtime=123,
        original_title="소원", original_language="ko", imdb_id="tt3169770", synopsis="A girl heals.",
    )  # fmt: skip


def head_of(client, row):
    response = client.get(row.get_absolute_url())
    return response.content.decode().partition("</head>")[0]


def data_of(client, row):
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head_of(client, row))
    return json.loads(text)


def preview_of(client, row):
    return dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', head_of(client, row)))


def test_a_film_says_what_it_is(client, film):
    Rating.objects.rate(film, by=make_user(), value=9)
    assert data_of(client, film) == {
        "@context": "https://schema.org",
        "@type": "Movie",
        "name": "Hope",
        "url": f"{SITE}/films/hope-2013/",
        "image": f"{SITE}{address_of(film)}",
        "alternateName": ["소원"],
        "dateCreated": "2013",
        "duration": "PT123M",
        "description": "A girl heals.",
        "countryOfOrigin": [{"@type": "Country", "name": "South Korea"}],
        "director": [
            {"@type": "Person", "name": "Lee Joon-ik", "url": f"{SITE}/people/lee-joon-ik/"}
        ],
        "actor": [
            {"@type": "Person", "name": "Sul Kyung-gu", "url": f"{SITE}/people/sul-kyung-gu/"}
        ],
        "sameAs": ["https://www.imdb.com/title/tt3169770"],
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": 4.5,
            "ratingCount": 1,
            "worstRating": 0.5,
            "bestRating": 5,
        },
    }
    preview = preview_of(client, film)
    assert preview["og:title"] == "Hope (2013)"
    assert preview["og:url"] == f"{SITE}/films/hope-2013/"
    is_its_card(preview, film)


def is_its_card(preview, film):
    assert preview["og:image"] == f"{SITE}{address_of(film)}"
    assert (preview["og:image:width"], preview["og:image:height"]) == ("1200", "630")
    assert preview["og:image:alt"] == "The title card of Hope (2013)"


@pytest.mark.parametrize("kind", ["essays", "notes"])
def test_what_is_written_about_a_film_goes_with_its_card(client, film, kind):
    address = f"/films/hope-2013/{kind}/"
    head = client.get(address).content.decode().partition("</head>")[0]
    preview = dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', head))
    assert preview["og:url"] == f"{SITE}{address}"
    is_its_card(preview, film)
    film.hide(by=make_user(role="moderator"), reason="Added twice.")
    assert "og:" not in client.get(address).content.decode()


@pytest.mark.parametrize("words", [450, 60])
def test_a_piece_says_who_wrote_it_about_which_film_and_where_it_stands(client, film, words):
    mina = make_user("mina", display_name="Mina")
    piece = make_review(
        mina, film, words=words, title="After the rain", lead="I went alone.", rating=7,
        text_license="CC-BY-4.0",
    )  # fmt: skip
    review, crumbs = data_of(client, piece)
    address = f"{SITE}{piece.get_absolute_url()}"
    assert review["@type"] == "Review"
    assert (review["name"], review["url"]) == ("After the rain", address)
    assert review["author"]["name"] == "Mina"
    assert review["description"] == "I went alone."
    assert review["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert review["reviewRating"]["ratingValue"] == 3.5
    assert review["itemReviewed"]["url"] == f"{SITE}/films/hope-2013/"
    assert [step["name"] for step in crumbs["itemListElement"]] == [
        "Films", "Hope", "After the rain",
    ]  # fmt: skip
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2, 3]
    assert preview_of(client, piece)["og:url"] == address
    is_its_card(preview_of(client, piece), film)
    assert review["itemReviewed"]["image"] == f"{SITE}{address_of(film)}"


def test_a_picture_carries_its_credit(client, film):
    image = make_image(derivatives=[FILE])
    FilmImage.objects.create(film=film, image=image)
    data = data_of(client, image)
    assert data["contentUrl"] == f"{SITE}/media/images/street.jpg"
    assert data["creator"] == {"@type": "Person", "name": "Asahachi Kono"}
    assert data["creditText"] == "Asahachi Kono, CC0 1.0"
    assert data["copyrightNotice"] == "Asahachi Kono"
    assert data["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["acquireLicensePage"] == "https://example.org/evening-breeze"
    piece = make_review(make_user(), film)
    ReviewImage.objects.create(review=piece, image=image, role="hero")
    preview = preview_of(client, piece)
    assert preview["og:image"] == f"{SITE}/media/images/street.jpg"
    assert preview["og:image:alt"] == "Two people beside water."
    assert (preview["og:image:width"], preview["og:image:height"]) == ("1600", "900")


def test_nothing_in_it_can_end_the_block(client, film):
    piece = make_review(make_user(), film, title="</script><b>&\u2028", lead="<!--")
    review, _crumbs = data_of(client, piece)
    assert review["name"].startswith("</script><b>&")
    assert "</script><b>" not in head_of(client, piece)


@pytest.mark.parametrize("is_spoiler", [True, False])
def test_no_film_is_given_away(client, film, is_spoiler):
    body = f"{CANARY} " * 450 if is_spoiler else f"rain >!{CANARY}!< " * 300
    piece = make_review(make_user(), film, body=body, is_spoiler=is_spoiler)
    assert data_of(client, piece)[0]["description"]
    assert CANARY not in head_of(client, piece)


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_what_only_its_author_reads_says_nothing(client, film, status):
    mina = make_user("mina")
    client.force_login(mina)
    head = head_of(client, make_review(mina, film, status=status))
    assert "ld+json" not in head
    assert "og:title" not in head


def test_a_withdrawn_film_says_nothing_and_its_essays_do_not_lead_there(client, film):
    piece = make_review(make_user(), film)
    film.hide(by=make_user(role="moderator"), reason="Added twice.")
    assert "ld+json" not in head_of(client, film)
    review, crumbs = data_of(client, piece)
    assert review["itemReviewed"] == {"@type": "Movie", "name": "Hope", "dateCreated": "2013"}
    assert preview_of(client, piece)["og:image"] == f"{SITE}/static/share.png"
    assert len(crumbs["itemListElement"]) == 2


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Afterimage"),
        ("/themes/injustice/", "Injustice"),
        ("/countries/south-korea/", "South Korea"),
        ("/people/sul-kyung-gu/", "Sul Kyung-gu"),
        ("/members/mina/", "Mina"),
    ],
)
def test_a_page_about_something_has_a_preview(client, film, path, title):
    make_theme("injustice", definition="Who is wronged, and by whom.")
    make_user("mina", display_name="Mina")
    head = client.get(path).content.decode().partition("</head>")[0]
    preview = dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', head))
    assert (preview["og:title"], preview["og:url"]) == (title, f"{SITE}{path}")
    (description,) = re.findall(r'<meta name="description" content="([^"]*)">', head)
    assert preview["og:description"] == description
    assert preview["og:image"] == f"{SITE}/static/share.png"
    size = int(preview["og:image:width"]), int(preview["og:image:height"])
    with Image.open(finders.find("share.png")) as sign:
        assert sign.size == size


def test_what_is_not_known_is_left_out(client, film):
    bare = make_film("Bare")
    image = make_image(derivatives=[FILE], alt_text="", is_decorative=True)
    piece = make_review(make_user(), film)
    ReviewImage.objects.create(review=piece, image=image, role="hero")
    assert "og:description" not in preview_of(client, bare)
    preview = preview_of(client, piece)
    assert preview["og:image"]
    assert "og:image:alt" not in preview


def test_the_year_of_the_notice_is_the_one_on_the_page(client):
    at = datetime(2025, 12, 31, 20, tzinfo=UTC)
    piece = make_review(published_at=at)
    client.force_login(make_user(time_zone="Asia/Seoul"))
    page = client.get(piece.get_absolute_url()).content.decode()
    assert f"© {piece.author.name}, 2026." in page
    assert f"© {piece.author.name}, 2025." not in page
