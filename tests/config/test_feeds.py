from xml.etree import ElementTree

import pytest

from reviews.models import Review
from tests.factories import make_country, make_film, make_review, make_user

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
CANARY = "Quicksilver"
FEEDS = [
    "/feed/",
    "/films/hope-2013/feed/",
    "/themes/injustice/feed/",
    "/countries/south-korea/feed/",
    "/members/mina/feed/",
]


@pytest.fixture
def film():
    make_country("KR", "South Korea")
    return make_film("Hope", themes=["injustice"])


@pytest.fixture
def mina():
    return make_user("mina", display_name="Mina & Co")


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


@pytest.mark.parametrize("address", FEEDS)
def test_what_is_new_is_told_newest_first_with_its_author_and_address(client, film, mina, address):
    make_review(mina, film, title="Before", themes=["injustice"], lead="I went alone.")
    make_review(mina, film, title="After <b>", themes=["injustice"])
    feed = read(client, address)
    assert titles(feed) == ["After <b>", "Before"]
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://testserver{address}"
    entry = feed.findall(f"{ATOM}entry")[1]
    assert entry.findtext(f"{ATOM}id") == "http://testserver/essays/before/"
    assert entry.find(f"{ATOM}link").get("href") == "http://testserver/essays/before/"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Mina & Co"
    assert entry.findtext(f"{ATOM}summary") == "I went alone."
    assert entry.findtext(f"{ATOM}published").startswith("20")


@pytest.mark.parametrize("address", FEEDS)
def test_the_page_of_a_feed_names_it(client, film, mina, address):
    make_review(mina, film)
    page = client.get(address.removesuffix("feed/")).content.decode()
    assert 'type="application/atom+xml" title="' in page
    assert f'href="{address}"' in page


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
@pytest.mark.parametrize("address", FEEDS)
def test_what_is_not_public_is_in_no_feed(client, film, mina, address, status):
    make_review(mina, film, title="Kept back", themes=["injustice"], status=status)
    assert titles(read(client, address)) == []


@pytest.mark.parametrize("address", FEEDS)
def test_no_feed_gives_a_film_away(client, film, mina, address):
    body = f"rain >!{CANARY}!< " * 400
    make_review(mina, film, title="Marked", themes=["injustice"], body=body)
    body = f"{CANARY} " * 450
    make_review(mina, film, title="Whole", themes=["injustice"], body=body, is_spoiler=True)
    assert len(titles(read(client, address))) == 2
    assert CANARY not in client.get(address).content.decode()


SAID = "Then <img src=x onerror=alert(1)> and a < b &amp; c"
ESCAPED = "Then &lt;img src=x onerror=alert(1)&gt; and a &lt; b &amp;amp; c"


@pytest.mark.parametrize("address", [*FEEDS, "/log/feed/"])
def test_a_summary_is_text_and_no_markup(client, film, mina, address):
    """Its type is html: who reads the feed takes one layer of escaping off."""
    piece = make_review(mina, film, lead=SAID, themes=["injustice"])
    moderator = make_user(role="moderator")
    piece.hold(by=moderator, reason=SAID)
    piece.restore(by=moderator, reason=SAID)
    summaries = list(read(client, address).iter(f"{ATOM}summary"))
    assert summaries
    for summary in summaries:
        assert (summary.get("type"), summary.text) == ("html", ESCAPED)


def test_notes_are_in_the_feeds_of_their_film_and_author_only(client, film, mina):
    make_review(mina, film, words=30)
    assert titles(read(client, "/films/hope-2013/feed/")) == ["On Hope"]
    assert titles(read(client, "/members/mina/feed/")) == ["On Hope"]
    assert titles(read(client, "/feed/")) == []


def test_what_xml_cannot_write_is_left_out(client, film, mina):
    piece = make_review(mina, film, title="Bell")
    Review.objects.filter(pk=piece.pk).update(title="B\x07ell\ufffe", lead="a\x0bb")
    assert titles(read(client, "/feed/")) == ["Bell"]


def test_a_feed_that_has_not_changed_is_not_sent_again(client, film, mina):
    make_review(mina, film, title="Before")
    tag = client.get("/feed/").headers["ETag"]
    again = client.get("/feed/", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    make_review(mina, film, title="After")
    assert client.get("/feed/", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/films/no/feed/", "/themes/no/feed/", "/countries/no/feed/", "/members/no/feed/"]
)
def test_there_is_no_feed_of_what_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_the_feed_of_a_renamed_film_moves_with_it(client, film):
    film.rename("hope-again")
    response = client.get("/films/hope-2013/feed/")
    assert response.status_code == 301
    assert response.headers["Location"] == "/films/hope-again/feed/"


def test_the_log_is_told_without_what_was_taken_away(client, film, mina):
    moderator = make_user("zenon", role="moderator")
    make_review(mina, film, title="My neighbour").hide(by=moderator, reason="It names somebody.")
    piece = make_review(mina, film, title="Standing")
    piece.hide(by=moderator, reason="For now.")
    piece.restore(by=moderator, reason="Mended.")
    feed = read(client, "/log/feed/")
    assert len(titles(feed)) == 3
    assert "Restored: an essay or note, Standing" in titles(feed)[0]
    text = client.get("/log/feed/").content.decode()
    assert "It names somebody." in text
    assert "My neighbour" not in text
    assert 'href="/log/feed/"' in client.get("/log/").content.decode()


@pytest.mark.parametrize("address", [*FEEDS, "/log/feed/"])
def test_a_feed_costs_the_same_few_queries_at_any_length(
    client, film, mina, address, django_assert_max_num_queries
):
    for _ in range(6):
        make_review(mina, film, themes=["injustice"])
    with django_assert_max_num_queries(4):
        response = client.get(address)
    assert response.status_code == 200
