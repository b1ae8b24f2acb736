"""Search. Every answer is spelt out, in its order, and the same tests run on both databases: so
they answer alike."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from films import reindex as reindexing
from films import search as searching
from films.models import (
    Country,
    Film,
    FilmIndex,
    FilmTitle,
    Person,
    PersonIndex,
    ThemeIndex,
    ThemeLabel,
    look_up,
    words_held,
)
from films.models.spelling import WordPart, distance, units
from films.words import query_words
from reviews.models import ReviewIndex
from reviews.search import places
from tests.factories import make_country, make_film, make_review, make_theme, make_user
from users import limits
from users.models import SiteSettings

pytestmark = pytest.mark.django_db

FOUND = re.compile(r'<h3[^>]*><a href="(/[a-z]+/[^"]+)')
SEARCH = "/search/"
CELL = "/films/miracle-in-cell-no-7-2013/"


@pytest.fixture(scope="module")
def catalogue(rows_for_all):
    """A handful of films of many scripts, as they stand in the catalogue."""
    film = make_film("Miracle in Cell No. 7", 2013, original_title="7번방의 선물", original_language="ko",
                     directors=["Lee Hwan-kyung"], cast=["Ryu Seung-ryong"])  # fmt: skip
    Person.objects.filter(name="Lee Hwan-kyung").update(native_name="이환경", native_language="ko")
    Person.objects.index_words(Person.objects.all())
    film.index_words()
    make_film(
        "Amélie", 2001, original_title="Le Fabuleux Destin d'Amélie Poulain", countries=["FR"]
    )
    make_film("Parasite", 2019, original_title="기생충", original_language="ko", essay_count=2)
    make_film("Poetry", 2010, original_title="시", original_language="ko")
    make_film(
        "Tokyo Story", 1953, original_title="東京物語", original_language="ja", countries=["JP"]
    )
    make_film(
        "On the Beach at Night Alone",
        2017,
        original_title="밤의 해변에서 혼자",
        original_language="ko",
    )
    make_film(
        "Ran", 1985, original_title="乱", original_language="ja", directors=["Akira Kurosawa"]
    )
    make_film("Seven Samurai", 1954, directors=["Akira Kurosawa"], essay_count=7)
    make_film("Andrei Rublev", 1966, original_title="Андрей Рублёв", original_language="ru")
    make_film("Cairo Station", 1958, original_title="باب الحديد", original_language="ar")
    make_film("Identification of a Woman", 1982, original_title="Identificazione di una donna")
    rome = make_film(
        "Rome, Open City", 1945, original_title="Roma città aperta", original_language="it"
    )
    FilmTitle.objects.create(film=rome, text="Rom, offene Stadt", language="de", kind="translated")
    rome.index_words()
    make_film("8½", 1963, countries=["IT"])
    make_film("9½ Weeks", 1986)
    make_film("M", 1931)
    make_film("Z", 1969)
    make_film("It", 2017)
    make_film("There There", 2022)
    make_film("Daisies", 1966, original_title="Sedmikrásky", original_language="cs")
    make_film("The Umbrellas of Cherbourg", 1964, original_title="Les Parapluies de Cherbourg")
    make_film("Mirror", 1975, original_title="Zerkalo", essay_count=3)
    return film


@pytest.fixture
def library(catalogue):
    """One of those films, as it stands in the database."""
    return Film.objects.get(pk=catalogue.pk)


def search(client, q, **more):
    return client.get(SEARCH, {"q": q, **more})


def found(client, q):
    """Addresses of what is found, best first; without /films/."""
    page = search(client, q).content.decode()
    return [address.removeprefix("/films/").rstrip("/") for address in FOUND.findall(page)]


ANSWERS = [
    # capitals, accents and signs make no difference
    ("amelie", ["amelie-2001"]),
    ("AMÉLIE poulain", ["amelie-2001"]),
    ("sedmikrasky", ["daisies-1966"]),
    ("roma citta", ["rome-open-city-1945"]),
    # other titles, in any script, and parts of words in those without spaces
    ("7번방", ["miracle-in-cell-no-7-2013"]),
    ("번방", ["miracle-in-cell-no-7-2013"]),
    ("해변", ["on-the-beach-at-night-alone-2017"]),
    ("밤의해변에서혼자", ["on-the-beach-at-night-alone-2017"]),
    ("東京", ["tokyo-story-1953"]),
    ("物語", ["tokyo-story-1953"]),
    ("рублев", ["andrei-rublev-1966"]),
    ("الحديد", ["cairo-station-1958"]),
    ("offene stadt", ["rome-open-city-1945"]),
    # people, by either name, alone or with a title
    # what is called just so comes first, whatever it is
    ("이환경", ["/people/lee-hwan-kyung", "miracle-in-cell-no-7-2013"]),
    ("kurosawa seven", ["seven-samurai-1954"]),
    # the start of a word; titles before people, and within each the most written about first
    ("mir", ["mirror-1975", "miracle-in-cell-no-7-2013"]),
    ("kurosawa", ["seven-samurai-1954", "ran-1985", "/people/akira-kurosawa"]),
    # typed exactly as it is printed comes first, however short or common
    ("m", ["m-1931"]),
    ("z", ["z-1969"]),
    ("it", ["it-2017"]),
    ("there there", ["there-there-2022"]),
    ("시", ["poetry-2010"]),
    ("乱", ["ran-1985"]),
    ("8 1/2", ["8-1-2-1963"]),
    ("8½", ["8-1-2-1963"]),
    ("8 1\u20442", ["8-1-2-1963"]),
    ("9 1/2 weeks", ["9-1-2-weeks-1986"]),
    # slips of the fingers
    ("mirakle in cell", ["miracle-in-cell-no-7-2013"]),
    ("기셍충", ["parasite-2019"]),
    ("Sedmikraski", ["daisies-1966"]),
    ("parapluis de cherbourg", ["the-umbrellas-of-cherbourg-1964"]),
    ("kurosava", ["seven-samurai-1954", "ran-1985", "/people/akira-kurosawa"]),
    ("smaurai", ["seven-samurai-1954"]),
]  # fmt: skip


def test_the_same_answers_on_every_database(client, library):
    answers = {q: found(client, q)[: len(wanted)] for q, wanted in ANSWERS}
    assert answers == dict(ANSWERS)


def test_what_has_nothing_in_common_is_not_found(client, library):
    page = search(client, "the one with the lighthouse and the two sisters").content.decode()
    assert FOUND.findall(page) == []
    assert "Nothing found" in page
    assert "Fewer words find more" in page
    assert found(client, "seven amelie") == []


def test_it_says_which_title_was_found(client, library):
    page = search(client, "roma città").content.decode()
    assert 'Found as <i lang="it"><mark>Roma città</mark> aperta</i>, its original title' in page
    page = search(client, "offene").content.decode()
    assert 'Found as <i lang="de">Rom, <mark>offene</mark> Stadt</i>, a translated title' in page
    page = search(client, "ryu").content.decode()
    assert "Found by <bdi><mark>Ryu</mark> Seung-ryong</bdi>" in page
    page = search(client, "miracle").content.decode()
    assert "<mark>Miracle</mark> in Cell No. 7</a>" in page
    assert 'Originally <i class="native" lang="ko">' in page


def test_a_slip_is_named_and_the_right_spelling_offered(client, library):
    page = search(client, "mirakle in cell").content.decode()
    assert (
        'Did you mean <a href="/search/?q=miracle+in+cell"><bdi>miracle in cell</bdi></a>?' in page
    )
    assert "<mark>Miracle in Cell</mark> No. 7" in page
    assert "Did you mean" not in search(client, "miracle in cell").content.decode()


def test_words_that_stand_in_essays_only_are_spelt_right(client):
    make_film("Burning", 2018)
    body = "rain " * 200 + "every morning " + "rain " * 300
    essays = [make_review(title="A title", body=body) for _number in range(5)]
    page = search(client, "morning").content.decode()
    assert "Did you mean" not in page
    assert "<mark>morning</mark>" in page
    found = FOUND.findall(page)
    assert found
    assert set(found) < {essay.get_absolute_url() for essay in essays}


def test_a_slip_that_stands_in_a_piece_too_is_mended(client, library):
    note = make_review(words=20, body="What a mirakle it was, the hat and all of it.")
    page = search(client, "mirakle").content.decode()
    assert 'Did you mean <a href="/search/?q=miracle"' in page
    found = FOUND.findall(page)
    assert found[0] == "/films/miracle-in-cell-no-7-2013/"
    assert found[-1] == note.get_absolute_url()


def test_a_word_of_one_piece_that_is_near_no_name_is_left_alone(client, library):
    note = make_review(words=20, body="Xylophone and all of it.")
    page = search(client, "xylophone").content.decode()
    assert "Did you mean" not in page
    assert FOUND.findall(page) == [note.get_absolute_url()]


def test_each_near_film_says_what_it_was_found_by(client):
    make_film("Band of Outsiders", 1964)
    make_film("Toy Story", 1995, cast=["Tom Hanks"])
    page = search(client, "hanjs").content.decode()
    assert "Found by <bdi>Tom <mark>Hanks</mark></bdi>" in page


def test_what_is_called_just_so_comes_first_of_all_kinds(client):
    make_film("Once Were Warriors", 1994)
    make_film(themes=["war"])
    page = search(client, "war").content.decode()
    assert page.index('id="themes"') < page.index('id="films"')
    page = search(client, "once were warriors").content.decode()
    assert page.index('id="films"') < page.index("Warriors")


def test_a_person_of_just_that_name_is_found_among_very_many(client, monkeypatch):
    monkeypatch.setattr(searching, "FEW", 3)
    make_film(cast=[f"Zohn Q{n}" for n in range(6)])
    make_film(cast=["Zohn"])
    assert found(client, "zohn")[0] == "/people/zohn"


def test_very_many_of_everything_cost_no_more_queries(client, monkeypatch):
    monkeypatch.setattr(searching, "FEW", 3)
    for number in range(8):
        film = make_film(f"Zohn {number}", themes=[f"zohn {number}"], cast=[f"Zohn Q{number}"])
        make_review(film=film)
    make_film("Zohn", essay_count=0)
    with CaptureQueriesContext(connection) as queries:
        page = search(client, "zohn").content.decode()
    assert len(queries) <= 12
    assert FOUND.findall(page)[0] == "/films/zohn-2013/"


def test_of_very_many_films_the_most_written_about_come_first(client, monkeypatch):
    monkeypatch.setattr(searching, "FEW", 3)
    monkeypatch.setattr(searching, "BEST", 2)
    make_film("On Zohn", essay_count=4)
    make_film("Zohn of Old", essay_count=9)
    make_film("By Her", essay_count=20, directors=["Zohn Q"])
    for number in range(5):
        make_film(f"Zohn {number}")
    assert found(client, "zohn")[:2] == ["zohn-of-old-2013", "on-zohn-2013"]


def test_of_very_many_only_so_many_are_counted(client, monkeypatch):
    monkeypatch.setattr(searching, "FEW", 3)
    monkeypatch.setattr(searching, "MANY", 5)
    for number in range(6):
        make_film(f"Zohn {number}")
    page = search(client, "zohn").content.decode()
    assert 'more than <strong class="num">5</strong> films' in page


@pytest.mark.parametrize(("common", "walk"), [(100, 100), (1, 100), (1, 2)])
def test_the_last_made_are_held_however_they_are_looked_for(monkeypatch, common, walk):
    """PostgreSQL walks the table for what the last rows have in common, but not for long."""
    monkeypatch.setattr("films.models.lookup.COMMON", common)
    monkeypatch.setattr("films.models.lookup.WALK", walk)
    films = [make_film(f"{name} {n}") for n in range(6) for name in ("Zohn", "Rare")]
    made = [film.pk for film in films if film.title.startswith("Zohn")]
    for most in (4, 20):
        place = searching.film_places(["zohn"])["films"]._replace(held=most)
        held = [pk for pk, _weight, _words in words_held(place)]
        assert sorted(held) == made[-most:]


def test_people_with_more_films_come_first_and_none_is_counted_who_has_none(client):
    make_film("Dust", directors=["Zohn One"], cast=["Zohn Two"])
    make_film("Rust", cast=["Zohn Two"])
    Person.objects.create(name="Zohn None", slug="zohn-none", sort_name="none zohn")
    Person.objects.index_words(Person.objects.all())
    page = search(client, "zohn").content.decode()
    people = [address for address in FOUND.findall(page) if address.startswith("/people/")]
    assert people == ["/people/zohn-two/", "/people/zohn-one/"]
    assert '<strong class="num">2</strong> people' in page


def test_one_statement_asks_every_index(client, library):
    make_review(title="Mirror, mirror", film=library)
    words = query_words("mirror")
    with CaptureQueriesContext(connection) as queries:
        hits = look_up(searching.places(words) | places(words))
    assert len(queries) == 1
    mirror = Film.objects.get(title="Mirror")
    assert hits["films"].rows == [(mirror.pk, 0)]
    assert hits["named_films"].keys() == [mirror.pk]
    assert hits["pieces"].held == 1
    assert hits["people"].rows == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such index")
def test_the_beginnings_of_words_are_indexed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql LIKE '%USING fts5%'")
        statements = [sql for (sql,) in cursor.fetchall()]
    assert len(statements) == 4
    assert all("prefix='1 2 3 4 5 6 7 8'" in sql for sql in statements)


def test_scripts_without_spaces_are_found_by_any_part(client):
    film = make_film("Uncle Boonmee", 2010, original_title="ลุงบุญมีระลึกชาติ", original_language="th")
    for q in ("ลุงบุญมี", "บุญมี", "ชาติ"):
        assert found(client, q)[0] == film.slug


def test_a_native_name_that_is_imported_later_finds_the_films(client, tmp_path):
    film = make_film("Ran", 1985, directors=["Akira Kurosawa"])
    path = tmp_path / "people.jsonl"
    path.write_text('{"name": "Akira Kurosawa", "native_name": "黒澤明", "native_language": "ja"}')
    call_command("import_catalogue", str(path), verbosity=0)
    assert film.slug in found(client, "黒澤明")
    call_command("reindex", "--check")


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("cell", "cell", 0), ("mirakle", "miracle", 1), ("smaurai", "samurai", 1), ("ab", "abcd", 2),
     ("kurosava", "hitchcock", 3)],
)  # fmt: skip
def test_distance_counts_slips_and_stops_at_the_limit(one, other, far):
    assert distance(one, other, 2) == far
    assert distance(other, one, 2) == far


def test_a_slip_in_hangul_is_one_letter_of_its_syllable():
    assert distance(units("기셍충"), units("기생충"), 2) == 1


def test_themes_are_found_by_their_labels_in_every_language(client):
    theme = make_theme("romantic love")
    ThemeLabel.objects.create(theme=theme, text="romance", language="en")
    ThemeLabel.objects.create(theme=theme, text="사랑", language="ko")
    theme.index_words()
    make_film(themes=["romantic love"])
    for q, said in (("love", None), ("romance", "<mark>romance</mark>"), ("사랑", 'lang="ko"')):
        page = search(client, q).content.decode()
        assert theme.get_absolute_url() in page
        assert ("also called" in page) == bool(said)
        assert said is None or said in page


def test_a_renamed_label_is_found_and_its_old_wording_is_not(client):
    theme = make_theme("injustice")
    make_film(themes=["injustice"])
    theme.name = "wrongs"
    theme.save()
    assert theme.get_absolute_url() in search(client, "wrongs").content.decode()
    assert theme.get_absolute_url() not in search(client, "injustice").content.decode()


def test_people_of_the_same_name_are_told_apart_by_a_film(client):
    make_film("Fright Night", 1985, directors=["Tom Holland"])
    actor = Person.objects.create(name="Tom Holland", slug="tom-holland-2", sort_name="holland tom")
    film = make_film("The Impossible", 2012)
    film.credits.create(person=actor, role="cast", position=0)
    film.index_words()
    Person.objects.index_words([actor])
    page = search(client, "tom holland").content.decode()
    assert "Director of <cite>Fright Night</cite>" in page
    assert "Played in <cite>The Impossible</cite>" in page
    assert "/people/tom-holland-2/" in page


def test_people_of_withdrawn_films_only_are_not_listed(client):
    film = make_film("Fright Night", 1985, directors=["Tom Holland"])
    film.hide(by=make_user(role="moderator"), reason="Not a film.")
    assert found(client, "holland") == []


def test_countries_are_found_by_name_adjective_and_own_name(client):
    film = make_film(countries=["KR"])
    country = film.countries.get()
    country.name, country.adjective = "South Korea", "South Korean"
    country.native_names = [{"text": "대한민국", "language": "ko"}]
    country.save()
    for q in ("korea", "korean", "대한민국"):
        assert country.get_absolute_url() in search(client, q).content.decode()


def test_countries_with_films_are_found_the_one_of_that_name_first(client):
    for code, name in (("XB", "Zohnia"), ("XA", "East Zohnia"), ("XC", "North Zohnia")):
        make_film(countries=[code])
        Country.objects.filter(pk=code).update(name=name, slug=code.lower())
    make_country("XD", name="South Zohnia", slug="xd")
    page = search(client, "zohnia").content.decode()
    assert FOUND.findall(page) == ["/countries/xb/", "/countries/xa/", "/countries/xc/"]
    assert '<strong class="num">3</strong> countries' in page


# Essays and notes


def test_essays_are_found_by_their_words_with_the_lines_round_them(client):
    essay = make_review(
        title="On a hat", body="rain " * 300 + "My Grandmother’s hat. " + "snow " * 300
    )
    page = search(client, "grandmother").content.decode()
    assert essay.get_absolute_url() in page
    assert re.search(r"… (rain )+My <mark>Grandmother</mark>’s hat\. (snow )+…", page)


@pytest.mark.parametrize(
    ("body", "q", "marked"),
    [
        ("Ma très chère grand-mère. ", "tres chere", "<mark>très chère</mark>"),
        ("나는 소리로 기억한다. ", "기억", "<mark>기억</mark>한다"),
        ("小津の『東京物語』を見た。", "東京", "<mark>東京</mark>物語"),
        ("Слишком тёплый вечер. ", "теплый", "<mark>тёплый</mark>"),
    ],
)
def test_lines_are_found_in_any_script(client, body, q, marked):
    make_review(title="A title", body="rain " * 200 + body + "snow " * 300)
    assert marked in search(client, q).content.decode()


def test_words_of_its_title_or_film_bring_a_piece_to_the_top(client):
    film = make_film("Bicycle Thieves", 1948)
    on_film = make_review(film=film, words=60, published_at=at(2024))
    titled = make_review(title="The bicycle was mine", published_at=at(2025))
    body = make_review(title="Else", body="bicycle " * 450, published_at=at(2026))
    wanted = [piece.get_absolute_url() for piece in (titled, on_film, body)]
    assert [address for address in FOUND.findall(search(client, "bicycle").content.decode())
            if not address.startswith("/films/")] == wanted  # fmt: skip


def at(year):
    return datetime(year, 3, 1, tzinfo=UTC)


CANARY = "Quicksilver"


@pytest.mark.parametrize(
    ("body", "is_spoiler"),
    [
        (f"rain >!{CANARY}!< " * 200, False),
        (f":::spoiler\n{CANARY} dies.\n:::\n\n" + "rain " * 450, False),
        (f"{CANARY} " * 450, True),
    ],
)
@pytest.mark.parametrize("more", [{}, {"kind": "essays"}])
def test_a_spoiler_is_neither_found_nor_shown(client, body, is_spoiler, more):
    piece = make_review(title="Tidewater", body=body, is_spoiler=is_spoiler)
    assert piece.get_absolute_url() not in search(client, CANARY[:6], **more).content.decode()
    page = search(client, "tidewater", **more).content.decode()
    assert piece.get_absolute_url() in page
    assert CANARY not in page


def test_a_piece_that_staff_label_is_found_by_its_title_only(client):
    piece = make_review(title="Tidewater", body=f"{CANARY} " * 450)
    assert piece.get_absolute_url() in search(client, CANARY).content.decode()
    piece.label(by=make_user(role="moderator"), reason="It tells the end.")
    assert piece.get_absolute_url() not in search(client, CANARY[:6]).content.decode()
    assert CANARY not in search(client, "tidewater").content.decode()


def test_an_edited_piece_is_found_by_its_new_words_alone(client):
    piece = make_review(title="Tidewater", body="rain " * 450)
    piece.body = "hail " * 450
    piece.render()
    piece.store(themes=[], hero=None, image_keys=[], version=piece.version)
    assert piece.get_absolute_url() in search(client, "hail").content.decode()
    assert piece.get_absolute_url() not in search(client, "rain").content.decode()


def test_all_essays_with_a_word_come_in_pages_the_newest_first(client):
    pieces = [make_review(title=f"Rain {n}") for n in range(25)]
    first = search(client, "rain").content.decode()
    assert "All 25 of them" in first
    seen, address = [], f"{SEARCH}?q=rain&kind=essays"
    while address:
        page = client.get(address).content.decode()
        seen += FOUND.findall(page)
        link = re.search(r'href="([^"]+)" rel="next"', page)
        address = link and link[1].replace("&amp;", "&")
    assert seen == [piece.get_absolute_url() for piece in reversed(pieces)]
    lost = client.get(SEARCH, {"q": "rain", "kind": "essays", "after": "forged"})
    assert lost.status_code == 200
    assert "not known" in lost.content.decode()


# Bad input, limits, completion


HOSTILE = ['"', "'", "NEAR(a b)", "c++ (", "x" * 300, "word " * 300, "m", "the", "AND OR NOT", "*", "a*",
     "\0", "a\0b", "\u202ea", "-rain", "title:rain", "rain OR", "{rain}", "^rain", "해 дом rain 東",
     "':* | 'x", "\\", "é" * 200, "𝔯𝔞𝔦𝔫", "¶", "·rain", "‡rain", "%", "_", "\ud7ff\uffff"]  # fmt: skip


@pytest.mark.parametrize("address", [SEARCH, "/search/complete/", "/films/complete/", "/films/"])
def test_nothing_that_is_typed_breaks_it(client, library, address):
    for q in HOSTILE:
        response = client.get(address, {"q": q}, follow=True)
        assert response.status_code == 200, q
        if address == SEARCH:
            assert escape(response.context["q"]) in response.content.decode()


def test_without_words_there_is_a_field_and_no_result(client, library):
    page = client.get(SEARCH).content.decode()
    assert 'name="q"' in page
    assert "Nothing found" not in page
    assert FOUND.findall(page) == []


def test_one_letter_finds_that_word_in_texts_and_the_beginning_of_names(client):
    essay = make_review(title="Dust", body="Plan c came with the rain. " * 120)
    make_film("Corridor")
    page = search(client, "c").content.decode()
    assert essay.get_absolute_url() in page
    assert "/films/corridor-2013/" in page
    assert essay.get_absolute_url() not in search(client, "r").content.decode()


def test_what_is_typed_is_given_back_escaped(client):
    page = search(client, '<script>alert(1)</script> "rain"').content.decode()
    assert "<script>alert" not in page
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt; &quot;rain&quot;"' in page


def test_a_place_has_so_many_searches_a_minute(client):
    SiteSettings(searches_a_minute=2).save()
    for _ in range(2):
        assert search(client, "rain").status_code == 200
    refused = search(client, "rain")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert client.get(SEARCH, {"q": "rain"}, REMOTE_ADDR="192.0.2.7").status_code == 200


COMPLETED = [("/search/complete/", "q", "mir"), ("/films/complete/", "q", "mir"),
             ("/themes/complete/", "theme", "mem"), ("/themes/complete/", "q", "mem")]  # fmt: skip


@pytest.mark.parametrize(("address", "field", "typed"), COMPLETED)
def test_past_its_limit_completion_disturbs_nothing(
    client, library, monkeypatch, address, field, typed
):
    make_film(themes=["memory"])
    SiteSettings(searches_a_minute=1).save()
    monkeypatch.setattr(limits, "COMPLETIONS", 1)
    asked = {"headers": {"HX-Request": "true"}}
    assert "<option" not in client.get(address, {field: ""}, **asked).content.decode()  # is free
    assert "<option" in client.get(address, {field: typed}, **asked).content.decode()
    refused = client.get(address, {field: typed}, **asked)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.content == b""
    assert not refused.cookies
    assert "HX-Refresh" not in refused  # which would empty the form
    assert "Cache-Control" not in refused
    other = client.get(address, {field: typed}, REMOTE_ADDR="192.0.2.7", **asked)
    assert other.status_code == 200


def test_a_film_of_endless_words_may_be_added(client):
    client.force_login(make_user())
    data = {"title": "㍿" * 200, "year": "2001", "countries": "France", "directors": "A. B."}
    assert client.post("/films/add/", data).status_code < 500


def test_search_is_not_for_other_search_engines(client):
    assert 'name="robots" content="noindex"' in search(client, "rain").content.decode()
    assert "Disallow: /search/" in client.get("/robots.txt").content.decode()


def test_the_masthead_leads_to_search(client):
    page = client.get("/about/").content.decode()
    assert '<form class="find" role="search" action="/search/">' in page


def test_completion_offers_names_of_every_kind(client, library):
    make_film("Nobody Knows", themes=["memory"])
    page = client.get("/search/complete/", {"q": "m"}).content.decode()
    assert "<option" not in page  # one letter of an alphabet says too little
    page = client.get("/search/complete/", {"q": "mi"}).content.decode()
    assert [*re.findall('value="([^"]+)"', page)][:2] == ["Mirror", "Miracle in Cell No. 7"]
    assert 'value="memory"' in client.get("/search/complete/", {"q": "memo"}).content.decode()
    assert 'value="Poetry"' in client.get("/search/complete/", {"q": "시"}).content.decode()


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        ("기생충", '<option value="Parasite" label="기생충">'),
        ("amelie", '<option value="Amélie" label="amelie">'),
        ("AMELIE", '<option value="Amélie" label="amelie">'),
        ("fabuleux poulain", """<option value="Amélie" label="Le Fabuleux Destin d&#x27;Amélie Poulain, fabuleux poulain">"""),
        ("이환경", '<option value="Lee Hwan-kyung" label="이환경">'),
        ("hwan lee", '<option value="Lee Hwan-kyung" label="이환경, hwan lee">'),
        ("parasi", '<option value="Parasite">'),
    ],
)  # fmt: skip
def test_a_completion_holds_what_is_typed_for_browsers_to_show_it(client, library, typed, option):
    assert option in client.get("/search/complete/", {"q": typed}).content.decode()


def test_a_completion_is_no_markup(client):
    make_film('A "b" <c>', original_title='Été "d" <e>')
    page = client.get("/search/complete/", {"q": "ete"}).content.decode()
    assert 'value="A &quot;b&quot; &lt;c&gt;" label="Été &quot;d&quot; &lt;e&gt;, ete"' in page


# The index


def test_the_index_is_written_with_its_row_or_not_at_all(client):
    class Stop(Exception):
        pass

    def add_then_stop():
        with transaction.atomic():
            make_film("Vanished", 1990)
            assert FilmIndex.objects.count() == 1
            raise Stop

    with pytest.raises(Stop):
        add_then_stop()
    assert not Film.objects.exists()
    assert not FilmIndex.objects.exists()


def test_a_withdrawn_film_is_found_by_staff_only(client):
    film = make_film("Vertigo", 1958)
    film.hide(by=make_user(role="moderator"), reason="Not a film.")
    assert found(client, "vertigo") == []
    assert not Film.objects.containing(["vertigo"])
    assert Film.objects.containing(["vertigo"], withdrawn=True).get() == film
    film.restore(by=make_user(role="moderator"), reason="It is one.")
    assert found(client, "vertigo") == ["vertigo-1958"]


def test_reindex_brings_nothing_back_that_is_taken_down_meanwhile(monkeypatch):
    piece = make_review(title="Tidewater")
    ReviewIndex.objects.write({piece.pk: {"stale"}})
    found_wrong = reindexing.differing

    def then_hidden(index, tokens):
        wrong = found_wrong(index, tokens)
        if index is ReviewIndex and wrong:
            piece.hide(by=make_user(role="moderator"), reason="Why.")
        return wrong

    monkeypatch.setattr(reindexing, "differing", then_hidden)
    call_command("reindex", verbosity=0)
    assert not ReviewIndex.objects.exists()


def test_reindex_finds_what_differs_and_mends_it(client, library, capsys):
    essay = make_review(title="Tidewater", film=library, themes=["injustice"])
    call_command("reindex", "--check")
    assert "Every entry is right." in capsys.readouterr().out
    person = Person.objects.get(name="Akira Kurosawa")
    FilmIndex.objects.filter(pk=library.pk).delete()
    PersonIndex.objects.write({person.pk: {"wrong"}})
    ThemeIndex.objects.all().delete()
    ReviewIndex.objects.write({essay.pk: (), essay.pk + 100: {"lost"}})
    WordPart.objects.filter(word="kurosawa").delete()
    WordPart.objects.learn(["xylophone"])
    with pytest.raises(SystemExit) as stopped:
        call_command("reindex", "--check")
    assert stopped.value.code == 1
    out = capsys.readouterr().out
    for said in (f"filmindex {library.pk}", f"personindex {person.pk}", "themeindex", f"reviewindex {essay.pk}",
                 f"reviewindex {essay.pk + 100}", "kurosawa"):  # fmt: skip
        assert said in out
    call_command("reindex")
    assert "differed and were mended" in capsys.readouterr().out
    assert not WordPart.objects.filter(word="xylophone").exists()
    call_command("reindex", "--check")
    assert CELL in search(client, "miracle").content.decode()
    assert essay.get_absolute_url() in search(client, "tidewater").content.decode()
