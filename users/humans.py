"""Telling programs that fill in forms from people: a field that nobody sees, the time it took, and
a stamp that is good for one of them.

Not a test for people to pass: whoever is refused sends the form once more, with all that was typed.
"""

import time

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

SALT = "form-once"
TRAP, MADE = "website", "made"
A_DAY = 24 * 3600


def stamp():
    """When a form was made, and which it is, signed."""
    return signing.dumps([int(time.time()), get_random_string(16)], salt=SALT)


def objection_to(data):
    """Why a form is taken for a program's, in words; empty where it is not."""
    if not settings.FORM_SECONDS:
        return ""
    if data.get(TRAP):
        return _("A field that nobody sees was filled in. Send it once more as it stands now.")
    try:
        made = signing.loads(data.get(MADE, ""), salt=SALT, max_age=A_DAY)[0]
    except signing.BadSignature:
        return _("This page was open very long, or was sent from elsewhere. Send it once more.")
    if time.time() - made < settings.FORM_SECONDS:
        return _("That was faster than people type. Wait a moment, then send it once more.")
    return ""


def objection_to_use(data):
    """As above, where the form's stamp was used before. Asked once, and last: it is used then."""
    if not settings.FORM_SECONDS:
        return ""
    key = signing.loads(data[MADE], salt=SALT)[1]
    if cache.add(f"form:{key}", True, A_DAY):
        return ""
    return _("This page was sent before, and taken. Do you mean it once more? Then send it again.")
