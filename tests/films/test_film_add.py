import pytest

from films.models import Film, FormerSlug, Person
from tests.factories import make_country, make_film, make_user

pytestmark = pytest.mark.django_db

FACTS = {
    "title": "The Long Lake",
    "original_title": "긴 호수",
    "original_language": "ko",
    "titles": "Le lac long\nDer lange See",
    "year": "2001",
    "runtime": "96",
    "directors": "Han Mi-na, Ko Jun",
    "cast": "Ana Ruiz\nBo Lund",
    "countries": "South Korea, FR",
    "languages": "Korean, French",
    "synopsis": "A boat is late.",
}


@pytest.fixture
def member(client):
    make_country("KR", "South Korea", slug="south-korea")
    make_country("FR", "France", slug="france", aliases=["Gaul"])
    user = make_user()
    client.force_login(user)
    return user


def add(client, **changes):
    return client.post("/films/add/", FACTS | changes)


def test_a_member_adds_a_film_that_is_there_at_once(client, member):
    response = add(client)
    film = Film.objects.get()
    assert response.headers["Location"] == "/films/the-long-lake-2001/"
    assert (film.status, film.needs_check, film.added_by) == ("published", True, member)
    assert list(film.film_countries.values_list("country", flat=True)) == ["KR", "FR"]
    assert list(film.film_languages.values_list("language", flat=True)) == ["ko", "fr"]
    assert [person.name for person in film.people_as("director")] == ["Han Mi-na", "Ko Jun"]
    assert [person.name for person in film.people_as("cast")] == ["Ana Ruiz", "Bo Lund"]
    assert film.card_director == "Han Mi-na, Ko Jun"
    assert film.card_country == "South Korea"
    html = client.get("/films/?q=lange").content.decode()
    assert "The Long Lake" in html
    assert Film.objects.get().countries.get(code="FR").film_count == 1


def test_whoever_came_to_write_goes_on_writing(client, member):
    response = add(client, then="write")
    assert response.headers["Location"].endswith("/write/?film=the-long-lake-2001")


def test_people_already_here_are_credited_not_doubled(client, member):
    make_film(directors=["Han Mi-na"])
    add(client)
    assert Person.objects.filter(name="Han Mi-na").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"year": ""}, "year"),
        ({"year": "1700"}, "year"),
        ({"year": "2999"}, "year"),
        ({"runtime": "0"}, "runtime"),
        ({"countries": ""}, "countries"),
        ({"countries": "Atlantis"}, "countries"),
        ({"languages": "Klingon"}, "languages"),
        ({"original_language": ""}, "original_language"),
        ({"directors": "x" * 121}, "directors"),
        ({"directors": "!"}, "directors"),
        ({"synopsis": "x" * 2001}, "synopsis"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(client, member, changes, field):
    response = add(client, **changes)
    assert response.status_code == 422
    html = response.content.decode()
    assert f'href="#id_{field}"' in html
    assert "A boat is late." in html or field == "synopsis"
    assert not Film.objects.exists()


def test_countries_are_known_by_name_code_and_alias(client, member):
    add(client, countries="gaul; kr")
    assert list(Film.objects.get().film_countries.values_list("country", flat=True)) == ["FR", "KR"]


def test_a_film_without_speech_is_silent(client, member):
    add(client, languages="none")
    film = Film.objects.get()
    assert film.is_silent
    assert film.film_languages.get().language_id == "zxx"


# Duplicates


def test_what_it_may_be_already_is_shown_first_with_the_reason(client, member):
    make_film("The Long Lake", 2001, countries=["FR"], directors=["Iva Ross"])
    make_film("The Long Lake Returns", 2002, countries=["FR"])
    make_film("Another Lake", 2001)
    response = add(client)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Is it one of these?" in html
    assert "Iva Ross" in html
    assert "Same title, same year" in html
    assert "A title like it, a year apart" in html
    assert "Another Lake" not in html
    assert Film.objects.count() == 3
    assert 'value="The Long Lake"' in html
    assert "A boat is late." in html


def test_a_remake_decades_later_is_shown_by_its_exact_title(client, member):
    make_film("The Long Lake", 1961, countries=["FR"])
    assert "Same title, 40 years apart" in add(client).content.decode()


def test_neither_of_them_goes_on_and_both_carry_their_country(client, member):
    make_film("The Long Lake", 2001, countries=["FR"])
    response = add(client, not_these="1")
    assert response.headers["Location"] == "/films/the-long-lake-2001-kr/"
    assert set(Film.objects.values_list("slug", flat=True)) == {
        "the-long-lake-2001-fr", "the-long-lake-2001-kr",
    }  # fmt: skip
    assert FormerSlug.objects.get().film.slug == "the-long-lake-2001-fr"
    assert client.get("/films/the-long-lake-2001/").status_code == 301


def test_a_third_of_the_same_name_and_country_still_gets_an_address(client, member):
    add(client)
    add(client, not_these="1")
    add(client, not_these="1")
    assert Film.objects.values("slug").distinct().count() == 3


@pytest.mark.parametrize(
    ("title", "slug"), [("8½", "8-1-2-2001"), ("9½ Weeks", "9-1-2-weeks-2001"), ("Add", "add-2001")]
)
def test_addresses_keep_numbers_apart(client, member, title, slug):
    add(client, title=title)
    assert Film.objects.get().slug == slug


def test_a_title_of_signs_only_gets_a_number(client, member):
    add(client, title="…", original_title="", original_language="")
    film = Film.objects.get()
    assert film.slug == f"film-{film.pk}"
    assert client.get(film.get_absolute_url()).status_code == 200


def test_only_members_add_films(client):
    assert add(client).status_code == 403
    assert not Film.objects.exists()


# Completion


def test_films_complete_by_any_of_their_names(client, member):
    add(client)
    for typed in ("long", "lac", "긴", "ruiz"):
        html = client.get("/films/complete/", {"q": typed}).content.decode()
        assert '<option value="the-long-lake-2001">' in html
        assert "긴 호수" in html
        assert "South Korea" in html
    assert client.get("/films/complete/", {"q": ""}).content.strip() == b""


@pytest.mark.parametrize("field", ["title", "original_title"])
def test_a_title_is_measured_as_it_is_stored(client, member, field):
    """One letter as typed, two as stored: PostgreSQL takes no more than the column has."""
    response = add(client, **{field: "\u0958" * 101})
    assert response.status_code == 422
    assert not Film.objects.exists()
    assert add(client, **{field: "\u0958" * 100}).status_code == 302
