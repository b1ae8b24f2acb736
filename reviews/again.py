"""Several times the same film: what one member wrote on it, as a thread."""

from collections import Counter
from dataclasses import dataclass

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from reviews.models import Review, Viewing
from reviews.models.viewing import Precision, SeenAs
from users.prepared import prepared

MOST = 24


@dataclass
class Turn:
    piece: Review
    is_again: bool
    label: str = ""


@dataclass(frozen=True)
class Thread:
    """Of one piece: the turns where there are several, and what its own byline says."""

    turns: list
    seen: str
    is_unfinished: bool

    @property
    def said(self):
        turns = [(turn.label, turn.piece.get_absolute_url()) for turn in self.turns]
        return turns, self.seen, self.is_unfinished


def turns(pieces, first_seen=None):
    """Each of the pieces with whether it tells of another time, in the order of what they tell.

    What its author says of it stands above what the dates say. `first_seen` is the earliest
    date that is known from elsewhere.
    """
    ordered = sorted(pieces, key=lambda piece: (piece.told_on, piece.appeared_at, piece.pk))
    found = [Turn(piece, is_again(piece, ordered[0], first_seen)) for piece in ordered]
    name(found)
    return found


def is_again(piece, first, first_seen):
    if piece.seen_as:
        return piece.seen_as == SeenAs.AGAIN
    if first_seen and piece.seen_on and first_seen < piece.seen_on:
        return True
    # Two pieces may tell of the same evening.
    is_same = piece.seen_on and piece.seen_on == first.seen_on and not first.seen_as
    return piece.pk != first.pk and not is_same


def name(found):
    """By the year; in a year with several by the month or the day, as far as they are known."""
    years = Counter(turn.piece.told_on.year for turn in found)
    taken = Counter()
    for turn in found:
        year = turn.piece.told_on.year
        date = closer(turn.piece) if years[year] > 1 else year
        label = _("Again, %(date)s") if turn.is_again else _("First seen, %(date)s")
        label %= {"date": date}
        taken[label] += 1
        turn.label = label if taken[label] == 1 else f"{label} ({taken[label]})"


def closer(piece):
    if piece.seen_precision != Precision.NONE:
        return piece.seen_text
    return f"{MONTHS[piece.told_on.month]} {piece.told_on.year}"


def seen_in_words(review, again):
    """The line about when it was seen, for the byline; or nothing."""
    if not review.seen_text:
        return _("Seen again") if review.seen_as == SeenAs.AGAIN else ""
    said = _("Seen again %(date)s") if again else _("Seen %(date)s")
    return said % {"date": review.seen_text}


@prepared
def viewings_of(member, film):
    rows = Viewing.objects.filter(member=member, film=film).order_by()
    return rows.values_list("seen_on", "is_unfinished")


@prepared
def pieces_of(author, film, *, most):
    return Review.objects.published().filter(author=author, film=film).for_turns()[:most]


def thread_of(review):
    film, author, viewings, pieces = review.film, review.author, [], []
    if film:
        viewings = viewings_of(author.pk, film.pk)
    if film and film.essay_count + film.note_count > review.is_published:
        pieces = list(pieces_of(author.pk, film.pk, most=MOST))
    if review not in pieces:
        pieces.append(review)
    # A diary that its member keeps to themselves says nothing here either.
    dates = [day for day, _unfinished in viewings if day and author.shows_diary]
    found = turns(pieces, min(dates, default=None))
    again = next(turn.is_again for turn in found if turn.piece.pk == review.pk)
    return Thread(
        turns=found if len(found) > 1 and review.is_published else [],
        seen=seen_in_words(review, again),
        is_unfinished=bool(viewings) and all(unfinished for _day, unfinished in viewings),
    )
