from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.models import Comment
from tests.factories import make_comment, make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = make_user("reader")
    client.force_login(user)
    return user


def add(client, piece, body="So did mine.", **more):
    return client.post(reverse("reviews:comment_add", args=[piece.pk]), {"body": body} | more)


def test_a_reply_stands_under_the_piece_at_once(client, reader):
    piece = make_review()
    response = add(client, piece, "He held >!the mirror!<.")
    comment = Comment.objects.get()
    assert response.url == f"{piece.get_absolute_url()}#comment-{comment.pk}"
    html = client.get(piece.get_absolute_url()).content.decode()
    assert 'class="veil"' in html
    assert "One reply" in html


@pytest.mark.parametrize("body", ["👍", "10/10", "…"])
def test_a_reply_needs_no_letter(client, reader, body):
    add(client, make_review(), body)
    assert Comment.objects.get().language == reader.language


def test_a_reply_to_a_reply_joins_the_same_level(client, reader):
    piece = make_review()
    top = make_comment(piece)
    add(client, piece, parent=str(top.pk))
    reply = Comment.objects.get(parent=top)
    add(client, piece, "Third.", parent=str(reply.pk))
    assert Comment.objects.get(body="Third.").parent == top


@pytest.mark.parametrize("parent", ["x", "-1", "9" * 30, "\0", "٣"])
def test_an_unknown_parent_makes_it_an_answer_to_the_piece(client, reader, parent):
    add(client, make_review(), parent=parent)
    assert Comment.objects.get().parent is None


def test_a_comment_of_another_piece_is_no_parent(client, reader):
    other = make_comment()
    add(client, make_review(), parent=str(other.pk))
    assert Comment.objects.exclude(pk=other.pk).get().parent is None


@pytest.mark.parametrize("body", ["", "  \n", "x" * 4001, "So\0 did mine."])
def test_a_wrong_reply_comes_back_whole(client, reader, body):
    response = add(client, make_review(), body)
    assert response.status_code == 422
    assert "Your text is safe." in response.content.decode()
    assert body.replace("\0", "").strip() in response.content.decode()
    assert not Comment.objects.exists()


def test_visitors_are_sent_to_sign_in(client):
    assert add(client, make_review()).status_code == 403
    assert not Comment.objects.exists()


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_nothing_is_answered_that_cannot_be_read(client, reader, status):
    assert add(client, make_review(status=status)).status_code == 404


def test_a_reply_may_be_edited_for_15_minutes(client, reader, time_machine):
    comment = make_comment(author=reader)
    address = reverse("reviews:comment_edit", args=[comment.pk])
    assert b"So did mine." in client.get(address).content
    client.post(address, {"body": "So did *hers*."})
    comment.refresh_from_db()
    assert comment.html == "<p>So did <em>hers</em>.</p>\n"
    assert comment.edited_at
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    client.post(address, {"body": "Too late."})
    comment.refresh_from_db()
    assert comment.body == "So did *hers*."


def test_nobody_else_edits_or_deletes_a_reply(client, reader):
    comment = make_comment()
    for name in ("comment_edit", "comment_delete"):
        address = reverse(f"reviews:{name}", args=[comment.pk])
        assert client.post(address, {"body": "Mine now."}).status_code == 404
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("So did mine.", "published")


def test_deleting_asks_first_and_leaves_a_stub(client, reader):
    comment = make_comment(author=reader)
    address = reverse("reviews:comment_delete", args=[comment.pk])
    assert b"Delete your reply?" in client.get(address).content
    comment.refresh_from_db()
    assert comment.status == "published"
    client.post(address)
    html = client.get(comment.review.get_absolute_url()).content.decode()
    assert "Deleted by its author." in html
    assert "So did mine." not in html


def test_what_staff_decided_on_is_not_edited_away(client, reader):
    comment = make_comment(author=reader, status="removed")
    for name in ("comment_edit", "comment_delete"):
        address = reverse(f"reviews:{name}", args=[comment.pk])
        assert client.post(address, {"body": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("Good.", "en"),
        ("저도 봤습니다.", "ko"),
        ("شاهدت الفيلم", "und-Arab"),
        ("見ました。", "und-Hani"),
        ("みました。", "ja"),
    ],
)
def test_a_reply_in_another_script_says_so(client, reader, body, language):
    piece = make_review()
    add(client, piece, body)
    assert Comment.objects.get().language == language
    if language == "und-Arab":
        html = client.get(piece.get_absolute_url()).content.decode()
        assert '<div class="body" lang="und-Arab" dir="rtl">' in html
