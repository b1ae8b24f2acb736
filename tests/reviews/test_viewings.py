import pytest
from django.urls import reverse

from reviews.models import Rating, Viewing
from tests.factories import make_film, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def film():
    return make_film("Stalker", 1979)


@pytest.fixture
def member(client):
    user = make_user()
    client.force_login(user)
    return user


def post(client, name, film, **data):
    return client.post(reverse(f"reviews:{name}", args=[film.slug]), data)


def test_a_rating_is_set_changed_and_taken_back(client, member, film):
    for given, total, count in (("4.5", 9, 1), ("0.5", 1, 1), ("", 0, 0)):
        assert post(client, "rate", film, rating=given).url == film.get_absolute_url()
        film.refresh_from_db()
        assert (film.rating_sum, film.rating_count) == (total, count)


@pytest.mark.parametrize("rating", ["0", "5.5", "-1", "four", "4.4", "\0", "1e1", None])
def test_what_is_no_rating_is_refused(client, member, film, rating):
    response = post(client, "rate", film, **({} if rating is None else {"rating": rating}))
    assert response.status_code == 422
    assert not Rating.objects.exists()


def test_a_film_is_marked_as_seen_with_and_without_a_date(client, member, film):
    post(client, "see", film, seen="yes")
    post(client, "see", film, seen="yes")
    post(client, "see", film, seen="date", year="2014", month="5")
    post(client, "see", film, seen="date", year="2026", month="2", day="14")
    assert sorted(v.date_text for v in Viewing.objects.filter(member=member)) == [
        "",
        "14 February 2026",
        "May 2014",
    ]
    post(client, "see", film, seen="no")
    assert not Viewing.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"seen": "maybe"},
        {"seen": "date", "day": "31", "month": "2", "year": "2014"},
        {"seen": "date", "day": "3", "year": "2014"},
        {"seen": "date", "year": "1700"},
        {"seen": "date", "year": "3000"},
        {"seen": "date", "year": "\0"},
        {"seen": "date", "year": "2014", "month": "thirteen"},
    ],
)
def test_what_is_no_date_is_refused_and_nothing_is_kept(client, member, film, data):
    assert post(client, "see", film, **data).status_code == 422
    assert not Viewing.objects.exists()


def test_a_year_before_the_first_film_is_refused_for_that(client, member, film):
    page = post(client, "see", film, seen="date", year="1800").content.decode()
    assert "A film was seen after 1874" in page
    assert "four digits" not in page


def test_visitors_sign_in_first_and_nothing_changes_by_looking(client, film):
    for name in ("rate", "see"):
        assert post(client, name, film, rating="4", seen="yes").status_code == 403
        assert client.get(reverse(f"reviews:{name}", args=[film.slug])).status_code == 405
    assert not Rating.objects.exists()
    assert not Viewing.objects.exists()


def test_one_comes_back_to_a_page_of_this_site_only(client, member, film):
    assert post(client, "see", film, seen="yes", next="/essays/x/").url == "/essays/x/"
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:1"):
        assert post(client, "see", film, seen="yes", next=elsewhere).url == film.get_absolute_url()


@pytest.mark.parametrize("nowhere", ["foo", "?x", "home", "a\r\nb", "."])
@pytest.mark.parametrize(("name", "said"), [("see", {"seen": "yes"}), ("rate", {"rating": "4"})])
def test_a_word_is_no_address_to_come_back_to(client, member, film, name, said, nowhere):
    assert post(client, name, film, next=nowhere, **said).url == film.get_absolute_url()


def test_no_single_press_takes_dates_away(client, member, film):
    post(client, "see", film, seen="yes")
    toggle = '<button class="btn" name="seen" value="no" aria-pressed="true">'
    assert toggle in client.get(film.get_absolute_url()).content.decode()
    post(client, "see", film, seen="date", year="2014")
    html = client.get(film.get_absolute_url()).content.decode()
    assert toggle not in html
    assert "Forget it, with every date" in html
