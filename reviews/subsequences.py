"""What two sequences have in common, in order, within a bound that no text can break.

The rows of the table of the longest common subsequence are the bits of one number each
(Hyyrö 2004), so that a thousand words against a thousand cost a thousand small sums.
"""

from collections.abc import Sequence


def _places(sequence: Sequence) -> dict:
    places: dict = {}
    for number, item in enumerate(sequence):
        places[item] = places.get(item, 0) | (1 << number)
    return places


def _step(row: int, matches: int, mask: int) -> int:
    both = row & matches
    return ((row + both) | (row - both)) & mask


def length(one: Sequence, other: Sequence) -> int:
    return shortest_start(one, other)[0]


def shortest_start(one: Sequence, other: Sequence) -> tuple[int, int]:
    """(how long their longest common subsequence is, how much of `other` from its start already
    has one of that length)."""
    places, mask = _places(one), (1 << len(one)) - 1
    row, best, at = mask, 0, 0
    for number, item in enumerate(other, start=1):
        if matches := places.get(item):
            row = _step(row, matches, mask)
            found = len(one) - row.bit_count()
            if found > best:
                best, at = found, number
    return best, at


def matched(one: Sequence, other: Sequence) -> list[tuple[int, int]]:
    """Pairs (index in one, index in other) of a longest common subsequence, in order. Keeps
    len(one) * len(other) bits: the caller sees to it that these are not too many."""
    places, mask = _places(other), (1 << len(other)) - 1
    rows, row = [], mask
    for item in one:
        matches = places.get(item)
        row = _step(row, matches, mask) if matches else row
        rows.append(row)
    pairs = []
    i, j = len(one), len(other)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
            continue
        i -= 1
        if not i or rows[i - 1] >> (j - 1) & 1:
            j -= 1
            pairs.append((i, j))
    return pairs[::-1]
