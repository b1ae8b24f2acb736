"""Several times the same film: the thread, what the dates say, and what its writer says."""

import re
from datetime import UTC, date, datetime

import pytest

from reviews.again import thread_of
from reviews.models import Review, Viewing
from tests.factories import make_film, make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return make_user("writer")


@pytest.fixture
def film():
    return make_film("Secret Sunshine")


@pytest.fixture
def write(writer, film):
    def write_piece(seen="", at=None, **fields):
        if seen:
            parts = [int(part) for part in seen.split("-")]
            fields["seen_on"] = date(*parts, *[1] * (3 - len(parts)))
            fields["seen_precision"] = ["year", "month", "day"][len(parts) - 1]
        fields["published_at"] = datetime(*at, tzinfo=UTC) if at else None
        return make_review(writer, film, **fields)

    return write_piece


def tabs(client, piece):
    """[(label, whether it is this page)] of the thread; and what the byline says."""
    html = client.get(piece.get_absolute_url()).content.decode()
    nav = re.search(r'<nav class="again.*?</nav>', html, re.DOTALL)
    found = re.findall(r'<a href="[^"]+"( aria-current="page")?>([^<]+)</a>', nav[0] if nav else "")
    seen = re.search(r"<span>(Seen [^<]*)</span>", html)
    return [(label, bool(here)) for here, label in found], seen and seen[1]


def labels(client, piece):
    return [label for label, _here in tabs(client, piece)[0]]


def test_a_first_time_and_another(client, write):
    first, again = write("2014"), write("2026-03")
    assert tabs(client, again) == (
        [("First seen, 2014", False), ("Again, 2026", True)],
        "Seen again March 2026",
    )
    assert tabs(client, first)[1] == "Seen 2014"


def test_one_piece_is_no_thread(client, write):
    assert tabs(client, write("2014")) == ([], "Seen 2014")
    assert tabs(client, make_review()) == ([], None)


def test_the_thread_follows_what_is_told_and_not_when_it_was_written(client, write):
    write("2020", at=(2020, 5, 1))
    early = write("1998", at=(2026, 1, 1))
    assert labels(client, early) == ["First seen, 1998", "Again, 2020"]


def test_a_note_between_stands_in_the_thread(client, write):
    write("2014")
    note = write("2019", words=40)
    last = write("2026")
    expected = ["First seen, 2014", "Again, 2019", "Again, 2026"]
    assert labels(client, note) == labels(client, last) == expected


def test_two_in_one_year_are_told_apart(client, write):
    write("2014-02-03")
    piece = write("2014-05")
    write("2014-05")
    write(at=(2014, 7, 9))
    expected = [
        "First seen, 3 February 2014", "Again, May 2014", "Again, May 2014 (2)", "Again, July 2014",
    ]  # fmt: skip
    assert labels(client, piece) == expected


def test_two_pieces_on_one_evening_are_both_of_the_first_time(client, write):
    piece, note = write("2014-02-03"), write("2014-02-03", words=40)
    assert labels(client, piece) == [
        "First seen, 3 February 2014",
        "First seen, 3 February 2014 (2)",
    ]
    assert tabs(client, note)[1] == "Seen 3 February 2014"


def test_a_year_goes_before_a_day_of_it(client, write):
    write("2014-03-09")
    piece = write("2014")
    assert labels(client, piece) == ["First seen, 2014", "Again, 9 March 2014"]


def test_the_writer_says_otherwise(client, write):
    old_love = write("2026", seen_as="again")
    assert tabs(client, old_love) == ([], "Seen again 2026")
    other = write("2027", seen_as="first")
    assert labels(client, other) == ["Again, 2026", "First seen, 2027"]
    undated = write(seen_as="again", words=40)
    assert tabs(client, undated)[1] == "Seen again"


def test_the_diary_knows_of_an_earlier_time_if_it_is_for_everybody(client, write, writer, film):
    Viewing.objects.see(film, by=writer, seen_on=date(2009, 1, 1), precision="year")
    piece = write("2014")
    assert tabs(client, piece)[1] == "Seen again 2014"
    writer.shows_diary = False
    writer.save()
    assert tabs(client, piece)[1] == "Seen 2014"


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_what_others_may_not_read_is_no_part_of_it(client, write, writer, status):
    first, gone = write("2014"), write("2019", status=status)
    last = write("2026")
    expected = ["First seen, 2014", "Again, 2026"]
    for reader in (None, writer, make_user(role="moderator")):
        if reader:
            client.force_login(reader)
        assert labels(client, first) == labels(client, last) == expected
    if status in ("held", "hidden"):
        client.force_login(writer)
        assert labels(client, gone) == []


def test_a_piece_that_waits_from_the_start_has_a_page(client, writer, film):
    piece = make_review(writer, film, status="draft", seen_as="again")
    piece.hold(by=make_user(role="moderator"), reason="x")
    assert thread_of(piece).turns == []
    client.force_login(writer)
    assert client.get(piece.get_absolute_url()).status_code == 200


def test_the_diary_says_the_same_as_the_piece(client, write, writer, film):
    write("2026-03-14", seen_as="again")
    row = writer.viewings.get()
    assert row.seen_as == "again"
    page = client.get(f"{writer.get_absolute_url()}diary/").content.decode()
    assert "1 film, 1 of them again." in page
    piece = Review.objects.get()
    piece.seen_as = ""
    piece.save()
    piece.let_count()
    row.refresh_from_db()
    assert row.seen_as == ""
    page = client.get(f"{writer.get_absolute_url()}diary/").content.decode()
    assert "of them again" not in page


def test_what_is_said_of_a_time_is_brought_back_with_it(writer, film):
    see = Viewing.objects.see
    see(film, by=writer, seen_on=date(2026, 3, 14), precision="day", seen_as="again")
    state = Viewing.objects.state(film, by=writer)
    Viewing.objects.forget(film, by=writer)
    Viewing.objects.bring_back(film, by=writer, state=state)
    assert writer.viewings.get().seen_as == "again"
    see(film, by=writer, seen_on=date(2026, 3, 14), precision="day")
    assert writer.viewings.get().seen_as == "again"


def test_the_form_asks_which_time_it_was(client, writer, film):
    client.force_login(writer)
    given = {"film": film.slug, "title": "Once more", "body": "rain " * 40, "language": "en",
             "text_license": "CC0-1.0", "seen_year": "2026", "seen_as": "again",
             "publish": "1", "form_key": "a" * 20}  # fmt: skip
    refused = client.post("/write/", given | {"seen_as": "thrice"})
    assert refused.status_code == 422
    assert "rain rain" in refused.content.decode()
    assert client.post("/write/", given | {"version": "1"}).status_code == 302
    piece = Review.objects.get()
    assert (piece.seen_as, piece.status) == ("again", "published")
    edit = client.get(f"/write/{piece.pk}/").content.decode()
    assert '<option value="again" selected>Again</option>' in edit


def test_the_thread_is_bounded_and_holds_the_page_that_is_read(client, write, monkeypatch):
    monkeypatch.setattr("reviews.again.MOST", 2)
    write("2010"), write("2011"), write("2012")
    last = write("2013")
    assert labels(client, last) == ["First seen, 2010", "Again, 2011", "Again, 2013"]
