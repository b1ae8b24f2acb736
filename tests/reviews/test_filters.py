"""What readers choose in lists of pieces: each choice, all together, and what means nothing."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews import filters
from reviews.counting import reading_minutes
from reviews.lengths import Length
from reviews.models import Review
from tests.factories import make_film, make_review, make_user

pytestmark = pytest.mark.django_db

ESSAYS = "/essays/"
FILM_ESSAYS, FILM_NOTES = "/films/hope-2013/essays/", "/films/hope-2013/notes/"


@pytest.fixture(scope="module")
def written(rows_for_all):
    """{name: piece}, all but the last on one film."""
    film, author = make_film("Hope", countries=["KR"]), make_user()
    rest = {"author": author, "film": film}
    return {
        "plain": make_review(**rest, themes=["love"]),
        "korean": make_review(**rest, language="ko", body="귤 껍질을 벗긴다. " * 130, themes=["love"]),
        "long": make_review(**rest, words=2_400),
        "telling": make_review(**rest, is_spoiler=True),
        "marked": make_review(**rest, body=f">!He dies.!< {'rain ' * 450}"),
        "note": make_review(**rest, words=60),
        "longer note": make_review(**rest, words=300),
        "telling note": make_review(**rest, words=60, is_spoiler=True),
        "korean note": make_review(**rest, language="ko", body="귤 껍질을 벗긴다. " * 20),
        "elsewhere": make_review(author, make_film("Late", countries=["IR"]), themes=["love"]),
    }  # fmt: skip


@pytest.fixture
def pieces(written):
    """The same, as they stand in the database: a test may change them."""
    found = Review.objects.in_bulk([piece.pk for piece in written.values()])
    return {name: found[piece.pk] for name, piece in written.items()}


def shown(client, pieces, address):
    """Names of the pieces that the page has."""
    response = client.get(address)
    assert response.status_code == 200, response.get("Location")
    keys = {piece.pk: name for name, piece in pieces.items()}
    return {keys[piece.pk] for piece in response.context["page"]}


def page(client, address):
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "names"),
    [
        (ESSAYS, {"plain", "korean", "long", "telling", "marked", "elsewhere"}),
        (f"{ESSAYS}?language=ko", {"korean"}),
        (f"{ESSAYS}?length=long", {"long"}),
        (f"{ESSAYS}?length=medium", set()),
        (f"{ESSAYS}?length=short", {"plain", "korean", "telling", "marked", "elsewhere"}),
        (f"{ESSAYS}?spoilers=none", {"plain", "korean", "long", "marked", "elsewhere"}),
        (f"{ESSAYS}?theme=love", {"plain", "korean", "elsewhere"}),
        (f"{ESSAYS}?country=ir", {"elsewhere"}),
        (f"{ESSAYS}?language=en&theme=love", {"plain", "elsewhere"}),
        (f"{ESSAYS}?spoilers=none&theme=love&country=kr", {"plain", "korean"}),
        (f"{ESSAYS}?language=en&length=short&spoilers=none&theme=love&country=kr", {"plain"}),
        (FILM_ESSAYS, {"plain", "korean", "long", "telling", "marked"}),
        (f"{FILM_ESSAYS}?language=ko", {"korean"}),
        (f"{FILM_ESSAYS}?length=long", {"long"}),
        (f"{FILM_ESSAYS}?language=en&length=short&spoilers=none", {"plain", "marked"}),
        (FILM_NOTES, {"note", "longer note", "telling note", "korean note"}),
        (f"{FILM_NOTES}?length=brief&spoilers=none", {"note", "korean note"}),
        (f"{FILM_NOTES}?length=short", {"longer note"}),
        (f"{FILM_NOTES}?language=ko", {"korean note"}),
    ],
)  # fmt: skip
def test_a_list_has_what_was_chosen_and_nothing_else(client, pieces, address, names):
    assert shown(client, pieces, address) == names


@pytest.mark.parametrize("few", [0, 2_000])
def test_it_is_the_same_whether_the_choice_is_rare_or_common(client, pieces, monkeypatch, few):
    monkeypatch.setattr(filters, "FEW", few)
    assert shown(client, pieces, f"{ESSAYS}?language=ko&theme=love") == {"korean"}
    assert shown(client, pieces, f"{ESSAYS}?theme=love&country=ir") == {"elsewhere"}
    assert shown(client, pieces, f"{ESSAYS}?country=ir") == {"elsewhere"}


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_what_readers_do_not_see_is_in_no_list(client, status):
    author, film = make_user(), make_film("Hope")
    make_review(author, film, status=status, language="ko", themes=["love"])
    for viewer in (None, author, make_user(role="moderator")):
        if viewer:
            client.force_login(viewer)
        for address in (f"{ESSAYS}?language=ko", f"{ESSAYS}?theme=love", f"{FILM_ESSAYS}?language=ko",
                        f"{ESSAYS}?language=ko&theme=love"):  # fmt: skip
            response = client.get(address)
            assert list(response.context["page"]) == []
            # Nor is it offered; the one chosen stands there nevertheless.
            assert [code for code, _name in response.context["languages"]] in ([], ["ko"])
    assert "한국어" not in page(client, ESSAYS)


def test_only_languages_in_which_there_is_something_are_offered(client, pieces):
    make_review(film=pieces["plain"].film, words=60, language="fi")
    make_review(language="fr")
    assert client.get(ESSAYS).context["languages"] == [
        ("en", "English"), ("fr", "French, français"), ("ko", "Korean, 한국어")
    ]  # fmt: skip
    offered = {address: [code for code, _name in client.get(address).context["languages"]]
               for address in (FILM_ESSAYS, FILM_NOTES)}  # fmt: skip
    assert offered == {FILM_ESSAYS: ["en", "ko"], FILM_NOTES: ["en", "fi", "ko"]}


def test_languages_are_found_in_order_and_once(pieces):
    assert Review.objects.published().languages() == ["en", "ko"]
    assert Review.objects.filter(word_count=77_777).languages() == []


@pytest.mark.parametrize("language", ["en", "ko", "kok", "zh-Hant", "zh", "ja", "fi"])
def test_the_database_knows_lengths_as_reading_time_does(language):
    film, author = make_film(), make_user()
    tops = {Length.BRIEF: 1, Length.SHORT: 4, Length.MEDIUM: 9, Length.LONG: 10**6}
    counts = [0, 1, 230, 231, 500, 501, 920, 921, 2_000, 2_001, 2_070, 2_071, 4_500, 4_501]
    Review.objects.bulk_create(
        Review(film=film, author=author, language=language, word_count=count, form_key=str(count))
        for count in counts
    )
    for piece in Review.objects.all():
        minutes = reading_minutes(piece.word_count, language)
        assert piece.length == next(band for band, most in tops.items() if minutes <= most)


def test_a_text_that_grows_is_found_at_its_new_length(client, pieces):
    piece = pieces["plain"]
    piece.body = "rain " * 2_400
    piece.render()
    piece.store(themes=["love"], hero=None, image_keys=[], version=piece.version)
    assert shown(client, pieces, f"{ESSAYS}?length=long") == {"long", "plain"}


def test_what_staff_label_as_telling_the_ending_is_left_out(client, pieces):
    pieces["plain"].label(by=make_user(role="moderator"), reason="It tells the end.")
    assert "plain" not in shown(client, pieces, f"{ESSAYS}?spoilers=none")


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("language=ko&length=&spoilers=&theme=&country=", "?language=ko"),
        ("theme=love&spoilers=none&language=ko", "?language=ko&spoilers=none&theme=love"),
        ("language=&length=", ""),
        ("a=1", ""),
        ("length=long&length=short", "?length=short"),
        ("spoilers=all&length=short", "?length=short&spoilers=all"),
    ],
)
def test_the_address_has_one_form(client, pieces, given, canonical):
    response = client.get(f"{ESSAYS}?{given}")
    assert response.status_code == 302
    assert response.url == f"{ESSAYS}{canonical}"
    assert client.get(response.url).status_code == 200


def test_a_film_has_no_choice_of_theme_or_country(client, pieces):
    assert client.get(f"{FILM_NOTES}?theme=love&length=brief").url == f"{FILM_NOTES}?length=brief"


@pytest.mark.parametrize("address", [ESSAYS, FILM_ESSAYS, FILM_NOTES])
def test_what_is_not_known_is_named_and_not_applied(client, pieces, address):
    everything = shown(client, pieces, address)
    for pair in ("language=klingon", "length=huge", "spoilers=all"):
        value = pair.partition("=")[2]
        assert shown(client, pieces, f"{address}?{pair}") == everything
        html = page(client, f"{address}?{pair}")
        assert f"“{value}” is not a " in html
        assert '<meta name="robots" content="noindex">' in html
        assert "Remove filter:" not in html


def test_each_filter_in_use_is_a_link_without_it(client, pieces):
    html = page(client, f"{ESSAYS}?language=ko&spoilers=none&theme=love")
    chips = re.findall(r'<li><a href="([^"]+)"><span class="visually-hidden">Remove filter:', html)
    assert chips == [
        f"{ESSAYS}?spoilers=none&amp;theme=love",
        f"{ESSAYS}?language=ko&amp;theme=love",
        f"{ESSAYS}?language=ko&amp;spoilers=none",
    ]
    assert "Essays in Korean, about love, none that tells the ending." in html


def test_nothing_found_says_so_and_leads_out(client, pieces):
    html = page(client, f"{ESSAYS}?length=medium")
    assert "No essay here is all of this" in html
    assert f'<a class="btn" href="{ESSAYS}">Start again</a>' in html
    html = page(client, f"{FILM_NOTES}?language=fi")
    assert f'<a class="btn" href="{FILM_NOTES}">Start again</a>' in html


def test_only_lists_by_theme_or_country_are_for_search_engines(client, pieces):
    noindex = '<meta name="robots" content="noindex">'
    for address in (ESSAYS, f"{ESSAYS}?theme=love", FILM_ESSAYS):
        assert noindex not in page(client, address)
    for address in (
        f"{ESSAYS}?language=ko",
        f"{FILM_ESSAYS}?length=long",
        f"{ESSAYS}?spoilers=none",
    ):
        assert noindex in page(client, address)


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize(
    "query",
    ["language=en", "language=en&spoilers=none&theme=love", "theme=love", "country=kr"],
)
def test_the_next_page_keeps_what_was_chosen(client, monkeypatch, query, few):
    monkeypatch.setattr(filters, "PAGE_SIZE", 2)
    monkeypatch.setattr(filters, "FEW", few)
    author, film = make_user(), make_film(countries=["KR"])
    written = [make_review(author, film, themes=["love"]).pk for _ in range(5)]
    make_review(author, film, language="ko", is_spoiler=True)
    seen, address = [], f"{ESSAYS}?{query}"
    while address:
        response = client.get(address)
        assert response.status_code == 200
        seen += [piece.pk for piece in response.context["page"] if piece.pk in written]
        position = response.context["page"].next
        address = position and f"{response.context['base']}{position}"
        assert response.context["base"] == f"{ESSAYS}?{query}&after="
    assert seen == written[::-1]


def test_a_place_stays_good_when_a_rare_choice_becomes_common(client, monkeypatch):
    monkeypatch.setattr(filters, "PAGE_SIZE", 1)
    pieces = [make_review(language="ko", body="귤 껍질. " * 300, themes=["love"]) for _ in range(3)]
    response = client.get(f"{ESSAYS}?language=ko&theme=love")
    monkeypatch.setattr(filters, "FEW", 0)
    response = client.get(response.context["base"] + response.context["page"].next)
    assert not response.context["is_lost"]
    assert [piece.pk for piece in response.context["page"]] == [pieces[1].pk]


def test_a_lost_place_is_the_beginning(client, pieces):
    response = client.get(f"{ESSAYS}?language=ko&after=nonsense")
    assert [piece.pk for piece in response.context["page"]] == [pieces["korean"].pk]
    assert "That place in the list is not known." in response.content.decode()


@pytest.mark.parametrize("address", [
    f"{ESSAYS}?language=en&length=short&spoilers=none&theme=love&country=kr",
    f"{FILM_ESSAYS}?language=en&length=short&spoilers=none", f"{FILM_NOTES}?language=en&length=brief",
])  # fmt: skip
def test_the_number_of_queries_stays_small(client, pieces, address):
    client.get(address)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
        for _ in range(8):
            make_review(film=pieces["plain"].film, themes=["love"])
            make_review(film=pieces["plain"].film, words=60)
    assert counts[0] == counts[1] <= 12


def test_pages_lead_to_the_choices(client, pieces):
    assert f'href="{ESSAYS}?spoilers=none"' in page(client, "/")
    assert f'href="{ESSAYS}?spoilers=none&amp;theme=love"' in page(client, "/themes/love/")
    film = page(client, "/films/hope-2013/")
    assert f'href="{FILM_ESSAYS}"' in film
    assert "2 to 4 minutes" in page(client, "/formulas/")


def test_months_are_those_of_the_readers_zone(client):
    make_review(published_at=datetime(2026, 2, 28, 20, tzinfo=UTC))
    assert ">February 2026<" in client.get("/essays/").content.decode()
    client.force_login(make_user(time_zone="Asia/Seoul"))
    page = client.get("/essays/").content.decode()
    assert ">March 2026<" in page
    assert "February 2026" not in page
