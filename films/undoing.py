"""The last thing that a member said of a film, kept in the session so that it can be undone."""

import time

KEY = "undo"
SECONDS = 600


def remember(request, film, state):
    request.session[KEY] = {"film": film.pk, "title": film.title, "slug": film.slug,
                            "at": time.time(), "state": state}  # fmt: skip


def offered(request, film=None):
    """What can be undone (of this film), or None."""
    kept = request.session.get(KEY)
    if not kept or time.time() - kept["at"] > SECONDS:
        return None
    return kept if film is None or kept["film"] == film.pk else None


def take(request, film):
    """The state to go back to, once; None if there is none."""
    kept = offered(request, film)
    if kept:
        del request.session[KEY]
    return kept and kept["state"]
