"""What a reader is told at once of a text that gives its film away."""

from dataclasses import dataclass

from users.models import User


@dataclass(frozen=True)
class Reading:
    """Of one piece, by one reader. Visitors share a page: for them everything stays closed."""

    opens_marks: bool = False  # veils and blocks, in the text and in the replies
    opens_text: bool = False  # what tells the ending as a whole
    asks: bool = False  # whether the notice has something to offer
    asked_to_be_asked: bool = False
    has_seen: bool = False
    has_kept: bool = False


def reading_of(review, user):
    if not user.is_authenticated:
        return Reading()
    waits = user.spoilers == User.Spoilers.SEEN
    is_own = user.pk == review.author_id
    opens = user.spoilers == User.Spoilers.OPEN
    is_closed = review.is_spoiler and not (opens or is_own)
    has_seen = (waits or is_closed) and has_seen_film(user, review.film_id)
    opens = opens or (waits and has_seen)
    film = review.film
    asks = is_closed and not opens and film is not None and film.is_published
    return Reading(
        opens_marks=opens,
        opens_text=review.is_spoiler and (opens or is_own),
        asks=asks,
        asked_to_be_asked=not waits,
        has_seen=has_seen,
        has_kept=asks and user.keepings.filter(film=film).exists(),
    )


def has_seen_film(user, film):
    return user.viewings.finished().filter(film=film).exists()
