"""The parts that lists are made of, each kept under all that it prints."""

from django import template
from django.utils import timezone

from films import title_cards
from users.fragments import fragment, kept

VERSION_FIELDS = ("number", "created_at", "language", "is_spoiler", "title", "lead", "body")

register = template.Library()


@register.tag
def part(parser, token):
    """`{% part "name" said … %}…{% endpart %}`: what stands between, kept under all that is said.
    What nothing (None) is said of is drawn each time."""
    _tag, *given = token.split_contents()
    given = [parser.compile_filter(each) for each in given]
    drawn = parser.parse(["endpart"])
    parser.delete_first_token()
    return PartNode(drawn, given)


class PartNode(template.Node):
    def __init__(self, drawn, given):
        self.nodelist = drawn
        self.given = given

    def render(self, context):
        name, *said = [each.resolve(context, ignore_failures=True) for each in self.given]
        if None in said:
            return self.nodelist.render(context)
        zone = timezone.get_current_timezone_name()
        return kept(name, lambda: self.nodelist.render(context), zone, *said)


register.simple_tag(title_cards.captioned, name="film_card")


def values_of(row, fields):
    return [getattr(row, field) for field in fields]


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
def version_comparison(pair, comparison, note, author, passages):
    """What changed between two versions. `comparison` is made only if it is not kept."""
    old, new = pair
    context = {"old": old, "new": new, "comparison": comparison, "note": note, "author": author}
    texts = [values_of(row, VERSION_FIELDS) for row in pair]
    zone = timezone.get_current_timezone_name()
    return fragment("reviews/_comparison.html", context, *texts, note, author, passages, zone)
