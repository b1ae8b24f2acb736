"""Films as plain facts, for what programs read."""

from django.db.models import prefetch_related_objects

from users.addresses import absolute
from users.atom import clean


def records_of(request, films):
    """A dictionary for each of `films`, which are as `for_cards` brings them; one query."""
    prefetch_related_objects(films, "film_countries")
    return [
        {
            "title": clean(film.title),
            "original_title": clean(film.original_title),
            "original_language": film.original_language,
            "year": film.year,
            "address": absolute(request, film.get_absolute_url()),
            "countries": [row.country_id for row in film.film_countries.all()],
            "essays": film.essay_count,
            "notes": film.note_count,
        }
        for film in films
    ]
