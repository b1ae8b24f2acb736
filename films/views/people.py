from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from films.models import Film, Person
from films.profiles import newest_essays_on, people_beside, shared_themes

FILMS_SHOWN = 96
THEMES_SHOWN = 6
PEOPLE_SHOWN = 8
ESSAYS_SHOWN = 4


@require_safe
def person(request, slug):
    person = get_object_or_404(Person, slug=slug)
    directed = Film.objects.published().with_person(person, "director")[:FILMS_SHOWN]
    acted = Film.objects.published().with_person(person, "cast")[:FILMS_SHOWN]
    films = list({*directed, *acted})
    context = {
        "person": person,
        "directed": directed,
        "acted": acted,
        "film_count": len(films),
        "essay_count": sum(film.essay_count for film in films),
        "themes": shared_themes(films, THEMES_SHOWN),
        "beside": people_beside(person, films, PEOPLE_SHOWN),
        "essays": newest_essays_on([film for film in films if film.essay_count], ESSAYS_SHOWN),
    }
    return render(request, "films/person.html", context)
