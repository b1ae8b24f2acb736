from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from . import characters, parser
from .notes import MOST_REFERENCES

BODY_LIMIT = 40_000
# Nobody mends fifty of a kind by reading fifty messages.
_MOST = 20


def problems(source: str, *, limit: int = BODY_LIMIT) -> list[ValidationError]:
    """What a writer has to mend before the text can be published; each names its line."""
    if found := unkeepable(source, limit=limit):
        return found
    tokens, env = parser.parse(parser.for_texts(), characters.clean(source))
    found = [(line, _unclosed_words(line)) for line in env.get("unclosed", ())]
    for before, token in pairwise([None, *tokens]):
        if token.type == "spoiler_block_open" and token.meta.get("unclosed"):
            line = token.map[0] + 1
            found.append((line, _unclosed_block(line)))
        elif token.type == "inline":
            found.extend(_pictures(token, before.type == "paragraph_open"))
    found.extend(_references(tokens))
    found.sort(key=lambda numbered: numbered[0])
    return [error for _line, error in found[:_MOST]]


def unkeepable(source: str, *, limit: int = BODY_LIMIT) -> list[ValidationError]:
    """What a writer has to mend before the text can be kept at all."""
    if len(source) > limit:
        return [_too_long(len(source), limit)]
    source = characters.clean(source)
    if parser.has_too_many_lines(source):
        return [_too_many_lines()]
    if parser.has_too_many_marks(source):
        return [_too_many_marks()]
    return []


def _references(tokens: list[Token]) -> list[tuple[int, ValidationError]]:
    """Of more than are drawn, the first beyond."""
    lines = [
        block.map[0] + 1 if block.map else 1
        for block in tokens
        for token in block.children or ()
        if token.type == "footnote_ref"
    ]
    return [(line, _too_many_references(line)) for line in lines[MOST_REFERENCES:][:1]]


def _pictures(block: Token, may_hold_figures: bool) -> list[tuple[int, ValidationError]]:
    first = block.map[0] + 1 if block.map else 1
    found = []
    depth = 0
    for token in block.children or ():
        depth += token.nesting
        if token.type != "image":
            continue
        line = first + token.meta["line"]
        if not token.meta["key"]:
            found.append((line, _external_image(line, token.meta["address"])))
        elif depth or not may_hold_figures:
            found.append((line, _misplaced_image(line)))
    return found


def _too_long(length: int, limit: int) -> ValidationError:
    return ValidationError(
        _("The text has %(length)d characters; at most %(limit)d are possible."),
        code="too_long",
        params={"length": length, "limit": limit},
    )


def _too_many_lines() -> ValidationError:
    return ValidationError(
        _("The text has more than %(limit)d lines. Put some of them together."),
        code="too_many_lines",
        params={"limit": parser.LINES},
    )


def _too_many_marks() -> ValidationError:
    return ValidationError(
        _("The text has more than %(limit)d signs of Markdown. Leave some of them out."),
        code="too_many_marks",
        params={"limit": parser.MARKS},
    )


def _too_many_references(line: int) -> ValidationError:
    return ValidationError(
        _(
            "Line %(line)d: the text refers to its footnotes more than %(limit)d times. "
            "From here on they would not be shown."
        ),
        code="too_many_references",
        params={"line": line, "limit": MOST_REFERENCES},
    )


def _unclosed_words(line: int) -> ValidationError:
    return ValidationError(
        _("Line %(line)d: a spoiler begins with >! and does not end. Put !< behind it."),
        code="unclosed_spoiler",
        params={"line": line},
    )


def _unclosed_block(line: int) -> ValidationError:
    return ValidationError(
        _(
            "Line %(line)d: a spoiler begins with :::spoiler and does not end. "
            "Put a line ::: behind its last one."
        ),
        code="unclosed_spoiler",
        params={"line": line},
    )


def _external_image(line: int, address: str) -> ValidationError:
    return ValidationError(
        _(
            "Line %(line)d: the picture %(address)s is not one of ours, and a picture cannot be "
            "shown without its credit. Upload it with its credit, then use the key it gets."
        ),
        code="external_image",
        params={"line": line, "address": characters.visible(address)[:200]},
    )


def _misplaced_image(line: int) -> ValidationError:
    return ValidationError(
        _(
            "Line %(line)d: a picture cannot stand inside a link, a heading, a table or other "
            "marks. Give it a line of its own."
        ),
        code="misplaced_image",
        params={"line": line},
    )
