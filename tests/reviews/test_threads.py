"""A page of the replies to a piece: all of them in one query where they fit, else two."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews import threads
from reviews.models import Comment
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
    assert (list(page), page.start, list(lines)) == ([], 0, [])


def test_what_waits_for_the_pieces_author_is_there_for_its_writer_alone(piece):
    reader = make_user()
    comment = make_comment(piece, author=reader)
    type(comment).objects.filter(pk=comment.pk).update(status="draft", is_waiting=True)
    assert shown(threads.thread_of(piece, reader)[1]) == [(comment.body, [])]
    assert list(read(piece)[1]) == []


# Addresses of comments, and answers beyond those that a page of comments shows


@pytest.fixture(params=[100, 5], ids=["few answers", "many answers"])
def crowded(piece, monkeypatch, request):
    """Eight comments on three pages; the fifth has eight answers, of which a page shows two."""
    monkeypatch.setattr(threads, "ANSWERS", 2)
    monkeypatch.setattr(threads, "MANY", request.param)
    for number in range(8):
        make_comment(piece, body=f"comment {number}")
    fifth = Comment.objects.get(body="comment 4")
    for number in range(8):
        make_comment(piece, body=f"answer {number}", parent=fifth)
    return piece


def page_at(client, comment):
    address, _hash, anchor = comment.get_absolute_url().partition("#")
    moved = client.get(address)
    assert (moved.status_code, moved.url.partition("#")[2]) == (302, anchor)
    html = client.get(moved.url).content.decode()
    assert f'id="{anchor}"' in html
    return html


def bodies(html):
    return re.findall(r"<p>((?:comment|answer) \d)</p>", html)


@pytest.mark.parametrize("number", range(8))
def test_the_address_of_a_comment_opens_the_page_that_it_is_on(client, crowded, number):
    html = page_at(client, Comment.objects.get(body=f"comment {number}"))
    start = number // 3 * 3
    shown = [f"comment {n}" for n in range(start, min(start + 3, 8))]
    assert [one for one in bodies(html) if one.startswith("comment")] == shown


def test_every_answer_has_a_page_and_links_lead_there(client, crowded):
    for number in range(8):
        page_at(client, Comment.objects.get(body=f"answer {number}"))
    html = page_at(client, Comment.objects.get(body="comment 4"))
    assert bodies(html) == ["comment 3", "comment 4", "answer 0", "answer 1", "comment 5"]
    seen, link = [], re.search(r'href="(\?under=\d+)#', html)
    while link:
        html = client.get(
            crowded.get_absolute_url() + link[1].replace("&amp;", "&")
        ).content.decode()
        assert bodies(html)[0] == "comment 4"
        seen += bodies(html)[1:]
        link = re.search(r'href="(\?under=[^"]+)" rel="next"', html)
    assert seen == [f"answer {number}" for number in range(8)]


@pytest.mark.parametrize("asked", ["", "comment=5", "under=5"])
def test_the_pages_of_replies_lead_to_the_replies_not_to_the_head_of_the_essay(
    client, crowded, asked
):
    fifth = Comment.objects.get(body="comment 4")
    address = f"{crowded.get_absolute_url()}?{asked.replace('5', str(fifth.pk))}"
    html = client.get(address, follow=True).content.decode()
    while link := re.search(r'href="([^"]+)" rel="next"', html):
        assert link[1].endswith("#comments")
        html = client.get(crowded.get_absolute_url() + link[1].replace("&amp;", "&"))
        html = html.content.decode()
    back = re.search(r'href="([^"]+)" rel="prev"', html)
    assert back[1].endswith("#comments")


def test_the_answers_to_one_reply_say_first_that_they_are_not_all_replies(client, crowded):
    fifth = Comment.objects.get(body="comment 4")
    html = client.get(f"{crowded.get_absolute_url()}?under={fifth.pk}").content.decode()
    assert html.index("One of them, with its answers.") < html.index("comment 4")
    assert f'href="?comment={fifth.pk}#comments"' in html
    assert "One of them" not in client.get(crowded.get_absolute_url()).content.decode()


def test_a_reply_on_a_later_page_goes_to_what_it_answers(client, crowded):
    client.force_login(make_user())
    last = Comment.objects.get(body="comment 7")
    (link,) = re.findall(rf'href="(\?reply={last.pk})#reply"', page_at(client, last))
    html = client.get(crowded.get_absolute_url() + link, follow=True).content.decode()
    parent = re.search(r'name="parent" value="(\d+)"', html)[1]
    sent = {"body": "So did hers.", "parent": parent}
    response = client.post(reverse("reviews:comment_add", args=[crowded.pk]), sent)
    added = Comment.objects.get(body="So did hers.")
    assert added.parent == last
    assert response.url == added.get_absolute_url()


@pytest.mark.parametrize("body", ["comment 1", "comment 7", "answer 1", "answer 7"])
@pytest.mark.parametrize("name", ["comment", "reply"])
def test_finding_a_comment_takes_few_queries(client, crowded, body, name):
    number = Comment.objects.get(body=body).pk
    address = f"{crowded.get_absolute_url()}?{name}={number}"
    with CaptureQueriesContext(connection) as queries:
        moved = client.get(address)
    assert len(queries) <= 9
    with CaptureQueriesContext(connection) as queries:
        html = client.get(moved.url).content.decode()
    assert len(queries) <= 12
    assert body in bodies(html)


@pytest.mark.parametrize("asked", ["comment=9999", "comment=x", "under=9999", "reply=-1"])
def test_an_unknown_number_opens_the_first_page(client, crowded, asked):
    html = client.get(f"{crowded.get_absolute_url()}?{asked}").content.decode()
    assert bodies(html) == ["comment 0", "comment 1", "comment 2"]


@pytest.mark.parametrize("asked", ["comment=9999", "under=9999", "reply=9999"])
def test_an_unknown_number_opens_a_piece_that_nobody_has_replied_to(client, piece, asked):
    response = client.get(f"{piece.get_absolute_url()}?{asked}")
    assert (response.status_code, response.context["answers_under"]) == (200, "")
