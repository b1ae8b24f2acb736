"""Whole pages for visitors, kept for a minute with their headers and compressed once.

A page is kept where nothing in it is anybody's own: asked for without a session, of one of the
views below, at the address that its links have. The lights that a visitor chose are in the key.
"""

import gzip
import hashlib
import logging
from typing import NamedTuple
from urllib.parse import urlsplit

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from config.context import DISPLAY_COOKIE, LIGHTS
from config.middleware import HEALTH
from users.visitor_pages import EPOCH, new_epoch, pages

logger = logging.getLogger("afterimage.pages")

LONGEST = 512 * 1024
KEPT = frozenset((
    "home", "feed", "about", "rules", "privacy", "terms", "contact", "accessibility", "formulas",
    "member", "member_feed", "diary", "sitemap", "sitemap_section",
    "films:browse", "films:film", "films:film_feed", "films:image", "films:themes", "films:theme",
    "films:theme_feed", "films:countries", "films:country", "films:country_feed", "films:person",
    "reviews:essays", "reviews:essay", "reviews:note", "reviews:film_essays",
    "reviews:film_notes", "reviews:theme_notes", "reviews:essay_history", "reviews:note_history",
    "users:log", "users:log_feed", "users:log_entry",
))  # fmt: skip
# Answers to any other address than the one linked; the rest would keep whatever stands behind "?".
CANONICAL = frozenset(("films:browse",))
FREE = {"q", "after", "from", "to"}  # of which there are as many as anybody likes
UNSHARED = ("private", "no-store", "no-cache")
OWN_HEADERS = ("X-Request-ID", "Content-Length", "Content-Encoding", "ETag", "Cache-Control")
IN_A_CDN = "public, max-age=0, s-maxage=60, stale-while-revalidate=300"
IN_A_BROWSER = "private, max-age=0, must-revalidate"


class Page(NamedTuple):
    epoch: str
    headers: tuple
    etag: str
    brotli: bytes
    gzip: bytes

    def answer(self, request):
        if self.etag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponseNotModified()
        else:
            response = HttpResponse()
            accepted = accepted_encodings(request)
            if "br" in accepted:
                response.content, response.headers["Content-Encoding"] = self.brotli, "br"
            elif "gzip" in accepted:
                response.content, response.headers["Content-Encoding"] = self.gzip, "gzip"
            else:
                response.content = gzip.decompress(self.gzip)
            response.headers["Content-Length"] = str(len(response.content))
        for name, value in self.headers:
            response.headers[name] = value
        response.headers["ETag"] = self.etag
        response.headers["Cache-Control"] = IN_A_CDN if settings.BEHIND_CDN else IN_A_BROWSER
        return response


class PageCacheMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response
        if not settings.PAGE_CACHE_SECONDS:
            raise MiddlewareNotUsed

    def __call__(self, request):
        key = key_of(request) if is_shared(request) else None
        epoch, page = look_up(key) if key else (None, None)
        if page is not None:
            return page.answer(request)
        response = self.get_response(request)
        # Of the epoch in which its rows were read: if that ended meanwhile, so has the page.
        if epoch and may_be_kept(request, response):
            page = kept(response, epoch)
            store(key, page)
            return page.answer(request)
        if settings.BEHIND_CDN:
            response.headers.setdefault("Cache-Control", "private")
        return response


def look_up(key):
    """(the epoch, the page if it is kept and of this epoch); nothing where the cache is away."""
    try:
        found = pages().get_many([EPOCH, key])
        epoch, page = found.get(EPOCH) or new_epoch(), found.get(key)
    except Exception:  # whatever a cache may raise: a reader is answered without it
        logger.exception("The cache of pages cannot be read.")
        return None, None
    return epoch, page if page is not None and page.epoch == epoch else None


def store(key, page):
    try:
        pages().set(key, page, settings.PAGE_CACHE_SECONDS)
    except Exception:
        logger.exception("The cache of pages cannot be written.")


def accepted_encodings(request):
    found = set()
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _semicolon, weight = part.partition(";")
        if weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip().lower())
    return found


def is_shared(request):
    return (
        request.method in ("GET", "HEAD")  # the views answer both with the whole page
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HX-Request" not in request.headers
        and not request.path_info.startswith((settings.STATIC_URL, settings.MEDIA_URL, *HEALTH))
    )


def key_of(request):
    """None where the host is not the site's own."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return None  # the view's own answer says so
    if settings.SITE_ORIGIN and host != urlsplit(settings.SITE_ORIGIN).netloc:
        return None
    lights = request.COOKIES.get(DISPLAY_COOKIE, "")
    asked = (
        request.scheme,
        host,
        request.get_full_path(),
        lights if lights in LIGHTS else "",
    )
    return hashlib.blake2b("\n".join(asked).encode(errors="replace"), digest_size=20).hexdigest()


def may_be_kept(request, response):
    match = request.resolver_match
    return (
        response.status_code == 200
        and match is not None
        and match.view_name in KEPT
        and is_linked(request, match)
        and not response.streaming
        and not response.cookies
        and not any(word in response.headers.get("Cache-Control", "") for word in UNSHARED)
        and len(response.content) <= LONGEST
    )


def is_linked(request, match):
    """Whether the address is spelt as links spell it, and one of not too many."""
    path = request.get_full_path().partition("?")[0]
    if reverse(match.view_name, args=match.args, kwargs=match.kwargs) != path:
        return False
    return not request.GET or (match.view_name in CANONICAL and not is_free(request.GET))


def is_free(parameters):
    """Whether the address is one of as many as anybody likes. Decades are few."""
    given = FREE & parameters.keys()
    if given != {"from", "to"}:
        return bool(given)
    return not parameters["from"].endswith("0") or parameters["to"] != parameters["from"][:-1] + "9"


def kept(response, epoch):
    body = response.content
    patch_vary_headers(response, ["Accept-Encoding"])
    if settings.BEHIND_CDN:
        patch_vary_headers(response, ["Cookie"])
    headers = tuple((n, value) for n, value in response.items() if n not in OWN_HEADERS)
    # Weak: the same page may come in several encodings.
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Page(epoch, headers, etag, brotli.compress(body, quality=5), gzip.compress(body, 6))
