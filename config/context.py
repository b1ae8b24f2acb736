"""What base.html needs on every page. Reads no database for a visitor."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

LIGHTS = ("light", "dark")
DISPLAY_COOKIE = "display"


def shell(request):
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        display = user.display
    else:
        display = request.COOKIES.get(DISPLAY_COOKIE, "")
    section = request.path.split("/", 2)[1]
    return {
        # Notes have no place of their own in the masthead.
        "section": "essays" if section == "notes" else section,
        "display": display if display in LIGHTS else "auto",
        "lights": display if display in LIGHTS else "",
        "reader": user if user is not None and user.is_authenticated else None,
        "path": path_to_return_to(request),
        "source_url": settings.SOURCE_URL,
        "may_have_messages": may_have_messages(request),
    }


def path_to_return_to(request):
    """This page's address; where that takes only what a form sends, the one that had the form."""
    match = request.resolver_match
    if match is None or takes_get(match.func):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        address = urlsplit(came_from)._replace(scheme="", netloc="", fragment="")
        try:
            if takes_get(resolve(address.path).func):
                return address.geturl()
        except Resolver404:
            pass
    return reverse("home")


def takes_get(view):
    """Read off `require_POST`, which a view says first; whatever says nothing takes it."""
    code = getattr(view, "__code__", None)
    cells = dict(zip(code.co_freevars, view.__closure__ or (), strict=True)) if code else {}
    allowed = cells.get("request_method_list")
    return allowed is None or "GET" in allowed.cell_contents


def may_have_messages(request):
    """Looking for messages opens the session: only where one was sent, or has just begun."""
    session = getattr(request, "session", None)
    return settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(session, "modified", False)
