"""Feeds: what is new, for readers who would rather be told. Atom; RSS where an address says so."""

import re
from datetime import datetime
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import get_language

from users.addresses import absolute

ENTRIES = 20
# XML has no way to write these.
UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Entry(NamedTuple):
    title: str
    path: str
    author: str
    published: datetime | None
    updated: datetime | None
    summary: str = ""  # plain text


def entry_of(piece):
    """Of an essay or note. Its summary never gives the film away."""
    return Entry(
        str(piece),
        piece.get_absolute_url(),
        piece.author.name,
        piece.published_at,
        piece.updated_at,
        piece.summary,
    )


def atom(request, title, path, entries):
    """The answer: a feed of `entries` that belongs to the page at `path`."""
    return answer(request, Atom1Feed, title, path, request.path, entries)


def rss(request, title, path, own_path, entries):
    """The same as RSS, where the feed's own address has a query: `own_path` holds it."""
    return answer(request, Rss201rev2Feed, title, path, own_path, entries)


def answer(request, kind, title, path, own_path, entries):
    feed = kind(
        title=clean(title),
        link=absolute(request, path),
        description="",
        feed_url=absolute(request, own_path),
        language=get_language(),
    )
    for entry in entries:
        address = absolute(request, entry.path)
        feed.add_item(
            title=clean(entry.title),
            link=address,
            unique_id=address,
            author_name=clean(entry.author),
            pubdate=entry.published,
            updateddate=entry.updated,
            description=escape(clean(entry.summary)),  # readers take it for HTML
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


def clean(text):
    return UNWRITABLE.sub("", str(text))
