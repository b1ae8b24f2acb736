import logging
import re
import time
from http import HTTPStatus
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import get_resolver
from django.utils import timezone

from config.charsets import readable_charset
from config.logs import request_id
from config.typed import given_back, is_for_members, typed_fields
from users.limits import LimitReached
from users.sessions import note

logger = logging.getLogger("afterimage.request")

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CHUNK = 64 * 1024
HEALTH = ("/healthz", "/readyz")


class RequestIdMiddleware:
    """Give each request an id (a trusted proxy's own, if it sends one) and log its outcome.

    Neither the reader's address nor what stands in the page's (a name, a title, a query) is
    logged: they say something about a person.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
        request.id = sent if REQUEST_ID.fullmatch(sent) else uuid4().hex
        # Never reset: Django logs an error's line after the last middleware has returned.
        request_id.set(request.id)
        start = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.id
        is_routine = request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL, *HEALTH))
        logger.log(
            logging.DEBUG if is_routine else logging.INFO,
            "%s %s %s %.0f ms",
            request.method,
            place_of(request),
            response.status_code,
            (time.perf_counter() - start) * 1000,
        )
        return response


def place_of(request):
    """Which kind of page was asked for: films/<slug>/"""
    if request.resolver_match:
        return f"/{request.resolver_match.route}"
    # What a link lost on its way (its last slash) may stand in front of a secret.
    first, slash, rest = request.path.removeprefix("/").partition("/")
    return f"/{first}{slash}{'...' if rest else ''}".encode("unicode_escape").decode()


class HeadersMiddleware:
    """The constant headers that Django has no setting for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class RequestLimitsMiddleware:
    """Turn away what no form of the site can have sent, before anything works on it.

    The body is parsed here, where what goes wrong can be told apart: too large (413) or
    unreadable (400). Django alone answers 400 to the first and 500 to some of the second.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            raise BadRequest("PostgreSQL cannot even be asked for such a session.")
        if request.method not in ("GET", "HEAD", "OPTIONS") and (response := refusal(request)):
            drain(request)
            return response
        return self.get_response(request)


class ViewerMiddleware:
    """Who brings no session cookie is a visitor: nothing looks for a session, and so pages for
    visitors do not vary by cookie. A member sees times in the zone of their settings."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.user = AnonymousUser()
            return self.get_response(request)
        was_signed_in = request.user.is_authenticated
        response = self.in_own_time(request)
        if was_signed_in and not request.user.is_authenticated:
            # What the browser kept of a text that did not reach the site is nobody else's.
            response.headers["Clear-Site-Data"] = '"storage"'
        # Some shared caches do not look at `Vary`.
        response.headers.setdefault("Cache-Control", "private")
        return response

    def in_own_time(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(request.user.time_zone):
            return self.get_response(request)


class SignedInMiddleware:
    """Note where members are signed in, for the list in their settings."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Also whom this very request has signed in; nobody who has no session is asked for one.
        # It may set the cookie anew: never on what others may keep.
        is_shared = "public" in response.headers.get("Cache-Control", "")
        if request.user.is_authenticated and not is_shared:
            note(request)
        return response


class InvalidFormMiddleware:
    """Answer 422 where a class of somebody else's (allauth's) gives a refused form back with 200."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and getattr(form, "errors", {}):
            response.status_code = 422
        return response


class SignedOutMiddleware:
    """Give back what a form held whose sender was signed out meanwhile, elsewhere or by time.

    The token has been looked at before. A sign-in that led back here would lose the text.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or request.user.is_authenticated or not is_for_members(view):
            return None
        return given_back(request)


class NotAllowedMiddleware:
    """Django's answer to a method that an address does not take is an empty page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.path in HEALTH:
            return response
        page = render(request, "405.html", status=response.status_code)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class LimitMiddleware:
    """Answer 429 where a member's hour is spent, and give back what was typed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, LimitReached):
            return None
        if exception.kind == "completion":  # what is being typed must not suffer for it
            return exception.refuse(HttpResponse())
        if request.htmx:  # which swaps no error in: the page is loaded anew, and says it
            messages.error(request, exception.advice)
            return exception.refuse(HttpResponse(headers={"HX-Refresh": "true"}))
        field = exception.field
        typed = [(name, value) for name, value in typed_fields(request) if name != field]
        context = {
            "limit": exception,
            "kept": request.POST.get(field, ""),
            "typed": typed if field else (),
        }
        return exception.refuse(render(request, "429.html", context))


def refusal(request):
    if not readable_charset(request.content_params.get("charset")):
        raise BadRequest("The body is in an encoding that the site does not read.")
    if declared_length(request) > longest_body(request):
        return too_large(request)
    try:
        request.POST  # noqa: B018
    except (RequestDataTooBig, TooManyFilesSent) as error:
        return too_large(request, error)
    return None


def declared_length(request):
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def longest_body(request):
    if request.content_type == "multipart/form-data":
        return settings.REQUEST_MAX_BYTES_WITH_FILE
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def too_large(request, error=None):
    error = error or RequestDataTooBig("The body is larger than the site takes.")
    return get_resolver().resolve_error_handler(400)(request, exception=error)


def drain(request):
    """Read what is left, up to a limit: a browser shows an answer only after it has sent all."""
    for _chunk in range(2 * settings.REQUEST_MAX_BYTES_WITH_FILE // CHUNK):
        if not request.read(CHUNK):
            break
