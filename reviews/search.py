"""Finding essays and notes by their words, and the lines round those words. Spoilers stand in
neither: the index and the lines come from the text without them."""

import re
from dataclasses import replace

from films.models import Film, Place, Shown, row_from
from films.normalize import search_key
from films.search import BEST, MANY, Found
from films.words import in_texts, in_titled_texts, is_unspaced
from reviews.models import Review, ReviewIndex
from users.models import User
from users.names import BYLINE_FIELDS
from users.paging import Order, PositionError, page_of

PAGE_SIZE = 20
PAGED = 1_000
NEWEST, TITLED = 100, 40  # of so many, the best are shown
PUBLISHED = "(SELECT published_at FROM reviews_review WHERE id = pk)"
PIECE_FIELDS = (
    "kind", "slug", "status", "title", "lead", "safe_text", "film_title", "language", "word_count",
    "published_at", "author_id", "film_id",
)  # fmt: skip
ORDER = Order("found", (("published_at", True), ("pk", True)))
BEFORE, AFTER = 70, 150  # characters round the word
LOOKED_THROUGH = 8_000
WORD = re.compile(r"[^\W_]+")


def places(words):
    """Where pieces are looked for: the newest with the words, and those that are called so."""
    place = Place(ReviewIndex, words, in_texts(words), MANY + 1, NEWEST, BEST, PUBLISHED, ranks=())
    titled = place._replace(groups=in_titled_texts(words), held=TITLED)
    return {"pieces": place, "titled_pieces": titled}


def piece_keys(found):
    return list(dict.fromkeys([*found["titled_pieces"].keys(), *found["pieces"].keys()]))


def pieces_found(keys, found, rows):
    """Found pieces, those with the words in their title or their film's first, then the newest.
    Of very many, the last that were begun are looked at: they are the newest, but for a few."""
    every = found["pieces"]
    shown = pieces_from(rows["pieces"], keys)
    return Found(shown, min(every.held, MANY), every.held <= MANY)


def shown_pieces(keys):
    """As `for_cards`, for the lines round a word that was searched for."""
    source = (
        "reviews_review AS piece JOIN users_user AS author ON author.id = piece.author_id "
        "LEFT JOIN films_film AS film ON film.id = piece.film_id"
    )
    columns = [f"piece.{name}" for name in ("id", *PIECE_FIELDS)]
    columns += [f"author.{name}" for name in BYLINE_FIELDS]
    return {"pieces": Shown(source, (*columns, "film.slug"), "piece.id", keys)}


def pieces_from(rows, keys):
    pieces = {row[0]: piece_from(row) for row in rows}
    return [pieces[pk] for pk in keys if pk in pieces and pieces[pk].is_published]


def piece_from(row):
    own, others = len(PIECE_FIELDS) + 1, len(BYLINE_FIELDS)
    piece = row_from(Review, ("id", *PIECE_FIELDS), row[:own])
    author = row_from(User, ("id", *BYLINE_FIELDS), [piece.author_id, *row[own : own + others]])
    piece.author = author
    if piece.film_id:
        piece.film = row_from(Film, ("id", "slug"), [piece.film_id, row[-1]])
    return piece


def page_of_pieces(words, position):
    """(Page of the pieces with the words, the newest first; whether the position was good). Of
    very many, the last thousand that were begun."""
    matching = ReviewIndex.objects.matching(in_texts(words)).order_by("-pk")
    keys = list(matching.values_list("pk", flat=True)[:PAGED])
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
    low = text.replace("İ", "I").lower()  # of any other letter the small one is one letter too
    plain = [place for word in words if (place := place_of(word, low)) >= 0]
    if plain:
        return min(plain)
    if text.isascii():
        return None
    for found in WORD.finditer(text[:LOOKED_THROUGH]):
        if not found[0].isascii() and search_key(found[0]).startswith(tuple(words)):
            return found.start()
    return None


def place_of(word, text):
    """Where a word of `text` begins so, or in a script without spaces any part of it; else -1."""
    place = text.find(word)
    while place > 0 and text[place - 1].isalnum() and not is_unspaced(word):
        place = text.find(word, place + 1)
    return place
