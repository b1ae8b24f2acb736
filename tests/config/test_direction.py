"""Fields for prose take the direction of what is typed in them."""

import re

import pytest
from django.urls import reverse

from films.forms import ImageForm
from reviews.forms import AfterthoughtForm
from tests.factories import make_comment, make_film, make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(client):
    writer = make_user("mina")
    client.force_login(writer)
    return writer


def addresses(writer):
    piece = make_review(writer)
    return {
        "write": reverse("reviews:edit", args=[piece.pk]),
        "comment": make_review().get_absolute_url(),
        "own comment": reverse("reviews:comment_edit", args=[make_comment(author=writer).pk]),
        "about": reverse("users:settings"),
        "film": reverse("films:film_add"),
        "theme": make_film().get_absolute_url(),
        "report": reverse("users:report", args=["review", piece.pk]),
    }


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("write", {"title", "lead", "body", "theme"}),
        ("comment", {"body"}),
        ("own comment", {"body"}),
        ("about", {"you-about", "you-display_name"}),
        ("film", {"titles", "synopsis", "directors", "cast"}),
        ("theme", {"theme"}),
    ],
)  # fmt: skip
def test_prose_is_typed_in_its_own_direction(client, writer, place, names):
    html = client.get(addresses(writer)[place]).content.decode()
    fields = re.findall(r"<(?:textarea|input)[^>]*>", html)
    turned = {re.search(r'name="([^"]+)"', one)[1] for one in fields if 'dir="auto"' in one}
    assert names <= turned


@pytest.mark.parametrize("name", ["title", "creator_name", "permission", "proof", "alt_text"])
def test_a_credit_is_too(name):
    assert 'dir="auto"' in str(ImageForm(by=make_user())[name])


def test_an_afterthought_is_too():
    assert 'dir="auto"' in str(AfterthoughtForm()["text"])
