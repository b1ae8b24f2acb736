"""A page costs the same number of queries at 3 rows and at 30, and at most 12 for a visitor."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from films import profiles
from films.models import Country, FilmImage, Person, Theme
from tests.factories import (
    make_afterthought,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_user,
)
from users.models import SiteSettings

pytestmark = pytest.mark.django_db

# At most; and of the pages that are read most, fewer.
LIMITS = {
    "visitor": (12, {"essay": 10, "note": 7, "film": 10}),
    "member": (16, {"essay": 15, "note": 12, "film": 15}),
}


class Site:
    """One film with much on it, and many films, pieces and people around it."""

    def __init__(self):
        self.author = make_user("writer")
        self.film = self.new_film("Long Day")
        self.essay = make_review(author=self.author, film=self.film, themes=["injustice", "love"])
        self.note = make_review(author=self.author, film=self.film, words=60)
        make_afterthought(self.essay, milestone="month")
        self.size = 0

    def new_film(self, title=None):
        return make_film(
            title,
            countries=["KR", "FR"],
            themes=["injustice", "love", "work"],
            directors=["Lee Hwan-kyung"],
            cast=["Ryu Seung-ryong", "Kal So-won"],
        )

    def grow_to(self, size):
        for number in range(self.size, size):
            film = self.new_film()
            make_review(author=self.author, film=film, themes=["injustice"])
            make_review(film=self.film, themes=["love"])
            make_review(film=self.film, words=60)
            make_review(author=self.author, film=self.film, words=60)
            comment = make_comment(review=self.essay)
            make_comment(review=self.essay, parent=comment)
            make_comment(review=self.note)
            FilmImage.objects.create(film=self.film, image=make_image(title=f"Picture {number}"))
            self.film.add_theme(f"theme {number}", by=make_user())
            self.film.add_theme(f"theme {number}", by=make_user())
        self.size = size

    def pages(self):
        film = self.film.slug
        return {
            "home": reverse("home"),
            "browse": reverse("films:browse"),
            "browse, by how long films last": "/films/?sort=lasting",
            "browse, chosen": "/films/?theme=injustice&theme=love&country=country-kr",
            "browse, q": "/films/?q=long+day",
            "films as JSON": "/films.json?theme=injustice&theme=love&country=country-kr",
            "films as CSV": "/films.csv?q=long+day",
            "films as a feed": "/films.rss?theme=injustice&theme=love&country=country-kr",
            "search": "/search/?q=lo",
            "search for essays": "/search/?q=rain&kind=essays",
            "search, a slip": "/search/?q=lomg+dya",
            "film": self.film.get_absolute_url(),
            "film_essays": reverse("reviews:film_essays", args=[film]),
            "film_notes": reverse("reviews:film_notes", args=[film]),
            "essays": reverse("reviews:essays"),
            "essays, chosen": "/essays/?language=en&length=short&spoilers=none&theme=injustice",
            "essays, of a country": "/essays/?spoilers=none&theme=injustice&country=country-kr",
            "film_notes, chosen": f"/films/{film}/notes/?language=en&length=brief&spoilers=none",
            "essay": self.essay.get_absolute_url(),
            "note": self.note.get_absolute_url(),
            "themes": reverse("films:themes"),
            "theme": Theme.objects.get(name="injustice").get_absolute_url(),
            "theme_notes": "/themes/injustice/notes/",
            "countries": reverse("films:countries"),
            "country": Country.objects.get(pk="KR").get_absolute_url(),
            "person": Person.objects.get(name="Ryu Seung-ryong").get_absolute_url(),
            "member": self.author.get_absolute_url(),
            "diary": f"{self.author.get_absolute_url()}diary/",
            "image": self.film.film_images.first().image.get_absolute_url(),
            "log": reverse("users:log"),
            "rules": reverse("rules"),
            "sitemap": "/sitemap-films.xml",
        }


@pytest.fixture(scope="module")
def costs(django_db_setup, django_db_blocker):
    """{viewer: {page: (queries at 3 rows, queries at 30)}}, measured once for all tests."""
    from django.db import transaction
    from django.test import Client

    found = {"visitor": {}, "member": {}}
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        # A country's profile is drawn from so many films on; here from the first.
        patch.setattr(profiles, "FEWEST_FILMS", 1)
        Country.objects.get_or_create(
            code="KR", defaults={"name": "Country KR", "slug": "country-kr", "region": "Asia"}
        )
        site, member = Site(), make_user("reader")
        clients = {"visitor": Client(), "member": Client()}
        clients["member"].force_login(member)
        for size in (3, 30):
            site.grow_to(size)
            for name, address in site.pages().items():
                for viewer, client in clients.items():
                    client.get(address)
                    cache.clear()
                    SiteSettings().keep()  # a process reads them once in half a minute
                    with CaptureQueriesContext(connection) as queries:
                        response = client.get(address)
                    assert response.status_code == 200, address
                    found[viewer].setdefault(name, []).append(len(queries))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("viewer", LIMITS)
def test_pages_stay_within_their_queries(costs, viewer):
    limit, own = LIMITS[viewer]
    over = {name: cost for name, cost in costs[viewer].items() if max(cost) > own.get(name, limit)}
    assert over == {}


@pytest.mark.parametrize("viewer", ["visitor", "member"])
def test_thirty_rows_cost_what_three_cost(costs, viewer):
    assert {name: cost for name, cost in costs[viewer].items() if cost[1] > cost[0]} == {}
