"""Small graphics as SVG: no script, no inline style. Every figure that a bar shows is also text
near it, so a graphic without a label of its own is hidden from screen readers.
"""

import math
from collections.abc import Mapping, Sequence

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

STAR = "M8 .9l2.2 4.7 5.1.6-3.8 3.5 1 5.1L8 12.3l-4.5 2.5 1-5.1L.7 6.2l5.1-.6z"
HALF = "M8 .9v11.4l-4.5 2.5 1-5.1L.7 6.2l5.1-.6z"
HALVES = ("½", "1", "1½", "2", "2½", "3", "3½", "4", "4½", "5")
# Twice the square root of two: a share 2.8 times the world's fills its half of the bar.
WIDEST = 2**1.5


def _svg(name: str, width: float, height: float, body: str, label: str | None = None) -> SafeString:
    told = f'role="img" aria-label="{escape(label)}"' if label is not None else 'aria-hidden="true"'
    stretch = "" if name in ("stars", "histogram", "spark") else ' preserveAspectRatio="none"'
    return mark_safe(  # noqa: S308 - the label is escaped, the rest is numbers
        f'<svg class="{name}" viewBox="0 0 {width} {height}"{stretch} {told}>{body}</svg>'
    )


def stars(value: float) -> SafeString:
    """Five stars, rounded to the nearest half."""
    halves = max(0, min(10, round(value * 2)))
    body = ""
    for i in range(5):
        place = f'transform="translate({i * 18})"'
        body += f'<path class="off" {place} d="{STAR}"/>'
        if halves >= 2 * i + 2:
            body += f'<path class="on" {place} d="{STAR}"/>'
        elif halves == 2 * i + 1:
            body += f'<path class="on" {place} d="{HALF}"/>'
    shown = number_format(halves / 2 if halves % 2 else halves // 2)
    label = gettext("%(number)s out of 5 stars") % {"number": shown}
    return _svg("stars", 88, 16, body, label)


def histogram(counts: Sequence[int]) -> SafeString:
    """Ten bars, half a star to five stars. The highest carries its count."""
    counts = list(counts) or [0] * len(HALVES)
    top, body = max(counts) or 1, ""
    for i, (stars_, count) in enumerate(zip(HALVES, counts, strict=True)):
        height = max(1.5, count / top * 96)
        middle = i * 32 + 16
        name = "bar top" if count == top else "bar"
        body += (
            f'<rect class="{name}" x="{i * 32 + 1}" y="{112 - height:.1f}" width="30" '
            f'height="{height:.1f}"/>'
            f'<text x="{middle}" y="128" text-anchor="middle">{stars_}</text>'
        )
        if count == top:
            body += (
                f'<text class="num" x="{middle}" y="{106 - height:.1f}" text-anchor="middle">'
                f"{count}</text>"
            )
    said = "; ".join(f"{stars_}: {count}" for stars_, count in zip(HALVES, counts, strict=True))
    label = gettext("Ratings by number of stars. %(counts)s") % {"counts": said}
    return _svg("histogram", 320, 132, body + '<path class="axis-line" d="M0 112.5H320"/>', label)


def strength(agree: int, disagree: int, most: int) -> SafeString:
    """Agree as a bar, disagree as an outline after it. `most` is the largest agree + disagree on
    the page, so that bars compare."""
    yes, no = (agree / most * 100, disagree / most * 100) if most else (0, 0)
    body = (
        '<rect class="track" width="100" height="10"/>'
        f'<rect class="yes" width="{yes:.1f}" height="10"/>'
        f'<rect class="no" x="{yes + 0.6:.1f}" width="{no:.1f}" height="10"/>'
    )
    return _svg("strength", 100, 10, body)


def meter(share: float) -> SafeString:
    """One bar, 0 to 100."""
    body = (
        '<rect class="track" width="100" height="10"/>'
        f'<rect class="yes" width="{max(0, min(100, share)):.1f}" height="10"/>'
    )
    return _svg("strength", 100, 10, body)


def diverging(ratio: float) -> SafeString:
    """A theme's share in one place against its share in the world.

    The scale is logarithmic: twice as much and half as much are equally far from the middle, and
    the two ticks stand there. A ratio of nothing is as far left as the bar goes.
    """
    part = math.log(ratio) / math.log(WIDEST) if ratio > 0 else -1.0
    x = max(-1.0, min(1.0, part)) * 100
    name, start = ("more", 100.0) if x >= 0 else ("less", 100 + x)
    body = (
        '<rect class="track" width="200" height="10"/>'
        f'<rect class="{name}" x="{start:.1f}" width="{abs(x):.1f}" height="10"/>'
        '<rect class="tick" x="33" width=".7" height="10"/>'
        '<rect class="tick" x="166.3" width=".7" height="10"/>'
        '<rect class="mid" x="99.5" y="0" width="1" height="10"/>'
    )
    return _svg("diverge", 200, 10, body)


def decades(counts: Mapping[int, int]) -> SafeString:
    """A strip of film: one frame a decade, filled from below. Labels and links stand under it in
    HTML. Nothing at all without decades."""
    if not counts:
        return SafeString("")
    top = max(counts.values()) or 1
    body = f'<rect class="stock" width="{len(counts) * 64}" height="112"/>'
    for i, count in enumerate(counts.values()):
        x = i * 64
        body += f'<rect class="cell" x="{x + 2}" y="16" width="60" height="80"/>'
        if count:
            height = max(count / top * 74, 1.5)
            body += (
                f'<rect class="bar" x="{x + 2}" y="{96 - height:.1f}" width="60" '
                f'height="{height:.1f}"/>'
            )
        for hole in range(4):
            at = f'x="{x + 4.5 + hole * 16}"'
            body += f'<rect class="perf" {at} y="4" width="8" height="7" rx="1.5"/>'
            body += f'<rect class="perf" {at} y="101" width="8" height="7" rx="1.5"/>'
    return _svg("decades", len(counts) * 64, 112, body)


def spark(values: Sequence[int], label: str) -> SafeString:
    """Bars the height of a line of text; `label` says in words what they show."""
    if not values:
        return SafeString("")
    top = max(values) or 1
    body = ""
    for i, value in enumerate(values):
        height = max(1, value / top * 20)
        body += f'<rect x="{i * 7}" y="{20 - height:.1f}" width="5" height="{height:.1f}"/>'
    return _svg("spark", len(values) * 7 - 2, 20, body, label)


def soundtrack(weeks: Sequence[int], label: str) -> SafeString:
    """A year of writing as an optical soundtrack: one stroke a week, mirrored."""
    if not weeks:
        return SafeString("")
    top = max(weeks) or 1
    body = ""
    for i, words in enumerate(weeks):
        height = 1.5 + words / top * 46
        quiet = "" if words else ' class="quiet"'
        body += (
            f'<rect{quiet} x="{i * 12}" y="{24 - height / 2:.1f}" width="8" height="{height:.1f}"/>'
        )
    return _svg("soundtrack", len(weeks) * 12 - 4, 48, body, label)
