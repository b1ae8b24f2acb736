"""Which script a text is written in, and which way that script runs."""

import unicodedata

# fmt: off
RTL_SCRIPTS = frozenset((
    "adlm", "arab", "aran", "armi", "hebr", "mand", "mend", "nkoo", "phnx", "rohg", "samr", "syrc",
    "thaa",
))
RTL_LANGUAGES = frozenset((
    "ar", "arc", "ary", "arz", "azb", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "ks", "lrc",
    "mzn", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi",
))
# fmt: on


def is_rtl(code: str) -> bool:
    """Whether a BCP 47 tag names a text that runs from right to left."""
    language, *rest = code.lower().replace("_", "-").split("-")
    # A script in the tag outweighs the language: pa-Arab runs left, ar-Latn runs right.
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    return script in RTL_SCRIPTS if script else language in RTL_LANGUAGES


def script_of(text: str) -> str:
    """'cjk', 'rtl', 'other' or 'latin', by the first letter that is not Latin."""
    for char in text:
        if not char.isalpha():
            continue
        name = unicodedata.name(char, "")
        if name.startswith(("HANGUL", "CJK", "HIRAGANA", "KATAKANA")):
            return "cjk"
        if name.startswith(("ARABIC", "HEBREW")):
            return "rtl"
        if not name.startswith("LATIN"):
            return "other"
    return "latin"
