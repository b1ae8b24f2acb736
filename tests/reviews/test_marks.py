import re

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse

from reviews.models import Mark
from tests.factories import make_review, make_user
from users.models import SiteSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = make_user("reader")
    client.force_login(user)
    return user


@pytest.fixture
def essay():
    return make_review(title="A hat on a hook")


def press(client, piece, **sent):
    return client.post(reverse("reviews:mark", args=[piece.pk]), sent)


def counts(piece):
    piece.refresh_from_db()
    return piece.stayed_count, piece.useful_count


@pytest.mark.parametrize("words", [450, 60])
def test_a_reader_gives_one_of_each_kind_and_takes_it_back(client, reader, words):
    piece = make_review(words=words)
    response = press(client, piece, stayed="yes")
    assert response.url == f"{piece.get_absolute_url()}#coda"
    press(client, piece, useful="yes")
    assert counts(piece) == (1, 1)
    press(client, piece, stayed="no")
    assert counts(piece) == (0, 1)
    assert [mark.kind for mark in Mark.objects.by(reader)] == ["useful"]


def test_a_press_sent_twice_counts_once(client, reader, essay):
    press(client, essay, useful="yes")
    press(client, essay, useful="yes")
    assert counts(essay) == (0, 1)
    press(client, essay, useful="no")
    press(client, essay, useful="no")
    assert counts(essay) == (0, 0)
    call_command("recount", "--check")


@pytest.mark.parametrize("sent", [{}, {"useful": "maybe"}, {"love": "yes"},
                                  {"useful": "yes", "stayed": "yes"}])  # fmt: skip
def test_what_is_no_press_changes_nothing(client, reader, essay, sent):
    assert press(client, essay, **sent).status_code == 422
    assert not Mark.objects.exists()


def test_nobody_marks_their_own(client, essay):
    client.force_login(essay.author)
    assert press(client, essay, useful="yes").status_code == 403
    assert counts(essay) == (0, 0)
    page = client.get(essay.get_absolute_url()).content.decode()
    assert reverse("reviews:mark", args=[essay.pk]) not in page


def test_visitors_are_sent_away(client, essay):
    assert press(client, essay, useful="yes").status_code in (302, 403)
    assert not Mark.objects.exists()
    assert client.get(reverse("reviews:mark", args=[essay.pk])).status_code == 405


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_what_is_not_published_takes_no_marks(client, reader, status):
    piece = make_review(status=status)
    assert press(client, piece, useful="yes").status_code == 404
    assert counts(piece) == (0, 0)


def test_the_limit_of_votes_applies(client, reader, essay, settings):
    ours = SiteSettings.current()
    ours.votes_an_hour = 1
    ours.save()
    ours.keep()
    press(client, essay, useful="yes")
    response = press(client, essay, stayed="yes")
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    assert counts(essay) == (0, 1)


def test_buttons_say_which_is_pressed(client, reader, essay):
    press(client, essay, stayed="yes")
    page = client.get(essay.get_absolute_url()).content.decode()
    assert 'name="stayed" value="no" aria-pressed="true"' in page
    assert 'name="useful" value="yes" aria-pressed="false"' in page


def test_visitors_and_the_author_read_a_sentence(client, essay):
    for _ in range(2):
        Mark.objects.give(essay, by=make_user(), kind="stayed")
    Mark.objects.give(essay, by=make_user(), kind="useful")
    sentence = 'This stayed with <strong class="num">2</strong> readers'
    page = client.get(essay.get_absolute_url()).content.decode()
    assert sentence in page
    assert '<strong class="num">1</strong> found it useful' in page
    assert "Sign in to mark it" in page
    assert "csrfmiddlewaretoken" not in page
    client.force_login(essay.author)
    page = client.get(essay.get_absolute_url()).content.decode()
    assert sentence in page
    assert "Sign in to mark it" not in page


def test_the_counts_stand_nowhere_but_on_the_piece(client, essay):
    lists = ["/", "/essays/", essay.film.get_absolute_url(), essay.author.get_absolute_url(),
             f"{essay.film.get_absolute_url()}feed/", "/feed/",
             reverse("reviews:essay_why", args=[essay.slug])]  # fmt: skip
    for _ in range(37):
        Mark.objects.give(essay, by=make_user(), kind="stayed")
    cache.clear()
    pages = {address: client.get(address).content.decode() for address in lists}
    assert all("A hat on a hook" in page for page in pages.values())
    assert [address for address, page in pages.items() if ">37<" in page or " 37 " in page] == []
    page = client.get(essay.get_absolute_url()).content.decode()
    assert ">37<" in page
    (structured,) = re.findall(r"ld\+json[^>]*>(.*?)</script>", page)
    assert not re.search(r":\s*\"?37\b(?!:)", structured)
