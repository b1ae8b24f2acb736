import math
import re
import unicodedata

CHARACTER_LANGUAGES = frozenset({"zh", "ja", "ko"})

ESSAY_WORDS = 400
ESSAY_CHARACTERS = 800
WORDS_A_MINUTE = 230
CHARACTERS_A_MINUTE = 500

# Two Chinese or Japanese characters weigh about one word (800 make an essay as 400 words do);
# a Thai, Lao, Burmese or Khmer word has about five, its marks among them.
CHARACTERS_A_WORD = 2
UNSPACED_CHARACTERS_A_WORD = 5

HAN_AND_KANA = "々〆〇\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_HAN_AND_KANA_RUN = re.compile(f"[{HAN_AND_KANA}]+")
# Thai, Lao, Burmese, Khmer, and the Tai scripts written like them.
_UNSPACED_RUN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaa7f]+"
)
# What parts words besides space. Tibetan ends a syllable with a sign of its own; the zero-width
# space parts words unseen.
_GAPS = ("\u200b", "\u2014", "\u2013", "\u0f0b", "\u0f0d", "/", "--", "...", "…")


def count(text: str, language: str) -> int:
    """Words; in Chinese, Japanese and Korean, characters without spaces and signs."""
    text = unicodedata.normalize("NFC", text)
    if is_counted_in_characters(language):
        return _characters(text)
    return _words(text)


def is_counted_in_characters(language: str) -> bool:
    return language.lower().replace("_", "-").split("-")[0] in CHARACTER_LANGUAGES


def is_essay(count: int, language: str) -> bool:
    least = ESSAY_CHARACTERS if is_counted_in_characters(language) else ESSAY_WORDS
    return count >= least


def weight_in_words(count: int, language: str) -> int:
    """For sums over several languages: characters weigh as the words that they come to."""
    return count // CHARACTERS_A_WORD if is_counted_in_characters(language) else count


def reading_minutes(count: int, language: str) -> int:
    """Whole minutes, begun ones too, and at least one."""
    pace = CHARACTERS_A_MINUTE if is_counted_in_characters(language) else WORDS_A_MINUTE
    return max(1, math.ceil(count / pace))


def _characters(text: str) -> int:
    # Marks are no characters of their own: a letter with its accent is one.
    return sum(character.isalnum() for character in text)


def _words(text: str) -> int:
    total, met = 0, "".join(set(text))
    for pattern, size in (
        (_HAN_AND_KANA_RUN, CHARACTERS_A_WORD),
        (_UNSPACED_RUN, UNSPACED_CHARACTERS_A_WORD),
    ):
        if not pattern.search(met):  # by far the most texts: looking through them costs the most
            continue
        for run in pattern.findall(text):
            total += math.ceil(len(run) / size)
        text = pattern.sub(" ", text)
    for gap in _GAPS:
        text = text.replace(gap, " ")
    return total + sum(any(map(str.isalnum, piece)) for piece in text.split())
