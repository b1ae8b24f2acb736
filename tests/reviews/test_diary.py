"""Films kept for later, the diary, films not finished, and the way back."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from films import undoing
from reviews.models import Keeping, Viewing
from tests.factories import make_film, make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_user("mina", display_name="Mina Baek")
    client.force_login(member)
    return member


@pytest.fixture
def film():
    return make_film("Miracle in Cell No. 7", 2013)


def say(client, film, verb="see", **data):
    return client.post(reverse(f"reviews:{verb}", args=[film.slug]), data)


def page_of(client, film):
    return client.get(film.get_absolute_url()).content.decode()


def viewings(member):
    rows = member.viewings.order_by("pk")
    return [(row.seen_on, row.seen_precision, row.is_unfinished) for row in rows]


# Kept for later


def test_a_film_is_kept_and_taken_off(client, member, film):
    assert 'name="keep" value="yes" aria-pressed="false"' in page_of(client, film)
    say(client, film, "keep", keep="yes")
    say(client, film, "keep", keep="yes")  # a double click
    assert Keeping.objects.get().member == member
    assert 'name="keep" value="no" aria-pressed="true"' in page_of(client, film)
    assert "Miracle in Cell No. 7" in client.get("/later/").content.decode()
    say(client, film, "keep", keep="no", next="/later/")
    assert not Keeping.objects.exists()
    assert "Nothing kept" in client.get("/later/").content.decode()


def test_nobody_else_sees_what_is_kept(client, member, film):
    say(client, film, "keep", keep="yes")
    client.force_login(make_user("other"))
    assert "Nothing kept" in client.get("/later/").content.decode()
    client.logout()
    assert client.get("/later/").status_code == 302
    assert say(client, film, "keep", keep="yes").status_code == 403
    assert Keeping.objects.count() == 1


def test_the_list_comes_in_pages_newest_first_without_withdrawn_films(client, member):
    films = [make_film(f"Film {n}") for n in range(32)]
    now = timezone.now()
    for n, kept in enumerate(films):
        kept.keepings.create(member=member, kept_at=now + timedelta(seconds=n))
    films[31].hide(by=make_user(role="moderator"), reason="Not a film.")
    page = client.get("/later/").content.decode()
    assert page.count('<article class="entry">') == 30
    assert page.index(">Film 30<") < page.index(">Film 29<")
    assert ">Film 31<" not in page
    assert client.get("/later/?after=forged").status_code == 200


@pytest.mark.parametrize("said", [{"seen": "yes"}, {"seen": "date", "year": "2014"}])
def test_a_film_that_was_seen_leaves_the_list_and_undo_puts_it_back(client, member, film, said):
    say(client, film, "keep", keep="yes")
    say(client, film, **said, next="/later/")
    assert not Keeping.objects.exists()
    assert member.viewings.exists()
    assert "Undo" in client.get("/later/").content.decode()
    say(client, film, seen="undo", next="/later/")
    assert Keeping.objects.filter(member=member, film=film).exists()
    assert not member.viewings.exists()


# Undo


def test_forgetting_every_date_can_be_undone(client, member, film):
    say(client, film, seen="date", year="2014")
    say(client, film, seen="date", day="14", month="3", year="2026")
    before = viewings(member)
    say(client, film, seen="no")
    assert viewings(member) == []
    assert 'value="undo"' in page_of(client, film)
    response = say(client, film, seen="undo")
    assert response.status_code == 302
    assert viewings(member) == before
    assert 'value="undo"' not in page_of(client, film)


def test_undo_is_of_the_last_change_to_this_film_and_only_once(client, member, film):
    other = make_film("Other")
    say(client, film, seen="yes")
    say(client, other, seen="yes")
    assert 'value="undo"' not in page_of(client, film)
    say(client, film, seen="undo")
    assert member.viewings.count() == 2
    say(client, other, seen="undo")
    say(client, other, seen="undo")
    assert [row.film for row in member.viewings.all()] == [film]


def test_undo_is_over_after_ten_minutes(client, member, film, monkeypatch):
    say(client, film, seen="yes")
    monkeypatch.setattr(undoing, "SECONDS", -1)
    assert 'value="undo"' not in page_of(client, film)
    say(client, film, seen="undo")
    assert member.viewings.count() == 1


# Not finished


def test_a_film_may_be_left_unfinished_which_is_not_seen(client, member, film):
    say(client, film, "keep", keep="yes")
    say(client, film, seen="unfinished")
    assert viewings(member) == [(None, "", True)]
    assert Keeping.objects.exists()  # it may be tried again
    page = page_of(client, film)
    assert "You did not finish it" in page
    assert 'name="seen" value="yes" aria-pressed="false"' in page
    spoiler = make_review(film=film, is_spoiler=True)
    member.spoilers = "seen"
    member.save()
    assert "I have seen the film" in client.get(spoiler.get_absolute_url()).content.decode()
    assert "<dt>films seen</dt><dd>0</dd>" in client.get(member.get_absolute_url()).content.decode()


def test_who_sees_it_to_the_end_later_has_seen_it(client, member, film):
    say(client, film, seen="unfinished")
    say(client, film, seen="yes")
    assert viewings(member) == [(None, "", False)]
    say(client, film, seen="unfinished", year="2014")
    assert not all(unfinished for *_rest, unfinished in viewings(member))
    assert "You did not finish it" not in page_of(client, film)


def test_a_piece_of_somebody_who_did_not_finish_says_so(client, member, film):
    say(client, film, seen="unfinished")
    essay = make_review(author=member, film=film)
    note = make_review(author=member, film=film, words=60)
    for piece in (essay, note):
        assert "Did not finish the film" in client.get(piece.get_absolute_url()).content.decode()
    assert viewings(member) == [(None, "", True)]
    say(client, film, seen="yes")
    assert "Did not finish" not in client.get(essay.get_absolute_url()).content.decode()


# The diary


def test_the_diary_lists_each_viewing_by_month_with_rating_and_piece(client, member, film):
    other = make_film("The Attorney", 2013)
    see = Viewing.objects.see
    see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    see(film, by=member, seen_on=date(2014, 1, 1), precision="year")
    see(other, by=member, seen_on=date(2026, 3, 1), precision="month")
    see(
        make_film("Yi Yi"),
        by=member,
        seen_on=date(2025, 12, 8),
        precision="day",
        is_unfinished=True,
    )
    see(make_film("Mirror"), by=member)
    film.ratings.rate(film, by=member, value=9)
    essay = make_review(author=member, film=film)
    client.logout()
    page = client.get(reverse("diary", args=["mina"])).content.decode()
    assert page.index("March 2026") < page.index("December 2025") < page.index("2014, some time")
    assert page.index("2014, some time") < page.index("Without a date") < page.index("Mirror")
    assert "2 films, 1 of them again." in page
    assert '<time datetime="2026-03-14">14</time>' in page
    assert "4.5 out of 5 stars" in page
    assert f'href="{essay.get_absolute_url()}">Essay' in page
    assert "Did not finish" in page
    assert "3 films, since 2014." in page


def test_the_diary_comes_in_pages(client, member):
    film = make_film("Long Day")
    for day in range(45):
        Viewing.objects.create(
            member=member,
            film=film,
            seen_on=date(2026, 1, 1) + timedelta(days=day),
            seen_precision="day",
        )
    page = client.get(reverse("diary", args=["mina"])).content.decode()
    assert page.count('<td class="day nowrap">') == 40
    assert 'rel="next"' in page
    lost = client.get(reverse("diary", args=["mina"]), {"after": "forged"})
    assert lost.status_code == 200
    assert "noindex" in lost.content.decode()


def test_one_time_is_taken_out_and_the_others_stay(client, member, film):
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    Viewing.objects.see(film, by=member, seen_on=date(2014, 1, 1), precision="year")
    before, wrong = viewings(member), member.viewings.get(seen_on=date(2014, 1, 1))
    address, diary = reverse("reviews:forget", args=[wrong.pk]), reverse("diary", args=["mina"])
    assert f'action="{address}"' in client.get(diary).content.decode()
    assert client.get(address).status_code == 405
    assert client.post(address, {"next": diary})["Location"] == diary
    assert viewings(member) == [(date(2026, 3, 14), "day", False)]
    page = client.get(diary).content.decode()
    assert 'value="undo"' in page
    assert client.post(address).status_code == 404
    say(client, film, seen="undo", next=diary)
    assert viewings(member) == before


def test_nobody_takes_out_what_somebody_else_saw(client, member, film):
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    viewing, diary = member.viewings.get(), reverse("diary", args=["mina"])
    address = reverse("reviews:forget", args=[viewing.pk])
    client.force_login(make_user("other"))
    assert client.post(address).status_code == 404
    assert address not in client.get(diary).content.decode()
    client.logout()
    assert client.post(address).status_code in (302, 403)
    response = client.get(diary)
    assert address not in response.content.decode()
    assert not response.cookies
    assert member.viewings.exists()


def test_what_has_no_date_comes_in_pages_too(client, member):
    films = [make_film(f"Film {number:02}") for number in range(90)]
    for film in films:
        Viewing.objects.see(film, by=member)
    dated = make_film("Dated")
    Viewing.objects.see(dated, by=member, seen_on=date(2026, 3, 14), precision="day")
    start, seen, there = reverse("diary", args=["mina"]), [], "?"
    while there:
        page = client.get(start + there).content.decode()
        assert (dated.title in page) == (there == "?")
        assert ("noindex" in page) == (there != "?")
        seen += re.findall(r">(Film \d\d)</a>", page)
        following = re.search(r'href="(\?undated=[^"]+)" rel="next"', page)
        there = following and following[1]
    assert seen == [film.title for film in reversed(films)]
    back = re.search(r'href="(\?undated=[^"]+)" rel="prev"', page)[1]
    assert "Film 49" in client.get(start + back).content.decode()
    lost = client.get(start, {"undated": "forged"})
    assert lost.status_code == 200
    assert "noindex" in lost.content.decode()


def test_a_withdrawn_film_is_not_in_the_diary(client, member, film):
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    film.hide(by=make_user(role="moderator"), reason="Not a film.")
    assert film.title not in client.get(reverse("diary", args=["mina"])).content.decode()


def test_the_diary_of_nobody_is_404_and_another_spelling_leads_to_the_name(client, member):
    assert client.get(reverse("diary", args=["nobody"])).status_code == 404
    response = client.get(reverse("diary", args=["MINA"]))
    assert (response.status_code, response["Location"]) == (301, reverse("diary", args=["mina"]))


def test_who_keeps_their_diary_to_themselves_reads_it_alone(client, member, film):
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    client.post("/settings/", {"section": "you", "you-display_name": "Mina Baek", "you-about": ""})
    member.refresh_from_db()
    assert not member.shows_diary
    assert client.get(reverse("diary", args=["mina"])).status_code == 200
    client.force_login(make_user("other"))
    assert client.get(reverse("diary", args=["mina"])).status_code == 404
    page = client.get(member.get_absolute_url()).content.decode()
    assert "Diary" not in page


def test_a_members_page_shows_the_last_of_it(client, member, film):
    assert "The whole diary" not in client.get(member.get_absolute_url()).content.decode()
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    page = client.get(member.get_absolute_url()).content.decode()
    assert "The whole diary" in page
    assert reverse("diary", args=["mina"]) in page


@pytest.mark.parametrize(
    "data",
    [{}, {"seen": "maybe"}, {"seen": "unfinished", "day": "31", "month": "2", "year": "2014"}],
)
def test_what_makes_no_sense_is_refused_with_a_reason(client, member, film, data):
    assert say(client, film, **data).status_code == 422
    assert not member.viewings.exists()
