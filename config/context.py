"""What base.html needs on every page. Reads no database for a visitor."""

from django.conf import settings

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
        "source_url": settings.SOURCE_URL,
        "may_have_messages": may_have_messages(request),
    }


def may_have_messages(request):
    """Looking for messages opens the session: only where one was sent, or has just begun."""
    session = getattr(request, "session", None)
    return settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(session, "modified", False)
