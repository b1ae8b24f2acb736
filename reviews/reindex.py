"""Write what search finds pieces by anew, and say where it differed."""

from films.reindex import reindex_table
from reviews.models import Review, ReviewIndex


def reindex(check):
    """Every Difference in what essays and notes are found by."""
    rows = Review.objects.only("status", "title", "film_title", "lead", "safe_text", "is_spoiler")
    yield from reindex_table(ReviewIndex, rows, tokens_of_pieces, check)


def tokens_of_pieces(pieces):
    return {piece.pk: piece.tokens() if piece.is_published else () for piece in pieces}
