"""Ask for every public page, cold and warm, and hold the cost against an empty view's."""

import gzip
import statistics
import sys
import time

from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from films.models import Country, Film, Image, Person, Theme
from reviews.models import Review
from users.models import ModerationAction, User

try:
    import brotli
except ImportError:  # pragma: no cover
    brotli = None


def pages():
    """{name: address} of what a visitor reads; the busiest of each kind."""
    first, second = list(Theme.objects.order_by("-film_count", "pk")[:2])
    country = Country.objects.order_by("-film_count", "pk").first()
    heavy = Film.objects.order_by("pk").first()
    usual = Film.objects.order_by("pk")[1]
    essay = Review.objects.essays().order_by("-word_count", "pk").first()
    note = Review.objects.published().notes().order_by("pk").first()
    member = User.objects.order_by("-essay_count", "pk").first()
    person = Person.objects.order_by("pk").first()
    themes = f"theme={first.slug}&theme={second.slug}"
    return {
        "home": "/",
        "browse": "/films/",
        "browse: two themes": f"/films/?{themes}",
        "browse: two themes, country, decade": (
            f"/films/?{themes}&country={country.slug}&from=2010&to=2019"
        ),
        "browse: q, two words": "/films/?q=night+river",
        "browse: by title": "/films/?sort=title",
        "film, 20 essays": usual.get_absolute_url(),
        "film, 20,000 pieces": heavy.get_absolute_url(),
        "its essays": f"{heavy.get_absolute_url()}essays/",
        "its notes": f"{heavy.get_absolute_url()}notes/",
        "essay, 2,000 words, 50 comments": essay.get_absolute_url(),
        "note": note.get_absolute_url(),
        "essays": "/essays/",
        "themes": "/themes/",
        "theme": first.get_absolute_url(),
        "countries": "/countries/",
        "country": country.get_absolute_url(),
        "person": person.get_absolute_url(),
        "member": member.get_absolute_url(),
        "picture": Image.objects.order_by("pk").first().get_absolute_url(),
        "log": "/log/",
        "log, one entry": ModerationAction.objects.order_by("pk").first().get_absolute_url(),
        "rules": "/rules/",
        "about": "/about/",
        "sign in": "/accounts/login/",
        "join": "/accounts/signup/",
        "sitemap": "/sitemap.xml",
    }


def clock():
    """SQLite works in this process, so its CPU time is the whole cost, and a busy machine does
    not show in it; a database server's is in the time on the wall only."""
    return time.process_time() if connection.vendor == "sqlite" else time.perf_counter()


def timed(client, address, runs, before=lambda: None):
    """Milliseconds of each of `runs` requests."""
    times = []
    for _ in range(runs):
        before()
        start = clock()
        client.get(address)
        times.append((clock() - start) * 1000)
    return times


def figures(times):
    ordered = sorted(times)
    return {
        "least": round(ordered[0], 2),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
    }


class Yardstick:
    """The empty view, asked for again beside each page, so that both meet the same machine."""

    def __init__(self):
        self.times = []
        with self.settings():
            self.client = Client()
            timed(self.client, "/empty/", 20)

    def settings(self):
        return override_settings(ROOT_URLCONF="tests.benchmarks.empty", MIDDLEWARE=[])

    def beside(self, runs):
        with self.settings():
            times = timed(self.client, "/empty/", runs)
        self.times += times
        return statistics.median(times)


def measure(runs):
    empty = Yardstick()
    rows = {}
    client = Client()
    for name, address in pages().items():
        client.get(address)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        asked = len(queries)
        if response.status_code != 200:
            sys.stderr.write(f"{name}: {address} answers {response.status_code}\n")
            continue
        body = b"".join(response) if response.streaming else response.content
        beside = empty.beside(runs)
        cold = figures(timed(client, address, runs, before=cache.clear))
        beside = min(beside, empty.beside(runs))
        warm = figures(timed(client, address, runs))
        rows[name] = {
            "address": address,
            "queries": asked,
            "cold": cold,
            "warm": warm,
            "cold_ratio": round(cold["p50"] / beside, 1),
            "warm_ratio": round(warm["p50"] / beside, 1),
            "bytes": len(body),
            "compressed": len(brotli.compress(body, quality=5) if brotli else gzip.compress(body)),
        }
    return {"database": connection.vendor, "empty": figures(empty.times), "pages": rows}


def print_table(result):
    write = sys.stdout.write
    write(f"\n{result['database']}, {result['films']:,} films; ")
    write(f"an empty view: p50 {result['empty']['p50']} ms, p95 {result['empty']['p95']} ms\n\n")
    write(f"{'page':38} {'queries':>7} {'cold p50':>9} {'p95':>7} {'ratio':>6} ")
    write(f"{'warm p50':>9} {'p95':>7} {'ratio':>6} {'bytes':>8} {'packed':>7}\n")
    for name, row in result["pages"].items():
        write(f"{name:38} {row['queries']:>7} {row['cold']['p50']:>9} {row['cold']['p95']:>7} ")
        write(f"{row['cold_ratio']:>6} {row['warm']['p50']:>9} {row['warm']['p95']:>7} ")
        write(f"{row['warm_ratio']:>6} {row['bytes']:>8} {row['compressed']:>7}\n")


def print_growth(small, large):
    """What each page costs at the larger size, as a multiple of the smaller: the least of the
    cold requests, which a busy machine disturbs least."""
    write = sys.stdout.write
    write(f"\n{large['database']}: {small['films']:,} to {large['films']:,} films\n\n")
    for name, row in large["pages"].items():
        growth = row["cold"]["least"] / small["pages"][name]["cold"]["least"]
        write(f"{name:38} {growth:6.2f}{'  more than 1.3' if growth > 1.3 else ''}\n")
