"""Find the files, read their lines, check each line's fields."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

KINDS = ("countries", "themes", "people", "films")
LINE_LIMIT = 200_000  # characters
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class CatalogueError(Exception):
    """The import as a whole cannot go on."""


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    field: str
    reason: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


class BadLine(Exception):
    def __init__(self, field, reason):
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class Text:
    limit: int
    required: bool = False
    pattern: str = ""

    def check(self, value):
        if value is None or value == "":
            return "is missing" if self.required else None
        if not isinstance(value, str):
            return "must be text"
        if len(value) > self.limit:
            return f"is {len(value)} characters long, {self.limit} at most"
        if CONTROL.search(value):
            return "has a control character in it"
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"“{value}” is not of the expected form"
        if self.required and not value.strip():
            return "is empty"
        return None


@dataclass(frozen=True)
class Number:
    low: int
    high: int
    required: bool = False

    def check(self, value):
        if value is None:
            return "is missing" if self.required else None
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be a whole number"
        high = timezone.localdate().year + 1 if self.high == 0 else self.high
        return None if self.low <= value <= high else f"must lie between {self.low} and {high}"


@dataclass(frozen=True)
class Flag:
    def check(self, value):
        return None if value is None or isinstance(value, bool) else "must be true or false"


@dataclass(frozen=True)
class Texts:
    """A list of texts, each once."""

    limit: int
    most: int
    required: bool = False

    def check(self, value):
        if value is None or value == []:
            return "is missing" if self.required else None
        if not isinstance(value, list):
            return "must be a list"
        if len(value) > self.most:
            return f"has {len(value)} entries, {self.most} at most"
        for entry in value:
            wrong = Text(self.limit, required=True).check(entry)
            if wrong:
                return f"an entry {wrong}"
        return "has an entry twice" if len(set(value)) < len(value) else None


@dataclass(frozen=True)
class Records:
    """A list of objects of the given fields."""

    fields: dict
    most: int

    def check(self, value):
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            return "must be a list of objects"
        if len(value) > self.most:
            return f"has {len(value)} entries, {self.most} at most"
        for row in value:
            for name, rule in self.fields.items():
                wrong = rule.check(row.get(name))
                if wrong:
                    return f"{name} {wrong}"
        return None


@dataclass(frozen=True)
class Span:
    """{"from": year, "to": year}."""

    def check(self, value):
        if value is None:
            return None
        if not isinstance(value, dict):
            return "must be an object"
        return Number(1000, 2200).check(value.get("from")) or Number(1000, 2200, True).check(
            value.get("to")
        )


@dataclass(frozen=True)
class Unread:
    """A field of the format that the catalogue does not keep."""

    def check(self, value):
        return None


LABEL = {"text": Text(60, required=True), "language": Text(12, required=True)}
NATIVE = {"text": Text(120, required=True), "language": Text(12, required=True)}
LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
RELATIONS = r"remake_of|based_on|inspired_by"

FIELDS = {
    "countries": {
        "code": Text(4, required=True, pattern=r"[A-Z]{2}([A-Z]{2})?"),
        "name": Text(80, required=True),
        "native_names": Records(NATIVE, 12),
        "adjective": Text(60),
        "cinema_label": Text(80),
        "region": Text(40, required=True),
        "subregion": Text(60),
        "status": Text(20, pattern="current|former|user-assigned"),
        "official_languages": Texts(12, 30),
        "aliases": Texts(80, 20),
        "existed": Span(),
        "successors": Texts(4, 30),
        "note": Text(300),
        **dict.fromkeys(
            ("alpha_3", "alpha_4", "numeric", "flag", "eras", "iso_name", "former_alpha_2",
             "former_alpha_3", "withdrawn"), Unread(),
        ),
    },
    "themes": {
        "name": Text(60, required=True),
        "slug": Text(80, required=True, pattern=r"[\w-]+"),
        "definition": Text(500),
        "group": Text(60),
        "parent": Text(80),
        "labels": Records(LABEL, 100),
        "motif": Text(10),
        "ink": Text(10),
        "film_count": Unread(),
    },
    "people": {
        "name": Text(120, required=True),
        "native_name": Text(120),
        "native_language": Text(12, pattern=LANGUAGE),
    },
    "films": {
        "title": Text(200, required=True),
        "slug": Text(230, pattern=r"[a-z0-9-]+"),
        "original_title": Text(200),
        "original_language": Text(12, pattern=LANGUAGE),
        "romanized_title": Text(200),
        "year": Number(1874, 0),
        "countries": Texts(4, 16, required=True),
        "languages": Texts(12, 16),
        "silent": Flag(),
        "directors": Texts(120, 30),
        "cast": Texts(120, 60),
        "runtime_minutes": Number(1, 1500),
        "synopsis": Text(2000),
        "synopsis_source": Text(200),
        "synopsis_license": Text(60),
        "imdb_id": Text(12, pattern=r"tt\d{7,9}"),
        "tmdb_id": Number(1, 2_000_000_000),
        "wikidata_id": Text(12, pattern=r"Q[1-9]\d*"),
        "source_of_facts": Text(300),
        "themes": Texts(60, 30),
        "related": Records(
            {
                "relation": Text(12, required=True, pattern=RELATIONS),
                "title": Text(200, required=True),
                "year": Number(1874, 0),
                "country": Text(4),
            },
            20,
        ),
        "checked_fields": Unread(),
    },
}  # fmt: skip


def find_files(paths):
    """[(kind, Path)] in the order in which they depend on each other. A folder stands for the
    files in it that are named for a kind.

    Raises CatalogueError.
    """
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = [path / f"{kind}.jsonl" for kind in KINDS]
            if not any(file.is_file() for file in inside):
                raise CatalogueError(f"{path}: no countries, themes, people or films.jsonl in it.")
            found += [(file.stem, file) for file in inside if file.is_file()]
        elif not path.is_file():
            raise CatalogueError(f"{path}: there is no such file.")
        else:
            kind = next((kind for kind in KINDS if path.name.startswith(kind)), None)
            if kind is None:
                raise CatalogueError(
                    f"{path}: a file's name begins with what it holds: {', '.join(KINDS)}."
                )
            found.append((kind, path))
    return sorted(found, key=lambda pair: KINDS.index(pair[0]))


def read(kind, path):
    """Each line as (number, record) or (number, Problem)."""
    with path.open("rb") as lines:
        number = 0
        while raw := lines.readline(LINE_LIMIT * 4):
            number += 1
            if not raw.endswith(b"\n") and len(raw) >= LINE_LIMIT * 4:
                raise CatalogueError(f"{path.name}:{number}: the line is too long to be a record.")
            if raw.strip():
                yield number, _record(kind, path, number, raw)


def _record(kind, path, number, raw):
    try:
        record = json.loads(raw.decode())
        if not isinstance(record, dict):
            raise BadLine("line", "must be an object")
        check(kind, record)
    except UnicodeDecodeError:
        return Problem(path.name, number, "line", "is not UTF-8")
    except (json.JSONDecodeError, RecursionError) as error:
        return Problem(path.name, number, "line", f"is not JSON ({error})")
    except BadLine as bad:
        return Problem(path.name, number, bad.field, bad.reason)
    return record


def check(kind, record):
    """Raises BadLine for the first field that is not as it should be."""
    fields = FIELDS[kind]
    unknown = next((name for name in record if name not in fields), None)
    if unknown:
        raise BadLine(str(unknown)[:40], "is no field of this format")
    for name, rule in fields.items():
        wrong = rule.check(record.get(name))
        if wrong:
            raise BadLine(name, wrong)
