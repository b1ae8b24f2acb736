"""Spoilers: `>!words!<` in a sentence, `:::spoiler label` to `:::` around blocks.

`>` opens a quotation in CommonMark, so the inline marks are changed to signs of our own before
anything is parsed. A mark that is never closed hides to the end of its block, a block that is
never closed hides the rest of the text: too much hidden can be mended, a secret told cannot.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Control characters are gone from the source by then, so nobody can type these. They begin and
# end in punctuation, as `>!` does, because emphasis looks at its neighbours.
OPEN = "!\x02!"
CLOSE = "!\x03!"

# A text with more of them gets one to a block from there on.
VEILS = 500

# Marks of direction and joiners, which keyboards and copied pages bring along unseen. Within a
# mark they would part it, for no reader to see why.
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064"
_TYPED = re.compile(f"\\\\[^\n]|>[{_UNSEEN}]{{0,8}}!|![{_UNSEEN}]{{0,8}}<")
_PARTED = re.compile(
    f"(?<=:)[{_UNSEEN}]{{1,8}}(?=:|[ \t]{{0,8}}spoiler)|[{_UNSEEN}]{{1,8}}(?=:::)", re.IGNORECASE
)
_ANY_OPENING = re.compile(r">!|:::+[ \t]*spoiler", re.IGNORECASE)
_MARK = re.compile(f"{OPEN}|{CLOSE}")
_MARKED = re.compile(f"{OPEN}.*?(?:{CLOSE}|\\Z)", re.DOTALL)

_BLOCK_OPEN = re.compile(r":::+[ \t]*spoilers?(?:[ \t:]+(?P<label>.*))?[ \t]*$", re.IGNORECASE)
_BLOCK_CLOSE = re.compile(r":::+[ \t]*$")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_BLOCK_IN_CODE = re.compile(r"^[ \t]*:::+[ \t]*spoiler", re.IGNORECASE | re.MULTILINE)


def mark(source: str) -> str:
    """The source with our own signs in place of `>!` and `!<`, unless escaped by a backslash."""
    signs = {">": OPEN, "!": CLOSE}
    return _TYPED.sub(lambda typed: signs.get(typed[0][0], typed[0]), _PARTED.sub("", source))


def is_meant(line: str) -> bool:
    """Whether plain text, of signs that can be seen, has what would hide something in a text."""
    return bool(_ANY_OPENING.search(line))


def unmark(text: str) -> str:
    return text.replace(OPEN, ">!").replace(CLOSE, "!<")


def without_marked(text: str) -> str:
    return _MARKED.sub("", text).replace(CLOSE, "!<")


def install(md: MarkdownIt) -> None:
    md.block.ruler.before(
        "fence",
        "spoiler_block",
        spoiler_block,
        {"alt": ["paragraph", "reference", "blockquote", "list", "table"]},
    )
    md.core.ruler.before("inline", "hide_after_unclosed", hide_after_unclosed)
    md.core.ruler.before("inline", "settle_marks", settle_marks)
    md.inline.ruler.before("backticks", "spoiler", spoiler)


def spoiler_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    opened = _BLOCK_OPEN.match(_line(state, start))
    if not opened:
        return False
    if silent:
        return True
    close, closed = _closing_line(state, start + 1, end)
    token = state.push("spoiler_block_open", "details", 1)
    token.map = [start, close]
    token.content = without_marked(opened["label"] or "").strip()[:120]
    token.meta = {"unclosed": not closed}
    depth = state.env.get("spoiler_depth", 0)
    state.env["spoiler_depth"] = depth + 1
    line_max, state.lineMax = state.lineMax, close
    state.md.block.tokenize(state, start + 1, close)
    state.env["spoiler_depth"], state.lineMax = depth, line_max
    state.push("spoiler_block_close", "details", -1)
    state.line = close + closed
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _closing_line(state: StateBlock, line: int, end: int) -> tuple[int, bool]:
    depth, fence = 1, ""
    for number in range(line, end):
        if state.sCount[number] < state.blkIndent and not state.isEmpty(number):
            return number, False
        text = _line(state, number)
        if fence:
            if text.startswith(fence):
                fence = ""
        elif started := _FENCE.match(text):
            fence = started[1]
        elif text.startswith(":::"):
            if _BLOCK_OPEN.match(text):
                depth += 1
            elif _BLOCK_CLOSE.match(text):
                depth -= 1
        if not depth:
            return number, True
    return end, False


def hide_after_unclosed(state: StateCore) -> None:
    """A block left open inside of a list or quotation hides what follows these, too."""
    end = _end_of_unclosed(state.tokens)
    rest = state.tokens[end:]
    if rest:
        opening = Token("spoiler_block_open", "details", 1, meta={"unclosed": False})
        closing = Token("spoiler_block_close", "details", -1)
        state.tokens[end:] = [opening, *rest, closing]


def _end_of_unclosed(tokens: list[Token]) -> int:
    unclosed = False
    for number, token in enumerate(tokens, start=1):
        if token.type == "spoiler_block_open" and token.meta["unclosed"] and token.level:
            unclosed = True
        if unclosed and token.nesting == -1 and token.level == 0:
            return number
    return len(tokens)


def settle_marks(state: StateCore) -> None:
    """Make the marks of each block flat and even, so that parsing finds nothing but pairs."""
    waiting: list[Token] = []
    unclosed = state.env.setdefault("unclosed", [])
    veils = 0
    for token in state.tokens:
        if token.type not in ("inline", "fence"):
            continue
        first = _MARK.search(token.content)
        if waiting:
            if not first:
                waiting.append(token)
                continue
            if first[0] == CLOSE:
                # It was closed in a later block: everything between belongs to it.
                for between in [*waiting, token]:
                    _hide_from_start(between)
                first = _MARK.search(token.content)
            waiting = []
        if token.type == "inline" and first:
            veils += token.content.count(OPEN)
            token.content, is_open = _flat(token.content, whole=veils > VEILS)
            if is_open:
                unclosed.append(token.map[0] + 1 if token.map else 1)
                waiting = [Token("inline", "", 0)]


def _hide_from_start(token: Token) -> None:
    if token.type == "fence":
        token.meta["hidden"] = True
    elif _MARK.search(token.content):
        token.content = OPEN + token.content
    else:
        token.content = f"{OPEN}{token.content}{CLOSE}"


def _flat(content: str, *, whole: bool) -> tuple[str, bool]:
    if whole:
        return f"{OPEN}{_MARK.sub('', content)}{CLOSE}", False
    depth = 0
    pieces = []
    end = 0
    for found in _MARK.finditer(content):
        pieces.append(content[end : found.start()])
        end = found.end()
        if found[0] == OPEN:
            depth += 1
            pieces.append(OPEN if depth == 1 else "")
        elif depth:
            depth -= 1
            pieces.append("" if depth else CLOSE)
        else:
            pieces.append("!<")
    pieces.append(content[end:])
    if depth:
        pieces.append(CLOSE)
    return "".join(pieces), depth > 0


def spoiler(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(OPEN, state.pos):
        return False
    end = state.src.find(CLOSE, state.pos, state.posMax)
    if end < 0:
        return False
    if not silent:
        maximum = state.posMax
        state.push("spoiler_open", "label", 1)
        state.pos, state.posMax = state.pos + len(OPEN), end
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "label", -1)
        state.posMax = maximum
    state.pos = end + len(CLOSE)
    return True


def hides_code(token: Token) -> bool:
    """Whether a fence holds spoiler marks: its signs are not read, so it is hidden whole."""
    return bool(
        token.meta.get("hidden")
        or OPEN in token.content
        or CLOSE in token.content
        or _BLOCK_IN_CODE.search(token.content)
    )


def runs(text: str) -> list[tuple[str, bool]]:
    """(words, whether they are hidden) of a line that knows no other marks than spoilers'."""
    found, end, marked = [], 0, mark(text)
    for hidden in _MARKED.finditer(marked):
        found += [(marked[end : hidden.start()], False), (_MARK.sub("", hidden[0]), True)]
        end = hidden.end()
    found.append((unmark(marked[end:]), False))
    return [(words, is_hidden) for words, is_hidden in found if words]
