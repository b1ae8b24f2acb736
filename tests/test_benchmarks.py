import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from django.db import connection

import films.recount
import films.reindex
import reviews.recount
import reviews.reindex
from films.models import Film, FilmIndex, Person, PersonIndex
from reviews.models import Review, ReviewIndex
from tests.benchmarks import fill, multiply

ROOT = Path(__file__).resolve().parents[1]
ASK = """
from config.wsgi import application
from django.test import RequestFactory
asked = RequestFactory().get("/", headers={"Host": "127.0.0.1"}).environ
print(len(b"".join(application(asked, lambda status, headers: print(status)))))
"""


def test_the_empty_view_answers_through_the_sites_own_entry():
    """It has no apps: whatever the entry needs must need none either."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.empty"}
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.stdout.split("\n")[0] == "200 OK", run.stderr
    assert int(run.stdout.split("\n")[1]) > 29_000


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_multiplied_counts_and_is_found_as_what_was_filled():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL alone multiplies")
    fill.fill(20, 2, 30)
    count, pieces, wrong = Film.objects.count(), Review.objects.count(), wrong_counters()
    others = Review.objects.exclude(film=Film.objects.earliest("pk")).count()
    multiply.multiply(3)
    assert Film.objects.count() == 3 * count
    assert Review.objects.count() == pieces + 2 * others
    assert wrong_counters() == wrong  # votes and ratings, of which the filler makes no rows
    assert_found_by(FilmIndex, films.reindex.tokens_of_films(Film.objects.for_index(), set()))
    assert_found_by(PersonIndex, films.reindex.tokens_of_people(Person.objects.all(), set()))
    assert_found_by(ReviewIndex, reviews.reindex.tokens_of_pieces(Review.objects.all()))


def wrong_counters():
    found = chain(films.recount.recount(True), reviews.recount.recount(True))
    return {(each.row.split()[0], each.field) for each in found}


def assert_found_by(index, tokens):
    assert {row.pk: set(row.words.split()) for row in index.objects.all()} == {
        pk: set(found) for pk, found in tokens.items()
    }
