from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reviews.models import Comment, TextRule
from tests.factories import make_comment, make_review, make_user
from users.models import ModerationAction, Notification

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
    assert response.url == f"{piece.get_absolute_url()}?comment={comment.pk}#comment-{comment.pk}"
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


# Replies that their piece's author reads first, and replies that are taken no more


@pytest.fixture
def held():
    return make_review(make_user("oksana", display_name="Oksana"), comment_policy="held")


def piece_page(client, piece):
    cache.clear()
    return client.get(piece.get_absolute_url()).content.decode()


def test_a_reply_waits_where_its_author_reads_first(client, reader, held):
    add(client, held, "Quonsellary.")
    comment = Comment.objects.get()
    assert (comment.status, comment.is_waiting) == ("draft", True)
    page = piece_page(client, held)
    assert "Waits for <bdi>Oksana</bdi>." in page
    assert "Quonsellary" in page
    assert "<bdi>Oksana</bdi> reads replies before they appear." in page
    held.refresh_from_db()
    assert held.comment_count == 0
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize("role", [None, "moderator"])
def test_nobody_else_reads_what_waits(client, held, role):
    Comment.objects.add(review=held, author=make_user(), body="Quonsellary.")
    assert "Quonsellary" not in piece_page(client, held)
    client.force_login(make_user(role=role))
    assert "Quonsellary" not in piece_page(client, held)


def test_the_author_lets_it_appear(client, held):
    parent = Comment.objects.add(review=held, author=held.author, body="First.")
    assert parent.is_published  # an author's own waits for nobody
    asker = make_user()
    comment = Comment.objects.add(review=held, author=asker, body="Quonsellary.", parent=parent)
    client.force_login(held.author)
    assert "These wait for you" in piece_page(client, held)
    assert "Quonsellary" in client.get("/desk/").content.decode()
    notices = client.get(reverse("users:notices")).content.decode()
    assert "waits for you to let it appear" in notices
    client.post(reverse("reviews:comment_approve", args=[comment.pk]))
    comment.refresh_from_db()
    held.refresh_from_db()
    assert (comment.status, comment.is_waiting, held.comment_count) == ("published", False, 2)
    assert not ModerationAction.objects.exists()
    assert "Quonsellary" in piece_page(client, held)
    assert "waits no more" in client.get(reverse("users:notices")).content.decode()
    call_command("recount", "--check")


def test_whom_it_answers_hears_of_it_when_it_appears(held):
    top = Comment.objects.add(review=held, author=make_user(), body="First.")
    top.approve(by=held.author, read_as=None)
    reply = Comment.objects.add(review=held, author=make_user(), body="Second.", parent=top)
    told = Notification.objects.filter(member=top.author, kind="reply")
    assert not told.exists()
    reply.approve(by=held.author, read_as=None)
    assert told.count() == 1


def test_the_author_declines_and_the_writer_still_has_the_text(client, held, reader):
    comment = Comment.objects.add(review=held, author=reader, body="Quonsellary.")
    client.force_login(held.author)
    response = client.post(reverse("reviews:comment_decline", args=[comment.pk]), {"from": "desk"})
    assert response.url == "/desk/"
    assert "Quonsellary" not in piece_page(client, held)
    client.force_login(reader)
    page = piece_page(client, held)
    assert "<bdi>Oksana</bdi> did not let it appear." in page
    assert "Quonsellary" in page
    client.post(reverse("reviews:comment_delete", args=[comment.pk]))
    page = piece_page(client, held)
    assert "Deleted by its author" not in page  # it never stood there
    comment.refresh_from_db()
    assert comment.status == "deleted"


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_only_the_pieces_author_decides_and_once(client, held, reader, verb):
    comment = Comment.objects.add(review=held, author=reader, body="So did mine.")
    address = reverse(f"reviews:comment_{verb}", args=[comment.pk])
    assert client.post(address).status_code == 404
    client.force_login(make_user(role="moderator"))
    assert client.post(address).status_code == 404
    with pytest.raises(PermissionDenied):
        getattr(comment, verb)(by=reader, **({"read_as": None} if verb == "approve" else {}))
    client.force_login(held.author)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404


def test_what_was_let_appear_stays_what_was_read(client, held, reader):
    comment = Comment.objects.add(review=held, author=reader, body="So did mine.")
    comment.rewrite("Quonsellary.")
    client.force_login(held.author)
    address = reverse("reviews:comment_approve", args=[comment.pk])
    page = client.post(address, {"edited": ""}, follow=True).content.decode()
    assert "The reply was changed since you read it." in page
    comment.refresh_from_db()
    assert comment.is_waiting
    client.post(address, {"edited": comment.edited_at.isoformat()})
    comment.refresh_from_db()
    assert comment.is_published
    client.force_login(reader)
    client.post(comment.get_edit_url(), {"body": "Something else."})
    comment.refresh_from_db()
    assert comment.body == "Quonsellary."


def test_a_rule_still_looks_at_what_is_let_through(held):
    TextRule.objects.create(kind="words", text="quonsellary", outcome="hold", note="Advertising.")
    comment = Comment.objects.add(review=held, author=make_user(), body="Quonsellary.")
    comment.approve(by=held.author, read_as=None)
    comment.refresh_from_db()
    held.refresh_from_db()
    assert (comment.status, held.comment_count) == ("held", 0)


def test_a_closed_piece_takes_no_reply_and_gives_the_text_back(client, reader):
    piece = make_review(make_user(display_name="Oksana"), comment_policy="closed")
    top = make_comment(piece, body="Before.")
    page = piece_page(client, piece)
    assert "<bdi>Oksana</bdi> takes no more replies to this." in page
    assert "Before." in page
    assert f"?reply={top.pk}" not in page
    assert 'name="body"' not in page
    response = add(client, piece, "Quonsellary.")
    assert response.status_code == 422
    assert "Quonsellary." in response.content.decode()
    assert "Oksana takes no more replies to this." in response.content.decode()
    assert Comment.objects.count() == 1


def test_the_author_changes_it_in_the_form(client, held):
    client.force_login(held.author)
    edit = reverse("reviews:edit", args=[held.pk])
    assert '<option value="held" selected' in client.get(edit).content.decode()
    sent = {"title": held.title, "body": held.body, "language": "en", "version": held.version,
            "text_license": held.text_license, "publish": "1"}  # fmt: skip
    client.post(edit, sent)
    held.refresh_from_db()
    assert held.comment_policy == "held"  # a form that says nothing of it changes nothing
    client.post(edit, sent | {"comment_policy": "closed", "version": held.version})
    held.refresh_from_db()
    assert held.comment_policy == "closed"
    response = client.post(edit, sent | {"comment_policy": "never", "version": held.version})
    assert response.status_code == 422
