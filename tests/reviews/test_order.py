from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from films.models import Theme
from reviews import order
from reviews.lengths import band_of
from reviews.models import Mark, Review, ReviewTheme
from tests.factories import make_film, make_review, make_user
from tests.plans import plan_of, sorts, statements_of

AT = datetime(2026, 3, 8, 12, tzinfo=UTC)
DAY = 24


def terms(**changes):
    given = {"useful": 0, "stayed": 0, "words": 450, "language": "en", "published_at": AT}
    return order.terms(**given | changes)


# The formula


def test_a_later_essay_stands_before_an_earlier_one():
    assert terms(published_at=AT + timedelta(hours=1)).rank == terms().rank + 1


@pytest.mark.parametrize(
    ("useful", "stayed", "days"), [(0, 0, 0), (1, 0, 120), (0, 1, 190), (1, 1, 240), (41, 128, 986)]
)
def test_each_doubling_of_marks_is_worth_the_same(useful, stayed, days):
    assert round(terms(useful=useful, stayed=stayed).marks / DAY) == days


def test_marks_never_do_harm_and_each_one_adds_less():
    ranks = [terms(stayed=n).rank for n in range(30)]
    steps = [after - before for before, after in pairwise(ranks)]
    assert min(steps) > 0
    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize(
    ("words", "language", "days"),
    [(400, "en", 0), (920, "en", 0), (921, "en", 30), (2_071, "en", 45), (921, "ko", 0), (4_501, "ja", 45)],
)  # fmt: skip
def test_length_counts_by_reading_time(words, language, days):
    assert terms(words=words, language=language).length == days * DAY


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ko", "zh-Hant", "kok"])
@pytest.mark.parametrize("words", [0, 230, 231, 500, 501, 920, 2_000, 2_001, 2_070, 2_071, 4_501])
def test_the_band_is_the_one_that_the_database_works_out(words, language):
    piece = make_review(words=10)
    Review.objects.filter(pk=piece.pk).update(word_count=words, language=language)
    assert Review.objects.get(pk=piece.pk).length == band_of(words, language)


# The place of a new one


def test_a_new_essay_has_the_second_place():
    assert order.seated([1, 2, 3, 4], [9], AT, 4) == [1, 9, 2, 3]


def test_one_that_stands_there_anyway_takes_no_second_place():
    assert order.seated([1, 2, 3, 4], [3], AT, 4) == [1, 2, 3, 4]


def test_several_take_turns_by_the_hour():
    guests = [order.seated([1, 2, 3, 4], [8, 9], AT + timedelta(hours=n), 4)[1] for n in range(4)]
    assert set(guests) == {8, 9}
    assert guests[0] != guests[1]


def test_a_list_that_is_not_full_shows_all_by_rank():
    assert order.seated([1, 2], [2], AT, 4) == [1, 2]


# Stored, and kept right


@pytest.fixture
def film():
    return make_film("Hope", themes=["injustice"])


def aged(film, days, **more):
    return make_review(film=film, published_at=timezone.now() - timedelta(days=days),
                       themes=["injustice"], **more)  # fmt: skip


def shown(client, address):
    cache.clear()
    page = client.get(address).content.decode()
    section = page.partition('id="essays"')[2].partition("</ul>")[0]
    return [part.partition("</a>")[0].rpartition(">")[2] for part in section.split("<h3")[1:]]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/films/hope-2013/", "/themes/injustice/"])
def test_lists_open_on_the_formula_with_a_place_for_a_new_one(client, film, address):
    loved = aged(film, 400, title="Loved")
    for _ in range(15):
        Mark.objects.give(loved, by=make_user(), kind="stayed")
    for number in range(4):
        liked = aged(film, 300 + number, title=f"Liked {number}")
        for _ in range(3):
            Mark.objects.give(liked, by=make_user(), kind="stayed")
    new = aged(film, 6, title="New")
    assert shown(client, address) == ["Loved", "New", "Liked 0", "Liked 1"]
    Review.objects.filter(pk=new.pk).update(published_at=timezone.now() - timedelta(days=8))
    ReviewTheme.objects.filter(content_object=new).update(
        listed_at=timezone.now() - timedelta(days=8)
    )
    assert shown(client, address) == ["Loved", "Liked 0", "Liked 1", "Liked 2"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/films/hope-2013/", "/themes/injustice/"])
def test_each_of_many_new_ones_has_its_hour(client, film, address, time_machine):
    for number in range(4):
        liked = aged(film, 300 + number)
        for _ in range(3):
            Mark.objects.give(liked, by=make_user(), kind="stayed")
    new = {aged(film, 1, title=f"New {number}").title for number in range(14)}
    start, seen = timezone.now(), set()
    for hour in range(14):
        time_machine.move_to(start + timedelta(hours=hour), tick=False)
        seen |= set(shown(client, address))
    assert new <= seen


@pytest.mark.django_db
def test_pages_say_how_many_new_ones_take_turns(client, film):
    new = aged(film, 1, title="New")
    for address in ("/formulas/", reverse("reviews:essay_why", args=[new.slug])):
        assert f"the {order.MOST_NEW} newest take turns" in client.get(address).content.decode()


@pytest.mark.django_db
def test_the_rank_follows_marks_length_and_status(film):
    essay = aged(film, 100)
    before = essay.rank
    assert before == essay.terms().rank
    Mark.objects.give(essay, by=make_user(), kind="useful")
    essay.refresh_from_db()
    assert essay.rank == before + 120 * DAY
    essay.body = "rain " * 1_000
    essay.render()
    essay.store(themes=["injustice"], hero=None, image_keys=[], version=essay.version)
    essay.refresh_from_db()
    row = essay.review_themes.get()
    assert essay.rank == row.rank == before + 150 * DAY
    essay.hide(by=make_user(role="moderator"), reason="For now.")
    row.refresh_from_db()
    assert row.rank is None
    call_command("recount", "--check")


@pytest.mark.django_db
def test_notes_have_no_place_among_the_essays_of_a_theme(film):
    note = aged(film, 3, words=60)
    assert note.review_themes.get().rank is None
    assert Theme.objects.get(name="injustice").review_themes.essays_in_order(4) == []


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["rank", "useful_count", "stayed_count", "answer_count"])
def test_recount_finds_and_mends_what_is_wrong(film, field):
    essay = aged(film, 3)
    right = getattr(essay, field)
    Review.objects.filter(pk=essay.pk).update(**{field: right + 7})
    with pytest.raises(SystemExit):
        call_command("recount", "--check")
    call_command("recount")
    essay.refresh_from_db()
    assert getattr(essay, field) == right


@pytest.mark.django_db
def test_an_essay_says_why_it_stands_where_it_stands(client, film):
    essay = aged(film, 100, title="Loved")
    Mark.objects.give(essay, by=make_user(), kind="useful")
    address = reverse("reviews:essay_why", args=[essay.slug])
    page = client.get(address).content.decode()
    assert "120 days later" in page
    assert "/formulas/#order" in page
    assert "it has a place in the lists" not in page
    assert address in client.get(essay.get_absolute_url()).content.decode()
    new = aged(film, 1, title="New")
    page = client.get(reverse("reviews:essay_why", args=[new.slug])).content.decode()
    assert "it has a place in the lists" in page
    assert 'id="order"' in client.get("/formulas/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_what_is_not_published_says_nothing(client, film, status):
    essay = make_review(film=film, title="Loved", status=status)
    slug = essay.slug or "loved"
    assert client.get(reverse("reviews:essay_why", args=[slug])).status_code == 404


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables")
@pytest.mark.parametrize(
    ("address", "index"),
    [("/films/hope-2013/", "review_ranked"), ("/themes/injustice/", "reviewtheme_ranked")],
)
def test_the_order_is_read_off_an_index(client, film, address, index):
    for number in range(3):
        aged(film, number)
        aged(film, number, words=60)
    plans = [plan_of(sql) for sql in statements_of(client, address)]
    walked = [plan for plan in plans if index in plan and not sorts(plan)]
    assert walked, "\n".join(plans)
    assert all("INTEGER PRIMARY KEY (rowid=?)" in plan for plan in walked)
    # Beside the keys, all that is read of the film's other pieces is an index.
    assert not [plan for plan in walked if "reviews_review USING INDEX" in plan]
