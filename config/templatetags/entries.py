"""Pieces in lists, drawn here: pages print them by the dozen, and a template for each would take
longer than all that is asked of the database. Every text in it is escaped."""

from functools import lru_cache
from html import escape

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.templatetags.languages import lang_attrs
from config.templatetags.moments import day
from films.title_cards import mini

register = template.Library()


@register.simple_tag
def entry(review, *, show_film=False, bare=False):
    """An essay, with its film's small card or `bare`."""
    lang, url = lang_attrs(review.language), escape(review.get_absolute_url())
    dek = f'\n    <p class="dek"{lang}>{escape(review.dek)}</p>' if review.dek else ""
    on = on_film(review, pgettext("essay on film", "on")) if show_film else ""
    at = day(timezone.localtime(review.published_at)) if review.published_at else ""
    length = _("%(minutes)s min") % {"minutes": review.minutes}
    return SafeString(
        f'<li><article class="entry{" bare" if bare else ""}">\n'
        f"  {'' if bare else mini(review.film)}\n"
        f"  <div>\n"
        f'    <h3{lang}><a href="{url}">{escape(str(review))}</a></h3>{dek}\n'
        f'    <p class="byline"><span>{written_by(review)}{on}</span>{at}'
        f"<span>{length}</span>{spoilers(review)}</p>\n"
        "  </div>\n"
        "</article></li>"
    )


@register.simple_tag
def note(review, *, show_film=False):
    lang, url = lang_attrs(review.language), escape(review.get_absolute_url())
    title = f'<h3{lang}><a href="{url}">{escape(review.title)}</a></h3>' if review.title else ""
    text = escape(review.dek) or _("This note gives the film away.")
    on = on_film(review, pgettext("note on film", "on")) if show_film else ""
    at = review.published_at
    at = day(timezone.localtime(at)) if at else _("Read it")
    return SafeString(
        f'<li class="note">{title}\n'
        f"  <p{lang}>{text}</p>\n"
        f'  <p class="byline"><span>{written_by(review)}{on}</span>'
        f'<a href="{url}">{at}</a>{spoilers(review)}</p>\n'
        "</li>"
    )


def written_by(row):
    return member_link(row.author.get_absolute_url(), row.author.name)


@lru_cache(maxsize=2048)
def member_link(url, name):
    return f'<a href="{escape(url)}"><bdi>{escape(name)}</bdi></a>'


def on_film(review, word):
    url, title = escape(review.film.get_absolute_url()), escape(review.film_title)
    return f' {word} <a href="{url}"><cite>{title}</cite></a>'


def spoilers(review):
    return f"<span>{_('Spoilers marked')}</span>" if review.warns_of_spoilers else ""
