import pytest

from films.scripts import is_rtl, script_of


@pytest.mark.parametrize(
    "code",
    [
        "ar",
        "fa",
        "he",
        "ur",
        "ps",
        "ckb",
        "sd",
        "ug",
        "yi",
        "dv",
        "pa-Arab",
        "ar-EG",
        "az-Arab",
        "ku-arab",
        "yi-Hebr",
        "fa_IR",
    ],
)
def test_right_to_left_languages(code):
    assert is_rtl(code)


@pytest.mark.parametrize("code", ["", "en", "ko", "pa", "pa-Guru", "zh-Hant", "ar-Latn", "arn"])
def test_left_to_right_languages(code):
    assert not is_rtl(code)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("7번방", "cjk"),
        ("乱", "cjk"),
        ("カメラ", "cjk"),
        ("باب", "rtl"),
        ("שלום", "rtl"),
        ("पथेर", "other"),
        ("Ёлки", "other"),
        ("Żółty 1984!", "latin"),
        ("", "latin"),
    ],
)
def test_script_is_that_of_the_first_letter_beyond_latin(text, script):
    assert script_of(text) == script
