"""What an essay's page says to machines. Never what gives its film away."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from films.structured import (
    CONTEXT,
    breadcrumbs,
    image_objects,
    person,
    preview_card,
    preview_image,
    without_gaps,
)
from users.addresses import absolute


def structured(review, request):
    """With the picture at its head, and no other: one in the text may stand behind a mark."""
    heads = image_objects([review.hero] if review.hero else [], request)
    return [review_of(review, request), breadcrumbs(request, *steps(review)), *heads]


def preview_of(review, request):
    """The picture at its head, or its film's card; from what `for_page` or `for_embed` brought."""
    hero = review.hero
    return (hero and preview_image(hero, request)) or preview_card(review.film, request)


def review_of(review, request):
    rating = {"@type": "Rating", "ratingValue": review.stars, "worstRating": 0.5, "bestRating": 5}
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": "Review",
            "name": str(review),
            "url": absolute(request, review.get_absolute_url()),
            "author": person(review.author, request),
            "datePublished": review.published_at.isoformat(),
            "dateModified": review.edited_at.isoformat() if review.edited_at else "",
            "inLanguage": review.language,
            "description": review.summary,
            "license": review.license.url,
            # A licence that has no address is said all the same.
            "copyrightNotice": f"© {review.author.name}, {timezone.localtime(review.published_at).year}."
            f" {review.license.label}",
            "commentCount": review.comment_count,
            "itemReviewed": film_of(review, request),
            "reviewRating": rating if review.stars else {},
        }
    )


def film_of(review, request):
    film = review.film
    card = preview_card(film, request)
    return without_gaps(
        {
            "@type": "Movie",
            "name": review.film_title,
            "dateCreated": str(review.film_year or ""),
            "url": absolute(request, film.get_absolute_url()) if film.is_published else "",
            "image": card.url if card else "",
        }
    )


def steps(review):
    yield _("Films"), reverse("films:browse")
    if review.film.is_published:
        yield review.film_title, review.film.get_absolute_url()
    yield str(review), review.get_absolute_url()
