"""Many readers and writers at once, each with a connection of their own: how long they wait, and
whether any is sent away."""

import http.client
import secrets
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from importlib import import_module
from random import Random
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from films.models import Film
from reviews.models import Review
from tests.benchmarks.measure import pages
from tests.benchmarks.server import HOST, serving
from users.models import SiteSettings, User

AS_IN_THE_DEMO = "--worker-class", "gthread", "--threads", "8"
PATIENCE = 120  # seconds: whoever waits longer has met an error
ENDLESS = 1_000_000


def session_of(member):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.create()
    return store.session_key


class Person(threading.Thread):
    """Does one thing after another, and notes what came of it in `found`."""

    def __init__(self, port, until, found, seed):
        super().__init__(daemon=True)
        self.port, self.until, self.found = port, until, found
        self.chance = Random(seed)

    def run(self):
        while time.monotonic() < self.until:
            for kind, method, address, fields in self.acts():
                start = time.perf_counter()
                try:
                    said = self.ask(method, address, fields)
                except OSError as error:
                    said = type(error).__name__
                self.found[kind].append((said, time.perf_counter() - start))

    def ask(self, method, address, fields):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Accept-Encoding": "br", **self.headers()}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, address, urlencode(fields) if fields else None, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status

    def headers(self):
        return {}


class Reader(Person):
    def __init__(self, *common, addresses):
        super().__init__(*common)
        self.addresses = addresses

    def acts(self):
        yield "read", "GET", self.chance.choice(self.addresses), None


class Writer(Person):
    def __init__(self, *common, session, films, pieces):
        super().__init__(*common)
        self.films, self.pieces = films, pieces
        token = secrets.token_hex(16)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}"
        self.token = token

    def headers(self):
        return {"Cookie": self.cookie, "X-CSRFToken": self.token}

    def acts(self):
        film, piece = self.chance.choice(self.films), self.chance.choice(self.pieces)
        stars = f"{self.chance.randint(1, 10) / 2:g}"
        yield "rate", "POST", f"/films/{film}/rating/", {"rating": stars}
        body = "The rain stayed with me. " * self.chance.randint(4, 40)
        yield "reply", "POST", f"/reviews/{piece}/comments/", {"body": body}
        note = {"film": film, "body": body, "language": "en", "text_license": "all-rights-reserved"}
        yield "publish", "POST", "/write/", note | {"publish": "1"}
        yield "look", "GET", "/desk/", None


def crowd(readers, writers, seconds):
    """{what was done: [(status or error, seconds waited)]}"""
    limits = [field.name for field in SiteSettings._meta.fields if "_an_hour" in field.name]
    SiteSettings(searches_a_minute=ENDLESS, **dict.fromkeys(limits, ENDLESS)).save()
    films = list(Film.objects.order_by("pk").values_list("slug", flat=True)[:500])
    pieces = list(Review.objects.published().order_by("pk").values_list("pk", flat=True)[:500])
    sessions = [session_of(member) for member in User.objects.order_by("pk")[:writers]]
    addresses = [*pages().values(), *(f"/films/{slug}/" for slug in films)]
    found = defaultdict(list)
    with serving(*AS_IN_THE_DEMO, FORM_SECONDS="0") as server:
        common = server.port, time.monotonic() + seconds, found
        people = [Reader(*common, n, addresses=addresses) for n in range(readers)]
        people += [
            Writer(*common, -n, session=session, films=films, pieces=pieces)
            for n, session in enumerate(sessions)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    return found


def print_crowd(found, seconds):
    sys.stdout.write(f"\n{'':10} {'each s':>7} {'p50 ms':>7} {'p95 ms':>7} {'worst':>7}  answers\n")
    for kind, answers in found.items():
        waits = sorted(wait * 1e3 for _said, wait in answers)
        middle, late = statistics.median(waits), waits[int(len(waits) * 0.95)]
        said = ", ".join(
            f"{name}: {count}" for name, count in Counter(s for s, _w in answers).items()
        )
        sys.stdout.write(
            f"{kind:10} {len(waits) / seconds:7.1f} {middle:7.0f} {late:7.0f} {waits[-1]:7.0f}  {said}\n"
        )
