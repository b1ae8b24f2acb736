"""What a member sees of a picture of theirs that has no credit yet: drawn for them alone, once
for as long as the page is likely to be open."""

from contextlib import contextmanager
from threading import Lock

from django.core.cache import cache

from films.images import inspect, preview

HOUR = 3600
PATIENCE = 10  # seconds
turn = Lock()  # to decode a whole original may take 200 MB


class Busy(Exception):
    """So many are being drawn that this one has to be asked for again."""


def keep(image, picture):
    """`picture` is its original as `inspect` gave it."""
    data = preview(picture)
    cache.set(place_of(image), data, HOUR)
    return data


def drawn(image):
    """A JPEG. Raises OSError where its original cannot be read, and Busy."""
    data = cache.get(place_of(image))
    if data is None:
        with in_turn():
            # Whoever was before may have drawn it.
            data = cache.get(place_of(image)) or draw(image)
    return data


def draw(image):
    with image.original.open("rb") as file:
        return keep(image, inspect(file))


def place_of(image):
    return f"preview:{image.key}"


@contextmanager
def in_turn():
    if not turn.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        turn.release()
