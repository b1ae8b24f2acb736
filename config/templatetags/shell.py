"""What stands round every page. It says the same on all of them but for one place in each part, so
each process renders it once."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from users.site_settings import SiteSettings

register = template.Library()

SECTIONS = {"films", "people", "themes", "countries", "essays"}
FILLED_IN = "what-stands-here"


@register.simple_tag
def looks():
    """What the head of every page says of how it looks."""
    (drawn,) = parts("includes/_looks.html")
    return SafeString(drawn.strip())


@register.simple_tag(takes_context=True)
def masthead(context):
    names = ("user", "section", "path")
    account = get_template("includes/_account.html").render(
        {name: context.get(name) for name in names}
    )
    section = context.get("section")
    around = parts("includes/_masthead.html", section=section if section in SECTIONS else "")
    return SafeString(account.strip().join(around))


@register.simple_tag(takes_context=True)
def ends(context):
    said = {name: context.get(name) for name in ("display", "source_url")}
    year = timezone.localdate().year
    around = parts("includes/_ends.html", year=year, **said)
    return SafeString(escape(context.get("path", "")).join(around))


def parts(name, **said):
    """The template up to what is filled in, and after it."""
    render = rendered.__wrapped__ if settings.DEBUG else rendered
    return render(name, get_language(), SiteSettings.site_name(), *said.items())


@lru_cache(maxsize=200)
def rendered(name, _language, _site, *said):
    """`_language` and `_site` are what the template itself asks for."""
    return get_template(name).render(dict(said) | {"filled_in": FILLED_IN}).split(FILLED_IN)
