"""Whole pages for visitors, kept for a minute with their headers and compressed once.

A page is kept where nothing in it is anybody's own: asked for without a session, of one of the
views below, at the address that its links have. The lights that a visitor chose are in the key.
"""

import gzip
import hashlib
from typing import NamedTuple

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from config.context import DISPLAY_COOKIE, LIGHTS
from users.visitor_pages import EPOCH, new_epoch, pages

LONGEST = 512 * 1024
KEPT = frozenset((
    "home", "feed", "about", "rules", "privacy", "terms", "contact", "accessibility", "formulas",
    "member", "member_feed", "sitemap", "sitemap_section",
    "films:browse", "films:film", "films:film_feed", "films:image", "films:themes", "films:theme",
    "films:theme_feed", "films:countries", "films:country", "films:country_feed", "films:person",
    "reviews:essays", "reviews:essay", "reviews:note", "reviews:film_essays",
    "reviews:film_notes",
    "users:log", "users:log_feed", "users:log_entry",
))  # fmt: skip
# Answers to any other address than the one linked; the rest would keep whatever stands behind "?".
CANONICAL = frozenset(("films:browse",))
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
            accepted = request.headers.get("Accept-Encoding", "")
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
        if not is_shared(request):
            return self.get_response(request)
        try:
            key = key_of(request)
        except DisallowedHost:
            return self.get_response(request)  # which says so
        found = pages().get_many([EPOCH, key])
        epoch, page = found.get(EPOCH), found.get(key)
        if page is not None and page.epoch == epoch:
            return page.answer(request)
        # Of the epoch in which its rows are read: if that ends meanwhile, so has the page.
        epoch = epoch or new_epoch()
        response = self.get_response(request)
        if not may_be_kept(request, response):
            return response
        page = kept(response, epoch)
        pages().set(key, page, settings.PAGE_CACHE_SECONDS)
        return page.answer(request)


def is_shared(request):
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HX-Request" not in request.headers
        and not request.path_info.startswith((settings.STATIC_URL, settings.MEDIA_URL))
    )


def key_of(request):
    lights = request.COOKIES.get(DISPLAY_COOKIE, "")
    asked = (
        request.scheme,
        request.get_host(),
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
        and (not request.META["QUERY_STRING"] or match.view_name in CANONICAL)
        and not response.streaming
        and not response.cookies
        and not any(word in response.headers.get("Cache-Control", "") for word in UNSHARED)
        and len(response.content) <= LONGEST
    )


def kept(response, epoch):
    body = response.content
    patch_vary_headers(response, ["Accept-Encoding"])
    if settings.BEHIND_CDN:
        patch_vary_headers(response, ["Cookie"])
    headers = tuple((n, value) for n, value in response.items() if n not in OWN_HEADERS)
    # Weak: the same page may come in several encodings.
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Page(epoch, headers, etag, brotli.compress(body, quality=5), gzip.compress(body, 6))
