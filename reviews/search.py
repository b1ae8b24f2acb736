"""Finding essays and notes by their words, and the lines round those words. Spoilers stand in
neither: the index and the lines come from the text without them."""

import re
from dataclasses import replace

from django.db.models import Case, Value, When

from films.normalize import search_key
from films.search import MANY, NOTHING, Found
from films.words import in_texts, in_titles, is_unspaced
from reviews.models import Review, ReviewIndex
from users.paging import Order, PositionError, page_of

PAGE_SIZE = 20
NEWEST = Order("found", (("published_at", True), ("pk", True)))
BEFORE, AFTER = 70, 150  # characters round the word
LOOKED_THROUGH = 8_000
WORD = re.compile(r"[^\W_]+")


def find_pieces(words, limit):
    """Found pieces, those with the words in their title or their film's first, then the newest."""
    if not words:
        return NOTHING
    matching = ReviewIndex.objects.matching(in_texts(words)).order_by("-pk")
    keys = list(matching.values_list("pk", flat=True)[: MANY + 1])
    if not keys:
        return NOTHING
    # Of very many, the last that were begun: they are the newest, but for a few.
    titled = ReviewIndex.objects.matching(in_titles(words)).values("pk")
    rows = Review.objects.filter(pk__in=keys[:MANY]).order_by()
    rows = rows.annotate(is_titled=Case(When(pk__in=titled, then=Value(0)), default=Value(1)))
    best = sorted(
        rows.values_list("is_titled", "published_at", "pk"),
        key=lambda row: (row[0], -row[1].timestamp(), -row[2]),
    )
    pieces = Review.objects.for_cards().order_by().in_bulk([pk for *_order, pk in best[:limit]])
    shown = [pieces[pk] for *_order, pk in best if pk in pieces and pieces[pk].is_published]
    return Found(shown, min(len(keys), MANY), len(keys) <= MANY)


def page_of_pieces(words, position):
    """(Page of the pieces with the words, the newest first; whether the position was good). Of
    very many, the last thousand that were begun."""
    matching = ReviewIndex.objects.matching(in_texts(words)).order_by("-pk")
    keys = list(matching.values_list("pk", flat=True)[:MANY])
    # By their keys alone, since SQLite would take any index on a status before them; only published ones have a row in the index.
    pieces = Review.objects.filter(pk__in=keys).for_cards()
    try:
        page, is_good = page_of(pieces, NEWEST, position, PAGE_SIZE), True
    except PositionError:
        page, is_good = page_of(pieces, NEWEST, "", PAGE_SIZE), False
    return replace(page, items=[piece for piece in page if piece.is_published]), is_good


def lines_round(piece, words):
    """The lines of `piece` round the first of `words`, or what a list says of it."""
    text = piece.safe_text
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
    """Where the first of the words stands, as it was typed or else with its accents."""
    patterns = (("" if is_unspaced(word) else r"(?<![^\W_])") + re.escape(word) for word in words)
    plain = [found.start() for p in patterns if (found := re.search(p, text, re.IGNORECASE))]
    if plain:
        return min(plain)
    for found in WORD.finditer(text[:LOOKED_THROUGH]):
        if not found[0].isascii() and search_key(found[0]).startswith(tuple(words)):
            return found.start()
    return None
