"""Which names a member may take: characters, reserved words, and look-alikes of either."""

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


def validate_not_reserved(name):
    if skeleton(name) in _RESERVED_SKELETONS:
        raise ValidationError(
            _("“%(name)s” could be taken for the site or its staff. Choose another name."),
            code="reserved",
            params={"name": name},
        )
