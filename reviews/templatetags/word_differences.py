"""Words with what came and what went marked in them, drawn here: there are thousands."""

import re
from itertools import groupby

from django import template
from django.template.defaultfilters import linebreaksbr, stringfilter
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reviews.markdown import labels

register = template.Library()
# A run begins with a space where a paragraph is indented; else it is the gap between two.
_INDENT = re.compile(r"(?:(?<=\n)|^(?=[ \t]+\S))[ \t]+")


@register.simple_tag
def marked_words(runs, language, prefix, number):
    """Runs (reviews.differences.Run) as HTML; what spoilers hide behind a veil of its own, whose
    id begins with `prefix` and `number`."""
    groups = groupby(runs, key=lambda run: run.is_veiled)
    return format_html_join(
        "",
        "{}",
        (
            (
                veiled(list(group), language, f"{prefix}{number}-{place}")
                if is_veiled
                else drawn(group),
            )
            for place, (is_veiled, group) in enumerate(groups, start=1)
        ),
    )


@register.filter(needs_autoescape=True)
@stringfilter
def as_typed(text, autoescape=True):
    """Its lines, with the spaces before each."""
    shown = _INDENT.sub(lambda indent: "\N{NO-BREAK SPACE}" * len(indent[0].expandtabs(4)), text)
    return linebreaksbr(shown, autoescape=autoescape)


def drawn(runs):
    return format_html_join("", "{}", ((one(run),) for run in runs))


def one(run):
    if not run.mark:
        return run.text
    return format_html("<{0}>{1}</{0}>", SafeString(run.mark), run.text)


def veiled(runs, language, identifier):
    hidden = "".join(run.text for run in runs)
    opening = SafeString(labels.veil(identifier, hidden, language))
    return format_html("{}{}</span></label>", opening, drawn(runs))
