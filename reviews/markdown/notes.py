"""Footnotes: numbered as they are met, written under the text, secret if only a spoiler
mentions them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from . import labels

MOST_REFERENCES = 300


@dataclass
class Note:
    tokens: list[Token]
    defined_in_spoiler: bool
    number: int = 0
    uses: int = 0
    seen_openly: bool = field(default=False)

    @property
    def is_secret(self) -> bool:
        return self.defined_in_spoiler or not self.seen_openly


def _unwrap(tokens: list[Token]) -> None:
    """A note of one paragraph is written without its tags."""
    if len(tokens) == 3 and tokens[0].type == "paragraph_open":
        tokens[0].hidden = tokens[2].hidden = True


class Notes:
    def __init__(self, prefix: str):
        self.prefix = prefix
        self.is_writing = False
        self._notes: dict[str, Note] = {}
        self._met: list[Note] = []
        self._references = 0

    def take_definitions(self, tokens: list[Token]) -> list[Token]:
        """The tokens without the notes' own, which are kept for later."""
        rest: list[Token] = []
        open_notes: list[Note] = []
        hidden = 0
        for token in tokens:
            if token.type == "footnote_reference_open":
                note = Note([], defined_in_spoiler=hidden > 0)
                self._notes.setdefault(token.meta["label"], note)
                open_notes.append(note)
            elif token.type == "footnote_reference_close":
                _unwrap(open_notes.pop().tokens)
            else:
                hidden += {"spoiler_block_open": 1, "spoiler_block_close": -1}.get(token.type, 0)
                (open_notes[-1].tokens if open_notes else rest).append(token)
        return rest

    def refer(self, label: str, *, openly: bool, attributes: str) -> str:
        note = self._notes.get(label)
        self._references += 1
        if note is None or self._references > MOST_REFERENCES:
            return ""
        if not note.number:
            self._met.append(note)
            note.number = len(self._met)
        note.uses += 1
        note.seen_openly = note.seen_openly or openly
        return (
            f'<sup><a href="#{self.prefix}fn{note.number}" id="{self._place(note, note.uses)}"'
            f' aria-label="{labels.note_name(note.number)}"{attributes}>{note.number}</a></sup>'
        )

    def written(self) -> Iterator[Note]:
        """Each note that was referred to; notes may refer to others while they are written."""
        self.is_writing = True
        yield from self._met

    def back_links(self, note: Note, attributes: str) -> str:
        links = []
        for use in range(1, note.uses + 1):
            text, name = labels.back(note.number, use)
            place = self._place(note, use)
            links.append(f' <a href="#{place}" aria-label="{name}"{attributes}>{text}</a>')
        return "".join(links)

    def _place(self, note: Note, use: int) -> str:
        return f"{self.prefix}ref{note.number}" + (f"-{use}" if use > 1 else "")
