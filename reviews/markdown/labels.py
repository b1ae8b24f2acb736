"""The words that the site itself puts into a member's text, in the site's language."""

from django.conf import settings
from django.utils.translation import get_language_info, gettext, ngettext

from reviews import counting

from . import characters


def attributes(language: str) -> str:
    """lang and dir for the site's words, where the text around them is in another language."""
    ours = settings.LANGUAGE_CODE
    if characters.primary(language) == characters.primary(ours):
        return ""
    direction = "rtl" if get_language_info(ours)["bidi"] else "ltr"
    return f' lang="{ours}" dir="{direction}"'


def summary(label: str, language: str) -> str:
    word, own = gettext("Spoiler"), attributes(language)
    shown = f"<span{own}>{word}</span>" if own else word
    if label:
        # The colon follows the direction of the text, between the two.
        shown = f"{shown}: {characters.escape(label, language)}"
    return f"<summary><span>{shown}</span></summary>"


def veil(identifier: str, hidden: str, language: str) -> str:
    size = counting.count(hidden, language)
    if counting.is_counted_in_characters(language):
        name = ngettext("spoiler, %(count)d character", "spoiler, %(count)d characters", size)
    else:
        name = ngettext("spoiler, %(count)d word", "spoiler, %(count)d words", size)
    return (
        f'<label class="veil"><input type="checkbox" id="{identifier}" '
        f'data-label="{gettext("spoiler")}" aria-label="{name % {"count": size}}"'
        f"{attributes(language)}><span>"
    )


def note_name(number: int) -> str:
    return gettext("Note %(number)d") % {"number": number}


def back(number: int, use: int) -> tuple[str, str]:
    """The link's text and its name."""
    if use == 1:
        return gettext("Back"), gettext("Back to note %(number)d in the text") % {"number": number}
    params = {"number": number, "use": use}
    return (
        gettext("Back (%(use)d)") % params,
        gettext("Back (%(use)d) to note %(number)d in the text") % params,
    )


def footnotes() -> str:
    return gettext("Footnotes")
