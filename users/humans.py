"""Telling programs that fill in forms from people: a field that nobody sees, and the time it took.

Not a test for people to pass: whoever is refused sends the form once more, with all that was typed.
"""

import time

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

SALT = "form"
TRAP, MADE = "website", "made"
A_DAY = 24 * 3600


def mark():
    """When a form was made, signed."""
    return signing.dumps(int(time.time()), salt=SALT)


def objection_to(data):
    """Why a form is taken for a program's, in words; empty where it is not."""
    if not settings.FORM_SECONDS:
        return ""
    if data.get(TRAP):
        return _("A field that nobody sees was filled in. Send it once more as it stands now.")
    try:
        age = time.time() - signing.loads(data.get(MADE, ""), salt=SALT, max_age=A_DAY)
    except signing.BadSignature:
        return _("This page was open very long, or was sent from elsewhere. Send it once more.")
    if age < settings.FORM_SECONDS:
        return _("That was faster than people type. Wait a moment, then send it once more.")
    return ""
