"""Finding essays and notes by their words, and the lines round those words. Spoilers stand in
neither: the index and the lines come from the text without them."""

import re

from django.db.models import Case, Value, When

from films.normalize import search_key
from films.search import MANY, NOTHING, Found
from films.words import in_texts, in_titles, is_unspaced
from reviews.models import Review, ReviewIndex
from users.paging import Order, PositionError, page_of

PAGE_SIZE = 20
NEWEST = Order("found", (("pk", True),))
BEFORE, AFTER = 70, 150  # characters round the word
LOOKED_THROUGH = 20_000
WORD = re.compile(r"[^\W_]+")


def find_pieces(words, limit):
    """Found pieces, those with the words in their title or their film's first, then the newest."""
    if not words:
        return NOTHING
    matching = ReviewIndex.objects.matching(in_texts(words)).order_by("-pk")
    keys = list(matching.values_list("pk", flat=True)[: MANY + 1])
    if not keys:
        return NOTHING
    titled = ReviewIndex.objects.matching(in_titles(words)).values("pk")
    rows = Review.objects.filter(pk__in=keys[:MANY]).order_by()
    rows = rows.annotate(is_titled=Case(When(pk__in=titled, then=Value(0)), default=Value(1)))
    best = sorted(
        rows.values_list("is_titled", "published_at", "pk"),
        key=lambda row: (row[0], -row[1].timestamp(), -row[2]),
    )
    pieces = pieces_of([pk for *_order, pk in best[:limit]])
    return Found(pieces, min(len(keys), MANY), len(keys) <= MANY)


def page_of_pieces(words, position):
    """(Page of all pieces with the words, the newest first; whether the position was good)."""
    rows = ReviewIndex.objects.matching(in_texts(words)).only("pk")
    try:
        page, is_good = page_of(rows, NEWEST, position, PAGE_SIZE), True
    except PositionError:
        page, is_good = page_of(rows, NEWEST, "", PAGE_SIZE), False
    page.items[:] = pieces_of([row.pk for row in page.items])
    return page, is_good


def pieces_of(keys):
    """Published pieces in the order of `keys`."""
    pieces = Review.objects.for_cards().order_by().in_bulk(keys)
    return [pieces[pk] for pk in keys if pk in pieces and pieces[pk].is_published]


def lines_round(piece, words):
    """The lines of `piece` round the first of `words`, or what a list says of it."""
    text = "" if piece.is_spoiler else piece.safe_text
    # Letters that stand for syllables or words say as much in half the room.
    share = 2 if any(map(is_unspaced, words)) else 1
    before, after = BEFORE // share, AFTER // share
    start = first_place(text, words)
    if start is None:
        return piece.dek
    begin, end = max(start - before, 0), start + after
    lines = text[begin:end]
    if begin:  # whole words; a script without spaces is cut anywhere
        lines = "… " + lines[lines.find(" ", 0, start - begin) + 1 :]
    if end < len(text):
        cut = lines.rfind(" ", len(lines) - 30)
        lines = (lines[:cut] if cut > 0 else lines).rstrip() + " …"
    return lines


def first_place(text, words):
    places = [place for word in words if (place := place_of(text, word)) is not None]
    return min(places, default=None)


def place_of(text, word):
    start = "" if is_unspaced(word) else r"(?<![^\W_])"
    if plain := re.search(start + re.escape(word), text, re.IGNORECASE):
        return plain.start()
    # Written with accents, or otherwise than it is searched for.
    for found in WORD.finditer(text[:LOOKED_THROUGH]):
        if not found[0].isascii() and search_key(found[0]).startswith(word):
            return found.start()
    return None
