"""Write what search reads anew, and say where it differed."""

from django.db import transaction
from django.db.models import Prefetch

from films.models import (
    Credit,
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
from films.words import film_tokens, name_tokens

BATCH = 500


def reindex(check):
    """Every Difference in what films, people and themes are found by."""
    words = set()
    yield from reindex_table(FilmIndex, films(words), check)
    yield from reindex_table(PersonIndex, people(words), check)
    yield from reindex_table(ThemeIndex, themes(words), check)
    yield from reindex_words(words, check)


def films(words):
    """{primary key: tokens} of each batch; the words of the names go into `words`."""
    rows = Film.objects.only("title", "original_title", "status").prefetch_related(
        "titles", Prefetch("credits", Credit.objects.select_related("person"))
    )
    for batch in batches(rows, BATCH):
        tokens = {}
        for film in batch:
            titles = [film.title, film.original_title, *(row.text for row in film.titles.all())]
            credited = [credit.person for credit in film.credits.all()]
            names = [name for person in credited for name in (person.name, person.native_name)]
            words |= words_to_know(titles)
            tokens[film.pk] = film_tokens(titles, names, film.is_published)
        yield tokens


def people(words):
    for batch in batches(Person.objects.only("name", "native_name"), BATCH):
        names = {person.pk: (person.name, person.native_name) for person in batch}
        words |= words_to_know(name for both in names.values() for name in both)
        yield {pk: name_tokens(both) for pk, both in names.items()}


def themes(words):
    for batch in batches(Theme.objects.prefetch_related("labels"), BATCH):
        labels = {theme.pk: [label.text for label in theme.labels.all()] for theme in batch}
        words |= words_to_know(text for some in labels.values() for text in some)
        yield {pk: name_tokens(some) for pk, some in labels.items()}


def reindex_table(index, found, check):
    """Compare an index with `found`, {primary key: tokens} a batch."""
    name, rows = index._meta.model_name, index._meta.pk.related_model._base_manager
    for tokens in found:
        with transaction.atomic():
            stored = dict(index.objects.filter(pk__in=tokens).values_list("pk", "words"))
            wrong = {
                pk: some
                for pk, some in tokens.items()
                if stored.get(pk, "") != " ".join(sorted(some))
            }
            for pk in wrong:
                yield Difference(f"{name} {pk}", "words", shortened(stored.get(pk)), "other words")
            if wrong and not check:
                index.objects.write(wrong)
    lost = list(index.objects.exclude(pk__in=rows.values("pk")).values_list("pk", flat=True))
    for pk in lost:
        yield Difference(f"{name} {pk}", "words", "there", "nothing")
    if lost and not check:
        index.objects.write(dict.fromkeys(lost, ()))


def shortened(words):
    return None if words is None else f"“{words[:40]} …”"


def reindex_words(words, check):
    with transaction.atomic():
        stored = set(WordPart.objects.order_by().values_list("word", flat=True).distinct())
        for word in sorted(words - stored):
            yield Difference("wordpart", word, None, "there")
        for word in sorted(stored - words):
            yield Difference("wordpart", word, "there", None)
        if not check:
            WordPart.objects.learn(words - stored)
            lost = sorted(stored - words)
            for start in range(0, len(lost), BATCH):
                WordPart.objects.filter(word__in=lost[start : start + BATCH]).delete()
