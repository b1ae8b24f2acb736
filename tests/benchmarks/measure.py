"""Ask for every public page, cold and warm, and hold the cost against an empty view's."""

import statistics
import sys
import time
from urllib.parse import urlencode

import brotli
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from films.models import Country, Film, Image, Person, Theme
from reviews import markdown
from reviews.models import Review
from reviews.threads import place_of
from tests.benchmarks.server import serving
from users.models import ModerationAction, User

STATES = ("cold", "warm", "cached")
TOKEN = "a" * 32  # of the cookie and of the form: they need only be the same
NO_CACHE = {"CACHE_URL": "dummycache://", "PAGE_CACHE_SECONDS": "0"}


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
    last = place_of(essay, AnonymousUser(), essay.comments.last().pk)
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
        "essay, 2,000 words, 2,000 comments": essay.get_absolute_url(),
        "the page of its last comment": f"{essay.get_absolute_url()}?{urlencode(last)}",
        "its 200 versions, and the last two compared": essay.history_address,
        "note": note.get_absolute_url(),
        "essays": "/essays/",
        "essays: language, length": "/essays/?language=en&length=short&spoilers=none",
        "essays: a theme": f"/essays/?spoilers=none&theme={first.slug}",
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
        "search: a title": search(usual.title),
        "search: a rare word": search(usual.title.split()[-1]),
        "search: a person": search(person.name),
        "search: a theme": search(first.name),
        "search: a common word": search("night"),
        "search: two common words": search("night river"),
        "search: the start of a common word": search("ni"),
        "search: one letter": search("n"),
        "search: a slip": search(slip(usual.title.split()[-1])),
        "search: essays only": search("laughed mother"),
        "search: the start of their words": search("laugh moth"),
        "feed": "/feed/",
        "feed of a film": f"{heavy.get_absolute_url()}feed/",
        "feed of a theme": f"{first.get_absolute_url()}feed/",
    }


def search(words):
    return f"/search/?{urlencode({'q': words})}"


def slip(word):
    """With two letters in the wrong order."""
    return word[:2] + word[3] + word[2] + word[4:]


def figures(answers):
    wall = sorted(answer.wall for answer in answers)
    return {
        "cpu": round(statistics.median(answer.cpu for answer in answers), 2),
        "least": round(wall[0], 2),
        "p50": round(statistics.median(wall), 2),
        "p95": round(wall[int(len(wall) * 0.95)], 2),
    }


def at_most(answers, empty):
    """What 95 of 100 answers cost the worker at most, and that against an empty view."""
    cpu = sorted(answer.cpu for answer in answers)[int(len(answers) * 0.95)]
    return {"cpu": round(cpu, 2), "ratio": round(cpu / empty, 1)}


def queries_of(address):
    """How many queries a page asks when no cache helps it."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        Client().get(address)
    return len(queries)


def typed(piece, number):
    """What the script of the writing page sends: a text of 2,000 words, and one more each time."""
    return {
        "film": piece.film.slug, "title": "A yellow bag", "body": "rain on roofs, " * 667 + f"{number}",
        "language": "en", "text_license": piece.text_license, "version": piece.version + number,
        "window": "w" * 16, "csrfmiddlewaretoken": TOKEN,
    }  # fmt: skip


def autosave(runs):
    """The cost of keeping a draft of 2,000 words, through the server."""
    author = User.objects.order_by("-essay_count", "pk").first()
    film = Film.objects.order_by("pk")[1]
    piece = Review(author=author, film=film)
    piece.save()
    client, address = Client(), f"/write/{piece.pk}/save/"
    client.force_login(author)
    session = client.cookies["sessionid"].value
    with serving(PAGE_CACHE_SECONDS="0") as server:
        cookies = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
        answers = [server.post(address, typed(piece, n), **cookies) for n in range(runs)]
    wrong = {answer.status for answer in answers} - {200}
    piece.refresh_from_db()
    client.post(address, typed(piece, 0) | {"body": "before"})
    with CaptureQueriesContext(connection) as queries:
        client.post(address, typed(piece, 1))
    piece.delete()
    return figures(answers[2:]) | {"queries": len(queries), "refused": sorted(wrong)}


def rendering(runs):
    """The processor time of making 2,000 words of Markdown into HTML, in milliseconds."""
    essay, spent = Review.objects.essays().order_by("-word_count", "pk").first(), []
    for _ in range(runs):
        start = time.process_time()
        done = markdown.render(essay.body, language=essay.language, prefix="bench-")
        spent.append((time.process_time() - start) * 1000)
    return {"words": done.word_count, "cpu": round(statistics.median(spent), 2)}


def measure(runs):
    """The cost of each page as a reader meets it, through the server.

    Cold is a site without any cache; warm one whose fragments are there; cached one that keeps
    whole pages, asked for as a browser asks, for what it has compressed. The empty view is asked
    for before and after each page, so that both meet the same machine. The ratios are of the
    worker's processor time.
    """
    with (
        serving(DJANGO_SETTINGS_MODULE="tests.benchmarks.empty") as empty,
        serving(**NO_CACHE) as cold,
        serving(PAGE_CACHE_SECONDS="0") as warm,
        serving(PAGE_CACHE_SECONDS="3600") as cached,
    ):
        empty.times("/", 20)
        rows, yardstick, searches = {}, [], []
        for name, address in pages().items():
            answer = warm.get(address)
            if answer.status != 200:
                sys.stderr.write(f"{name}: {address} answers {answer.status}\n")
                continue
            cold.get(address)
            before = empty.times("/", runs)
            asked = cold.times(address, runs)
            row = {"cold": figures(asked)}
            if name.startswith("search:"):
                searches += asked
            row["warm"] = figures(warm.times(address, runs))
            packed = {"Accept-Encoding": "br"}
            cached.get(address, **packed)
            row["cached"] = figures(cached.times(address, runs, **packed))
            beside = figures(before + empty.times("/", runs))
            yardstick.append(beside)
            for state in STATES:
                row[f"{state}_ratio"] = round(row[state]["cpu"] / beside["cpu"], 1)
            rows[name] = row | {
                "address": address,
                "queries": queries_of(address),
                "bytes": len(answer.body),
                "compressed": len(brotli.compress(answer.body, quality=5)),
            }
    empty = {key: statistics.median(row[key] for row in yardstick) for key in yardstick[0]}
    return {
        "database": connection.vendor,
        "empty": empty,
        "pages": rows,
        "searches": at_most(searches, empty["cpu"]),
        "autosave": autosave(runs),
        "rendering": rendering(runs),
    }


def print_table(result):
    write, empty = sys.stdout.write, result["empty"]
    write(f"\n{result['database']}, {result['films']:,} films; milliseconds; an empty view: ")
    write(f"cpu {empty['cpu']:.2f}, p50 {empty['p50']:.2f}, p95 {empty['p95']:.2f}\n\n")
    write(f"{'':46} {'cold':<27} {'warm':<27} cached\n")
    columns = "cpu", "ratio", "p50", "p95"
    heads = " ".join(f"{head:>6}" for head in columns * len(STATES))
    write(f"{'page':38} {'queries':>7} {heads} {'bytes':>7} {'packed':>6}\n")
    for name, row in result["pages"].items():
        write(f"{name:38} {row['queries']:>7} ")
        for state in STATES:
            cost = row[state]
            shown = cost["cpu"], row[f"{state}_ratio"], cost["p50"], cost["p95"]
            write(" ".join(f"{figure:>6.1f}" for figure in shown) + " ")
        write(f"{row['bytes']:>7} {row['compressed']:>6}\n")
    write(
        "\n95 of 100 searches of every kind, cold: cpu {cpu:.1f}, ratio {ratio:.1f}, at most\n".format(
            **result["searches"]
        )
    )
    write("\nrendering {words:,} words: cpu {cpu:.1f}\n".format(**result["rendering"]))
    kept = result["autosave"]
    write("\nkeeping a draft of 2,000 words while it is typed: {queries} queries, ".format(**kept))
    write("cpu {cpu:.1f}, p50 {p50:.1f}, p95 {p95:.1f}\n".format(**kept))


def growth(small, large, runs):
    """{page: how much more it costs in the larger of two databases, cold, by the clock and in the
    worker's processor time}, of two results.

    Both are asked in turn, so that both meet the same machine.
    """
    with (
        serving(DATABASE_URL=small["url"], **NO_CACHE) as few,
        serving(DATABASE_URL=large["url"], **NO_CACHE) as many,
    ):
        found = {}
        for name, row in large["pages"].items():
            pair = (few, small["pages"][name]["address"]), (many, row["address"])
            pairs = [[server.get(address) for server, address in pair] for _ in range(runs)][2:]
            found[name] = more(pairs, "wall"), more(pairs, "cpu")
    return found


def more(pairs, cost):
    before, after = (
        statistics.median(getattr(answer, cost) for answer in answers)
        for answers in zip(*pairs, strict=True)
    )
    return after / before


def print_growth(small, large, runs):
    write = sys.stdout.write
    write(f"\n{large['database']}: {small['films']:,} to {large['films']:,} films\n\n")
    write(f"{'page':38} {'time':>6} {'cpu':>6} {'bytes':>6}\n")
    for name, (time_more, cpu_more) in growth(small, large, runs).items():
        longer = large["pages"][name]["bytes"] / small["pages"][name]["bytes"]
        write(f"{name:38} {time_more:6.2f} {cpu_more:6.2f} {longer:6.2f}")
        write(f"{'  more than 1.3' if max(time_more, cpu_more) > 1.3 else ''}\n")
