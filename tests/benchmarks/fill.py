"""A catalogue and a community of any size, in bulk: the shape of the real ones, not their words."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from tqdm import tqdm

from films import listing
from films.catalogue import import_catalogue
from films.models import (
    Country,
    Credit,
    Film,
    FilmCountry,
    FilmImage,
    FilmLanguage,
    FilmTheme,
    Image,
    License,
    Person,
    Theme,
    ThemeListing,
)
from films.normalize import sort_key
from films.recount import batches
from films.title_cards import derive
from reviews import markdown
from reviews.models import Comment, Review, ReviewTheme, Revision
from users.models import SiteSettings, User
from users.moderation import ModerationAction, Status

BATCH = 1_000
MEMBERS = 500
COMMENTS = 2_000
# Films that meet all conditions of the page with most: it is full in a small database too, so that
# what it costs is compared and not what it finds.
FULL = 30
START = datetime(2021, 3, 1, tzinfo=UTC)
WORDS = [
    "night",
    "river",
    "house",
    "winter",
    "letter",
    "road",
    "summer",
    "bridge",
    "window",
    "train",
    "garden",
    "silence",
    "island",
    "paper",
    "mountain",
    "salt",
    "mirror",
    "harbour",
    "station",
    "orchard",
    "shadow",
    "thread",
    "lantern",
    "stone",
    "morning",
]
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
RARE = 12_000
SENTENCE = (
    "My mother kept the ticket in a drawer and said nothing about it for eleven years, and "
    "when I found it I understood why she had *laughed* at the wrong place. "
)


def rare_word(chance):
    """A word that no language has, of very many; some of them far oftener than others."""
    number = int(RARE * chance.random() ** 3)
    found = ""
    for _ in range(3):
        number, rest = divmod(number, len(SYLLABLES))
        found += SYLLABLES[rest]
    return found


def fill(films, reviews, heavy, seed=7):
    chance = random.Random(seed)
    call_command("migrate", verbosity=0)
    data = Path(settings.BASE_DIR) / "films" / "data"
    import_catalogue([data / "countries.jsonl", data / "themes.jsonl"])
    filler = Filler(chance)
    filler.add_members()
    filler.add_films(films)
    filler.add_reviews(reviews, heavy)
    filler.add_comments()
    filler.add_pictures()
    filler.add_decisions()
    call_command("reindex", verbosity=0)
    SiteSettings(searches_a_minute=1_000_000).save()
    if connection.vendor == "postgresql":  # does so by itself in time; SQLite never does
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def batched(rows, size=BATCH):
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


class Filler:
    def __init__(self, chance):
        self.chance = chance
        self.themes = list(Theme.objects.order_by("pk"))
        self.theme_weights = [1 / (rank + 3) for rank in range(len(self.themes))]
        self.countries = list(Country.objects.filter(is_former=False).order_by("pk"))
        self.country_weights = [1 / (rank + 3) for rank in range(len(self.countries))]
        chance.shuffle(self.countries)
        self.texts = {
            "essay": rendered(SENTENCE * 16),
            "note": rendered(SENTENCE + SENTENCE),
            "long": rendered("\n\n".join(["## A heading\n\n" + SENTENCE * 9] * 8)),
        }

    def add_members(self):
        User.objects.bulk_create(
            [
                User(
                    username=f"member-{n}",
                    email=f"member-{n}@example.org",
                    display_name=f"Member {n}",
                    password="!",
                    date_joined=START,
                )
                for n in range(MEMBERS)
            ]
        )
        self.members = list(User.objects.values_list("pk", flat=True))

    def add_films(self, count):
        people = max(50, count // 3)
        Person.objects.bulk_create(
            (
                Person(name=f"{WORDS[n % 25].title()} {n}", slug=f"person-{n}", sort_name=f"{n:08}")
                for n in range(people)
            ),
            batch_size=BATCH,
        )
        self.people = list(Person.objects.values_list("pk", "name"))
        self.broader = listing.broader_of()
        moves = Counter()
        with tqdm(total=count, desc="films", disable=None) as bar:
            for numbers in batched(range(count)):
                self.add_film_batch(numbers, moves)
                bar.update(len(numbers))
        listing.move_counts(moves)

    def add_film_batch(self, numbers, moves):
        films, extras = [], []
        for number in numbers:
            film, extra = self.new_film(number)
            films.append(film)
            extras.append(extra)
        Film.objects.bulk_create(films)
        rows = {model: [] for model in (FilmCountry, FilmLanguage, FilmTheme, Credit, ThemeListing)}
        for film, (themes, countries, people) in zip(films, extras, strict=True):
            self.hang(rows, film, themes, countries, people, moves)
        for model, made in rows.items():
            model.objects.bulk_create(made, batch_size=5_000)

    def new_film(self, number):
        chance = self.chance
        words = [*chance.sample(WORDS, chance.randint(0, 2)), rare_word(chance)]
        title = " ".join(words).capitalize()
        year = chance.randint(1920, 2026)
        themes = self.pick(self.themes, self.theme_weights, chance.randint(2, 5))
        countries = self.pick(self.countries, self.country_weights, chance.choice((1, 1, 1, 2)))
        people = chance.sample(self.people, 4)
        if number < FULL:
            year, countries = 2010 + number % 10, [self.countries[0]]
            themes = list(dict.fromkeys([*self.themes[:2], *themes]))
        film = Film(
            slug=f"film-{number}-{year}", title=title, year=year, status=Status.PUBLISHED,
            published_at=START, runtime=100, synopsis=SENTENCE * 2, original_title=title,
            sort_key=sort_key(title), card_country=countries[0].name, card_director=people[0][1],
        )  # fmt: skip
        film.card_seed = film.slug
        words = derive(film.card_seed, title, title, year, [(theme, 1) for theme in themes])
        film.card_motif, film.card_ground, film.card_figure = (
            words.motif,
            words.ground,
            words.figure,
        )
        film.card_tone, film.card_composition = words.tone, words.composition
        return film, (themes, countries, people)

    def pick(self, rows, weights, count):
        """Different rows, the first ones of the list far more often: as themes are in life."""
        return list(dict.fromkeys(self.chance.choices(rows, weights, k=count)))

    def hang(self, rows, film, themes, countries, people, moves):
        own = {}
        for position, theme in enumerate(themes):
            row = FilmTheme(
                content_object=film, tag=theme, position=position,
                agree_count=self.chance.randint(0, 20), disagree_count=self.chance.randint(0, 4),
            )  # fmt: skip
            row.weigh()
            rows[FilmTheme].append(row)
            if row.standing in listing.LISTED:
                own[theme.pk] = row.strength
        listed = listing.inherit(own, self.broader)
        rows[ThemeListing] += [
            ThemeListing(film=film, theme_id=theme, strength=strength)
            for theme, strength in listed.items()
        ]
        rows[FilmCountry] += [
            FilmCountry(film=film, country=country, position=i)
            for i, country in enumerate(countries)
        ]
        rows[FilmLanguage].append(FilmLanguage(film=film, language_id="en"))
        for i, (person, _name) in enumerate(people):
            role = Credit.Role.CAST if i else Credit.Role.DIRECTOR
            rows[Credit].append(Credit(film=film, person_id=person, role=role, position=i))
        codes = frozenset(country.pk for country in countries)
        places = listing.Places(codes, frozenset(["en"]), film.decade or 0)
        moves.update(listing.counts_for(places, listed.keys()))

    def plan(self, average, heavy):
        """(film, how many reviews) for every film: the first one heavy, the second with 20 essays."""
        number = 0
        for batch in batches(Film.objects.only("title", "year")):
            for film in batch:
                fixed = {0: heavy, 1: 40}.get(number)
                yield film, self.chance.randint(0, 2 * average) if fixed is None else fixed
                number += 1

    def add_reviews(self, average, heavy):
        total = heavy + Film.objects.count() * average
        members = Counter()
        with tqdm(total=total, desc="reviews", disable=None) as bar:
            for batch in batched(self.reviews(average, heavy, members), 2_000):
                Review.objects.bulk_create(batch)
                ReviewTheme.objects.bulk_create(
                    ReviewTheme(
                        content_object=review, tag=theme, wording=theme.name,
                        listed_at=review.published_at, rank=review.theme_rank,
                    )
                    for review in batch
                    for theme in self.pick(self.themes, self.theme_weights, 2)
                )  # fmt: skip
                bar.update(len(batch))
        for (member, kind), count in members.items():
            User.objects.filter(pk=member).update(**{f"{kind}_count": count})
        words = Review.objects.order_by().values_list("author").annotate(n=Sum("word_count"))
        for member, count in words:
            User.objects.filter(pk=member).update(word_count=count)
        for country in Country.objects.filter(film_count__gt=0):
            essays = sum(
                Film.objects.filter(countries=country).values_list("essay_count", flat=True)
            )
            Country.objects.filter(pk=country.pk).update(essay_count=essays)

    def reviews(self, average, heavy, members):
        for film, count in self.plan(average, heavy):
            kinds, newest = Counter(), START
            for number in range(count):
                review = self.new_review(film, number, count)
                kinds[review.kind] += 1
                members[review.author_id, review.kind] += 1
                newest = max(newest, review.published_at)
                yield review
            if count:
                self.rate(film, kinds, newest)

    def new_review(self, film, number, count):
        chance = self.chance
        is_essay = number % 2 == 0 if count == 40 else chance.random() < 0.2
        kind = "essay" if is_essay else "note"
        text = self.texts["long" if count == 40 and number == 0 else kind]
        at = START + timedelta(minutes=chance.randint(0, 2_900_000))
        review = Review(
            author_id=chance.choice(self.members), film=film, film_title=film.title,
            film_year=film.year, kind=kind, status=Status.PUBLISHED, published_at=at,
            slug=f"essay-{film.pk}-{number}" if is_essay else None,
            title=f"Essay {number} on {film.title}" if is_essay else "",
            lead=SENTENCE if is_essay else "", **text,
        )  # fmt: skip
        review.rank = review.terms().rank
        return review

    def rate(self, film, kinds, newest):
        histogram = [self.chance.randint(0, 6) for _ in range(10)]
        film.rating_count = sum(histogram)
        film.rating_sum = sum(value * n for value, n in enumerate(histogram, start=1))
        Film.objects.filter(pk=film.pk).update(
            essay_count=kinds["essay"],
            note_count=kinds["note"],
            last_written_at=newest,
            rating_histogram=histogram,
            rating_count=film.rating_count,
            rating_sum=film.rating_sum,
            score=film.weighted_score(),
        )

    def add_comments(self):
        """Two thousand below the long essay, of which one in five answers another."""
        review = Review.objects.essays().order_by("-word_count", "pk").first()
        answers = COMMENTS // 5
        top = [self.comment(review, n) for n in range(COMMENTS - answers)]
        Comment.objects.bulk_create(top)
        # Many to some, as it is.
        parents = [top[int(len(top) * self.chance.random() ** 3)] for _ in range(answers)]
        Comment.objects.bulk_create(
            self.comment(review, COMMENTS + n, parent) for n, parent in enumerate(parents)
        )
        Review.objects.filter(pk=review.pk).update(comment_count=COMMENTS)
        self.add_versions(review)

    def comment(self, review, hours, parent=None):
        return Comment(
            review=review, author_id=self.chance.choice(self.members), parent=parent,
            body=SENTENCE, html=f"<p>{SENTENCE}</p>", status=Status.PUBLISHED,
            published_at=START, created_at=START + timedelta(hours=hours),
        )  # fmt: skip

    def add_versions(self, review):
        """Two hundred of the long essay."""
        Revision.objects.bulk_create(
            Revision(
                review=review, number=number, title=review.title, lead=review.lead,
                body=f"{review.body}\n\nLine {number}.", language=review.language,
                safe_text=review.safe_text, word_count=review.word_count + 2,
                created_at=START + timedelta(hours=number),
            )
            for number in range(1, 201)
        )  # fmt: skip
        Review.objects.filter(pk=review.pk).update(edited_at=START + timedelta(hours=200))

    def add_pictures(self):
        """One picture on each of 500 films, and twelve on the one with forty pieces."""
        licence = License.objects.get(pk="CC0-1.0")
        films = list(Film.objects.order_by("pk")[:500])
        Image.objects.bulk_create(
            Image(
                key=f"picture-{n}", title=f"Picture {n}", creator_name="Nobody", license=licence,
                source_url="https://example.org/", alt_text="A field.", width=1600, height=900,
                sha256=f"{n:064x}", status=Status.PUBLISHED, published_at=START,
                uploaded_by_id=self.members[0],
                derivatives=[
                    {"format": kind, "width": width, "height": width * 9 // 16,
                     "name": f"images/{n}-{width}.{kind}", "bytes": 1_000}
                    for width in (480, 960, 1600) for kind in ("webp", "jpeg")
                ],
            )
            for n in range(512)
        )  # fmt: skip
        images = list(Image.objects.order_by("pk"))
        FilmImage.objects.bulk_create(
            [FilmImage(film=f, image=i) for f, i in zip(films, images, strict=False)]
            + [FilmImage(film=films[1], image=image) for image in images[500:]]
        )

    def add_decisions(self):
        """A hundred entries of the log for each thousand films."""
        kind = ContentType.objects.get_for_model(Review)
        count = max(100, Film.objects.count() // 10)
        reviews = Review.objects.order_by("pk").values_list("pk", flat=True)[:count]
        for batch in batched(reviews):
            ModerationAction.objects.bulk_create(
                ModerationAction(
                    content_type=kind, object_id=review, target_title="A piece", verb="keep",
                    from_status="published", to_status="published", reason="It may stay.",
                    moderator_id=self.members[0], created_at=START + timedelta(minutes=review),
                )
                for review in batch
            )  # fmt: skip


def rendered(body):
    done = markdown.render(body, language="en", prefix="r1-")
    return {
        "body": body, "html": done.html, "safe_text": done.safe_text,
        "contents": [list(row) for row in done.contents], "word_count": done.word_count,
        "renderer_version": markdown.RENDERER_VERSION,
    }  # fmt: skip
