"""The import: look at every line first, and write only if all of it may be written."""

import sqlite3
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction

from films.catalogue import countries, films, people, themes
from films.catalogue.reading import BadLine, Problem, find_files, read

BATCH = 500
PROBLEMS_KEPT = 1_000
IMPORTERS = {"countries": countries, "themes": themes, "people": people, "films": films}


@dataclass
class Outcome:
    """`counts[kind]` has created, updated, unchanged, skipped and bad."""

    counts: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    bad: int = 0
    is_written: bool = False

    def add_problem(self, kind, problem):
        self.bad += 1
        self.counts.setdefault(kind, Counter())["bad"] += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(problem)


class Seen:
    """Keys met in this import. They spill to a file of the database's own, so that memory stays
    the same for any number of lines."""

    def __init__(self):
        self.db = sqlite3.connect("")
        self.db.execute("CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, key):
        """Whether `key` is new."""
        return self.db.execute("INSERT OR IGNORE INTO seen VALUES (?)", [key]).rowcount == 1


def import_catalogue(paths, *, dry_run=False, skip_bad=False, progress=None):
    """Bring the catalogue to what the files say.

    A film matches by slug, else by an outside id, else by title, year and first country. A file
    with bad lines changes nothing unless `skip_bad`. `progress(kind, step, lines)` is called
    after each batch. Raises CatalogueError.
    """
    progress = progress or (lambda *args: None)
    files = find_files(paths)
    outcome = Outcome()
    bad_lines = Seen()
    known = survey(files, outcome, bad_lines, progress)
    if outcome.bad and not skip_bad:
        return outcome
    with transaction.atomic() if dry_run else nullcontext():
        for kind, path in files:
            counts = outcome.counts.setdefault(kind, Counter())
            for batch in batches(kind, path, bad_lines):
                with transaction.atomic():
                    counts.update(IMPORTERS[kind].write([record for _, record in batch], known))
                progress(kind, "write", len(batch))
            with transaction.atomic():
                IMPORTERS[kind].finish(known)
            counts["skipped"] += counts["bad"]
        if dry_run:
            transaction.set_rollback(True)
    outcome.is_written = not dry_run
    return outcome


def survey(files, outcome, bad_lines, progress):
    """Check every line against its format, the other lines and the database. Returns what the
    importers need to know of each other."""
    known = {"seen": Seen()}
    for module in IMPORTERS.values():
        module.begin(known)
    for kind, path in files:
        for batch in batched(read(kind, path), BATCH):
            records = []
            for number, record in batch:
                if isinstance(record, Problem):
                    outcome.add_problem(kind, record)
                    bad_lines.add(f"{path}:{number}")
                else:
                    records.append((number, record))
            IMPORTERS[kind].look_up([record for _, record in records], known)
            for number, record in records:
                try:
                    IMPORTERS[kind].check(record, known)
                except BadLine as bad:
                    outcome.add_problem(kind, Problem(path.name, number, bad.field, bad.reason))
                    bad_lines.add(f"{path}:{number}")
            progress(kind, "check", len(batch))
    return known


def batches(kind, path, bad_lines):
    good = (
        (number, record)
        for number, record in read(kind, path)
        if not isinstance(record, Problem) and bad_lines.add(f"{path}:{number}")
    )
    return batched(good, BATCH)


def batched(rows, size):
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch
