import pytest

from reviews import counting


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One word and another", 4),
        ("It's a well-made film.", 4),
        ("he left—she stayed", 4),
        ("he left -- she stayed", 4),
        ("and/or", 2),
        ("Wait... what?", 2),
        ("… — !?", 0),
        ("3.5 stars, 1,940 words", 4),
        ("हिन्दी में लिखा", 3),
        ("الخطر حين يتكلّم", 3),
        ("résumé", 1),
        ("re\u0301sume\u0301", 1),
        ("film🎬 🎬", 1),
        ("밀양 is a town", 4),
        ("a\u200bb", 2),
    ],
)
def test_words_are_counted_by_spaces(text, words):
    assert counting.count(text, "en") == words


@pytest.mark.parametrize(
    ("text", "language", "characters"),
    [
        ("그래도 종이는 남는다.", "ko", 9),
        ("母の時のことを書く。", "ja", 9),
        ("我看了《秘密阳光》。", "zh", 7),
        ("我看了", "zh-Hant", 3),
        ("\u1112\u1161\u11ab국", "ko", 2),
        ("7番房", "ja", 3),
        ("か\u3099", "ja", 1),
    ],
)
def test_east_asian_texts_are_counted_in_characters(text, language, characters):
    assert counting.count(text, language) == characters


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("ภาพยนตร์เรื่องนี้ทำให้ผมร้องไห้" * 100, "th", 600),
        ("ຮູບເງົາເລື່ອງນີ້ດີຫຼາຍ" * 90, "lo", 450),
        ("រឿងនេះធ្វើឱ្យខ្ញុំយំ" * 120, "km", 600),
        ("ဒီရုပ်ရှင်ကကျွန်တော့်ကိုငိုစေတယ်" * 90, "my", 630),
    ],
)
def test_scripts_without_spaces_are_counted_nearly_by_words(text, language, words):
    count = counting.count(text, language)
    assert 0.75 * words < count < 1.25 * words


def test_a_quotation_without_spaces_weighs_as_words():
    assert counting.count("She says 我看了秘密阳光 twice", "en") == 3 + 4


def test_tibetan_is_counted_by_syllables():
    assert counting.count("བཀྲ་ཤིས་བདེ་ལེགས", "bo") == 4


@pytest.mark.parametrize(
    ("count", "language", "essay"),
    [
        (399, "en", False),
        (400, "en", True),
        (799, "ko", False),
        (800, "ko", True),
        (400, "ja", False),
        (400, "th", True),
        (800, "zh-Hans", True),
    ],
)
def test_an_essay_begins_at_its_limit(count, language, essay):
    assert counting.is_essay(count, language) is essay


@pytest.mark.parametrize(
    ("count", "language", "minutes"),
    [
        (0, "en", 1),
        (230, "en", 1),
        (231, "en", 2),
        (1940, "en", 9),
        (500, "ja", 1),
        (1001, "ko", 3),
    ],
)
def test_reading_time_is_whole_minutes_and_at_least_one(count, language, minutes):
    assert counting.reading_minutes(count, language) == minutes
