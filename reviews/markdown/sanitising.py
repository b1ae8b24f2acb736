"""The last gate: whatever the renderer wrote, only this leaves."""

import nh3

_CLASSES = {
    "blockquote": {"blackout"},
    "p": {"subtitle"},
    "details": {"spoiler"},
    "label": {"veil"},
    "div": {"measured"},
    "table": {"ledger"},
    "section": {"footnotes"},
    "hr": {"rule"},
    "td": {"num"},
    "th": {"num"},
}

_ATTRIBUTES = {
    "a": {"href", "rel", "id", "aria-label", "lang", "dir"},
    "figure": {"data-image", "data-alt", "data-passage"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "input": {"id", "data-label", "aria-label", "lang", "dir"},
    "li": {"id", "value"},
    "ol": {"start"},
    "section": {"aria-label", "lang", "dir"},
    "span": {"lang", "dir", "data-passage"},
}

_VALUES = {
    "input": {"type": {"checkbox"}},
    "th": {"scope": {"col", "row"}},
}

TAGS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "details",
        "div",
        "em",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "input",
        "label",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "span",
        "strong",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)

OUTSIDE = "nofollow ugc noopener"


def sanitise(html_text: str) -> str:
    return nh3.clean(
        html_text,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        tag_attribute_values=_VALUES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
