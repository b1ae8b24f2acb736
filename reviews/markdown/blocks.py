import html
from itertools import pairwise

from markdown_it.token import Token

from . import characters, figures, labels, passages, sentences, spoilers
from .inlines import Line, write_inline
from .notes import Notes

_PLAIN = {
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_close": "</ol>",
    "list_item_close": "</li>",
    "pull_quote_open": '<blockquote class="blackout">',
    "pull_quote_close": "</blockquote>",
    "table_open": '<div class="measured"><table class="ledger">',
    "table_close": "</table></div>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
}
_DEEPEST_HEADING = 6


class Writer:
    """One pass over the tokens that writes the HTML and gathers what it shows as plain text."""

    def __init__(self, *, language: str, prefix: str):
        self.language = language
        self.prefix = html.escape(prefix)
        self.out: list[str] = []
        self.prose: list[str] = []
        self.asides: list[str] = []
        self.counted: list[str] = []
        self.contents: list[tuple[int, str, str]] = []
        self.image_keys: list[str] = []
        self.has_spoilers = False
        self.notes = Notes(self.prefix)
        self.hidden = 0
        self.veils = 0
        self._headings = 0
        self._deepest = 2
        self._levels: dict[str, int] = {}
        self._within: list[str] = []

    def write(self, tokens: list[Token]) -> None:
        tokens = self.notes.take_definitions(tokens)
        self._levels = _heading_levels(tokens)
        self._blocks(tokens)
        self._footnotes()

    def _blocks(self, tokens: list[Token]) -> None:
        for before, token in pairwise([None, *tokens]):
            if token.type in _PLAIN:
                self.out.append(_PLAIN[token.type])
            elif token.type == "inline":
                self._inline(before, token)
            elif write := getattr(self, f"_{token.type}", None):
                write(token)
            if token.nesting == 1:
                self._within.append(token.type)
            elif token.nesting == -1:
                self._within.pop()

    def _inline(self, before: Token, token: Token) -> None:
        if before.type == "paragraph_open":
            self._paragraph(token, "" if before.hidden else "p")
        elif before.type == "heading_open":
            self._heading(before, token)
        elif before.type == "pull_quote_open":
            self._pull_quote(token)
        else:
            self._cell(before, token)

    def line(self, children: list[Token], line_break: str = "\n") -> Line:
        line = write_inline(self, children, line_break)
        self.has_spoilers = self.has_spoilers or line.has_spoilers
        return line

    def _gather(self, line: Line, into: list[str]) -> None:
        self.counted.append(line.whole)
        if not self.hidden:
            into.append(sentences.safe(line.safe))

    def _paragraph(self, token: Token, tag: str) -> None:
        into = self.asides if self.notes.is_writing else self.prose
        said = Line()
        for part in _around_figures(token.children):
            if isinstance(part, Token) and part.type == "passage":
                self._place(part)
                said.all_text.append(spoilers.unmark(part.content))
                said.open_text.append(sentences.hidden(part.content))
                continue
            if isinstance(part, Token):
                self._gather(said, into)
                said = Line()
                self._figure(part)
                continue
            line = self.line(part)
            said.all_text += line.all_text
            said.open_text += line.open_text
            if not _is_left_over(line, token):
                shown = line.html.strip()
                self.out.append(f"<{tag}>{shown}</{tag}>\n" if tag else shown)
        self._gather(said, into)

    def _passage(self, token: Token) -> None:
        self.counted.append(spoilers.unmark(token.content))
        self._place(token)

    def _place(self, token: Token) -> None:
        self.out.append(passages.placeholder(token.meta["key"], is_block=True))

    def _figure(self, token: Token) -> None:
        key = token.meta["key"]
        alt = spoilers.without_marked(token.content)
        if key:
            self.image_keys.append(key)
            self.out.append(figures.placeholder(key, alt))
        elif alt:
            self.out.append(f"<p>{characters.escape(alt, self.language)}</p>")

    def _heading(self, opening: Token, token: Token) -> None:
        line = self.line(token.children)
        if line.is_empty:
            return
        self._gather(line, self.asides)
        level = self._levels[opening.tag]
        # Headings may follow each other downwards a step at a time only.
        level = min(level, self._deepest + 1) if self._headings else 2
        self._deepest = level
        self._headings += 1
        anchor = f"{self.prefix}s{self._headings}"
        self.out.append(f'<h{level} id="{anchor}">{line.html.strip()}</h{level}>\n')
        text = sentences.fold(line.safe.replace(sentences.HIDDEN, " ")).rstrip(" :–—-,;")
        if text and not self.hidden and self._within == ["heading_open"]:
            self.contents.append((level, anchor, text))

    def _pull_quote(self, token: Token) -> None:
        line = self.line(token.children, "<br>")
        # Its words stand in the text already: counted and searched there.
        self.out.append(f'<p class="subtitle">{line.html.strip()}</p>')

    def _cell(self, opening: Token, token: Token) -> None:
        line = self.line(token.children)
        self._gather(line, self.asides)
        head, first = opening.tag == "th", opening.meta.get("names_row")
        number = ' class="num"' if "right" in str(opening.attrs.get("style", "")) else ""
        if line.is_empty:
            tag, scope = "td", ""
        elif head or first:
            tag, scope = "th", f' scope="{"col" if head else "row"}"'
        else:
            tag, scope = "td", ""
        self.out.append(f"<{tag}{scope}{number}>{line.html.strip()}</{tag}>")

    def _ordered_list_open(self, token: Token) -> None:
        start = token.attrs.get("start", 1)
        self.out.append("<ol>" if start == 1 else f'<ol start="{int(start)}">')

    def _list_item_open(self, token: Token) -> None:
        # A year that got among the numbers stays a year.
        is_year = token.info.isdecimal() and len(token.info) > 3
        self.out.append(f'<li value="{int(token.info)}">' if is_year else "<li>")

    def _hr(self, token: Token) -> None:
        self.out.append("<hr>\n" if token.markup.startswith("*") else '<hr class="rule">\n')

    def _fence(self, token: Token) -> None:
        content = spoilers.unmark(token.content)
        hides = spoilers.hides_code(token)
        self.counted.append(content)
        if hides:
            self._open_spoiler("")
        elif not self.hidden:
            self.asides.append(sentences.fold(content))
        code = html.escape(characters.visible(content))
        self.out.append(f"<pre><code>{code}</code></pre>\n")
        if hides:
            self._close_spoiler()

    def _spoiler_block_open(self, token: Token) -> None:
        self._open_spoiler(token.content)

    def _spoiler_block_close(self, token: Token) -> None:
        self._close_spoiler()

    def _open_spoiler(self, label: str) -> None:
        self.has_spoilers = True
        self.hidden += 1
        summary = labels.summary(label, self.language)
        self.out.append(f'<details class="spoiler">{summary}<div>')

    def _close_spoiler(self) -> None:
        self.hidden -= 1
        self.out.append("</div></details>\n")

    def _footnotes(self) -> None:
        opened = False
        for note in self.notes.written():
            if not opened:
                self.out.append(
                    f'<section class="footnotes" aria-label="{labels.footnotes()}"><ol>'
                )
                opened = True
            self.out.append(f'<li id="{self.prefix}fn{note.number}">')
            if note.is_secret:
                self._open_spoiler("")
            self._blocks(note.tokens)
            if note.is_secret:
                self._close_spoiler()
            self.out.append(self.notes.back_links(note, labels.attributes(self.language)))
            self.out.append("</li>")
        if opened:
            self.out.append("</ol></section>")


def _is_left_over(line: Line, block: Token) -> bool:
    """Nothing; or a lone full stop, where a hidden passage was all the rest."""
    if line.is_empty:
        return True
    has_passage = any(token.type == "passage" for token in block.children)
    return has_passage and "<" not in line.html and not any(map(str.isalnum, line.whole))


def _around_figures(children: list[Token]) -> list[list[Token] | Token]:
    """The children in runs, with the pictures and the hidden passages that stand outside of any
    mark between them."""
    parts: list[list[Token] | Token] = [[]]
    depth = 0
    for token in children:
        depth += token.nesting
        if token.type in ("image", "passage") and not depth:
            parts += [token, []]
        else:
            parts[-1].append(token)
    return parts


def _heading_levels(tokens: list[Token]) -> dict[str, int]:
    """The page's title is the first level, so the highest that a text uses becomes the second."""
    used = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = 2 - min(used, default=2)
    return {f"h{level}": min(level + shift, _DEEPEST_HEADING) for level in range(1, 7)}
