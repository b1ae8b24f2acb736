"""The parts that lists are made of, rendered once and kept: a card's key has the time of its
row's last change in it, so a stale one is never asked for again."""

from zlib import crc32

from django import template
from django.core.cache import cache
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

KEPT = 24 * 3600  # seconds
# To be raised whenever a partial below comes out otherwise for the same row.
EDITION = 1


def fragment(name, context, *parts):
    key = f"fragment:{EDITION}:{name}:{get_language()}:{crc32(repr(parts).encode()):08x}:{parts[0]}"
    html = cache.get(key)
    if html is None:
        html = str(get_template(name).render(context))
        cache.set(key, html, KEPT)
    return SafeString(html)


@register.simple_tag
def film_card(film, meta=""):
    return fragment(
        "includes/_film_card.html",
        {"film": film, "meta": meta},
        film.pk,
        film.updated_at,
        str(meta),
    )


def review_fragment(name, review, **options):
    author = review.author
    return fragment(
        name,
        {"review": review, **options},
        review.pk,
        review.updated_at,
        review.film.updated_at,
        author.username,
        author.name,
        timezone.get_current_timezone_name(),
        options,
    )


@register.simple_tag
def entry(review, *, show_film=False, bare=False):
    return review_fragment("includes/_entry.html", review, show_film=show_film, bare=bare)


@register.simple_tag
def note(review, *, show_film=False):
    return review_fragment("includes/_note.html", review, show_film=show_film)


@register.simple_tag
def theme_link(theme, meta=""):
    words = (theme.name, theme.slug, theme.card_motif, theme.card_ink, theme.film_count, str(meta))
    return fragment("includes/_theme_link.html", {"theme": theme, "meta": meta}, theme.pk, *words)


@register.simple_tag
def comment_line(line, review, user, *, may_reply=False):
    """A line of the thread. What a member sees has links of their own in it and is not kept."""
    row = line.comment
    context = {"line": line, "review": review, "user": user, "may_reply": may_reply}
    if user.is_authenticated or not row.is_published:
        return SafeString(get_template("reviews/_comment.html").render(context))
    return fragment(
        "reviews/_comment.html",
        context,
        row.pk,
        row.updated_at,
        row.author.username,
        row.author.name,
        row.author_id == review.author_id,
        timezone.get_current_timezone_name(),
    )
