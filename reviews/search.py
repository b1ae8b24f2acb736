"""Finding essays and notes by their words, and the lines round those words. Spoilers stand in
neither: the index and the lines come from the text without them."""

import re
from dataclasses import replace

from films.models import Place, look_up
from films.normalize import search_key
from films.search import BEST, MANY, NOTHING, Found, in_order
from films.words import in_texts, in_titles, is_unspaced
from reviews.models import Review, ReviewIndex
from users.paging import Order, PositionError, page_of

PAGE_SIZE = 20
NEWEST, TITLED = 100, 40  # of so many, the best are shown
PUBLISHED = "(SELECT published_at FROM reviews_review WHERE id = pk)"
ORDER = Order("found", (("published_at", True), ("pk", True)))
BEFORE, AFTER = 70, 150  # characters round the word
LOOKED_THROUGH = 8_000
WORD = re.compile(r"[^\W_]+")


def places(words):
    """Where pieces are looked for: the newest with the words, and those that are called so."""
    texts = in_texts(words)
    place = Place(ReviewIndex, words, texts, MANY + 1, NEWEST, BEST, PUBLISHED)
    titled = place._replace(groups=texts + in_titles(words), held=TITLED)
    return {"pieces": place, "titled_pieces": titled}


def find_pieces(words, limit, found=None):
    """Found pieces, those with the words in their title or their film's first, then the newest.
    Of very many, the last that were begun are looked at: they are the newest, but for a few."""
    if not words:
        return NOTHING
    found = found or look_up(places(words))
    every, titled = found["pieces"], found["titled_pieces"]
    keys = list(dict.fromkeys([*titled.keys(), *every.keys()]))[:limit]
    pieces = in_order(Review.objects.for_search(), keys)
    shown = [piece for piece in pieces if piece.is_published]
    return Found(shown, min(every.held, MANY), every.held <= MANY)


def page_of_pieces(words, position):
    """(Page of the pieces with the words, the newest first; whether the position was good). Of
    very many, the last thousand that were begun."""
    matching = ReviewIndex.objects.matching(in_texts(words)).order_by("-pk")
    keys = list(matching.values_list("pk", flat=True)[:MANY])
    # By their keys alone, since SQLite would take any index on a status before them; only published ones have a row in the index.
    pieces = Review.objects.filter(pk__in=keys).for_cards()
    try:
        page, is_good = page_of(pieces, ORDER, position, PAGE_SIZE), True
    except PositionError:
        page, is_good = page_of(pieces, ORDER, "", PAGE_SIZE), False
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
