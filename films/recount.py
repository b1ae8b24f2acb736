"""Compute every stored counter of the catalogue anew and say where it differed."""

from collections import Counter, defaultdict
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q

from films import listing
from films.models import (
    Country,
    CountryDecade,
    Decade,
    Film,
    FilmTheme,
    Language,
    Theme,
    ThemeCountry,
    ThemeDecade,
    ThemeListing,
    ThemePair,
)

BATCH = 1_000
TALLIES = {
    "ThemeCountry": ThemeCountry,
    "ThemeDecade": ThemeDecade,
    "ThemePair": ThemePair,
    "CountryDecade": CountryDecade,
    "Decade": Decade,
}


class Difference(NamedTuple):
    row: str
    field: str
    stored: Any
    right: Any

    def __str__(self):
        return f"{self.row}: {self.field} is {self.stored}, should be {self.right}"


def batches(queryset, size=BATCH):
    """Lists of rows, by key, so that any number of rows takes the memory of one batch."""
    last = 0
    while rows := list(queryset.filter(pk__gt=last).order_by("pk")[:size]):
        yield rows
        last = rows[-1].pk


def compare(row, right, check):
    """Differences between `row`'s fields and `right`; written unless `check`."""
    wrong = {name: value for name, value in right.items() if getattr(row, name) != value}
    found = [
        Difference(f"{row._meta.model_name} {row.pk}", name, getattr(row, name), value)
        for name, value in wrong.items()
    ]
    if wrong and not check:
        type(row)._base_manager.filter(pk=row.pk).update(**wrong)
    return found


def recount(check):
    """Every Difference in themes, listings and the counts of films."""
    with transaction.atomic():
        yield from recount_votes(check)
        yield from recount_listings(check)
        yield from recount_cards(check)


def recount_votes(check):
    rows = FilmTheme.objects.select_related("tag").annotate(
        agreed=Count("votes", filter=Q(votes__agrees=True)),
        disagreed=Count("votes", filter=Q(votes__agrees=False)),
    )
    for batch in batches(rows):
        for row in batch:
            twin = FilmTheme(
                tag=row.tag,
                position=row.position,
                agree_count=row.agreed,
                disagree_count=row.disagreed,
            )
            twin.weigh()
            names = ("agree_count", "disagree_count", "strength", "standing")
            yield from compare(row, {name: getattr(twin, name) for name in names}, check)


def recount_listings(check):
    broader = listing.broader_of()
    counts = Counter()
    films = Film.objects.prefetch_related(
        "film_themes", "film_countries", "film_languages", "theme_listings"
    )
    for batch in batches(films):
        for film in batch:
            want = listing.inherit(
                {
                    row.tag_id: row.strength
                    for row in film.film_themes.all()
                    if row.standing in listing.LISTED and film.is_published
                },
                broader,
            )
            had = {row.theme_id: row.strength for row in film.theme_listings.all()}
            yield from compare_listings(film, had, want, check)
            if film.is_published:
                places = listing.Places(
                    frozenset(row.country_id for row in film.film_countries.all()),
                    frozenset(row.language_id for row in film.film_languages.all()),
                    film.decade or 0,
                )
                counts.update(listing.counts_for(places, want.keys()))
    yield from compare_counts(counts, check)


def compare_listings(film, had, want, check):
    for theme in sorted(had.keys() | want.keys()):
        if had.get(theme) != want.get(theme):
            yield Difference(
                f"film {film.pk}", f"listing under theme {theme}", had.get(theme), want.get(theme)
            )
    if had != want and not check:
        film.theme_listings.all().delete()
        ThemeListing.objects.bulk_create(
            [ThemeListing(film=film, theme_id=t, strength=s) for t, s in want.items()]
        )


def compare_counts(counts, check):
    by_model = defaultdict(dict)
    for (name, *key), count in counts.items():
        by_model[name][tuple(key)] = count
    for name, model in (("Theme", Theme), ("Country", Country), ("Language", Language)):
        for row in model.objects.order_by("pk").iterator():
            right = by_model[name].get((row.pk,), 0)
            yield from compare(row, {"film_count": right}, check)
    for name, model in TALLIES.items():
        right = by_model[name]
        columns = listing.KEYS[name]
        for row in model.objects.order_by("pk").iterator():
            key = tuple(getattr(row, column) for column in columns)
            yield from compare(row, {"film_count": right.pop(key, 0)}, check)
        for key, count in right.items():
            yield Difference(f"{model._meta.model_name} {key}", "film_count", None, count)
            if not check:
                model.objects.create(film_count=count, **dict(zip(columns, key, strict=True)))


def recount_cards(check):
    films = Film.objects.for_page()
    for batch in batches(films):
        for film in batch:
            twin = Film(pk=film.pk)
            twin._prefetched_objects_cache = film._prefetched_objects_cache
            twin.set_card_lines()
            names = ("card_country", "card_director")
            yield from compare(film, {name: getattr(twin, name) for name in names}, check)
