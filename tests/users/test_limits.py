import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from films.models import Film, ThemeVote
from reviews.models import Comment, Review
from tests.factories import make_film, make_review, make_user
from tests.reviews.test_writing import typed
from users.limits import HOUR, MINUTE, LimitReached, allowance, spend
from users.models import Report, SiteSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_user("mina")
    client.force_login(member)
    return member


@pytest.fixture
def one_an_hour():
    kinds = "piece", "comment", "vote", "picture", "film", "report"
    SiteSettings(**{f"{kind}s_an_hour": 1 for kind in kinds}).save()


def test_the_limits_are_those_of_the_rules():
    kinds = {
        "piece": 10, "comment": 60, "vote": 300, "picture": 30, "film": 10, "report": 20,
        "export": 5, "leave": 10,
    }  # fmt: skip
    assert {kind: allowance(kind) for kind in kinds} == {
        kind: (limit, HOUR) for kind, limit in kinds.items()
    }
    assert allowance("search") == (60, MINUTE)
    assert allowance("completion") == (240, MINUTE)


def test_an_hour_is_spent_by_kind_and_member_and_begins_with_the_first_act(
    one_an_hour, monkeypatch
):
    mina, ben = make_user(), make_user()
    spend("comment", mina)
    spend("vote", mina)
    spend("comment", ben)
    with pytest.raises(LimitReached) as reached:
        spend("comment", mina, field="body")
    hour = timezone.now() + timedelta(hours=1)
    assert abs(reached.value.retry_at - hour) < timedelta(seconds=10)
    assert 3590 <= reached.value.seconds <= 3600
    assert reached.value.field == "body"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::2:3:4:5", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_one_line_is_counted_once_whatever_its_address(client, one, other, is_same):
    SiteSettings(searches_a_minute=1).save()
    assert client.get("/search/?q=rain", REMOTE_ADDR=one).status_code == 200
    answer = client.get("/search/?q=rain", REMOTE_ADDR=other)
    assert answer.status_code == (429 if is_same else 200)


@pytest.mark.parametrize(
    "address", ["", "unix:", "a socket file\0" * 90, "fe80::1%eth0", "192.0.2.999"]
)
def test_who_comes_by_no_address_is_counted_as_one_and_served(client, address):
    SiteSettings(searches_a_minute=1).save()
    for status in 200, 429:
        assert client.get("/search/?q=rain", REMOTE_ADDR=address).status_code == status
    assert client.get("/search/?q=rain", REMOTE_ADDR="192.0.2.7").status_code == 200
    sign_in = {"login": "nobody", "password": "a hat on a hook"}
    assert client.post("/accounts/login/", sign_in, REMOTE_ADDR=address).status_code == 422


def test_what_a_proxy_says_that_is_no_address_opens_no_new_line(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SiteSettings(searches_a_minute=1).save()
    for said, status in (("unknown", 200), ("hidden", 429), ("192.0.2.7:4711", 200)):
        answer = client.get("/search/?q=rain", headers={"X-Forwarded-For": said})
        assert answer.status_code == status, said


def test_nobody_is_stopped_by_a_cache_that_keeps_nothing(one_an_hour, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    mina = make_user()
    assert [spend("comment", mina) for _ in range(3)] == [None, None, None]


def refusal(response):
    assert response.status_code == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3600
    return response.content.decode()


def test_a_reply_too_many_comes_back_with_what_it_answers(client, member, one_an_hour):
    piece = make_review()
    address = reverse("reviews:comment_add", args=[piece.pk])
    client.post(address, {"body": "First."})
    first = Comment.objects.get()
    html = refusal(client.post(address, {"body": "Second <b>.", "parent": first.pk}))
    assert "Second &lt;b&gt;.</textarea>" in html
    assert f'<input type="hidden" name="parent" value="{first.pk}">' in html
    assert "one reply an hour" in html
    assert Comment.objects.count() == 1


def test_a_vote_too_many_changes_nothing(client, member, one_an_hour):
    film = make_film(themes=["injustice", "love"])
    for theme, status in (("injustice", 302), ("love", 429)):
        address = reverse("films:theme_vote", args=[film.slug, theme])
        assert client.post(address, {"vote": "yes"}).status_code == status
    assert ThemeVote.objects.count() == 1
    html = refusal(client.post(address, {"vote": "yes"}))
    assert f'<a class="btn" href="{film.get_absolute_url()}">Back</a>' in html
    swapped = client.post(address, {"vote": "yes"}, headers={"hx-request": "true"})
    assert swapped.status_code == 429
    assert swapped.headers["HX-Refresh"] == "true"
    assert "one vote an hour" in client.get(film.get_absolute_url()).content.decode()


def test_a_report_too_many_comes_back_whole(client, member, one_an_hour):
    first, second = make_review(), make_review()
    client.post(f"/report/review/{first.pk}/", {"reason": "spam"})
    given = {"reason": "spam", "note": "It sells.", "passage": "Buy"}
    html = refusal(client.post(f"/report/review/{second.pk}/", given))
    assert "It sells.</textarea>" in html
    assert "Buy</textarea>" in html
    assert 'value="spam" ' in html
    assert "one report an hour" in html
    html = refusal(client.post(f"/report/review/{second.pk}/", {"reason": "hate"}))
    assert re.search('value="hate"[^>]*checked', html)
    assert Report.objects.count() == 1


def test_a_film_too_many_stays_in_the_form(client, member, one_an_hour):
    given = {"title": "Tidewater", "countries": "Korea", "year": "1990", "directors": "Han"}
    make_film(countries=["KR"])
    client.post("/films/add/", given | {"countries": "Country KR"})
    html = refusal(
        client.post("/films/add/", given | {"title": "Ebb & flow", "countries": "Country KR"})
    )
    assert html.count("one new film an hour") == 1
    assert 'value="Ebb &amp; flow"' in html
    assert [film.title for film in Film.objects.filter(added_by=member)] == ["Tidewater"]


def test_a_piece_too_many_stays_in_the_form_and_a_draft_is_free(client, member, one_an_hour):
    film = make_film()
    first, second = typed(film, title="The first"), typed(film, title="The second")
    assert client.post("/write/", first | {"publish": "1"}).status_code == 302
    html = refusal(client.post("/write/", second | {"publish": "1"}))
    assert "one new piece an hour" in html
    assert 'value="The second"' in html
    draft = Review.objects.drafts().get()
    assert draft.title == "The second"
    refusal(client.post(f"/write/{draft.pk}/publish/"))
    draft.refresh_from_db()
    assert draft.status == "draft"
    published = Review.objects.published().get()
    change = typed(film, title="Changed", version=published.version, publish="1")
    assert client.post(f"/write/{published.pk}/", change).status_code == 302
    published.refresh_from_db()
    assert published.title == "Changed"


def test_more_than_one_is_said_in_figures():
    SiteSettings(films_an_hour=2).save()
    assert "We take 2 new films an hour" in str(LimitReached("film", timezone.now()))
    SiteSettings(films_an_hour=1).save()
    assert "We take one new film an hour" in str(LimitReached("film", timezone.now()))
