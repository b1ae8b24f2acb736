import re

import pytest

from films.models import Theme, ThemeListing
from tests.factories import make_country, make_film, make_person, make_review, make_theme, make_user

pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


# Themes


@pytest.fixture
def injustice():
    power = make_theme("power", group="Society", motif="spiral", ink="plum")
    theme = make_theme("injustice", group="Society", broader=power, definition="A wrong done.")
    make_theme("wrongful conviction", broader=theme)
    theme.labels.create(text="unfairness", language="en")
    theme.labels.create(text="ظلم", language="ar", is_preferred=True)
    theme.labels.create(text="억울함", language="ko", is_preferred=True)
    return theme


def test_a_theme_is_placed_defined_and_translated(client, injustice):
    make_film("A trial", 1957, themes=["wrongful conviction", "injustice"])
    html = page(client, "/themes/injustice/")
    assert "A wrong done." in html
    assert 'href="/themes/power/">Power' in html
    assert 'href="/themes/wrongful-conviction/">Wrongful conviction' in html
    assert "unfairness" in html
    assert '<span class="native" lang="ar" dir="rtl">ظلم</span>' in html
    assert '<span class="native" lang="ko">억울함</span>' in html
    assert "A trial" in html
    assert "?theme=injustice&amp;from=1950&amp;to=1959" in html


def test_a_theme_lists_the_films_of_narrower_ones(client, injustice):
    make_film("A trial", 1957, themes=["wrongful conviction"])
    assert "A trial" in page(client, "/themes/injustice/")
    assert "A trial" in page(client, "/themes/power/")


def test_the_strongest_film_comes_first_with_its_votes(client, injustice):
    weak = make_film("Weak", themes=["injustice"])
    strong = make_film("Strong", themes=["injustice"])
    for _ in range(3):
        strong.vote_theme(injustice, by=make_user(), agrees=True)
    html = page(client, "/themes/injustice/")
    assert html.index("Strong") < html.index("Weak")
    assert "3 votes" in html
    assert weak.title in html


def test_themes_often_together_lead_to_one_search(client, injustice):
    make_film(themes=["injustice", "family"])
    html = page(client, "/themes/injustice/")
    assert "/films/?theme=family&amp;theme=injustice" in html
    assert client.get("/films/?theme=family&theme=injustice").status_code == 200


def test_essays_whose_writers_name_the_theme_come_first_and_then_notes(client, injustice):
    make_review(title="Older", themes=["injustice"])
    make_review(title="Newer", themes=["injustice"])
    make_review(title="Hidden one", themes=["injustice"], status="hidden")
    make_review(words=20, body="Just a note.", themes=["injustice"])
    html = page(client, "/themes/injustice/")
    assert html.index("Newer") < html.index("Older") < html.index("Just a note.")
    assert "Hidden one" not in html


def test_where_a_theme_is_at_home_prints_share_and_sample(client, injustice):
    make_country("AR", "Argentina")
    make_country("FR", "France")
    for number in range(20):
        make_film(countries=["AR"], themes=["injustice"] if number < 10 else [])
        make_film(countries=["FR"], themes=["injustice"] if number < 3 else [])
    html = page(client, "/themes/injustice/")
    assert html.index("Argentina") < html.index("France")
    assert "10 of 20" in html
    assert "50%" in html
    assert "15%" in html


def test_another_name_of_a_theme_redirects_to_it(client, injustice):
    for other in ("unfairness", "억울함"):
        response = client.get(f"/themes/{other}/")
        assert (response.status_code, response.headers["Location"]) == (301, "/themes/injustice/")
    page(client, "/themes/nothing/", status=404)


def test_the_index_is_by_group(client, injustice):
    make_film(themes=["injustice", "a member’s idea"])
    html = page(client, "/themes/")
    assert '<section class="section" id="society">' in html
    assert html.index("Society") < html.index("From members")
    assert "1 film<" in html


def test_themes_complete_in_any_language(client, injustice):
    for typed in ("inju", "UNFAIR", "억울", "ظل"):
        html = page(client, f"/themes/complete/?q={typed}")
        assert '<option value="injustice">' in html
        assert "A wrong done." in html
    assert page(client, "/themes/complete/?q=").strip() == ""


# Countries


def test_a_country_is_profiled_against_the_world(client):
    make_country("KR", "South Korea", slug="south-korea")
    make_country("FR", "France")
    for number in range(20):
        make_film(countries=["KR"], themes=["class", "love"] if number < 10 else ["love"])
        make_film(countries=["FR"], themes=["love"])
    html = page(client, "/countries/south-korea/")
    assert html.index("Class") < html.index("Love")
    assert "50%" in html
    assert "(10)" in html
    assert '<span class="quiet">25%</span>' in html
    assert "20 films here, against all 40 films" in html


def test_a_country_of_few_films_has_no_profile(client):
    make_country("KR", "South Korea", slug="south-korea")
    make_film(countries=["KR"], themes=["class"])
    html = page(client, "/countries/south-korea/")
    assert 'class="ledger diverging"' not in html
    assert "Class" in html or "class" in html


def test_a_country_lists_decades_films_and_essays(client):
    make_country("KR", "South Korea", slug="south-korea")
    film = make_film("Seoul", 1994, countries=["KR"])
    make_film("Elsewhere", 1994, countries=["FR"])
    make_review(film=film, title="On Seoul")
    html = page(client, "/countries/south-korea/")
    assert "/films/?country=south-korea&amp;from=1990&amp;to=1999" in html
    assert "On Seoul" in html
    assert "Elsewhere" not in html


@pytest.mark.parametrize("sorted_at_most", [0, 3, 100])
@pytest.mark.parametrize("address", ["/countries/kr/", "/people/ana-ruiz/"])
def test_essays_are_the_newest_of_all_films_however_many_one_has(
    client, monkeypatch, sorted_at_most, address
):
    monkeypatch.setattr("films.profiles.ESSAYS_SORTED", sorted_at_most)
    much, other = (make_film(countries=["KR"], directors=["Ana Ruiz"]) for _ in range(2))
    for number in range(8):
        make_review(film=other if number in (1, 5, 6) else much, title=f"Essay {number}")
    html = page(client, address)
    shown = list(dict.fromkeys(re.findall(r"Essay \d", html)))
    assert shown == ["Essay 7", "Essay 6", "Essay 5", "Essay 4"]


def test_a_former_state_keeps_its_films_and_points_at_its_successors(client):
    soviet = make_country(
        "SUHH", "Soviet Union", slug="soviet-union", is_former=True,
        existed_from=1922, existed_to=1991,
    )  # fmt: skip
    russia = make_country("RU", "Russia", slug="russia")
    soviet.successors.add(russia)
    make_film("Stalker", 1979, countries=["SUHH"])
    html = page(client, "/countries/soviet-union/")
    assert "Stalker" in html
    assert 'href="/countries/russia/"' in html
    other = page(client, "/countries/russia/")
    assert "Stalker" not in other
    assert 'href="/countries/soviet-union/"' in other
    assert "Stalker" not in page(client, "/films/?country=russia")
    assert "Soviet Union" in page(client, "/films/stalker-1979/")


def test_the_index_of_countries_sets_former_states_apart(client):
    make_country("SUHH", "Soviet Union", slug="soviet-union", region="Europe", is_former=True,
                 existed_from=1922, existed_to=1991)  # fmt: skip
    make_country("FR", "France", region="Europe")
    make_country("XX", "Without films", region="Europe")
    make_film(countries=["SUHH"])
    make_film(countries=["FR"])
    html = page(client, "/countries/")
    assert html.index("France") < html.index("No more") < html.index("Soviet Union")
    assert "Without films" not in html
    assert "1922 to 1991" in html


# People


def test_a_person_has_films_directed_and_played_in(client):
    person = make_person("Lee Chang-dong", native_name="이창동", native_language="ko")
    make_film("Poetry", 2010, directors=["Lee Chang-dong"], themes=["memory"])
    make_film("Cameo", 2015, cast=["Lee Chang-dong"], directors=["Ana Ruiz"])
    html = page(client, person.get_absolute_url())
    assert 'class="original native" lang="ko">이창동' in html
    directed, acted = html.split('id="acted"')
    assert "Poetry" in directed
    assert "Cameo" not in directed
    assert "Cameo" in acted
    assert "1 of 2 films" in html
    page(client, "/people/nobody/", status=404)


def test_withdrawn_films_are_on_no_page_but_their_own(client):
    film = make_film("Gone", 1990, themes=["family"], directors=["Ana Ruiz"], countries=["KR"])
    film.hide(by=make_user(role="moderator"), reason="Asked.")
    for address in ("/people/ana-ruiz/", "/themes/family/", "/countries/kr/", "/films/"):
        assert "Gone" not in page(client, address)
    assert not ThemeListing.objects.exists()
    assert Theme.objects.get().film_count == 0


# Cost


def test_pages_ask_as_often_for_thirty_rows_as_for_three(client, django_assert_max_num_queries):
    addresses = (
        "/themes/",
        "/themes/family/",
        "/countries/",
        "/countries/kr/",
        "/people/ana-ruiz/",
    )
    counts = {address: set() for address in addresses}
    for numbers in (range(21), range(21, 40)):
        for made in numbers:
            film = make_film(themes=["family", "love", f"idea {made}"], directors=["Ana Ruiz"],
                             countries=["KR", f"X{made}"])  # fmt: skip
            make_review(film=film, themes=["family"])
        for address in addresses:
            page(client, address)
            with django_assert_max_num_queries(12) as seen:
                page(client, address)
            counts[address].add(len(seen))
    assert {address: len(found) for address, found in counts.items()} == dict.fromkeys(addresses, 1)


def test_a_person_is_found_with_those_who_share_two_films(client):
    for title in ("One", "Two"):
        make_film(title, directors=["Lee Chang-dong"], cast=["Moon So-ri"])
    film = make_film("Three", directors=["Lee Chang-dong"], cast=["Yoon Jeong-hee"])
    make_review(title="Oranges", film=film)
    html = page(client, "/people/lee-chang-dong/")
    together = html[html.index('id="beside"') : html.index('id="essays"')]
    assert "Moon So-ri" in together
    assert "Yoon Jeong-hee" not in together
    assert "Oranges" in html[html.index('id="essays"') :]


def test_groups_of_themes_come_in_the_order_of_the_catalogue(client):
    make_theme("family", group="Family and love")
    make_theme("work", group="Businesses")
    html = page(client, "/themes/")
    assert html.index('id="family-and-love"') < html.index('id="businesses"')
