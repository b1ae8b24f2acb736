"""The words of all names, taken apart, so that a word spelt otherwise finds its nearest."""

import unicodedata

from django.db import connection, models

from films.normalize import search_key

LONGEST = 40
CANDIDATES = 80
CHOICES = 12
# Materialized, or SQLite counts endings once to compare and once to tell.
SHARING = """
    WITH counted AS MATERIALIZED (
        SELECT
            word,
            COUNT(*) + (
                SELECT COUNT(*) FROM films_wordpart AS ending
                WHERE ending.part = %s AND ending.word = found.word
            ) AS shared
        FROM films_wordpart AS found WHERE part IN ({}) GROUP BY word
    )
    SELECT shared, word FROM counted WHERE shared >= %s"""


def words_to_know(texts):
    words = {word for text in texts for word in search_key(text).split()}
    return {word for word in words if len(units(word)) >= 3 and len(word) <= LONGEST}


def units(word):
    """What a slip of the fingers changes one of: letters, and of Hangul the letters in it."""
    return unicodedata.normalize("NFD", word) if max(word) >= "\uac00" else word


def trigrams(word):
    marked = f"\x02\x02{units(word)}\x03"
    return {marked[i : i + 3] for i in range(len(marked) - 2)}


def tolerance(word):
    """How many slips a word may have."""
    length = len(units(word))
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 10 else 3


def distance(one, other, limit):
    """Letters put in, left out, changed or swapped with their neighbour (optimal string
    alignment, after F. J. Damerau, 1964); `limit` + 1 for all that is farther."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    one, other = without_ends(one, other)
    last, row = [], list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, last, row = last, row, [i]
        for j, wanted in enumerate(other, 1):
            if char == wanted:
                cost = last[j - 1]  # never more than to put in or to leave out
            else:
                cost = min(last[j], row[j - 1], last[j - 1]) + 1
                if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                    cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def without_ends(one, other):
    """Both without the letters that they begin and end alike with: these are no slips."""
    start, most = 0, min(len(one), len(other))
    while start < most and one[start] == other[start]:
        start += 1
    end, most = 0, most - start
    while end < most and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


class WordPartQuerySet(models.QuerySet):
    def learn(self, texts):
        """Know every word of the texts from now on."""
        words = words_to_know(texts)
        words -= set(self.known(words))
        self.bulk_create(
            [
                self.model(part=part, word=word)
                for word in sorted(words)
                for part in sorted(trigrams(word))
            ],
            batch_size=1_000,
            ignore_conflicts=True,
        )

    def known(self, words):
        return self.filter(word__in=words).order_by().values_list("word", flat=True).distinct()

    def near(self, words):
        """For each of `words`, {word as it is spelt: distance} of the nearest but itself."""
        return {word: nearest(word, self.sharing(word)) for word in words if tolerance(word)}

    def sharing(self, word):
        """[(how many, word)]: words that have most of the parts of `word`."""
        parts = trigrams(word)
        least = max(len(parts) - 3 * tolerance(word) - 1, 2)  # what so many slips leave
        # Very many words end alike: the end is looked for in those with another part only, and
        # all have one, as they share two.
        ending = next(part for part in parts if part.endswith("\x03"))
        others = sorted(parts - {ending})
        with connection.cursor() as cursor:
            cursor.execute(
                SHARING.format(", ".join(["%s"] * len(others))), [ending, *others, least]
            )
            return cursor.fetchall()


def nearest(word, candidates):
    limit, wanted, found = tolerance(word), units(word), {}
    for _shared, other in sorted(candidates, key=lambda row: (-row[0], row[1]))[:CANDIDATES]:
        far = distance(wanted, units(other), limit)
        if 0 < far <= limit:
            found[other] = far
            limit = min(limit, far + 1)  # others that are chosen are hardly farther
    least = min(found.values(), default=0)
    best = sorted((far, other) for other, far in found.items() if far <= least + 1)
    return {other: far for far, other in best[:CHOICES]}


class WordPart(models.Model):
    part = models.CharField(max_length=3)
    word = models.CharField(max_length=LONGEST)

    objects = WordPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "word"], name="wordpart_once"),
        ]
        indexes = [models.Index(fields=["word"], name="wordpart_word")]

    def __str__(self):
        return f"{self.word}: {self.part}"
