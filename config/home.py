"""What the home page shows. Every list is short and read from an index or a stored count."""

from dataclasses import dataclass

from films.models import Country, Film, Image, Theme
from films.models.image import DRAWN_FIELDS
from films.title_cards import CARD_FIELDS as FILM_FIELDS
from reviews.markdown import sentences
from reviews.models import Review, ReviewImage
from reviews.models.review_rows import CARD_FIELDS
from users.columns import along
from users.moderation import Status
from users.names import BYLINE_FIELDS

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


def featured():
    """The newest essay whose picture may run from edge to edge, else the newest with a picture
    at its head, or None."""
    newest = Review.objects.published().essays().newest_first().values("pk")[:NEWEST]
    heroes = (
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
    found = [Feature(hero.review, hero.image) for hero in heroes]
    wide = (feature for feature in found if feature.image.can_fill_the_screen)
    return next(wide, found[0] if found else None)


def new_essays(without):
    rows = Review.objects.published().essays().newest_first().for_cards()[: ESSAYS + 1]
    return [row for row in rows if without is None or row.pk != without.review.pk][:ESSAYS]


def newly_written_about():
    return Film.objects.published().order_by("-last_written_at", "-pk").for_cards()[:FILMS]


def largest_themes():
    return Theme.objects.with_films().order_by("-film_count", "pk")[:THEMES]


def countries():
    """(country, films in each decade since the 1930s), those with the most essays first."""
    rows = Country.objects.with_films().order_by("-essay_count", "-film_count", "name")
    for country in rows.prefetch_related("decades")[:COUNTRIES]:
        counts = {row.decade: row.film_count for row in country.decades.all()}
        yield country, [counts.get(decade, 0) for decade in DECADES]
