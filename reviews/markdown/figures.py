"""Pictures in a text: `![what it shows](image:key)`.

The stored HTML holds a placeholder only. Credits and takedowns change, so the picture is drawn
with its credit when the text is read.
"""

import html
import re
from collections.abc import Callable

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from .characters import visible

_IMAGE = re.compile(
    r"!\[(?P<alt>(?:[^\[\]\\]|\\.){0,1000})\]"
    r"(?:\([ \n]*(?P<address><[^<>\n]{0,2000}>|[^\s()<>\"]{0,2000})[^()\n]{0,300}\)"
    r"|\[(?P<reference>[^\[\]]{1,200})\])",
    re.DOTALL,
)
_KEY = re.compile(r"image:([A-Za-z0-9][A-Za-z0-9_-]{0,79})")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_PLACEHOLDER = re.compile(r'<figure data-image="([A-Za-z0-9_-]+)" data-alt="([^"]*)"></figure>')


def keys_named(source):
    """Keys of pictures that a text may name, wherever in it; all that it shows, unless they are
    written in some odd way."""
    return set(_KEY.findall(source))


def image(state: StateInline, silent: bool) -> bool:
    """In place of CommonMark's rule, which looks for the end of each `![` from there on."""
    found = _IMAGE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    address = found["address"]
    if address is None:
        references = state.env.get("references", {})
        known = references.get(normalizeReference(found["reference"]))
        if not known:
            return False
        address = known["href"]
    if not silent:
        key = _KEY.fullmatch(address.strip("<>"))
        token = state.push("image", "figure", 0)
        token.content = " ".join(_BACKSLASH.sub(r"\1", found["alt"]).split())
        token.meta = {
            "key": key[1] if key else "",
            "address": address.strip("<>"),
            "line": state.src.count("\n", 0, state.pos),
        }
    state.pos = found.end()
    return True


def placeholder(key: str, alt: str) -> str:
    shown = html.escape(visible(alt))
    return f'<figure data-image="{key}" data-alt="{shown}"></figure>'


def fill_figures(html_text: str, draw: Callable[[str, str], str]) -> str:
    """Stored HTML with draw(key, alt) in place of each placeholder; draw answers safe HTML."""
    return _PLACEHOLDER.sub(lambda found: draw(found[1], html.unescape(found[2])), html_text)
