"""Words with what came and what went marked in them, drawn here: there are thousands."""

from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reviews.markdown import labels

register = template.Library()


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
