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
    made, is_blank = [[]], True
    for text, is_apart in runs:
        for number, part in enumerate(text.split("\n")):
            if number and is_blank and made[-1]:
                made.append([])
            elif number and not is_blank:
                made[-1].append(("\n", False))
            is_blank = not part.strip() and (is_blank or number > 0)
            if part:
                made[-1].append((part, is_apart and bool(part.strip())))
    return [trimmed for paragraph in made if (trimmed := without_end(paragraph))]


def without_end(paragraph):
    while paragraph and not paragraph[-1][0].strip():
        paragraph = paragraph[:-1]
    return paragraph
