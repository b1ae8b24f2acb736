"""Names: how any name is stored, and which a member may take (characters, reserved words, and
look-alikes of either)."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

USERNAME = RegexValidator(
    r"\A[A-Za-z0-9_-]{3,30}\Z",
    _("Use 3 to 30 letters a to z, digits, hyphens and underscores."),
    code="username",
)

# What stands of a member under a text of theirs.
BYLINE_FIELDS = ("username", "display_name", "left_at", "is_staff")

RESERVED = frozenset(
    [
        "about",
        "accessibility",
        "account",
        "accounts",
        "admin",
        "administrator",
        "afterimage",
        "anonymous",
        "api",
        "contact",
        "countries",
        "desk",
        "display",
        "editor",
        "editors",
        "essays",
        "feed",
        "films",
        "formulas",
        "help",
        "host",
        "image",
        "images",
        "info",
        "login",
        "logout",
        "log",
        "mail",
        "me",
        "member",
        "members",
        "mod",
        "moderation",
        "moderator",
        "moderators",
        "nobody",
        "notes",
        "null",
        "owner",
        "people",
        "postmaster",
        "privacy",
        "robots",
        "root",
        "rules",
        "search",
        "security",
        "settings",
        "signin",
        "signup",
        "site",
        "sitemap",
        "staff",
        "static",
        "support",
        "system",
        "team",
        "terms",
        "themes",
        "undefined",
        "user",
        "users",
        "webmaster",
        "write",
        "you",
    ]
)

# Characters that are read as another at a glance; enough to refuse an imitation of staff.
_CONFUSABLE = {
    "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "|": "l", "$": "s",
    "@": "a", "а": "a", "е": "e", "і": "i", "ї": "i", "ј": "j", "о": "o", "ѕ": "s", "р": "p",
    "с": "c", "х": "x", "у": "y", "ԁ": "d", "т": "t", "м": "m", "н": "h", "к": "k", "в": "b",
    "α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u",
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ɡ": "g", "ӏ": "l", "ⅼ": "l", "ѵ": "v",
}  # fmt: skip


def skeleton(name):
    """What is left of a name when look-alikes are read as one: two names with the same
    skeleton can be taken for each other."""
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(_CONFUSABLE.get(c, c) for c in text if not unicodedata.combining(c))
    text = text.replace("rn", "m").replace("vv", "w").replace("i", "l")
    return re.sub(r"[\W_]+", "", text)


_RESERVED_SKELETONS = frozenset(skeleton(word) for word in RESERVED)
_FORMER = re.compile(r"former-[\d-]+", re.IGNORECASE)  # who has left is called so


def validate_not_reserved(name):
    if skeleton(name) in _RESERVED_SKELETONS or _FORMER.fullmatch(name):
        raise ValidationError(
            _("“%(name)s” could be taken for the site or its staff. Choose another name."),
            code="reserved",
            params={"name": name},
        )


def validate_display_name(name):
    """Refuses what could be taken for the site or its staff. That a name is somebody else's
    is no reason: people share names; the address under it tells them apart."""
    if name:
        validate_not_reserved(name)


def validate_name(name):
    """Refuses what is not one line of letters and signs that can be seen."""
    if name != clean_name(name):
        raise ValidationError(_("Leave out control characters and spaces at the ends."))


# Nothing to see, yet letters, marks or signs to Unicode.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
JOINERS = "\u200c\u200d"
JOINED_SCRIPTS = (
    ("ARABIC", "SYRIAC", "MONGOLIAN"),
    (
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA"),
        *("MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN"),
    ),
)
VIRAMA = 9  # its combining class


def clean_name(text: str) -> str:
    """A name as it is stored: NFC, spaces folded, nothing in it that cannot be seen.

    Joiners stay where emoji, Persian and Indic words need them, and nowhere else.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    kept = ""
    for i, char in enumerate(text):
        if _is_seen(char, kept[-1:], text[i + 1 : i + 2]):
            kept += char
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _is_seen(char: str, before: str, after: str) -> bool:
    if char in JOINERS:
        return _joins(char, before, after)
    if "\ufe00" <= char <= "\ufe0f":
        return char >= "\ufe0e" and (
            _is_emoji(before) or (before != "" and before in "0123456789#*")
        )
    if "\U000e0100" <= char <= "\U000e01ef":
        return unicodedata.name(before, "").startswith("CJK") if before else False
    return char not in BLANKS and unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")


def _joins(joiner: str, before: str, after: str) -> bool:
    if not before:
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    if not after:
        return False
    if joiner == "\u200d" and _is_emoji(before) and _is_emoji(after):
        return True
    names = unicodedata.name(before, ""), unicodedata.name(after, "")
    return any(all(name.startswith(family) for name in names) for family in JOINED_SCRIPTS)


def _is_emoji(char: str) -> bool:
    return (
        char != ""
        and (
            "\u2190" <= char <= "\u3299"
            or "\U0001f000" <= char <= "\U0001faff"
            or char in "©®\ufe0f"
        )
        and unicodedata.category(char) in ("So", "Sm", "Sk", "Mn", "Cn")
    )
