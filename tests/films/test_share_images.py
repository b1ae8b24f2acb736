"""The picture that goes with a link to a film."""

from io import BytesIO
from threading import Thread
from xml.etree import ElementTree

import pytest
import resvg_py
from django.core.cache import caches
from PIL import Image

from films import lettering, share_images
from films.models import Country, Film
from films.title_cards import COMPOSITIONS, INKS
from films.views import cards
from tests.factories import make_film, make_review, make_user
from users import limits

CANARY = "Quicksilver"
NATIVE = [
    ("ko", "7번방의 선물"),
    ("ar", "كفرناحوم"),
    ("hi", "दो बीघा ज़मीन"),
    ("zh-Hant", "花樣年華"),
    ("ja", "砂の女"),
    ("th", "ลุงบุญมีระลึกชาติ"),
    ("qya", "\U0010a500 \u16a0\u16a2"),
]


@pytest.fixture
def film(db):
    return make_film("Hope", 2013, original_title="소원", original_language="ko")


@pytest.fixture
def drawings(monkeypatch):
    """Each film that is drawn."""
    seen = []
    draw = share_images.png

    def counted(film, cinemas):
        seen.append(film.title)
        return draw(film, cinemas)

    monkeypatch.setattr(share_images, "png", counted)
    return seen


@pytest.fixture
def without_faces(monkeypatch):
    """As on a machine without a single font."""
    draw = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py,
        "svg_to_bytes",
        lambda svg, **how: draw(svg, **how, skip_system_fonts=True),
    )
    lettering._writes.cache_clear()
    yield
    lettering._writes.cache_clear()


def address(film):
    return share_images.address_of(film)


def card(client, film):
    response = client.get(address(film))
    assert response.status_code == 200
    return response


def test_a_film_has_a_png_of_the_size_that_previews_take(client, film):
    response = card(client, film)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Vary" not in response.headers
    image = Image.open(BytesIO(response.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(response.content) < 250_000


def test_the_same_film_is_the_same_picture_and_another_film_another(film):
    other = make_film("Hope", 2014)
    assert share_images.png(film, ["Korean cinema"]) == share_images.png(film, ["Korean cinema"])
    assert share_images.png(film, []) != share_images.png(other, [])


def test_it_stands_in_the_card_s_colors(film):
    Film.objects.filter(pk=film.pk).update(
        card_ground="ochre", card_tone="deep", card_composition="head"
    )
    film.refresh_from_db()
    image = Image.open(BytesIO(share_images.png(film, []))).convert("RGB")
    colors = {color for _count, color in image.getcolors(1_000_000)}
    assert bytes.fromhex("553c02") in {bytes(color) for color in colors}


def test_every_ink_and_composition_of_the_cards_is_known_here():
    assert tuple(share_images.INKS) == INKS
    assert [name for name in COMPOSITIONS if not hasattr(share_images.Card, name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_no_title_breaks_it(composition):
    titles = [(text, language, text) for language, text in NATIVE]
    titles += [
        ("Long day", "ko", "아주 긴 제목 " * 24),
        ("word " * 40, "en", "Donaudampfschifffahrtsgesellschaft" * 5),
        ("W" * 200, "ar", "كفرناحوم" * 24),
        ("</text><b>&'\"", "", "\x07<script>"),
        ("…!?", "", ""),
    ]
    for title, language, original in titles:
        film = Film(
            title=title, original_title=original, original_language=language, year=1999,
            card_seed="a-film-1999", card_director="Lee " * 35, card_country="Korea " * 13,
            card_composition=composition,
        )  # fmt: skip
        svg = share_images.picture(film, ["Korean cinema"] * 16)
        assert ElementTree.fromstring(svg).get("width") == "1200"
    assert share_images.png(film, [])


def test_what_no_face_can_write_is_left_out(film, without_faces):
    svg = share_images.picture(film, ["Korean cinema"])
    assert "<text" not in svg
    assert 'class="f"' in svg
    assert Image.open(BytesIO(share_images.png(film, []))).size == (1200, 630)


def test_it_prints_the_catalogue_and_nothing_that_anybody_wrote(client, film):
    make_review(
        film=film, title=f"{CANARY} title", lead=CANARY, body=f"{CANARY} " * 450, is_spoiler=True
    )
    film.refresh_from_db()
    before = share_images.version(film)
    film.synopsis = CANARY
    assert CANARY not in share_images.picture(film, [])
    assert share_images.version(film) == before


@pytest.mark.parametrize("status", ["hidden", "removed", "draft", "held"])
def test_a_film_that_is_not_published_has_none(client, film, status):
    was = address(film)
    if status in ("hidden", "removed"):
        verb = {"hidden": film.hide, "removed": film.remove}[status]
        verb(by=make_user(role="moderator"), reason="Added twice.")
    else:
        film = make_film("Draft", status=status)
        was = address(film)
    assert client.get(was).status_code == 404
    film.rename("another-address")
    assert client.get(was).status_code == 404


def test_a_former_address_leads_on(client, film):
    film.rename("hope-again")
    response = client.get("/films/hope-2013/card.png?v=old")
    assert (response.status_code, response.headers["Location"]) == (301, address(film))
    assert address(film).startswith("/films/hope-again/card.png?v=")
    assert client.get("/films/nothing/card.png").status_code == 404


def test_a_version_is_drawn_once(client, film, drawings):
    for _time in range(3):
        card(client, film)
    assert drawings == ["Hope"]
    film.title = "Wish"
    film.save()
    assert card(client, film).content != b""
    assert drawings == ["Hope", "Wish"]
    Country.objects.filter(code="KR").update(cinema_label="Korean cinema")
    card(client, film)
    assert drawings == ["Hope", "Wish", "Wish"]


def test_made_up_versions_draw_and_keep_nothing(client, film, drawings, monkeypatch):
    right = card(client, film)
    kept = []
    monkeypatch.setattr(caches["cards"], "set", lambda *args: kept.append(args))
    for query in ("", "?v=", "?v=1", "?v=%00", "?w=9", "?v=" + "x" * 500):
        response = client.get(f"/films/hope-2013/card.png{query}")
        assert response.content == right.content
        assert response.headers["Cache-Control"] == "public, max-age=300"
    assert (drawings, kept) == (["Hope"], [])


def test_who_has_it_is_not_sent_it_again(client, film, drawings):
    tag = card(client, film).headers["ETag"]
    again = client.get(address(film), headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag


def test_one_place_can_have_only_so_many_drawn(client, film, drawings, monkeypatch):
    monkeypatch.setattr(limits, "CARDS_A_MINUTE", 1)
    card(client, film)
    other = make_film("Other")
    assert client.get(address(other)).status_code == 429
    assert card(client, film).status_code == 200
    assert drawings == ["Hope"]


def test_a_crowd_is_asked_to_come_again(client, film, drawings):
    for _place in range(cards.AT_ONCE):
        cards.one_more.acquire()
    try:
        response = client.get(address(film))
    finally:
        for _place in range(cards.AT_ONCE):
            cards.one_more.release()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert card(client, film).status_code == 200


def test_those_who_wait_for_the_same_card_draw_it_once(rf, film, drawings):
    request, got = rf.get("/"), []
    threads = [
        Thread(target=lambda: got.append(cards.drawn(request, film, [], "key"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert len(set(got)) == 1
    assert drawings == ["Hope"]


def test_a_full_disk_shows_it_all_the_same(client, film, monkeypatch):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(caches["cards"], "set", full)
    assert card(client, film).content.startswith(b"\x89PNG")


@pytest.mark.django_db
def test_it_costs_two_queries(client, django_assert_num_queries):
    film = make_film("Three countries", countries=["KR", "FR", "JP"])
    for _drawn_then_kept in range(2):
        with django_assert_num_queries(2):
            card(client, film)
