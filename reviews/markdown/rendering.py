from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import override
from markdown_it import MarkdownIt

from reviews import counting

from . import characters, parser, passages, sentences
from .blocks import Writer
from .sanitising import sanitise

RENDERER_VERSION = 2


@dataclass(frozen=True)
class Rendered:
    html: str
    safe_text: str
    contents: tuple[tuple[int, str, str], ...]
    image_keys: tuple[str, ...]
    has_spoilers: bool
    word_count: int
    found: frozenset[int] = frozenset()  # keys of hidden passages that are in it


def render(
    source: str, *, language: str, prefix: str, hidden: Sequence[passages.Passage] = ()
) -> Rendered:
    """An essay or a note. `prefix` goes before every id, so that texts can share a page.
    Passages that are `hidden` are counted, and stand nowhere in what is made."""
    return _render(parser.for_texts(), source, language, prefix, hidden)


def source_without_blocks(source: str, hidden: Sequence[passages.Passage]) -> str:
    """Markdown as it was typed, without the lines of each block that has what is `hidden`."""
    source = characters.clean(source)
    tokens, _env = parser.parse(parser.for_texts(), source)
    gone = passages.lines_with_passages(tokens, hidden)
    lines = source.split("\n")
    kept = [
        passages.GAP if number in gone else line
        for number, line in enumerate(lines)
        if not {number, number - 1} <= gone
    ]
    return "\n".join(kept)


def render_comment(source: str, *, language: str, prefix: str) -> Rendered:
    """Emphasis, links, spoilers, lists, quotations and code; no headings, tables, pictures,
    footnotes."""
    return _render(parser.for_comments(), source, language, prefix)


def _render(
    md: MarkdownIt, source: str, language: str, prefix: str, hidden: Sequence = ()
) -> Rendered:
    tokens, _env = parser.parse(md, characters.clean(source))
    found = passages.conceal(tokens, hidden)
    # Stored for every reader, whatever the language of the one who happened to save.
    with override(settings.LANGUAGE_CODE):
        writer = Writer(language=language, prefix=prefix)
        writer.write(tokens)
    return Rendered(
        html=sanitise("".join(writer.out)),
        safe_text=_safe_text(writer.prose, writer.asides),
        contents=tuple(writer.contents),
        image_keys=tuple(dict.fromkeys(writer.image_keys)),
        has_spoilers=writer.has_spoilers,
        word_count=counting.count("\n".join(writer.counted), language),
        found=found,
    )


def _safe_text(prose: Sequence[str], asides: Sequence[str]) -> str:
    # Headings, tables and notes are no running text: behind it, so that excerpts begin well.
    parts = [" ".join(filter(None, prose)), " · ".join(filter(None, asides))]
    return sentences.fold(" · ".join(filter(None, parts)))
