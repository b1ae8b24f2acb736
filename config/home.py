"""What the home page shows. Every list is short and read from an index or a stored count."""

from dataclasses import dataclass
from functools import cached_property

from films.models import Country, CountryDecade, Film, Image, Theme
from films.models.image import DRAWN_FIELDS
from films.templatetags.pictures import place_of_files
from films.title_cards import CARD_FIELDS as FILM_FIELDS
from reviews.markdown import sentences
from reviews.models import Review, ReviewImage
from reviews.models.review_rows import CARD_FIELDS
from users.columns import along
from users.moderation import Status
from users.names import BYLINE_FIELDS
from users.prepared import prepared

FILMS, ESSAYS, THEMES, COUNTRIES = 12, 5, 15, 8
NEWEST = 20  # how many essays are looked through for a picture at the head
LONGEST_SUBTITLE = 140
DECADES = range(1930, 2030, 10)


@dataclass(frozen=True)
class Feature:
    review: Review
    image: Image

    @property
    def lines(self):
        """(the lead without its last sentence, that sentence), as subtitle; either may be empty."""
        text = self.review.lead.strip()
        parts = [part for part in sentences.pieces(text) if part.strip()]
        last = parts[-1].strip() if parts else ""
        if not last or len(last) > LONGEST_SUBTITLE:
            return text, ""
        return "".join(parts[:-1]).strip(), last


@prepared
def heroes():
    """Pictures at the head of the newest essays, with these."""
    newest = Review.objects.published().essays().newest_first().values("pk")[:NEWEST]
    return (
        ReviewImage.objects.filter(role=ReviewImage.Role.HERO, review__in=newest)
        .filter(image__status=Status.PUBLISHED)
        .exclude(image__derivatives=[])
        .select_related("image__license", "review__author", "review__film")
        .only(
            *along("review", CARD_FIELDS),
            *along("review__author", BYLINE_FIELDS),
            *along("review__film", FILM_FIELDS),
            *along("image", DRAWN_FIELDS),
            *along("image__license", ("name", "url", "allows_changes")),
        )
        .order_by("-review__published_at", "-review_id")
    )


@prepared
def newest_essays():
    return Review.objects.published().essays().newest_first().for_cards()[: ESSAYS + 1]


@prepared
def newly_written_about():
    return Film.objects.published().order_by("-last_written_at", "-pk").for_cards()[:FILMS]


@prepared
def largest_themes():
    return Theme.objects.with_films().order_by("-film_count", "pk")[:THEMES]


def most_written_from():
    rows = Country.objects.with_films().order_by("-essay_count", "-film_count", "name")
    return rows[:COUNTRIES]


@prepared
def countries():
    return most_written_from()


@prepared
def decades_of_countries():
    return CountryDecade.objects.filter(country__in=most_written_from().values("pk")).order_by()


class Home:
    def __init__(self):
        self.heroes = heroes()
        self.newest = newest_essays()
        self.films = newly_written_about()
        self.themes = largest_themes()
        self.rows = countries()
        self.tallies = decades_of_countries()

    @property
    def said(self):
        """All that it is made of; None where the address of a picture is another each time."""
        place = place_of_files() if self.heroes else ""
        if place is None:
            return None
        return place, self.heroes, self.newest, self.films, self.themes, self.rows, self.tallies

    @cached_property
    def feature(self):
        """The newest essay whose picture may run from edge to edge, else the newest with a picture
        at its head, or None."""
        found = [Feature(hero.review, hero.image) for hero in self.heroes]
        wide = (feature for feature in found if feature.image.can_fill_the_screen)
        return next(wide, found[0] if found else None)

    @property
    def essays(self):
        but = self.feature.review.pk if self.feature else None
        return [row for row in self.newest if row.pk != but][:ESSAYS]

    @property
    def countries(self):
        """(country, films in each decade since the 1930s), those with the most essays first."""
        counts = {(row.country_id, row.decade): row.film_count for row in self.tallies}
        for country in self.rows:
            yield country, [counts.get((country.pk, decade), 0) for decade in DECADES]
