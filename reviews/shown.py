"""The piece that a page shows, and what stands round it."""

from collections.abc import Sequence
from typing import NamedTuple

from films.models import Image
from reviews.models import Review, ReviewImage, ReviewTheme
from reviews.models.kinds import Kind
from users.prepared import hold, prepared

NEAR = 3


@prepared
def at_slug(slug):
    return Review.objects.for_readers().defer("body").filter(slug=slug)


@prepared
def at_number(number):
    return Review.objects.for_readers().defer("body").filter(pk=number)


@prepared
def themes_of(review):
    rows = ReviewTheme.objects.select_related("tag").filter(content_object=review)
    return rows.order_by("position")


@prepared
def places_of(review):
    return ReviewImage.objects.filter(review=review).order_by("position", "pk")


@prepared
def pictures_of(review):
    placed = ReviewImage.objects.filter(review=review).order_by().values("image")
    return Image.objects.with_credit().filter(pk__in=placed).order_by()


@prepared
def by_author(author, film):
    rows = Review.objects.published().essays().filter(author=author).exclude(film=film)
    return rows.for_cards().newest_first()[:NEAR]


@prepared
def on_film(film, author, *, kind, without_the_ending):
    rows = Review.objects.published().filter(film=film, kind=kind).exclude(author=author)
    rows = rows.without_the_ending() if without_the_ending else rows
    return rows.for_cards().newest_first()[:NEAR]


class Shown(NamedTuple):
    """A piece with all that `for_page` brings. `said` are the rows that this is made of, those of
    its pictures among them."""

    review: Review
    pictures: Sequence
    said: list


def piece_for(user, *, slug=None, pk=None):
    """What is `Shown` of the piece at an address, as `user` may read it; or None."""
    found = at_slug(slug) if pk is None else at_number(pk)
    review = next(iter(found), None)
    if review is None or not (review.is_published or may_read(user, review)):
        return None
    themes, places = themes_of(review.pk), places_of(review.pk)
    pictures = pictures_of(review.pk) if places else []
    hold(review, "review_themes", themes)
    hold(review, "review_images", hung(places, pictures))
    return Shown(review, pictures, [found, themes, places, pictures])


def may_read(user, review):
    """What the table of states says of a piece that not everybody reads."""
    return Review.objects.visible_to(user).filter(pk=review.pk).exists()


def hung(places, pictures):
    by_key = {picture.pk: picture for picture in pictures}
    for place in places:
        place.image = by_key.get(place.image_id)
    return [place for place in places if place.image]


def near(review):
    """A few others: of its author on other films, and of other authors on its film."""
    film, author, kind, found = review.film, review.author, review.kind, {}
    if review.is_essay and author.essay_count > review.is_published:
        found["by_author"] = by_author(author.pk, review.film_id or 0)
    if film and (film.essay_count if kind == Kind.ESSAY else film.note_count) > review.is_published:
        found["on_film"] = on_film(
            film.pk, author.pk, kind=kind, without_the_ending=review.is_spoiler
        )
    return found
