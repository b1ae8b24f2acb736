"""Parts of pages that are rendered once and kept."""

from hashlib import blake2b

from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 24 * 3600  # seconds
# To be raised whenever a partial that is kept comes out otherwise for the same row.
EDITION = 6


def fragment(name, context, *parts):
    """The template `name` rendered with `context`. `parts` hold whatever can change in it."""
    return kept(name, lambda: get_template(name).render(context), *parts)


def kept(name, draw, *parts):
    """What `draw()` returns. `parts` hold whatever can change in it."""
    key = f"fragment:{EDITION}:{name}:{get_language()}:{digest(parts)}"
    html = cache.get(key)
    if html is None:
        html = str(draw())
        cache.set(key, html, KEPT)
    return SafeString(html)


def digest(parts):
    """A short text for them, if they are to be a part themselves."""
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()
