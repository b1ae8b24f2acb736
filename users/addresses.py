"""Addresses of rows. Lists print them by the dozen, so each is found once and remembered."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse


@lru_cache(maxsize=8192)
def address(name, *args):
    return reverse(name, args=args)


def absolute(request, path):
    """For what leaves the site: feeds, previews, structured data."""
    if path.startswith(("http://", "https://")):  # a store of files with a host of its own
        return path
    return f"{settings.SITE_ORIGIN or f'{request.scheme}://{request.get_host()}'}{path}"
