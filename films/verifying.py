"""Whether every picture's files are there, and say what its record says.

Rows and files are read one after the other; the names of both are held against each other in a
file of their own, so that a million pictures take no more memory than ten.
"""

import hashlib
import sqlite3
from contextlib import closing
from functools import partial
from typing import NamedTuple

from django.core.files.storage import default_storage

from films.credit import differences
from films.models import Image

ROWS = 200
CHUNK = 1024 * 1024
FOLDERS = ("images/", "unseen/", "originals/")


class Difference(NamedTuple):
    kind: str  # "missing", "orphan", "taken-down", "place", "original", "credit", "bytes", "record"
    picture: str  # its key; empty of an orphan
    file: str
    text: str

    def __str__(self):
        whose = f"Picture {self.picture}" if self.picture else "No picture"
        return f"{whose}, {self.file}: {self.text}" if self.file else f"{whose}: {self.text}"


class Names:
    """The names of all files that a row names, on disk."""

    def __init__(self):
        self.table = sqlite3.connect("")  # a file that nobody sees, deleted when closed
        self.table.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, name):
        self.table.execute("INSERT OR IGNORE INTO names VALUES (?)", (name,))

    def __contains__(self, name):
        found = self.table.execute("SELECT 1 FROM names WHERE name = ?", (name,))
        return found.fetchone() is not None

    def close(self):
        self.table.close()


def verify(progress=lambda: None):
    """Every Difference. `progress` is called after each file."""
    with closing(Names()) as names:
        for image in Image.objects.select_related("license").iterator(chunk_size=ROWS):
            for name, check in files_of(image):
                names.add(name)
                yield from check(image, name)
                progress()
        for folder in FOLDERS:
            for name in stored_in(folder):
                if name not in names:
                    yield Difference("orphan", "", name, "belongs to no record")


def files_of(image):
    """(name, what is to be true of it)"""
    if image.original:
        yield image.original.name, original
    for file in image.derivatives:
        yield file["name"], partial(derivative, file) if image.folder else taken_down
    if image.is_published and not image.derivatives:
        yield "", unwritten


def unwritten(image, name):
    yield Difference("missing", image.key, name, "has no files, though readers see it")


def original(image, name):
    digest = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        yield Difference("missing", image.key, name, "is not there")
    else:
        if digest.hexdigest() != image.sha256:
            yield Difference("original", image.key, name, "is not what was uploaded")


def taken_down(image, name):
    if default_storage.exists(name):
        yield Difference("taken-down", image.key, name, "is there, though it was taken down")


def derivative(file, image, name):
    try:
        credit = image.credit()
    except ValueError as error:
        yield Difference("record", image.key, name, f"has no whole credit: {error}")
        return
    try:
        with default_storage.open(name) as stored:
            data = stored.read()
    except FileNotFoundError:
        yield Difference("missing", image.key, name, "is not there")
        return
    if not name.startswith(f"{image.folder}/"):
        where = "anybody" if image.is_public else "only its owner"
        yield Difference("place", image.key, name, f"is not where {where} may fetch it")
    told = False
    for text in differences(credit, data):
        told = True
        yield Difference("credit", image.key, name, text)
    if not told and not is_as_written(file, data):
        yield Difference("bytes", image.key, name, "is not as it was written")


def is_as_written(file, data):
    """Whatever else somebody may have put into it: another packet, more fields, bytes behind its
    end."""
    digest = file.get("sha256") or hashlib.sha256(data).hexdigest()
    return len(data) == file["bytes"] and hashlib.sha256(data).hexdigest() == digest


def stored_in(folder):
    """Names of all files in a folder of the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from stored_in(f"{folder}{name}/")
