"""Where essays stand in the lists of a film and a theme.

`rank` is what a list is sorted by: the hour of publication, moved by what readers and the length
add to it. It holds no "now", so it stays right until a mark or the length changes, and an index can
keep it. `seated` gives what has just been published a place in spite of it.
"""

import math
from datetime import timedelta
from typing import NamedTuple

from reviews.lengths import Length, band_of

HOUR = 3600
HOURS_A_DAY = 24
# Days for each doubling of what readers said; "stayed with me" weighs two.
DAYS_A_DOUBLING = 120
STAYED_WEIGHS = 2
DAYS_OF_LENGTH = {Length.BRIEF: 0, Length.SHORT: 0, Length.MEDIUM: 30, Length.LONG: 45}
NEW_FOR = timedelta(days=7)
SEAT = 1  # the second place
# Of so many each has its hour, more than three times in its days; pages say so.
MOST_NEW = 48


class Terms(NamedTuple):
    """Hours since 1970, and hours added to them."""

    published: int
    marks: int
    length: int

    @property
    def rank(self):
        return sum(self)


def terms(*, useful, stayed, words, language, published_at):
    said = 1 + useful + STAYED_WEIGHS * stayed
    return Terms(
        published=int(published_at.timestamp() // HOUR),
        marks=round(HOURS_A_DAY * DAYS_A_DOUBLING * math.log2(said)),
        length=HOURS_A_DAY * DAYS_OF_LENGTH[band_of(words, language)],
    )


def seated(first, new, now, limit):
    """`first`, in order of rank, with one of `new` (those of the last days) in the second place.
    What stands there already by its rank needs no other place; several take turns by the hour."""
    shown = list(first[:limit])
    without = [row for row in new if row not in shown]
    if not without or len(shown) < limit:
        return shown
    guest = without[int(now.timestamp() // HOUR) % len(without)]
    return [*shown[:SEAT], guest, *shown[SEAT : limit - 1]]
