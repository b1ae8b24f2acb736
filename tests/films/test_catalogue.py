"""import_catalogue: matching, a second run, bad lines, a dry run."""

import json

import pytest
from django.core.management import CommandError, call_command

from films.models import Country, Credit, Film, FilmTheme, Person, Theme, ThemeListing
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db

COUNTRIES = [
    {"code": "KR", "name": "South Korea", "region": "Asia",
     "native_names": [{"text": "대한민국", "language": "ko"}]},
    {"code": "RU", "name": "Russia", "region": "Europe"},
    {"code": "SUHH", "name": "Soviet Union", "region": "Europe", "status": "former",
     "existed": {"from": 1922, "to": 1991}, "successors": ["RU"]},
]  # fmt: skip
THEMES = [
    {"name": "fatherhood", "slug": "fatherhood", "parent": "family"},
    {"name": "family", "slug": "family", "motif": "arcs", "ink": "ochre",
     "labels": [{"text": "가족", "language": "ko", "preferred": True}]},
]  # fmt: skip
PEOPLE = [{"name": "Lee Hwan-kyung", "native_name": "이환경", "native_language": "ko"}]
MIRACLE = {
    "title": "Miracle in Cell No. 7", "slug": "miracle-in-cell-no-7-2013",
    "original_title": "7번방의 선물", "original_language": "ko",
    "romanized_title": "7beonbangui seonmul", "year": 2013, "countries": ["KR"],
    "languages": ["ko"], "directors": ["Lee Hwan-kyung"], "cast": ["Ryu Seung-ryong"],
    "runtime_minutes": 127, "synopsis": "A father is sent to prison.", "imdb_id": "tt2659414",
    "themes": ["fatherhood"],
}  # fmt: skip
STALKER = {"title": "Stalker", "slug": "stalker-1979", "year": 1979, "countries": ["SUHH"]}


@pytest.fixture
def write(tmp_path):
    """Write files named for their kind; a record is an object, or the raw text of its line."""

    def rewrite(**files):
        for kind, records in files.items():
            lines = [
                r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records
            ]
            text = "".join(f"{line}\n" for line in lines)
            (tmp_path / f"{kind}.jsonl").write_text(text, encoding="utf-8")

    return rewrite


@pytest.fixture
def folder(tmp_path, write):
    write(countries=COUNTRIES, themes=THEMES, people=PEOPLE, films=[MIRACLE, STALKER])
    return tmp_path


def run(folder, capsys, **options):
    call_command("import_catalogue", str(folder), **options)
    return capsys.readouterr().out


def test_import_makes_films_with_all_that_hangs_on_them(folder, capsys):
    said = run(folder, capsys)
    assert "films: 2 created, 0 updated, 0 unchanged, 0 skipped, 0 bad" in said
    film = Film.objects.get(slug="miracle-in-cell-no-7-2013")
    assert film.is_published
    assert film.card_motif == "arcs"  # of the broader theme
    assert film.card_director == "Lee Hwan-kyung"
    assert film.titles.get().text == "7beonbangui seonmul"
    assert Film.objects.containing(["7번방"]).get() == film
    assert Film.objects.containing(["이환경"]).get() == film
    listed = ThemeListing.objects.filter(film=film).values_list("theme__name", flat=True)
    assert set(listed) == {"family", "fatherhood"}
    assert Theme.objects.get(name="family").film_count == 1
    assert Country.objects.get(pk="KR").film_count == 1
    call_command("recount", check=True)


def test_former_state_keeps_its_films_and_points_at_what_came_after(folder, capsys):
    run(folder, capsys)
    union, russia = Country.objects.get(pk="SUHH"), Country.objects.get(pk="RU")
    assert union.film_count == 1
    assert russia.film_count == 0
    assert list(union.successors.all()) == [russia]
    assert list(russia.predecessors.all()) == [union]


def test_second_run_changes_nothing(folder, capsys):
    run(folder, capsys)
    before = list(Film.objects.order_by("pk").values())
    said = run(folder, capsys)
    for kind, count in (("countries", 3), ("themes", 2), ("people", 1), ("films", 2)):
        assert f"{kind}: 0 created, 0 updated, {count} unchanged, 0 skipped, 0 bad" in said
    assert list(Film.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "record",
    [
        {**MIRACLE, "synopsis": "New."},
        {**MIRACLE, "slug": "another-address-2013", "synopsis": "New."},
        {**MIRACLE, "slug": "another-address-2013", "imdb_id": None, "synopsis": "New."},
    ],
    ids=["by slug", "by outside id", "by title, year and country"],
)
def test_film_is_matched_and_updated(folder, write, capsys, record):
    run(folder, capsys)
    write(films=[record])
    assert "films: 0 created, 1 updated" in run(folder, capsys)
    film = Film.objects.get(title="Miracle in Cell No. 7")
    assert (film.slug, film.synopsis) == ("miracle-in-cell-no-7-2013", "New.")


def test_essays_follow_a_film_to_its_countries(folder, write, capsys):
    run(folder, capsys)
    make_review(film=Film.objects.get(title="Stalker"))
    write(films=[{**STALKER, "countries": ["RU"]}])
    run(folder, capsys)
    assert [Country.objects.get(pk=code).essay_count for code in ("SUHH", "RU")] == [0, 1]


def test_renamed_film_is_found_by_its_former_address(folder, capsys):
    run(folder, capsys)
    Film.objects.get(slug="stalker-1979").rename("the-stalker-1979")
    assert "films: 0 created, 0 updated, 2 unchanged" in run(folder, capsys)


def test_credits_moved_to_a_namesake_stay_moved(folder, capsys):
    run(folder, capsys)
    other = Person.objects.create(name="Lee Hwan-kyung", slug="lee-hwan-kyung-2", sort_name="lee")
    Credit.objects.filter(person__slug="lee-hwan-kyung").update(person=other)
    assert "films: 0 created, 0 updated, 2 unchanged" in run(folder, capsys)
    assert Credit.objects.filter(person=other).exists()


def test_members_votes_outlive_a_theme_that_leaves_the_catalogue(folder, write, capsys):
    run(folder, capsys)
    film = Film.objects.get(slug="miracle-in-cell-no-7-2013")
    film.vote_theme(Theme.objects.get(name="fatherhood"), by=make_user(), agrees=True)
    write(films=[{**MIRACLE, "themes": ["family"]}])
    run(folder, capsys)
    row = FilmTheme.objects.get(content_object=film, tag__name="fatherhood")
    assert (row.position, row.agree_count) == (None, 1)
    call_command("recount", check=True)


BAD = [
    ("not json", "line", "is not JSON"),
    ("[1]", "line", "must be an object"),
    ({**STALKER, "title": ""}, "title", "is missing"),
    ({**STALKER, "title": "x" * 201}, "title", "201 characters"),
    ({**STALKER, "title": "a\u0000b"}, "title", "control character"),
    ({**STALKER, "title": 7}, "title", "must be text"),
    ({**STALKER, "year": 1873}, "year", "must lie between 1874"),
    ({**STALKER, "year": "1979"}, "year", "whole number"),
    ({**STALKER, "year": 3000}, "year", "must lie between"),
    ({**STALKER, "countries": ["QQ"]}, "countries", "“QQ” is not known"),
    ({**STALKER, "countries": []}, "countries", "is missing"),
    ({**STALKER, "languages": ["tlh"]}, "languages", "“tlh” is not known"),
    ({**STALKER, "themes": ["boredom"]}, "themes", "“boredom” is not known"),
    ({**STALKER, "imdb_id": "2659414"}, "imdb_id", "not of the expected form"),
    ({**STALKER, "cast": ["A", "A"]}, "cast", "has an entry twice"),
    ({**STALKER, "colour": True}, "colour", "is no field"),
    ({**STALKER, "slug": MIRACLE["slug"]}, "slug", "stands in an earlier line"),
    ({**STALKER, "imdb_id": MIRACLE["imdb_id"]}, "imdb_id", "stands in an earlier line"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "reason"), BAD, ids=[f"{b[1]} {b[2]}" for b in BAD])
def test_bad_line_is_named_and_changes_nothing(folder, write, capsys, line, field, reason):
    write(films=[MIRACLE, line])
    with pytest.raises(CommandError) as error:
        run(folder, capsys)
    assert "nothing was changed" in str(error.value)
    said = capsys.readouterr().err
    assert said.startswith(f"films.jsonl:2: {field}: ")
    assert reason in said
    assert not Film.objects.exists()
    assert not Country.objects.exists()


def test_skip_bad_takes_the_good_lines(folder, write, capsys):
    write(films=[MIRACLE, "not json", STALKER])
    said = run(folder, capsys, skip_bad=True)
    assert "films: 2 created, 0 updated, 0 unchanged, 1 skipped, 1 bad" in said
    assert Film.objects.count() == 2


def test_not_utf8_is_a_bad_line(folder, capsys):
    (folder / "films.jsonl").write_bytes(b'{"title": "\xff"}\n')
    with pytest.raises(CommandError):
        run(folder, capsys)
    assert "is not UTF-8" in capsys.readouterr().err


def test_label_that_leads_elsewhere_is_refused(folder, write, capsys):
    write(themes=[*THEMES, {"name": "clan", "slug": "clan",
                            "labels": [{"text": "가족", "language": "ko"}]}])  # fmt: skip
    with pytest.raises(CommandError):
        run(folder, capsys)
    assert "leads to another theme" in capsys.readouterr().err


def test_circle_of_themes_is_refused(folder, write, capsys):
    write(themes=[{"name": "a", "slug": "a", "parent": "b"},
                  {"name": "b", "slug": "b", "parent": "a"}], films=[STALKER])  # fmt: skip
    with pytest.raises(CommandError):
        run(folder, capsys)
    assert "makes a circle" in capsys.readouterr().err


def test_dry_run_counts_and_changes_nothing(folder, capsys):
    said = run(folder, capsys, dry_run=True)
    assert "films: 2 created" in said
    assert not Film.objects.exists()
    assert not Country.objects.exists()


def test_outside_id_of_another_film_is_not_taken(folder, write, capsys):
    run(folder, capsys)
    write(films=[{**STALKER, "imdb_id": MIRACLE["imdb_id"]}])
    with pytest.raises(CommandError):
        run(folder, capsys)
    assert "belongs to another film" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["nowhere.jsonl", "posters.jsonl"])
def test_path_that_is_no_catalogue_is_named(tmp_path, path):
    if path == "posters.jsonl":
        (tmp_path / path).write_text("{}\n")
    with pytest.raises(CommandError) as error:
        call_command("import_catalogue", str(tmp_path / path))
    assert path in str(error.value)


def test_synopsis_says_where_it_comes_from(folder, write, capsys):
    run(folder, capsys)
    film = Film.objects.get(slug="miracle-in-cell-no-7-2013")
    assert (film.synopsis_source, film.synopsis_license) == ("Afterimage’s catalogue", "CC0 1.0")
    write(films=[{**MIRACLE, "synopsis_source": "A programme", "synopsis_license": "CC BY 4.0"}])
    run(folder, capsys)
    film.refresh_from_db()
    assert (film.synopsis_source, film.synopsis_license) == ("A programme", "CC BY 4.0")


def test_romanized_title_that_is_the_title_is_left_out(folder, write, capsys):
    write(films=[{**STALKER, "original_title": "Сталкер", "romanized_title": "Stalker"}])
    run(folder, capsys)
    assert not Film.objects.get(title="Stalker").titles.exists()
    assert "1 unchanged" in run(folder, capsys)
