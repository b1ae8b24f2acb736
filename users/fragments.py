"""Parts of pages that are rendered once and kept."""

from hashlib import blake2b

from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 24 * 3600  # seconds
# To be raised whenever a partial that is kept comes out otherwise for the same row.
EDITION = 3


def fragment(name, context, *parts):
    """The template `name` rendered with `context`. `parts` hold whatever can change in it."""
    digest = blake2b(repr(parts).encode(), digest_size=16).hexdigest()
    key = f"fragment:{EDITION}:{name}:{get_language()}:{digest}"
    html = cache.get(key)
    if html is None:
        html = str(get_template(name).render(context))
        cache.set(key, html, KEPT)
    return SafeString(html)
