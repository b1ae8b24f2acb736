"""Addresses of rows. Lists print them by the dozen, so each is found once and remembered."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri


@lru_cache(maxsize=8192)
def address(name, *args):
    return reverse(name, args=args)


def origin(request=None):
    """The public address of the site, without a slash at its end; the embedded one has none but
    what it was asked at."""
    if settings.SITE_ORIGIN:
        return settings.SITE_ORIGIN
    return (
        f"{request.scheme}://{request.get_host()}"
        if request
        else f"http://127.0.0.1:{settings.PORT}"
    )


def absolute(request, path):
    """For what leaves the site: feeds, previews, structured data."""
    if path.startswith(("http://", "https://")):  # a store of files with a host of its own
        return path
    return f"{origin(request)}{encoded(path)}"


encoded = lru_cache(maxsize=8192)(iri_to_uri)
