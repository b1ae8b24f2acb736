"""The pages that need all three apps, and the pages that say what went wrong."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFilesSent,
)
from django.http import HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_POST, require_safe

from config.context import DISPLAY_COOKIE
from config.home import Home
from config.typed import given_back, is_for_members
from reviews import markdown
from reviews.models import Review
from reviews.order import MOST_NEW
from users.addresses import absolute
from users.atom import ENTRIES, atom, entry_of
from users.models import Rule, SiteSettings, User

YEAR = 365 * 24 * 3600


@require_safe
def home(request):
    return render(request, "config/home.html", {"home": Home()})


@require_safe
@conditional_page
def feed(request):
    pieces = Review.objects.published().essays().newest_first().for_cards()[:ENTRIES]
    title = _("%(site)s: new essays") % {"site": SiteSettings.current().name}
    return atom(request, title, reverse("home"), map(entry_of, pieces))


@require_safe
def about(request):
    return plain_page(request, "config/about.html", SiteSettings.current().about)


@require_safe
def privacy(request):
    return plain_page(request, "config/privacy.html", SiteSettings.current().privacy)


@require_safe
def terms(request):
    return plain_page(request, "config/terms.html", SiteSettings.current().terms)


@require_safe
def contact(request):
    ours = SiteSettings.current()
    return plain_page(request, "config/contact.html", ours.contact_text, address=ours.contact)


@require_safe
def accessibility(request):
    return plain_page(
        request, "config/accessibility.html", "", address=SiteSettings.current().contact
    )


@require_safe
def formulas(request):
    return render(request, "config/formulas.html", {"most_new": MOST_NEW})


def plain_page(request, template, text, **context):
    """A page of which `text`, in Markdown, is the operator's own part."""
    own = markdown.render(text, language=get_language(), prefix="own-").html if text else ""
    # The renderer sanitised it.
    return render(request, template, {"own": mark_safe(own)} | context)  # noqa: S308


@require_safe
def rules(request):
    ours = SiteSettings.current()
    rows = Rule.objects.order_by("number")
    return plain_page(request, "config/rules.html", ours.rules, rules=rows)


@require_POST
@csrf_exempt  # pages for visitors carry no token; where it comes from is looked at instead
def display(request):
    if not comes_from_here(request):
        raise PermissionDenied
    choice = request.POST.get("display", "")
    if choice not in User.Display.values:
        raise BadRequest
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(display=choice)
    response = redirect(f"{safe_next(request)}#display")
    response.set_cookie(
        DISPLAY_COOKIE,
        choice,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def comes_from_here(request):
    """Whether a browser says that a page of this site sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    here = f"{request.scheme}://{request.get_host()}"
    return origin == here or origin in settings.CSRF_TRUSTED_ORIGINS


def safe_next(request):
    wanted = request.POST.get("next", "").partition("#")[0]
    # `redirect` would take a word without a slash for the name of a view.
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    ):
        return wanted
    return reverse("home")


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request):
    sitemap = absolute(request, reverse("sitemap"))
    text = render_to_string("config/robots.txt", {"sitemap": sitemap})
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def favicon(request):
    return redirect(static("icon.svg"))


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        context = {"has_many_files": isinstance(exception, TooManyFilesSent)}
        return render(request, "413.html", context, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request, reason=""):
    match = request.resolver_match
    # What another site sends must not stand on a page of ours, one press from being done.
    if match is not None and is_for_members(match.func) and comes_from_here(request):
        return given_back(request)
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def not_found(request, exception=None):
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request):
    """Nothing here may need what has just failed: no session, no base.html, and not even the site's
    name from the database, which may let everybody wait that long once more."""
    context = {"reference": getattr(request, "id", ""), "site_name": SiteSettings.last_name()}
    return HttpResponseServerError(render_to_string("500.html", context))
