"""Write what search finds pieces by anew, and say where it differed."""

from films.recount import batches
from films.reindex import BATCH, reindex_table
from reviews.models import Review, ReviewIndex


def reindex(check):
    """Every Difference in what essays and notes are found by."""
    yield from reindex_table(ReviewIndex, pieces(), check)


def pieces():
    rows = Review.objects.only("status", "title", "film_title", "lead", "safe_text", "is_spoiler")
    for batch in batches(rows, BATCH):
        yield {piece.pk: piece.tokens() if piece.is_published else () for piece in batch}
