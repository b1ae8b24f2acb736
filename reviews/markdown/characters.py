import html
import re

# Overrides and embeddings would turn what follows on the line around; controls, lone
# surrogates, non-characters and tag letters (but those of a flag) are never meant.
_UNWANTED = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]{2,7}\U000e007f)"
    "|[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff0-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")

_HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
_HAN = "々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_KOREAN = re.compile(f"(?<![0-9])[0-9]*[{_HANGUL}]+(?:[ ·,0-9]+[{_HANGUL}]+)*")
_JAPANESE = re.compile(f"[{_KANA}{_HAN}]+(?:[、。・「」『』！？〜]+[{_KANA}{_HAN}]+)*")
_JAPANESE_IN_CHINESE = re.compile(f"[{_KANA}{_HAN}]+")
_ANY_KANA = re.compile(f"[{_KANA}]")
_ANY_HANGUL = re.compile(f"[{_HANGUL}]")


def clean(text: str) -> str:
    """Without characters that steer the page instead of standing on it; lines end in \\n."""
    return text if _is_plain(text) else visible(_LINE_END.sub("\n", text))


def visible(text: str) -> str:
    return text if _is_plain(text) else _UNWANTED.sub(r"\1", text)


def _is_plain(text: str) -> bool:
    """Most texts are: all that is looked for here is what Python calls not printable."""
    return text.replace("\n", "").isprintable()


def primary(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]


def escape(text: str, language: str) -> str:
    """HTML of plain text, with Korean and Japanese runs marked as what they are."""
    own = primary(language)
    escaped = html.escape(visible(text))
    if own != "ja" and _ANY_KANA.search(escaped):
        escaped = (_JAPANESE_IN_CHINESE if own == "zh" else _JAPANESE).sub(_as_japanese, escaped)
    if own != "ko" and _ANY_HANGUL.search(escaped):
        escaped = _KOREAN.sub(r'<span lang="ko">\g<0></span>', escaped)
    return escaped


def _as_japanese(run: re.Match) -> str:
    if not _ANY_KANA.search(run[0]):
        return run[0]
    return f'<span lang="ja">{run[0]}</span>'
