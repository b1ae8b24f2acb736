"""The languages of members' texts."""

import unicodedata

from django.conf.locale import LANG_INFO

from films.scripts import is_rtl

# Those with many writers on film; a member's own joins them in the form.
CODES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr",
    "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "km", "kn",
    "ko", "ky", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb", "ne", "nl", "pa", "pl",
    "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur",
    "uz", "vi", "zh",
)  # fmt: skip
_ALIASES = {"zh": "zh-hans"}

# By the name of a letter: the language, or only the script where several share it.
_SCRIPTS = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "und-Hani",
    "ARABIC": "und-Arab",
    "HEBREW": "he",
    "CYRILLIC": "und-Cyrl",
    "GREEK": "el",
    "DEVANAGARI": "und-Deva",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "THAI": "th",
}
_WRITTEN_IN = {
    "ko": {"HANGUL", "CJK"},
    "ja": {"HIRAGANA", "KATAKANA", "CJK"},
    "zh": {"CJK"},
    "he": {"HEBREW"},
    "yi": {"HEBREW"},
    "el": {"GREEK"},
    "bn": {"BENGALI"},
    "ta": {"TAMIL"},
    "th": {"THAI"},
}
_CYRILLIC = {"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"}
_DEVANAGARI = {"hi", "mr", "ne", "sa"}


def name_of(code):
    """ "Korean, 한국어", as far as it is known; else the code."""
    known = LANG_INFO.get(_ALIASES.get(code, code), {})
    if "name" not in known:
        return code
    name = "Chinese" if code == "zh" else known["name"]
    own = "中文" if code == "zh" else known["name_local"]
    return name if own.casefold() == name.casefold() else f"{name}, {own}"


def english_name(code):
    return name_of(code).partition(", ")[0]


def choices(*more):
    """(code, name) of the languages to choose from, by name, with those in `more`."""
    codes = dict.fromkeys([*CODES, *filter(None, more)])
    return sorted(((code, name_of(code)) for code in codes), key=lambda pair: pair[1])


def known(code):
    return code in CODES or code in LANG_INFO


def guess(text, usual):
    """The language of a short text whose writer was not asked: their usual one, unless the
    first letter belongs to another script."""
    letter = next((char for char in text if char.isalpha()), None)
    if letter is None:
        return usual
    script = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    language = usual.split("-")[0]
    if script not in _SCRIPTS:
        return usual if script != "LATIN" or not _is_elsewhere(language) else "und-Latn"
    if script in _own_scripts(language):
        return usual
    return _SCRIPTS[script]


def _own_scripts(language):
    if language in _CYRILLIC:
        return {"CYRILLIC"}
    if language in _DEVANAGARI:
        return {"DEVANAGARI"}
    if is_rtl(language) and language not in _WRITTEN_IN:
        return {"ARABIC"}
    return _WRITTEN_IN.get(language, set())


def _is_elsewhere(language):
    """Whether Latin letters are not what `language` is written in."""
    return bool(_own_scripts(language))
