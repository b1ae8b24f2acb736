import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from users.site_settings import SiteSettings

register = template.Library()

# The name of the site may be one word, longer than a telephone is wide.
LONG_WORD = re.compile(r"\S{10}(?=\S{5})")
BREAK = "\u200b"  # shows nothing, and lets the line end

# On a grid of 20 units, drawn with a stroke of 1.6.
ICONS = {
    "search": '<circle cx="8.5" cy="8.5" r="5.5"/><path d="M12.6 12.6 18 18"/>',
    "pen": '<path d="M3 17l1-4L14 3l3 3L7 16zM12 5l3 3"/>',
    "bookmark": '<path d="M5 2.5h10v15l-5-4-5 4z"/>',
    "next": '<path d="M4 10h12M11 5l5 5-5 5"/>',
    "prev": '<path d="M16 10H4M9 5l-5 5 5 5"/>',
    "cross": '<path d="M4 4l12 12M16 4 4 16"/>',
    "plus": '<path d="M10 3v14M3 10h14"/>',
    "stayed": (
        '<circle cx="7" cy="10" r="5.5" fill="currentColor" stroke="none"/>'
        '<circle cx="13" cy="10" r="5.5"/>'
    ),
    "flag": '<path d="M4 18V3h11l-2.500 4L15 11H4"/>',
    "filter": '<path d="M2 5h16M5 10h10M8 15h4"/>',
}

GATE = '<rect width="400" height="290" fill="#1b1d20"/>'
CUE = '<circle cx="374" cy="24" r="9" fill="#ffdc32"/>'
# Frames of film leader, 400 x 290; {} is what the frame reads.
LEADERS = {
    "leader": (
        f'{GATE}<path class="sweep" d="M200 145V0H400V290H300Z"/>'
        '<path class="ln" d="M0 145H400M200 0V290"/>'
        '<circle class="ln" cx="200" cy="145" r="128"/>'
        '<circle class="ln" cx="200" cy="145" r="112"/>'
        f'<text x="200" y="178" text-anchor="middle">{{}}</text>{CUE}'
    ),
    "misframed": (
        f'{GATE}<path class="ln" d="M200 0V290"/>'
        '<text x="200" y="66" text-anchor="middle">{}</text>'
        '<text x="200" y="302" text-anchor="middle">{}</text>'
        '<rect width="400" height="34" y="116" fill="#08090a"/>'
        '<path class="ln" d="M0 116H400M0 150H400"/>'
        '<circle cx="374" cy="174" r="9" fill="#ffdc32"/>'
    ),
    "ticket": (
        '<path fill="#1b1d20" d="M0 0H400V113A32 32 0 0 0 400 177V290H0V177A32 32 0 0 0 0 113Z"/>'
        '<path class="ln" stroke-dasharray="6 8" d="M300 14V276"/>'
        '<text x="158" y="178" text-anchor="middle">{}</text>'
        f'<circle class="ln" cx="350" cy="145" r="22"/>{CUE}'
    ),
    "splice": (
        '<path fill="#1b1d20" d="M0 0H236L152 290H0ZM250 0H400V290H166Z"/>'
        '<path class="ln" d="M0 145H192M210 145H400"/>'
        '<path class="ln" d="M236 0 152 290M250 0 166 290"/>'
        '<path fill="#ffdc32" opacity=".22" d="M206 0H290L206 290H122Z"/>'
        '<text x="200" y="178" text-anchor="middle">{}</text>'
    ),
    "exposures": (
        f'{GATE}<path class="ln" d="M0 145H400M200 0V290"/>'
        '<circle class="ln" cx="200" cy="145" r="128"/>'
        '<g opacity=".2"><text x="140" y="178" text-anchor="middle">{}</text></g>'
        '<g opacity=".4"><text x="170" y="178" text-anchor="middle">{}</text></g>'
        f'<text x="200" y="178" text-anchor="middle">{{}}</text>{CUE}'
    ),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign beside a word. It has no name of its own: the word is the name."""
    return mark_safe(  # noqa: S308 - an unknown name is a KeyError, never markup
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        f"{ICONS[name]}</svg>"
    )


@register.simple_tag
def wordmark() -> SafeString:
    """The two discs and the name, for inside the link to the home page."""
    return format_html(
        '<svg viewBox="0 0 29 20" aria-hidden="true" focusable="false">'
        '<circle class="after" cx="19" cy="10" r="10"/>'
        '<circle class="disc" cx="10" cy="10" r="10"/></svg>{}',
        LONG_WORD.sub(rf"\g<0>{BREAK}", SiteSettings.site_name()),
    )


@register.simple_tag
def leader(reads: str, kind: str = "leader") -> SafeString:
    """A frame of film leader for error pages: leader, misframed, ticket, splice, exposures."""
    label = gettext("A frame of film leader that reads %(text)s") % {"text": reads}
    return format_html(
        '<svg class="leader" viewBox="0 0 400 290" role="img" aria-label="{}">{}</svg>',
        label,
        mark_safe(LEADERS[kind].replace("{}", escape(reads))),  # noqa: S308
    )
