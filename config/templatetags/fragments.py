"""The parts that lists are made of, each kept under all that it prints."""

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from films.title_cards import CARD_FIELDS
from users.fragments import fragment

VERSION_FIELDS = ("number", "created_at", "language", "is_spoiler", "title", "lead", "body")

register = template.Library()


@register.simple_tag
def film_card(film, meta=""):
    return fragment(
        "includes/_film_card.html",
        {"film": film, "meta": meta},
        *values_of(film, CARD_FIELDS),
        str(meta),
    )


def values_of(row, fields):
    return [getattr(row, field) for field in fields]


def review_fragment(name, review, **options):
    author = review.author
    return fragment(
        name,
        {"review": review, **options},
        review.pk,
        review.updated_at,
        *values_of(review.film, CARD_FIELDS),
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
def theme_group(themes):
    """The themes of a group in the index."""
    rows = [(t.name, t.slug, t.motif, t.card_motif, t.card_ink, t.film_count) for t in themes]
    return fragment("films/_theme_group.html", {"themes": themes}, *rows)


@register.simple_tag
def country_roll(countries):
    """The countries of a region in the index."""
    rows = [
        (c.name, c.slug, c.film_count, c.native_names, c.is_former, c.existed_from, c.existed_to)
        + (tuple(other.name for other in c.successors.all()) if c.is_former else ())
        for c in countries
    ]
    return fragment("films/_country_roll.html", {"countries": countries}, *rows)


@register.simple_tag
def theme_row(row, film, most_votes, ask):
    """A theme on its film's page, for a visitor: members have buttons there."""
    theme, by = row.tag, row.added_by.name if row.added_by else ""
    words = (theme.name, theme.slug, theme.card_motif, theme.card_ink, row.standing, by)
    votes = (row.agree_count, row.disagree_count, most_votes)
    context = {"film": film, "row": row, "most_votes": most_votes, "may_vote": False, "ask": ask}
    return fragment("films/_theme_row.html", context, row.pk, *words, *votes, ask)


@register.simple_tag
def comment_thread(thread, review, user):
    """The replies to a piece. What a member sees has links of their own in it and is not kept."""
    context = {"thread": thread, "review": review, "user": user}
    if user.is_authenticated:
        return SafeString(get_template("reviews/_thread.html").render(context))
    lines = [(said_in(line), line.is_cut, *map(said_in, line.replies)) for line in thread]
    zone = timezone.get_current_timezone_name()
    return fragment("reviews/_thread.html", context, review.author_id, zone, *lines)


def said_in(line):
    """What is printed of a reply, or of the decision that stands in its place."""
    row, author, action = line.comment, line.comment.author, line.action
    parts = row.pk, row.updated_at, row.status, author.username, author.name
    if action is None:
        return parts
    return (*parts, action.pk, action.rule and (action.rule.number, action.rule.title))


@register.simple_tag
def version_comparison(pair, comparison, note, author, passages):
    """What changed between two versions. `comparison` is made only if it is not kept."""
    old, new = pair
    context = {"old": old, "new": new, "comparison": comparison, "note": note, "author": author}
    texts = [values_of(row, VERSION_FIELDS) for row in pair]
    zone = timezone.get_current_timezone_name()
    return fragment("reviews/_comparison.html", context, *texts, note, author, passages, zone)
