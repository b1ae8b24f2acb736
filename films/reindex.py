"""Write what search reads anew, and say where it differed."""

from django.db import transaction

from films.models import (
    Film,
    FilmIndex,
    Person,
    PersonIndex,
    Theme,
    ThemeIndex,
    WordPart,
)
from films.models.spelling import words_to_know
from films.recount import Difference, batches
from films.words import name_tokens

BATCH = 500


def reindex(check):
    """Every Difference in what films, people and themes are found by."""
    known, words = set(WordPart.objects.order_by().values_list("word", flat=True).distinct()), set()
    films = Film.objects.for_index()
    people = Person.objects.only("name", "native_name")
    themes = Theme.objects.prefetch_related("labels")
    yield from reindex_table(FilmIndex, films, lambda rows: tokens_of_films(rows, words), check)
    yield from reindex_table(PersonIndex, people, lambda rows: tokens_of_people(rows, words), check)
    yield from reindex_table(ThemeIndex, themes, lambda rows: tokens_of_themes(rows, words), check)
    for word in sorted(words - known):
        yield Difference("wordpart", word, None, "there")
    if not check:
        WordPart.objects.learn(words - known)
        # Words that no name has any more do no harm, and are no difference.
        lost = sorted(known - words)
        for start in range(0, len(lost), BATCH):
            WordPart.objects.filter(word__in=lost[start : start + BATCH]).delete()


def tokens_of_films(films, words):
    """{primary key: tokens}; the words of the titles go into `words`."""
    words |= words_to_know(title for film in films for title in film.every_title())
    return {film.pk: film.tokens() for film in films}


def tokens_of_people(people, words):
    names = {person.pk: (person.name, person.native_name) for person in people}
    words |= words_to_know(name for both in names.values() for name in both)
    return {pk: name_tokens(both) for pk, both in names.items()}


def tokens_of_themes(themes, words):
    labels = {theme.pk: [label.text for label in theme.labels.all()] for theme in themes}
    words |= words_to_know(text for some in labels.values() for text in some)
    return {pk: name_tokens(some) for pk, some in labels.items()}


def reindex_table(index, rows, tokens_of, check):
    """Compare an index with what `tokens_of` says of `rows`, {primary key: tokens} a batch."""
    for batch in batches(rows, BATCH):
        wrong = differing(index, tokens_of(batch))
        for pk, stored in wrong.items():
            yield difference(index, pk, stored)
        if wrong and not check:
            mend(index, rows, wrong, tokens_of)
    every = index._meta.pk.related_model._base_manager.values("pk")
    lost = list(index.objects.exclude(pk__in=every).values_list("pk", "words"))
    for pk, stored in lost:
        yield difference(index, pk, stored)
    if lost and not check:
        index.objects.write({pk: () for pk, _stored in lost})


def differing(index, tokens):
    """{primary key: what is stored} where it is not what `tokens` say."""
    stored = dict(index.objects.filter(pk__in=tokens).values_list("pk", "words"))
    return {
        pk: stored.get(pk)
        for pk, some in tokens.items()
        if stored.get(pk, "") != " ".join(sorted(some))
    }


@transaction.atomic
def mend(index, rows, keys, tokens_of):
    """From the rows as they are now: since they were compared, one may have been taken down."""
    locked = list(rows.select_for_update().filter(pk__in=keys).order_by("pk"))
    index.objects.write(tokens_of(locked))


def difference(index, pk, stored):
    said = "nothing" if stored is None else f"“{stored[:40]} …”"
    return Difference(f"{index._meta.model_name} {pk}", "words", said, "something else")
