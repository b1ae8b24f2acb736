import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from films.models import Film, FilmLanguage, ThemeLabel
from tests.factories import make_country, make_film, make_review, make_theme, make_user
from tests.plans import plan_of, sorts, statements_of
from users.models import SiteSettings

pytestmark = pytest.mark.django_db

BROWSE = "/films/"


def address(*pairs):
    return f"{BROWSE}?{urlencode(pairs)}" if pairs else BROWSE


def browse(client, *pairs, **headers):
    response = client.get(address(*pairs), headers=headers or None)
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    return response


def titles(response):
    html = response.content.decode()
    found = re.findall(r'<p class="name"><a href="/films/[^"]+">(.*?)</a>', html)
    return [unescape(title) for title in found]


def notices(response):
    return re.findall(r'<p class="alert" role="alert">(.*?)</p>', response.content.decode())


@pytest.mark.parametrize("name", ["browse", "browse_json", "browse_csv", "browse_feed"])
def test_words_are_a_search_and_are_counted_as_one(client, name):
    SiteSettings(searches_a_minute=2).save()
    path = reverse(f"films:{name}")
    answers = [client.get(path, {"q": word}).status_code for word in ("a", "b", "c")]
    assert answers == [200, 200, 429]
    assert client.get("/search/?q=rain").status_code == 429
    assert client.get(path).status_code == 200


@pytest.fixture(scope="module")
def library(rows_for_all):
    make_country("KR", "South Korea", slug="south-korea")
    make_country("FR", "France", slug="france")
    make_film("Both", 2013, themes=["family", "injustice"], directors=["Lee Han"])
    make_film("Family only", 2003, countries=["FR"], themes=["family"], cast=["Ana Lee"])
    make_film("Injustice only", 1995, countries=["KR", "FR"], themes=["injustice", "war"])
    make_film("Neither", None, countries=["FR"], themes=["love"])


# What the parameters mean


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([], {"Both", "Family only", "Injustice only", "Neither"}),
        ([("theme", "family")], {"Both", "Family only"}),
        ([("theme", "family"), ("theme", "injustice")], {"Both"}),
        (
            [("theme", "family"), ("theme", "injustice"), ("match", "any")],
            {"Both", "Family only", "Injustice only"},
        ),
        ([("theme", "injustice"), ("without", "war")], {"Both"}),
        ([("without", "family"), ("without", "war")], {"Neither"}),
        ([("country", "france")], {"Family only", "Injustice only", "Neither"}),
        (
            [("country", "france"), ("country", "south-korea")],
            {"Both", "Family only", "Injustice only", "Neither"},
        ),
        (
            [("country", "france"), ("country", "south-korea"), ("countries", "all")],
            {"Injustice only"},
        ),
        ([("from", "2000")], {"Both", "Family only"}),
        ([("to", "2003")], {"Family only", "Injustice only"}),
        ([("from", "2000"), ("to", "2009")], {"Family only"}),
        ([("q", "lee")], {"Both", "Family only"}),
        ([("q", "INJUST")], {"Injustice only"}),
        ([("q", "lee han")], {"Both"}),
        ([("theme", "family"), ("country", "france"), ("from", "2000")], {"Family only"}),
        ([("q", "only"), ("theme", "family"), ("sort", "title")], {"Family only"}),
    ],
)
def test_each_parameter_narrows(client, library, pairs, wanted):
    response = browse(client, *pairs)
    assert set(titles(response)) == wanted
    assert len(titles(response)) == len(wanted)
    assert f'<strong class="num">{len(wanted)}</strong>' in response.content.decode()


def test_a_theme_includes_the_narrower_ones(client):
    broad = make_theme("power")
    make_theme("corruption", broader=broad)
    make_film("A film", themes=["corruption"])
    assert titles(browse(client, ("theme", "power"))) == ["A film"]
    assert titles(browse(client, ("without", "power"))) == []


@pytest.mark.parametrize("sort", ["strength", "written"])
def test_a_disputed_theme_finds_nothing(client, sort):
    film = make_film("A film", themes=["family"])
    theme = film.themes.get()
    for _ in range(4):
        film.vote_theme(theme, by=make_user(), agrees=False)
    extra = [("sort", "written")] if sort == "written" else []
    assert titles(browse(client, ("theme", "family"), *extra)) == []


def test_language_is_that_of_the_title_or_spoken(client, library):
    titled = make_film("Titled", original_title="La sera", original_language="it")
    make_film("Written so", original_title="青", original_language="zh-Hant")
    FilmLanguage.objects.create(film=Film.objects.get(title="Both"), language_id="it")
    assert set(titles(browse(client, ("language", "it")))) == {titled.title, "Both"}
    assert titles(browse(client, ("language", "zh"))) == ["Written so"]
    themed = browse(client, ("theme", "family"), ("language", "it"))
    assert titles(themed) == ["Both"]


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_only_published_films_are_listed(client, status):
    make_film("Unseen", themes=["family"])
    film = Film.objects.get()
    if status == "deleted":
        film = Film.objects.add(by=make_user(), title="Own", year=2000)
        film.delete_by_owner(by=film.added_by)
        Film.objects.get(title="Unseen").hide(by=make_user(role="moderator"), reason="Twice.")
    elif status == "draft":
        film.hide(by=make_user(role="moderator"), reason="Twice.")
    else:
        verb = {"held": film.hold, "hidden": film.hide, "removed": film.remove}[status]
        verb(by=make_user(role="moderator"), reason="Twice.")
    assert titles(browse(client)) == []
    assert titles(browse(client, ("theme", "family"))) == []


# Orders


@pytest.fixture
def orders():
    first = make_film("Alpha", 1990, themes=["family"])
    second = make_film("Beta", 2010, themes=["family"])
    third = make_film("Gamma", None, themes=["family"])
    fourth = make_film("Delta", 1950, themes=["family"])
    now = timezone.now()
    for days, film in enumerate((second, second, third, first)):
        make_review(film=film, published_at=now - timedelta(days=9 - days))
    Film.objects.filter(pk=fourth.pk).update(score=9.0)
    Film.objects.filter(pk=first.pk).update(score=5.0)
    for _ in range(3):
        third.vote_theme(third.themes.get(), by=make_user(), agrees=True)
    first.vote_theme(first.themes.get(), by=make_user(), agrees=True)


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("", ["Beta", "Gamma", "Alpha", "Delta"]),
        ("recent", ["Alpha", "Gamma", "Beta", "Delta"]),
        ("newest", ["Beta", "Alpha", "Delta", "Gamma"]),
        ("oldest", ["Delta", "Alpha", "Beta", "Gamma"]),
        ("title", ["Alpha", "Beta", "Delta", "Gamma"]),
        ("loved", ["Delta", "Alpha", "Gamma", "Beta"]),
    ],
)
def test_orders(client, orders, sort, wanted):
    assert titles(browse(client, *[("sort", sort)] if sort else [])) == wanted


def test_themes_are_ordered_by_strength_unless_said_otherwise(client, orders):
    assert titles(browse(client, ("theme", "family"))) == ["Gamma", "Alpha", "Delta", "Beta"]
    written = browse(client, ("theme", "family"), ("sort", "written"))
    assert titles(written) == ["Beta", "Gamma", "Alpha", "Delta"]


def test_the_rarest_theme_gives_the_order_and_is_named(client, orders):
    for title, votes in (("Alpha", 0), ("Beta", 2)):
        film = Film.objects.get(title=title)
        for _ in range(votes + 2):
            film.add_theme("injustice", by=make_user())
    response = browse(client, ("theme", "family"), ("theme", "injustice"))
    assert titles(response) == ["Beta", "Alpha"]
    assert "by the strength of injustice, the rarer of the two" in response.content.decode()


def test_any_of_several_themes_is_ordered_by_the_strongest(client, orders):
    make_film("Love alone", themes=["love"])
    response = browse(client, ("theme", "family"), ("theme", "love"), ("match", "any"))
    assert titles(response)[:2] == ["Gamma", "Alpha"]
    assert "Love alone" in titles(response)


# Pages


@pytest.mark.parametrize("sort", ["", "recent", "newest", "oldest", "title", "loved", "strength"])
def test_pages_lead_forward_to_the_end_and_back(client, monkeypatch, sort):
    monkeypatch.setattr("films.finding.PAGE_SIZE", 8)
    for number in range(20):
        make_film(f"Film {number // 3:02}", 1950 + number % 7 if number % 5 else None,
                  themes=["family"], score=number % 4 or None)  # fmt: skip
    pairs = [("theme", "family")] if sort == "strength" else [("sort", sort)] if sort else []
    there, seen = address(*pairs), []
    while there:
        response = client.get(there)
        html = response.content.decode()
        seen.append(re.findall(r'<p class="name"><a href="(/films/[^"]+)"', html))
        following = re.search(r'href="([^"]+)" rel="next"', html)
        there = unescape(following[1]) if following else None
    assert [len(page) for page in seen] == [8, 8, 4]
    assert len({slug for page in seen for slug in page}) == 20
    assert "17 to 20 here" in html
    for page in seen[1::-1]:
        back = re.search(r'href="([^"]+)" rel="prev"', response.content.decode())
        response = client.get(unescape(back[1]))
        found = re.findall(r'<p class="name"><a href="(/films/[^"]+)"', response.content.decode())
        assert found == page
    assert 'rel="prev"' not in response.content.decode()


def test_a_position_made_for_another_order_or_by_hand_shows_the_first_page(client):
    for number in range(30):
        make_film(f"Film {number}")
    html = browse(client).content.decode()
    position = unescape(re.search(r'after=([^"]+)" rel="next"', html)[1])
    for pairs in ([("after", "x" * 40)], [("sort", "title"), ("after", position)]):
        response = browse(client, *pairs)
        assert "no longer known" in notices(response)[0]
        assert 'content="noindex"' in response.content.decode()
        assert "1 to 24 here" in response.content.decode()
        assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("pairs", [[], [("theme", "family")], [("from", "1900")], [("q", "film")]])
def test_a_count_beyond_a_thousand_is_not_counted_out(client, monkeypatch, pairs):
    monkeypatch.setattr("films.finding.COUNTED", 2)
    for number, said in enumerate(("1", "2", "more than 2", "more than 2"), 1):
        make_film(f"Film {number}", 1990 + number, themes=["family"])
        html = browse(client, *pairs).content.decode()
        assert f'role="status"><strong class="num">{said}</strong>' in html
        assert titles(browse(client, *pairs, ("sort", "newest")))[0] == f"Film {number}"


# Addresses


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("q=&theme=&match=&sort=", ""),
        ("from=2000&theme=family", "theme=family&from=2000"),
        ("theme=injustice&theme=family", "theme=family&theme=injustice"),
        ("theme=family&theme=family", "theme=family"),
        ("theme=family&sort=strength", "theme=family"),
        ("sort=written", ""),
        ("sort=strength", ""),
        ("match=any&theme=family", "theme=family"),
        ("countries=all&country=france", "country=france"),
        ("decade=1990", "from=1990&to=1999"),
        ("decade=1994&to=1995", "from=1990&to=1995"),
        ("country=FR", "country=france"),
        ("country=South+Korea", "country=south-korea"),
        ("q=+a++b+", "q=a+b"),
        ("theme=Familie", "theme=family"),
        ("utm_source=mail&q=a", "q=a"),
        ("theme=nothing&theme=family", "theme=family&theme=nothing"),
    ],
)
def test_any_other_spelling_leads_to_the_canonical_address(client, library, raw, canonical):
    ThemeLabel.objects.create(theme=make_theme("family"), text="Familie", language="de")
    response = client.get(f"{BROWSE}?{raw}")
    assert response.status_code == 302
    assert response.headers["Location"] == (f"{BROWSE}?{canonical}" if canonical else BROWSE)
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("pair", "named"),
    [
        (("theme", "nothing"), "nothing"),
        (("without", "nothing"), "nothing"),
        (("country", "atlantis"), "atlantis"),
        (("language", "klingon"), "klingon"),
        (("from", "soon"), "soon"),
        (("to", "99999"), "99999"),
        (("decade", "x"), "x"),
        (("sort", "random"), "random"),
        (("match", "most"), "most"),
    ],
)
def test_an_unknown_value_is_named_and_not_applied(client, library, pair, named):
    response = browse(client, pair)
    assert f"“{named}”" in notices(response)[0]
    assert len(titles(response)) == 4
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert '<link rel="canonical" href="http://testserver/films/">' in html
    assert "no-store" in response.headers["Cache-Control"]


def test_hostile_values_are_text(client, library):
    evil = "<script>alert(1)</script>\0"
    for name in ("q", "theme", "country", "language", "from", "sort"):
        response = client.get(address((name, evil)), follow=True)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content


def test_years_the_wrong_way_round_keep_the_first(client, library):
    response = browse(client, ("from", "2010"), ("to", "2000"))
    assert titles(response) == ["Both"]
    assert notices(response)


def test_the_canonical_link_has_no_position_lost(client, library):
    response = browse(client, ("theme", "family"), ("sort", "title"))
    canonical = 'href="http://testserver/films/?theme=family&amp;sort=title"'
    assert canonical in response.content.decode()


# Words


def test_the_heading_says_the_query_in_plain_words(client, library):
    response = browse(
        client,
        ("q", "lee"),
        ("theme", "family"),
        ("theme", "injustice"),
        ("without", "war"),
        ("country", "france"),
        ("country", "south-korea"),
        ("from", "2010"),
        ("to", "2019"),
        ("language", "ko"),
    )
    words = (
        "Films about family and injustice, without war, from France or South Korea, in Korean, "
        "of the 2010s, with “lee” in a title or a name"
    )
    assert words in response.content.decode()


def test_without_themes_the_heading_is_still_a_sentence(client, library):
    for pairs, words in (
        ([("country", "france")], "Films from France"),
        ([("q", "lee"), ("from", "2000")], "Films from 2000 on, with “lee” in a title or a name"),
        ([], "Films"),
    ):
        assert f'<h1 id="heading">{words}</h1>' in browse(client, *pairs).content.decode()


def test_chips_take_themselves_away(client, library):
    response = browse(client, ("theme", "family"), ("theme", "injustice"), ("from", "2000"))
    html = unescape(response.content.decode())
    chips = re.search(r'<ul class="chips".*?</ul>', html, re.S)[0]
    assert re.findall(r'href="([^"]+)"', chips) == [
        "/films/?theme=injustice&from=2000",
        "/films/?theme=family&from=2000",
        "/films/?theme=family&theme=injustice",
    ]


def test_nothing_found_offers_a_way_on(client, library):
    response = browse(client, ("q", "zzz"))
    assert titles(response) == []
    assert reverse("films:film_add") + "?title=zzz" in response.content.decode()


# htmx


def test_htmx_gets_the_list_alone_and_a_restored_page_whole(client, library):
    part = browse(client, **{"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b'<div id="results">' in part.content
    assert b'hx-swap-oob="true"' in part.content
    whole = browse(client, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    plain = browse(client)
    assert b"<html" in whole.content
    assert b"afterimage" in whole.content
    assert titles(part) == titles(whole) == titles(plain)
    for response in (part, whole, plain):
        assert "HX-Request" in response.headers["Vary"]


def test_a_page_of_films_asks_as_often_at_thirty_films_as_at_three(
    client, django_assert_max_num_queries
):
    counts = []
    pairs = [("theme", "family"), ("theme", "love"), ("country", "south-korea"), ("from", "1950")]
    make_country("KR", "South Korea", slug="south-korea")
    for total in (3, 30):
        while Film.objects.count() < total:
            make_film(themes=["family", "love"])
        with django_assert_max_num_queries(12) as seen:
            assert len(titles(browse(client, *pairs))) == min(total, 24)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("pairs", "index"),
    [
        ([], "film_most_written"),
        ([("sort", "recent")], "film_last_written"),
        ([("sort", "newest")], "film_newest"),
        ([("sort", "oldest")], "film_oldest"),
        ([("sort", "title")], "film_by_title"),
        ([("sort", "loved")], "film_best_loved"),
        ([("sort", "lasting")], "film_lasting"),
        ([("theme", "family")], "themelisting_strongest"),
        ([("theme", "family"), ("theme", "love")], "themelisting_strongest"),
    ],
)
def test_every_order_is_read_off_an_index_without_sorting(client, monkeypatch, pairs, index):
    monkeypatch.setattr("films.finding.PAGE_SIZE", 2)
    for _ in range(5):
        make_film(themes=["family", "love"])
    there = re.search(r'href="([^"]+)" rel="next"', browse(client, *pairs).content.decode())[1]
    for address_ in (address(*pairs), unescape(there)):
        plan = plan_of(next(s for s in statements_of(client, address_) if "LIMIT" in s))
        assert index in plan
        assert not sorts(plan)


def test_what_is_ticked_stands_at_the_top_of_its_box(client, orders):
    make_film(themes=["art"])
    html = browse(client, ("theme", "family")).content.decode()
    first = html.index('name="theme" value="')
    assert html[first:].startswith('name="theme" value="family"')


def test_a_search_that_finds_nothing_says_what_would(client, orders):
    html = browse(client, ("q", "zzz"), ("theme", "family")).content.decode()
    assert "No film has all of this" in html
    assert "Add a film that is missing" in html
    assert 'name="sort"' not in html
