"""Each long list is read off an index in its order: nothing is sorted, however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_comment, make_film, make_review, make_user
from tests.plans import plan_of, sorts, statements_of

# PostgreSQL takes whichever index is cheapest at the size at hand: of a dozen rows, any.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables"),
]

FILM = "/films/hope-2013/"


@pytest.fixture(scope="module")
def site(rows_for_all):
    film = make_film("Hope", themes=("injustice", "love"), directors=["Park Chan-wook"])
    writer = make_user("mina")
    for number in range(3):
        essay = make_review(writer, film, title=f"Essay {number}", themes=["injustice"])
        make_review(writer, film, words=60)
        make_comment(essay)
        make_film(f"Other {number}", themes=("injustice", "love"))
    moderator, other = make_user(role="moderator"), make_user()
    for _ in range(12):
        make_review(other, film, words=60).hold(by=moderator, reason="For now.")


@pytest.mark.parametrize(
    ("address", "indexes"),
    [
        ("/", {"review_newest", "film_last_written", "theme_most_films"}),
        (FILM, {"review_of_film", "themelisting_strongest"}),
        (f"{FILM}essays/", {"review_of_film"}),
        (f"{FILM}notes/", {"review_of_film"}),
        ("/essays/", {"review_newest"}),
        ("/essays/?language=en", {"review_newest_in_language"}),
        ("/essays/?length=short", {"review_newest_of_length"}),
        ("/essays/?language=en&length=short", {"review_newest_language_length"}),
        ("/essays/?language=en&length=short&spoilers=none", {"review_newest_language_length"}),
        ("/essays/?spoilers=none", {"review_newest"}),
        ("/essays/?theme=injustice", {"reviewtheme_newest"}),
        ("/essays/?spoilers=none&theme=injustice", {"reviewtheme_newest"}),
        ("/essays/?language=en&theme=injustice", {"review_newest_in_language"}),  # few: they lead
        (f"{FILM}essays/?language=en", {"review_of_film_in_language"}),
        (f"{FILM}essays/?language=en&length=short", {"review_of_film_in_language"}),
        (f"{FILM}notes/?length=brief", {"review_of_film"}),
        (f"{FILM}notes/?length=brief&spoilers=none", {"review_of_film"}),
        ("/essays/essay-0/", {"comment_thread"}),
        ("/themes/injustice/", {"themelisting_strongest", "reviewtheme_newest"}),
        ("/members/mina/", {"review_of_author"}),
        ("/films/?sort=lasting", {"film_lasting"}),
        ("/log/", {"action_newest", "user_staff"}),
        ("/log/1/", {"action_target"}),
    ],
)
def test_lists_are_read_off_their_index_without_sorting(client, site, address, indexes):
    plans = [plan_of(sql) for sql in statements_of(client, address)]
    walked = {index for index in indexes for plan in plans if index in plan and not sorts(plan)}
    assert walked == indexes, "\n".join(plans)


@pytest.mark.parametrize(
    "address",
    [
        "/members/mina/",
        FILM,
        f"{FILM}feed/",
        "/members/mina/feed/",
        "/people/park-chan-wook/",
        f"{FILM}essays/",
        f"{FILM}essays/?language=en&length=short&spoilers=none",
        f"{FILM}notes/?length=brief",
        f"{FILM}notes/?spoilers=none",
        "/essays/?country=kr",
        "/essays/?theme=injustice&country=kr",
    ],
)
def test_what_is_of_one_member_or_film_is_not_looked_for_among_all(client, site, address):
    """An index in the order of dates would be walked until enough of theirs have come by."""
    plans = [plan_of(sql) for sql in statements_of(client, address) if " found(" not in sql]
    assert not [plan for plan in plans if "review_newest" in plan]


def test_no_pieces_of_a_member_are_sorted(client, site):
    plans = [plan_of(sql) for sql in statements_of(client, "/members/mina/")]
    pieces = [plan for plan in plans if "review_of_author" in plan]
    assert len(pieces) == 4
    assert not [plan for plan in pieces if sorts(plan)]


@pytest.mark.parametrize(
    ("address", "steps"),
    [
        ("/essays/", " (status=? AND kind=? AND language>?)"),
        (f"{FILM}essays/", "review_of_film_in_language (film_id=? AND status=? AND kind=? AND language>?)"),
    ],
)  # fmt: skip
def test_languages_to_choose_from_are_read_in_steps(client, site, address, steps):
    (sql,) = [sql for sql in statements_of(client, address) if " found(" in sql]
    assert steps in plan_of(sql)
    assert not sorts(plan_of(sql))


def test_a_common_choice_lets_the_theme_lead(client, site, monkeypatch):
    monkeypatch.setattr("reviews.filters.FEW", 0)
    plans = [plan_of(s) for s in statements_of(client, "/essays/?language=en&theme=injustice")]
    assert [p for p in plans if "reviewtheme_newest" in p and not sorts(p)]
    assert not [p for p in plans if "review_newest" in p and " found" not in p]


@pytest.mark.parametrize("address", ["/log/", "/films/?theme=injustice&theme=love"])
def test_rows_that_are_known_by_key_are_fetched_by_key(client, site, address):
    """SQLite prefers any index on a status to two dozen keys."""
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    asked = [query["sql"] for query in seen.captured_queries if '"id" IN (' in query["sql"]]
    assert asked
    assert [plan for plan in map(plan_of, asked) if "PRIMARY KEY (rowid=?)" not in plan] == []


def test_a_search_reads_the_words_of_a_row_by_its_key(client, site):
    (sql,) = [sql for sql in statements_of(client, "/search/?q=hope") if "held_films" in sql]
    plan = plan_of(sql)
    assert plan.count("films_filmindex_content USING INTEGER PRIMARY KEY (rowid=?)") == 3
    assert "SEARCH films_film USING COVERING INDEX film_most_written" in plan


@pytest.mark.parametrize("address", ["/countries/kr/", "/people/park-chan-wook/"])
def test_of_a_film_with_many_essays_the_newest_are_read_off_its_index(
    client, site, monkeypatch, address
):
    monkeypatch.setattr("films.profiles.ESSAYS_SORTED", 2)
    plans = [plan_of(sql) for sql in statements_of(client, address)]
    assert [plan for plan in plans if "review_of_film" in plan and not sorts(plan)]


def test_the_picture_of_a_file_is_found_by_the_file_s_name(client, site):
    with CaptureQueriesContext(connection) as seen:
        client.get("/media/images/ab/cd-640.webp")
    (plan,) = [plan_of(q["sql"]) for q in seen.captured_queries if "derivatives" in q["sql"]]
    assert "image_of_file (files_begin=? AND status=?)" in plan
    assert not sorts(plan)


def test_files_of_a_sitemap_are_found_by_ranges_of_keys(client, site):
    """An index on a status would be read to its end for every range."""
    asked = [sql for sql in statements_of(client, "/sitemap.xml") if "WITH RECURSIVE pages" in sql]
    plans = [plan_of(sql) for sql in asked]
    assert len(plans) == 7
    assert [p for p in plans if "PRIMARY KEY (rowid>? AND rowid<?)" not in p or sorts(p)] == []
