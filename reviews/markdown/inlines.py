from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import characters, labels, passages, sentences, spoilers
from .sanitising import OUTSIDE

if TYPE_CHECKING:
    from markdown_it.token import Token

    from .blocks import Writer

_MOST_NESTED = 12
_EMPHASIS = {"em": "em", "strong": "strong", "s": "del"}


@dataclass
class Line:
    """The words of one block: as HTML, as text with a sign for what is hidden, as whole text."""

    out: list[str] = field(default_factory=list)
    open_text: list[str] = field(default_factory=list)
    all_text: list[str] = field(default_factory=list)
    has_spoilers: bool = False

    @property
    def html(self) -> str:
        return "".join(self.out)

    @property
    def safe(self) -> str:
        return "".join(self.open_text)

    @property
    def whole(self) -> str:
        return "".join(self.all_text)

    @property
    def is_empty(self) -> bool:
        return not self.html.strip()


def write_inline(writer: Writer, children: list[Token], line_break: str) -> Line:
    return _InlineWriter(writer, line_break).write(children)


class _InlineWriter:
    def __init__(self, writer: Writer, line_break: str):
        self.writer = writer
        self.line_break = line_break
        self.line = Line()
        self.emphasis: list[str] = []
        self.veil_at: tuple[int, int] | None = None
        self.link_veiled = False
        self.links = 0
        self.after_link: list[str] = []

    def write(self, children: list[Token]) -> Line:
        for index, token in enumerate(children):
            name, _, end = token.type.partition("_")
            if name in _EMPHASIS and end in ("open", "close"):
                self._emphasis(_EMPHASIS[name], end == "open")
            elif token.type == "link_open":
                self._link_open(token, children, index)
            else:
                getattr(self, f"_{token.type}")(token)
        return self.line

    def _text(self, token: Token) -> None:
        text = spoilers.unmark(token.content)
        self._say(text, characters.escape(text, self.writer.language))

    def _code_inline(self, token: Token) -> None:
        text = spoilers.unmark(token.content)
        self._say(text, f"<code>{html.escape(characters.visible(text))}</code>")

    def _image(self, token: Token) -> None:
        # A picture within other marks has no place for its credit: its words stand in for it.
        alt = spoilers.without_marked(token.content)
        self.line.out.append(characters.escape(alt, self.writer.language))

    def _softbreak(self, _token: Token) -> None:
        self._say("\n", self.line_break)

    def _hardbreak(self, _token: Token) -> None:
        self._say("\n", "<br>\n")

    def _passage(self, token: Token) -> None:
        self.line.out.append(passages.placeholder(token.meta["key"], is_block=False))
        self.line.all_text.append(spoilers.unmark(token.content))
        if self.veil_at is None:
            self.line.open_text.append(sentences.hidden(token.content))

    def _say(self, text: str, shown: str) -> None:
        self.line.out.append(shown)
        text = characters.visible(text)
        self.line.all_text.append(text)
        if self.veil_at is None:
            self.line.open_text.append(text)

    def _emphasis(self, tag: str, opens: bool) -> None:
        if opens:
            # Deeper nesting changes nothing that a reader could see.
            shown = tag if len(self.emphasis) < _MOST_NESTED else ""
            self.emphasis.append(shown)
            self.line.out.append(f"<{shown}>" if shown else "")
        elif self.emphasis:
            shown = self.emphasis.pop()
            self.line.out.append(f"</{shown}>" if shown else "")

    def _link_open(self, token: Token, children: list[Token], index: int) -> None:
        # Through a spoiler a link can get into another; the outer one leads.
        self.links += 1
        if self.links > 1:
            return
        # A label in a link would be pressed together with it: the whole link goes behind the veil.
        if self.veil_at is None and _holds_spoiler(children, index):
            self._veil()
            self.link_veiled = True
        address = str(token.attrs.get("href", ""))
        inside = address.startswith(("/", "#")) and not address.startswith("//")
        rel = "" if inside else f' rel="{OUTSIDE}"'
        self.line.out.append(f'<a href="{html.escape(address)}"{rel}>')

    def _link_close(self, _token: Token) -> None:
        self.links -= 1
        if self.links:
            return
        self.line.out.append("</a>")
        if self.link_veiled:
            self.link_veiled = False
            self._unveil()
        self.line.out += self.after_link
        self.after_link = []

    def _footnote_ref(self, token: Token) -> None:
        shown = self.writer.notes.refer(
            token.meta["label"],
            openly=self.veil_at is None and not self.writer.hidden,
            attributes=labels.attributes(self.writer.language),
        )
        (self.after_link if self.links else self.line.out).append(shown)

    def _spoiler_open(self, _token: Token) -> None:
        if not self.link_veiled:
            self._veil()

    def _spoiler_close(self, _token: Token) -> None:
        if not self.link_veiled:
            self._unveil()

    def _veil(self) -> None:
        self.line.has_spoilers = True
        self.veil_at = len(self.line.out), len(self.line.all_text)
        self.line.out.append("")

    def _unveil(self) -> None:
        out, said = self.veil_at
        hidden = "".join(self.line.all_text[said:])
        self.veil_at = None
        self.line.open_text.append(sentences.hidden(hidden))
        self.writer.veils += 1
        identifier = f"{self.writer.prefix}v{self.writer.veils}"
        self.line.out[out] = labels.veil(identifier, hidden, self.writer.language)
        self.line.out.append("</span></label>")


def _holds_spoiler(children: list[Token], link: int) -> bool:
    depth = 0
    for token in children[link:]:
        depth += token.nesting
        if not depth:
            return False
        if token.type == "spoiler_open":
            return True
    return False
