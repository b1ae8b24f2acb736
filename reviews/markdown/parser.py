"""The dialect: CommonMark with tables, strikethrough, footnotes, spoilers, pull quotes, figures.

Left out on purpose: raw HTML (shown as typed), code by indentation (writers indent paragraphs)
and link titles (nobody can reach them by keyboard). Everything that a hostile text could repeat
has a bound here.
"""

import re
from functools import lru_cache, partial
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block, table
from markdown_it.rules_inline import StateInline, backtick, link
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from . import figures, spoilers

TABLE_COLUMNS = 12
TABLE_ROWS = 100
CELLS = 1_200
# Far more than an essay of the greatest length has. What stands behind the last line is left out;
# a text with more marks shows them as typed. The writer is told of both.
LINES = 2_400
MARKS = 4_000
LINK_WEIGHT = 3
LINK_FAILURES = 100

_PULL_QUOTE = re.compile(r">>(?!>)[ \t]*(.*)$")
_TYPED = re.compile(r"(?:[^\n!]|!(?![\x02\x03]))+")
_DELIMITERS = re.compile(r"(?=[|: \t]*-)[|:\-][|:\- \t]*$")
_YEAR = re.compile(r"\d{4,9}[.)]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_SCHEMES = frozenset({"http", "https", "mailto"})
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\\\x7f-\xa0]|&(?:tab|newline|colon);", re.IGNORECASE)


@lru_cache(maxsize=1)
def for_texts() -> MarkdownIt:
    md = _base()
    md.enable("table")
    md.block.ruler.at("table", bounded_table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.before(
        "blockquote", "pull_quote", pull_quote, {"alt": ["paragraph", "reference", "list"]}
    )
    md.use(partial(footnote_plugin, inline=False, move_to_end=False))
    md.inline.ruler.at("image", figures.image)
    return md


@lru_cache(maxsize=1)
def for_comments() -> MarkdownIt:
    return _base().disable(["heading", "lheading", "image"])


def parse(md: MarkdownIt, source: str) -> tuple[list[Token], dict]:
    env: dict = {"is_plain": has_too_many_marks(source)}
    lines = source.split("\n", LINES)[:LINES]
    return md.parse(spoilers.mark("\n".join(lines)), env), env


def has_too_many_lines(source: str) -> bool:
    return source.count("\n") > LINES


def has_too_many_marks(source: str) -> bool:
    links = source.count("](")
    return sum(map(source.count, "*_~`[<&\\")) + links * LINK_WEIGHT > MARKS


def is_safe_address(address: str) -> bool:
    if _UNSAFE_IN_ADDRESS.search(address):
        return False
    scheme = _SCHEME.match(address)
    if scheme:
        return scheme[1].lower() in _SCHEMES
    return ":" not in re.split(r"[/?#]", address, maxsplit=1)[0]


def _base() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 14})
    md.enable("strikethrough").disable(["code", "html_block", "html_inline"])
    md.validateLink = is_safe_address
    md.block.ruler.at("list", list_without_years, {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.at("backticks", code_without_spoilers)
    md.inline.ruler.at("link", bounded_link)
    spoilers.install(md)
    md.inline.ruler.before("spoiler", "typed", as_typed)
    return md


def pull_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines that begin with `>>`, in the text itself; elsewhere they are nested quotations."""
    if not _PULL_QUOTE.match(_line(state, start)):
        return False
    if silent:
        return True
    if state.level > state.env.get("spoiler_depth", 0):
        return False
    lines = []
    line = start
    while line < end and (quoted := _PULL_QUOTE.match(_line(state, line))):
        lines.append(quoted[1].strip())
        line += 1
    state.push("pull_quote_open", "blockquote", 1).map = [start, line]
    token = state.push("inline", "", 0)
    token.content = "\n".join(filter(None, lines))
    token.map = [start, line]
    token.children = []
    state.push("pull_quote_close", "blockquote", -1)
    state.line = line
    return True


def list_without_years(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph may begin with a year and a full stop; a list of a thousand items may not."""
    if _YEAR.match(_line(state, start)):
        return False
    return list_block(state, start, end, silent)


def bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 2 > end or not _DELIMITERS.match(_line(state, start + 1)):
        return False
    columns = _line(state, start).count("|") + 1
    if columns == 1:
        return False
    if state.env.get("cells", 0) > CELLS - columns:
        return False
    rows = 0
    while rows <= TABLE_ROWS and start + rows < end and not state.isEmpty(start + rows):
        rows += 1
    cells = state.env.get("cells", 0) + columns * rows
    if columns > TABLE_COLUMNS + 1 or rows > TABLE_ROWS or cells > CELLS:
        return False
    made_before = len(state.tokens)
    made = table(state, start, end, silent)
    if made and not silent:
        state.env["cells"] = cells
        for before, token in pairwise(state.tokens[made_before:]):
            # What a row is about stands in its first cell.
            token.meta["names_row"] = before.type == "tr_open" and columns > 1
    return made


def code_without_spoilers(state: StateInline, silent: bool) -> bool:
    """Backticks never reach across a spoiler mark: they would show what it hides."""
    start, pending, made = state.pos, state.pending, len(state.tokens)
    if not backtick(state, silent):
        return False
    taken = state.src[start : state.pos]
    if spoilers.OPEN in taken or spoilers.CLOSE in taken:
        del state.tokens[made:]
        state.pending = pending
        ticks = len(taken) - len(taken.lstrip("`"))
        state.pos = start + ticks
        if not silent:
            state.pending += "`" * ticks
    return True


def as_typed(state: StateInline, silent: bool) -> bool:
    """In a text with too many marks: all as it stands, but for spoilers and line ends."""
    if not state.env["is_plain"]:
        return False
    stop = _TYPED.match(state.src, state.pos, state.posMax)
    if not stop:
        return False
    if not silent:
        state.pending += stop[0]
    state.pos = stop.end()
    return True


def bounded_link(state: StateInline, silent: bool) -> bool:
    """Each `[` that opens no link costs a look at all that follows it."""
    if state.src[state.pos] != "[":
        return False
    failures = state.env.get("link_failures", 0)
    if failures >= LINK_FAILURES:
        return False
    if link(state, silent):
        return True
    state.env["link_failures"] = failures + 1
    return False


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
