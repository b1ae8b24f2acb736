"""A page of the replies to a piece: all of them in one query where they fit, else two."""

import pytest
from django.contrib.auth.models import AnonymousUser

from reviews import threads
from tests.factories import make_comment, make_review, make_user

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


@pytest.fixture
def piece(monkeypatch):
    monkeypatch.setattr(threads, "SIZE", 3)
    monkeypatch.setattr(threads, "FEW", 5)
    return make_review()


def shown(lines):
    return [(line.comment.body, [reply.comment.body for reply in line.replies]) for line in lines]


def read(piece, position=""):
    piece.refresh_from_db()
    return threads.thread_of(piece, VISITOR, position)


@pytest.mark.parametrize(("more", "queries"), [(1, 1), (2, 2)])
def test_replies_stand_under_what_they_answer_in_their_order(
    piece, more, queries, django_assert_num_queries
):
    first, second = make_comment(piece, body="first"), make_comment(piece, body="second")
    make_comment(piece, body="to the second", parent=second)
    make_comment(piece, body="to the first", parent=first)
    for _ in range(more):
        make_comment(piece, body="again to the first", parent=first)
    piece.refresh_from_db()
    with django_assert_num_queries(queries):
        page, lines = threads.thread_of(piece, VISITOR)
    to_first = ["to the first", *["again to the first"] * more]
    assert shown(lines) == [("first", to_first), ("second", ["to the second"])]
    assert (page.start, page.next) == (1, None)


@pytest.mark.parametrize("total", [4, 5, 6])
def test_a_page_leads_to_the_next_however_it_was_found(piece, total):
    comments = [make_comment(piece, body=str(number)) for number in range(total - 1)]
    make_comment(piece, body="to the last", parent=comments[-1])
    page, lines = read(piece)
    assert shown(lines) == [("0", []), ("1", []), ("2", ["to the last"] if total == 4 else [])]
    assert bool(page.next) == (total > 4)
    if page.next:
        page, lines = read(piece, page.next)
        assert (page.start, shown(lines)[-1]) == (4, (str(total - 2), ["to the last"]))


def test_what_was_taken_away_counts_as_much_on_a_page(piece):
    for number in range(6):
        make_comment(piece, body=str(number), status="removed")
    page, lines = read(piece)
    assert piece.comment_count == 0
    assert len(lines) == 3
    assert page.next


def test_no_reply_is_no_page(piece):
    page, lines = read(piece)
    assert (list(page), page.start, lines) == ([], 0, [])


def test_what_waits_for_the_pieces_author_is_there_for_its_writer_alone(piece):
    reader = make_user()
    comment = make_comment(piece, author=reader)
    type(comment).objects.filter(pk=comment.pk).update(status="draft", is_waiting=True)
    assert shown(threads.thread_of(piece, reader)[1]) == [(comment.body, [])]
    assert read(piece)[1] == []
