"""Two texts beside each other, and the words in which they differ."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|[\w’'-]+|[^\w\s]")
# Beyond it, a passage is marked as a whole: looking for what is alike costs the square of it.
MOST = 1200


def marked_apart(one, other):
    """Both, as lists of paragraphs, which are lists of (text, whether the other lacks it)."""
    return tuple(map(paragraphs, compared(one, other)))


def compared(one, other):
    one, other = one.splitlines(keepends=True), other.splitlines(keepends=True)
    left, right = [], []
    for tag, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        before, after = "".join(one[a:b]), "".join(other[c:d])
        if tag == "equal":
            left.append((before, False))
            right.append((after, False))
        else:
            for side, runs in zip((left, right), words_apart(before, after), strict=True):
                side.extend(runs)
    return left, right


def words_apart(before, after):
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    if not one or not other or max(len(one), len(other)) > MOST:
        return [(before, True)], [(after, True)]
    left, right = [], []
    steps = SequenceMatcher(None, one, other).get_opcodes()
    for number, (tag, a, b, c, d) in enumerate(steps):
        before, after = "".join(one[a:b]), "".join(other[c:d])
        # A space between two words that differ is no agreement.
        is_apart = tag != "equal" or (0 < number < len(steps) - 1 and before.isspace())
        left.append((before, is_apart))
        right.append((after, is_apart))
    return joined(left), joined(right)


def joined(runs):
    made = []
    for text, is_apart in runs:
        if made and made[-1][1] == is_apart:
            made[-1] = made[-1][0] + text, is_apart
        else:
            made.append((text, is_apart))
    return made


def paragraphs(runs):
    made = [[]]
    for text, is_apart in runs:
        for number, part in enumerate(re.split(r"\n\s*\n", text)):
            if number:
                made.append([])
            if part:
                made[-1].append((part, is_apart and bool(part.strip())))
    return [paragraph for paragraph in made if any(text.strip() for text, _mark in paragraph)]
