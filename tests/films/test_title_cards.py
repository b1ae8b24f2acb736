import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from films.motifs import MOTIFS
from films.title_cards import (
    COMPOSITIONS,
    INKS,
    TONES,
    banner,
    derive,
    digest,
    fit,
    glyph,
    mini,
    spine,
    split,
    title_card,
)

VECTORS = json.loads((Path(__file__).parent / "title_card_vectors.json").read_text())


def inherited(slug, field):
    theme = VECTORS["themes"][slug]
    if not theme[field] and theme["parent"]:
        return inherited(theme["parent"], field)
    return theme[field]


def theme_of(slug):
    return SimpleNamespace(
        slug=slug, card_motif=inherited(slug, "motif"), card_ink=inherited(slug, "ink")
    )


def film_of(title, original_title="", **fields):
    defaults = {
        "card_seed": "a-film-2001",
        "original_language": "",
        "year": 2001,
        "card_country": "France",
        "card_director": "A director",
        "card_motif": "bars",
        "card_ground": "teal",
        "card_figure": "rose",
        "card_tone": "deep",
        "card_composition": "head",
    }
    return SimpleNamespace(title=title, original_title=original_title, **defaults | fields)


def film_of_vector(vector):
    ranked = sorted(vector["themes"], key=lambda pair: (-pair[1], pair[0]))
    design = derive(
        vector["slug"],
        vector["title"],
        vector["original"],
        vector["year"],
        [(theme_of(slug), strength) for slug, strength in ranked],
    )
    return film_of(
        vector["title"],
        vector["original"],
        card_seed=vector["slug"],
        original_language=vector["original_lang"],
        year=vector["year"],
        card_country=vector["country"],
        card_director=vector["director"],
        card_motif=design.motif,
        card_ground=design.ground,
        card_figure=design.figure,
        card_tone=design.tone,
        card_composition=design.composition,
    )


def is_safe_markup(html):
    return "style=" not in html and not re.search(r"\sid=", html) and "<script" not in html


@pytest.mark.parametrize("vector", VECTORS["films"], ids=lambda vector: vector["slug"])
def test_vector_gets_its_design(vector):
    film, expect = film_of_vector(vector), vector["expect"]

    assert digest(vector["slug"])[:8].hex() == expect["sha256_first_8_bytes"]
    for word in ("motif", "ground", "figure", "tone", "composition"):
        assert getattr(film, f"card_{word}") == expect[word]
    html = title_card(film)
    assert f" s-{expect['size']}" in html
    title = re.search(r'<p class="tc-title">(.*?)</p>', html).group(1)
    assert title.split("<br>") == expect["lines"] or film.card_composition in (
        "foot",
        "spine",
        "credits",
    )
    assert is_safe_markup(html)


def test_vectors_are_drawn_byte_for_byte_as_ever():
    films = [film_of_vector(vector) for vector in VECTORS["films"]]
    drawn = "".join(draw(film) for film in films for draw in (title_card, mini, spine))
    assert hashlib.sha256(drawn.encode()).hexdigest() == (
        "719aba8d856abeed3046dea07d3b25b6833b28c1f01d338aa465854e33f5b509"
    )


def test_theme_signs_are_drawn_byte_for_byte_as_ever():
    drawn = "".join(glyph(theme_of(slug)) for slug in VECTORS["themes"])
    assert hashlib.sha256(drawn.encode()).hexdigest() == (
        "3423efed28d134409b38120ebccc97ceb8550f3cf47c5fe02b0d16b81daf7db1"
    )


def test_film_without_themes_or_original_title_is_a_silver_leader():
    design = derive("untitled-2001", "Untitled", "", None, [])
    assert (design.motif, design.ground, design.figure) == ("leader", "silver", "silver")
    assert design.tone in TONES
    assert design.composition in COMPOSITIONS


def test_year_and_script_compositions_need_a_year_and_a_script():
    for number in range(300):
        design = derive(f"film-{number}", "A Film", "Un film", None, [])
        assert design.composition not in ("numeral", "script")


def test_stronger_theme_leads_and_of_equals_the_earlier():
    injustice, fatherhood = theme_of("injustice"), theme_of("fatherhood")
    weak_first = derive("x-2001", "X", "", 2001, [(injustice, 1), (fatherhood, 2)])
    assert (weak_first.motif, weak_first.figure) == ("lean", "vermilion")
    equals = derive("x-2001", "X", "", 2001, [(injustice, 2), (fatherhood, 2)])
    assert (equals.motif, equals.figure) == ("bars", "ochre")


def test_figure_takes_the_ground_ink_without_a_second_theme():
    design = derive("x-2001", "X", "", 2001, [(theme_of("injustice"), 1)])
    assert (design.ground, design.figure) == ("vermilion", "vermilion")


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize(
    ("title", "original", "language"),
    [
        ("Miracle in Cell No. 7", "7번방의 선물", "ko"),
        ("Ran", "乱", "ja"),
        ("Spirited Away", "千と千尋の神隠し", "ja"),
        ("Cairo Station", "باب الحديد", "ar"),
        ("Song of the Little Road", "पथेर पांचाली", "hi"),
        ("기생충", "기생충", "ko"),
        ("باب الحديد", "", ""),
        ("ß", "ß", "de"),
        ("…", "", ""),
        ("word " * 40, "слово " * 33, "ru"),
        ("a " * 100, "乱" * 200, "ja"),
        ("W" * 200, "ש" * 200, "he"),
    ],
)
def test_every_composition_takes_every_title(title, original, language, composition):
    film = film_of(
        title, original, original_language=language, year=None, card_composition=composition
    )
    for year in (None, 1905, 2007):
        film.year = year
        html = title_card(film)
        assert is_safe_markup(html)
        assert html.startswith('<div class="tc" dir="')
        assert html.count("<div") == html.count("</div>")


def test_hangul_original_stands_beside_the_picture():
    html = title_card(film_of("Burning", "버닝", original_language="ko", card_composition="script"))
    assert "tc-script" in html
    assert "tc-cjk" in html
    assert '<p class="tc-orig" lang="ko">버닝</p>' in html


def test_arabic_original_runs_from_right_to_left():
    html = title_card(film_of("Cairo Station", "باب الحديد", original_language="ar"))
    assert '<p class="tc-orig" lang="ar" dir="rtl">باب الحديد</p>' in html
    assert html.startswith('<div class="tc" dir="ltr"')


def test_devanagari_original_sets_the_script_composition():
    html = title_card(
        film_of("Pather", "पथेर पांचाली", original_language="hi", card_composition="script")
    )
    assert "tc-other" in html


def test_word_that_fits_nowhere_may_break():
    assert " tc-long" in title_card(film_of("W" * 58))


@pytest.mark.parametrize("draw", [title_card, mini, spine])
def test_hostile_texts_are_escaped(draw):
    evil = '"><script>alert(1)</script>'
    film = film_of(
        evil,
        evil + "x",
        original_language=evil,
        card_country=evil,
        card_director=evil,
        card_motif=evil,
        card_ground=evil,
        card_figure=evil,
        card_tone=evil,
        card_composition=evil,
    )
    assert is_safe_markup(draw(film))
    assert evil not in draw(film)


def test_woodtype_words_are_escaped():
    html = title_card(film_of("Tom & Jerry", card_composition="woodtype"))
    assert "tc-wood" in html
    assert "&amp;" in html
    assert " & " not in html


@pytest.mark.parametrize("composition", ["numeral", "script", "woodtype"])
def test_composition_that_lost_what_it_shows_becomes_head(composition):
    html = title_card(film_of("한국 영화", year=None, card_composition=composition))
    assert "tc-head" in html


def test_renaming_leaves_the_design_alone():
    before = title_card(film_of("The Lake", card_composition="spine"))
    after = title_card(film_of("The Very Long and Winding Lake", card_composition="spine"))
    assert "tc-spine" in before
    assert "tc-spine" in after


@pytest.mark.parametrize("motif", MOTIFS)
def test_motif_draws_in_every_shape_without_coordinates_that_are_no_numbers(motif):
    theme = SimpleNamespace(slug="a-theme", card_motif=motif, card_ink=INKS[0])
    for html in (glyph(theme), banner(theme), mini(film_of("A Film", card_motif=motif))):
        assert is_safe_markup(html)
        assert "nan" not in html
        assert "inf" not in html
    assert 'viewBox="0 0 1280 240"' in banner(theme)
    assert "g-vermilion" in banner(theme)


def test_theme_without_words_of_its_own_has_a_plain_sign():
    html = glyph(SimpleNamespace(slug="new", card_motif="", card_ink=""))
    assert "g-silver" in html


def test_lines_break_where_the_longest_is_shortest():
    words = ["quai", "du", "Commerce", "1080", "Bruxelles"]
    assert split(words, 2) == ["quai du Commerce", "1080 Bruxelles"]
    assert split(words, 1) == ["quai du Commerce 1080 Bruxelles"]
    assert split(["one"], 3) == ["one"]


def test_hundred_words_are_broken_without_trying_every_way():
    # 75 million ways to set 100 words in six lines: this returns at all only if bounded.
    lines = split(["word"] * 100, 6)
    assert sorted(map(len, (line.split() for line in lines))) == [15, 17, 17, 17, 17, 17]
    assert fit("a " * 100, 84, 3)[0] >= 9
