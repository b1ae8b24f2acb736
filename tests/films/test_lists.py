"""What browse finds, as JSON, CSV and a feed."""

import csv
import io
import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from films.models import Film
from tests.factories import make_country, make_film, make_review, make_user

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
COMBINED = "theme=family&country=france&country=south-korea&from=2000&to=2009"
ADDRESSES = ("/films.json", "/films.csv", "/films.rss")
CANARY = "Quicksilver"


@pytest.fixture(scope="module")
def library(rows_for_all):
    make_country("KR", "South Korea", slug="south-korea")
    make_country("FR", "France", slug="france")
    make_film("Weak", 2001, themes=["war", "love", "family"])
    make_film("Hope", 2003, countries=["KR", "FR"], themes=["family"],
              original_title="소원", original_language="ko")  # fmt: skip
    make_film("Too late", 2013, themes=["family"])
    make_film("Elsewhere", 2003, countries=["JP"], themes=["family"])


def get(client, address):
    response = client.get(address)
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    assert response.headers["X-Robots-Tag"] == "noindex"
    return response


def read_json(client, address):
    return json.loads(get(client, address).content)


def read_csv(client, address):
    return list(csv.DictReader(io.StringIO(get(client, address).content.decode())))


def read_feed(client, address):
    response = get(client, address)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    return list(ElementTree.fromstring(response.content).iter("item"))


def on_page(client, address):
    html = client.get(address).content.decode()
    return [SITE + to for to in re.findall(r'<p class="name"><a href="(/films/[^"]+)"', html)]


@pytest.mark.parametrize(
    "query", ["", COMBINED, f"{COMBINED}&sort=oldest", "theme=family&sort=title"]
)
def test_the_same_films_in_the_same_order_as_on_the_page(client, library, query):
    wanted = on_page(client, f"/films/?{query}")
    assert wanted
    found = read_json(client, f"/films.json?{query}")
    assert [film["address"] for film in found["films"]] == wanted
    assert (found["count"], found["is_exact"], found["notices"]) == (len(wanted), True, [])
    assert [film["address"] for film in read_csv(client, f"/films.csv?{query}")] == wanted


def test_a_film_comes_with_its_facts(client, library):
    make_review(film=Film.objects.get(title="Hope"))
    found = read_json(client, f"/films.json?{COMBINED}")
    facts = {
        "title": "Hope",
        "original_title": "소원",
        "original_language": "ko",
        "year": 2003,
        "address": f"{SITE}/films/hope-2003/",
        "countries": ["KR", "FR"],
        "essays": 1,
        "notes": 0,
    }
    assert facts in found["films"]
    assert found["page"] == f"{SITE}/films/?{COMBINED}"
    row = {name: str(value) for name, value in facts.items()} | {"countries": "KR FR"}
    assert row in read_csv(client, f"/films.csv?{COMBINED}")


def test_the_feed_has_the_same_films_the_last_written_about_first(client, library):
    make_review(film=Film.objects.get(title="Weak"), words=60)
    items = read_feed(client, f"/films.rss?{COMBINED}")
    assert [item.findtext("title") for item in items] == ["Weak (2001)", "Hope (2003)"]
    links = [item.findtext("link") for item in items]
    assert set(links) == set(on_page(client, f"/films/?{COMBINED}"))
    assert links == [item.findtext("guid") for item in items]
    assert items[0].findtext("pubDate")
    assert items[1].find("pubDate") is None
    text = client.get(f"/films.rss?{COMBINED}").content.decode()
    assert f'href="{SITE}/films.rss?{COMBINED}"'.replace("&", "&amp;") in text
    assert f"<link>{SITE}/films/?{COMBINED}</link>".replace("&", "&amp;") in text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("raw", "canonical"),
    [("country=KR&theme=Family", "?theme=family&country=south-korea"), ("q=", ""),
     ("decade=2000&theme=family", "?theme=family&from=2000&to=2009")],
)  # fmt: skip
def test_any_other_spelling_leads_to_the_canonical_address(
    client, library, address, raw, canonical
):
    response = client.get(f"{address}?{raw}")
    assert (response.status_code, response.headers["Location"]) == (302, address + canonical)


def test_a_feed_has_one_address_in_any_order_and_at_any_place(client, library):
    response = client.get("/films.rss?theme=family&sort=title&after=x")
    assert response.headers["Location"] == "/films.rss?theme=family"


def pages_of(client, address, following):
    while address:
        response = get(client, address)
        yield response
        address = following(response)


def test_next_leads_to_the_end_and_previous_back(client, monkeypatch):
    monkeypatch.setattr("films.finding.PAGE_SIZE", 8)
    for number in range(20):
        make_film(f"Film {number:02}", themes=["family"])
    start = "/films.json?theme=family&sort=title"
    responses = pages_of(client, start, lambda response: response.json()["next"])
    pages = [response.json() for response in responses]
    wanted = [f"Film {number:02}" for number in range(20)]
    assert [film["title"] for page in pages for film in page["films"]] == wanted
    assert [page["count"] for page in pages] == [20, 20, 20]
    assert pages[0]["previous"] is None
    back = client.get(pages[2]["previous"]).json()
    assert back["films"] == pages[1]["films"]

    def linked(response):
        found = re.search(r'<([^>]+)>; rel="next"', response.headers.get("Link", ""))
        return found and found[1]

    tables = pages_of(client, start.replace("json", "csv"), linked)
    rows = [row for t in tables for row in csv.DictReader(io.StringIO(t.content.decode()))]
    assert [row["title"] for row in rows] == wanted


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_means_nothing_is_left_out_said_and_kept_by_nobody(client, library, address):
    response = get(client, f"{address}?theme=family&theme=unheard-of&country=france")
    assert "no-store" in response.headers["Cache-Control"]
    assert "hope-2003" in response.content.decode()
    if address == "/films.json":
        [notice] = response.json()["notices"]
        assert "“unheard-of” is not a theme" in notice
    kept = get(client, f"{address}?theme=family&country=france")
    assert "no-store" not in kept.headers.get("Cache-Control", "")
    assert kept.headers["ETag"]


@pytest.mark.parametrize("address", ["/films.json", "/films.csv"])
def test_a_place_that_is_lost_is_the_beginning(client, library, address):
    response = get(client, f"{address}?theme=family&after=forged")
    assert "no-store" in response.headers["Cache-Control"]
    assert "hope-2003" in response.content.decode()
    if address == "/films.json":
        assert "no longer known" in response.json()["notices"][0]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_only_published_films_are_given(client, library, address, status):
    at = timezone.now() if status == "deleted" else None
    Film.objects.filter(title="Hope").update(status=status, deleted_at=at)
    for query in ("", f"?{COMBINED}", "?q=hope", "?sort=title"):
        assert "hope-2003" not in client.get(address + query, follow=True).content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_who_wrote_what_is_in_it(client, library, address):
    film = Film.objects.get(title="Hope")
    author = make_user(f"{CANARY.lower()}1", display_name=CANARY)
    make_review(author, film, title=CANARY, body=f"rain >!{CANARY}!< " * 400)
    assert CANARY.lower() not in get(client, address).content.decode().lower()


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_a_cell_is_no_formula(client, first):
    make_film(f"{first}1+2", original_title=f"{first}SUM(A1)")
    [row] = read_csv(client, "/films.csv")
    assert (row["title"], row["original_title"]) == (f"'{first}1+2", f"'{first}SUM(A1)")


def test_control_characters_are_left_out(client):
    make_film("Bell", original_title="Cloche")
    Film.objects.update(title="B\x07ell\ufffe <b>", original_title="\x0b=Cloche <b>")
    [item] = read_feed(client, "/films.rss")
    assert item.findtext("title") == "Bell <b> (2013)"
    assert item.findtext("description").startswith("=Cloche &lt;b&gt;, ")
    assert read_csv(client, "/films.csv")[0]["original_title"] == "'=Cloche <b>"
    assert read_json(client, "/films.json")["films"][0]["title"] == "Bell <b>"


def test_nothing_found_is_an_empty_list(client):
    found = read_json(client, "/films.json?from=1901")
    assert (found["films"], found["count"], found["next"]) == ([], 0, None)
    assert read_csv(client, "/films.csv?from=1901") == []
    assert read_feed(client, "/films.rss?from=1901") == []


def test_the_page_leads_to_them_at_its_own_place(client):
    for number in range(30):
        make_film(f"Film {number:02}", themes=["family"])
    first = client.get("/films/?theme=family&sort=title").content.decode()
    following = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    page = client.get(following).content.decode()
    types = {"application/json": "json", "text/csv": "csv", r"application/rss\+xml": "rss"}
    for kind, name in types.items():
        to = unescape(
            re.search(rf'<link rel="alternate" type="{kind}"[^>]* href="([^"]+)"', page)[1]
        )
        assert get(client, to).status_code == 200
        assert page.count(f'href="/films.{name}?theme=family') == 2
        if name == "json":
            assert [f["address"] for f in read_json(client, to)["films"]] == on_page(
                client, following
            )


@pytest.mark.parametrize("address", ADDRESSES)
def test_thirty_films_ask_as_often_as_three(
    client, library, address, django_assert_max_num_queries
):
    counts = []
    for total in (0, 27):
        for _ in range(total):
            make_film(year=2003, themes=["family"])
        with django_assert_max_num_queries(6) as seen:
            get(client, f"{address}?{COMBINED}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_they_are_read_only(client, address, method):
    assert getattr(client, method)(address).status_code == 405
