import pytest

from films.normalize import clean_name, film_slug, piece_slug, search_key, sort_key


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (("8½", "8 1/2", "8 1\u20442", "8\u00a01/2"), "8 1 2"),
        (("İstanbul", "istanbul", "ıstanbul", "ISTANBUL", "I\u0307stanbul"), "istanbul"),
        (("Żółty", "żółty", "zolty", "Z\u0307o\u0301\u0142ty"), "zolty"),
        (("Søren Đặng", "soren dang"), "soren dang"),
        (("Straße", "STRASSE", "strasse"), "strasse"),
        (("Ægir Œuvre", "aegir oeuvre"), "aegir oeuvre"),
        (("Ο Θίασος", "ο θιασοσ"), "ο θιασοσ"),
        (("Ёлки", "елки"), "елки"),
        (("Don't Look Now", "Don’t Look Now", "Don\u02bct look now", "DONT LOOK NOW"), None),
        (("M*A*S*H", "m.a.s.h.", " M  A\tS\nH "), "m a s h"),
        (("ＲＡＮ", "Ran"), "ran"),
        (("Wall·E", "WALL-E", "wall e"), "wall e"),
    ],
)
def test_texts_that_are_searched_alike(texts, key):
    keys = {search_key(text) for text in texts}
    assert len(keys) == 1
    assert key is None or keys == {key}


def test_voiced_marks_of_kana_stay():
    assert search_key("ガラス") == search_key("ｶﾞﾗｽ") == "ガラス"
    assert search_key("ガラス") != search_key("カラス")
    assert search_key("パパ") != search_key("ババ")


def test_hangul_is_composed():
    assert search_key("\u1112\u1161\u11ab\u1100\u116e\u11a8") == "한국"


def test_indic_signs_stay():
    assert search_key("पथेर पांचाली") == "पथेर पांचाली"
    assert search_key("हिन्दी") != search_key("हनद")
    assert search_key("தமிழ்") == "தமிழ்"


def test_arabic_and_hebrew_points_are_dropped_but_not_letters():
    assert search_key("الحُبّ") == search_key("الحب") == "الحب"
    assert search_key("شَـــمس") == "شمس"
    assert search_key("أم") == "أم"
    assert search_key("שָׁלוֹם") == "שלום"


def test_invisible_characters_do_not_part_words():
    assert search_key("می\u200cخواهم") == search_key("میخواهم")
    assert search_key("Mo\u202ehsi\u00ad") == "mohsi"


@pytest.mark.parametrize("text", ["", "…", "?!", "🎬", "\u0301"])
def test_key_of_signs_is_empty(text):
    assert search_key(text) == ""


@pytest.mark.parametrize("text", ["8½", "İstanbul", "ﷺ", "Ŀ ŉ ǰ", "が", "ὈΔΥΣΣΕΎΣ", "½½"])
def test_key_of_a_key_is_itself(text):
    assert search_key(search_key(text)) == search_key(text)


def test_sort_keys_are_ascii_and_never_empty():
    for text in ("Żółty", "기생충", "乱", "पथेर", "…", "🎬", "Ёлки 2"):
        assert sort_key(text).isascii()
        assert sort_key(text)
    assert sort_key("") == ""
    assert len(sort_key("乱" * 200)) <= 200


def test_other_scripts_are_sorted_after_latin_in_their_own_order():
    titles = ["기생충", "Zelig", "乱", "8½", "Amélie", "가족"]
    assert sorted(titles, key=sort_key) == ["8½", "Amélie", "Zelig", "乱", "가족", "기생충"]


@pytest.mark.parametrize(
    ("title", "year", "slug"),
    [
        ("M", 1931, "m-1931"),
        ("The 400 Blows", 1959, "the-400-blows-1959"),
        ("Cléo from 5 to 7", 1962, "cleo-from-5-to-7-1962"),
        ("8½", 1963, "8-1-2-1963"),
        (
            "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
            1964,
            "dr-strangelove-or-how-i-learned-to-stop-worrying-and-love-the-bomb-1964",
        ),
        ("Closely Watched Trains", 1966, "closely-watched-trains-1966"),
        ("Z", 1969, "z-1969"),
        ("Ali: Fear Eats the Soul", 1974, "ali-fear-eats-the-soul-1974"),
        (
            "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles",
            1975,
            "jeanne-dielman-23-quai-du-commerce-1080-bruxelles-1975",
        ),
        ("Where Is the Friend's House?", 1987, "where-is-the-friends-house-1987"),
        ("Secrets & Lies", 1996, "secrets-lies-1996"),
        ("In the Mood for Love", 2000, "in-the-mood-for-love-2000"),
        ("Amélie", 2001, "amelie-2001"),
        ("Good Bye, Lenin!", 2003, "good-bye-lenin-2003"),
        ("4 Months, 3 Weeks and 2 Days", 2007, "4-months-3-weeks-and-2-days-2007"),
        ("Persepolis", 2007, "persepolis-2007"),
        ("WALL·E", 2008, "wall-e-2008"),
        ("Miracle in Cell No. 7", 2013, "miracle-in-cell-no-7-2013"),
        ("Miracle in Cell No. 7", 2022, "miracle-in-cell-no-7-2022"),
        ("12.12: The Day", 2023, "12-12-the-day-2023"),
        ("9½ Weeks", 1986, "9-1-2-weeks-1986"),
        ("Ёлки й", 2010, "ёлки-й-2010"),
        ("기생충", 2019, "기생충-2019"),
        ("पथेर पांचाली", 1955, "पथेर-पांचाली-1955"),
        ("Untitled", None, "untitled"),
    ],
)
def test_film_slug(title, year, slug):
    assert film_slug(title, year) == slug


def test_title_of_signs_takes_its_original_titles_slug():
    assert film_slug("…", 1968, "Se…") == "se-1968"
    assert film_slug("?", 1968, "!") == ""
    assert film_slug("?", 1968) == ""


def test_long_slug_ends_with_a_whole_word_and_the_year():
    slug = film_slug("word " * 60, 1999)
    assert slug.endswith("-word-1999")
    assert len(slug) <= 205


def test_piece_slug_keeps_letters_of_any_script():
    assert piece_slug("Il n’a pas levé les yeux") == "il-na-pas-leve-les-yeux"
    assert piece_slug("그는 밥에서 눈을 떼지 않았다") == "그는-밥에서-눈을-떼지-않았다"
    assert piece_slug("Мой брат") == "мой-брат"
    assert piece_slug("?!") == ""


@pytest.mark.parametrize("title", ["word " * 32, "가" * 160, "x" * 160])
def test_piece_slug_is_short(title):
    slug = piece_slug(title)
    assert 75 <= len(slug) <= 80
    assert not slug.endswith("-")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mo\u202ehsi", "Mohsi"),
        ("  Hana \t\u3000Kovář\r\n", "Hana Kovář"),
        ("Kova\u0301r\u030c", "Ková\u0159"),
        ("a\u0000b\u0007\u200b\u00ad\ufeff\u2066c", "abc"),
        ("\u3164\u115f\u2800", ""),
        ("pay\u200dpal\u200c", "paypal"),
        ("x\ufe0fy\U000e0041", "xy"),
        ("a\u2028b", "a b"),
    ],
)
def test_name_loses_what_cannot_be_seen(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "👩\u200d👩\u200d👧",
        "👩🏽\u200d🚀",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "می\u200cخواهم",
        "क्\u200dष",
        "ന്\u200d",
        "ශ්\u200dරී",
        "葛\U000e0100",
        "O’Brien-Núñez",
    ],
)
def test_name_keeps_the_joiners_that_its_script_needs(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("sign", map(chr, range(128)), ids=ascii)
def test_plain_text_is_folded_like_the_same_beside_an_accent(sign):
    text = f"a{sign}B"
    assert search_key(f"{text} é") == f"{search_key(text)} e"
