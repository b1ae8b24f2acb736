"""What members are told: on the site, by mail, in the digest, and how they end it."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from reviews.models import Comment
from tests.factories import bring_to, make_review, make_user
from users.models import Notification, Report, Rule, User
from users.notifications import channels_of, off_token, stop_mail

pytestmark = pytest.mark.django_db
NOTICES = "/notices/"


@pytest.fixture
def author(client):
    author = make_user("mina", display_name="Mina Baek")
    client.force_login(author)
    return author


@pytest.fixture
def moderator():
    return make_user("keeper", role="moderator")


def reply(review, by=None, parent=None, body="So did mine."):
    by = by or make_user(display_name="Farid Nasser")
    return Comment.objects.add(review=review, author=by, parent=parent, body=body)


def told(member):
    return [row.kind for row in member.notifications.order_by("pk")]


def unread(member):
    return User.objects.get(pk=member.pk).unread_count


# Replies


def test_a_reply_is_told_to_the_author_of_the_piece_and_of_the_reply(client, author):
    essay = make_review(author=author, title="A yellow bag")
    first = reply(essay)
    second = reply(essay, parent=first)
    assert told(author) == ["reply", "reply"]
    assert told(first.author) == ["reply"]
    assert told(second.author) == []
    page = client.get(NOTICES).content.decode()
    assert "Farid Nasser replied to “A yellow bag”." in page
    assert f'href="{second.get_absolute_url()}"' in page
    assert "2 new" in page


def test_one_reply_is_one_notice_and_ones_own_is_none(author):
    essay = make_review(author=author)
    own = reply(essay, by=author)
    assert told(author) == []
    reply(essay, parent=own)
    assert told(author) == ["reply"]


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted"])
def test_a_reply_that_is_gone_is_neither_named_nor_linked(client, author, status):
    comment = reply(make_review(author=author, title="A yellow bag"))
    bring_to(comment, status)
    page = client.get(NOTICES).content.decode()
    assert "has been taken back" in page
    assert "Farid Nasser" not in page
    assert comment.get_absolute_url() not in page


def test_who_has_left_is_told_nothing():
    author = make_user()
    essay = make_review(author=author)
    User.objects.filter(pk=author.pk).update(left_at=timezone.now())
    essay.author.refresh_from_db()
    reply(essay)
    assert told(author) == []


# Decisions and reports


def test_a_decision_is_told_to_the_author_here_and_by_mail(
    client, author, moderator, django_capture_on_commit_callbacks
):
    essay = make_review(author=author, title="Secrets & Lies\u2028again")
    with django_capture_on_commit_callbacks(execute=True):
        essay.hide(by=moderator, reason="Why.", rule=Rule.objects.get(number=1))
    assert told(author) == ["decision"]
    page = client.get(NOTICES).content.decode()
    assert "was hidden under rule 1." in page
    assert f'href="{essay.get_absolute_url()}"' in page
    (message,) = outbox.outbox
    assert message.to == [author.email]
    assert "\n" not in message.subject
    assert "“Secrets & Lies again” was hidden under rule 1." in message.subject
    assert "Secrets & Lies" in message.body
    assert essay.get_absolute_url() in message.body
    assert "List-Unsubscribe" not in message.extra_headers


@pytest.mark.parametrize("act", ["publish", "unpublish", "delete_by_owner"])
def test_what_authors_do_themselves_is_not_told_to_them(author, act):
    essay = make_review(author=author, status="draft" if act == "publish" else "published")
    getattr(essay, act)(by=author)
    assert told(author) == []


def test_a_report_is_told_to_moderators_and_its_outcome_to_who_made_it(client, author, moderator):
    root = make_user("root", is_superuser=True)
    make_user("cataloguer", role="editor")
    essay = make_review(title="A yellow bag")
    report = Report.objects.file(essay, by=author, reason="spam")
    Report.objects.file(essay, by=author, reason="spam")  # sent twice
    assert told(moderator) == told(root) == ["report"]
    assert Notification.objects.count() == 2
    client.force_login(moderator)
    page = client.get(NOTICES).content.decode()
    assert "Reported: A yellow bag." in page
    assert reverse("admin:users_report_change", args=[report.pk]) in page
    essay.remove(by=moderator, reason="Why.", rule=Rule.objects.get(number=1))
    assert told(author) == ["outcome"]
    client.force_login(author)
    page = client.get(NOTICES).content.decode()
    assert "What you reported was looked at: an essay or note was removed under rule 1." in page
    assert "/log/" in page
    assert "A yellow bag" not in page  # it is gone


def test_what_is_left_as_it_is_is_told_to_who_reported_it_alone(author, moderator):
    essay = make_review()
    Report.objects.file(essay, by=author, reason="spam")
    essay.keep(by=moderator, reason="It is fine.")
    assert told(author) == ["outcome"]
    assert told(essay.author) == []


def test_a_member_can_be_reported_and_the_report_settled(client, author, moderator):
    rude = make_user("rude", display_name="Bertrand")
    address = f"/report/user/{rude.pk}/"
    assert address in client.get(rude.get_absolute_url()).content.decode()
    assert address not in client.get(author.get_absolute_url()).content.decode()
    assert client.get(f"/report/user/{author.pk}/").status_code == 302  # oneself
    response = client.post(address, {"reason": "harassment", "note": "His name."})
    assert response["Location"] == rude.get_absolute_url()
    report = Report.objects.get()
    assert report.target == rude
    client.force_login(moderator)
    change = reverse("admin:users_report_change", args=[report.pk])
    assert client.get(change).status_code == 200
    assert client.get("/admin/users/report/").status_code == 200
    assert client.get("/admin/").status_code == 200
    rude.keep(by=moderator, reason="Told to change it.")
    assert told(author) == ["outcome"]
    assert told(rude) == []
    client.logout()
    log = client.get("/log/").content.decode()
    assert "a member’s page" in log
    assert "Bertrand" not in log
    entry = client.get(report.__class__.objects.get().settled_by.get_absolute_url())
    assert "Bertrand" not in entry.content.decode()


# Reading them


def test_marking_as_read_leaves_what_came_later(client, author):
    essay = make_review(author=author)
    reply(essay)
    seen = timezone.now()
    later = reply(essay)
    Notification.objects.filter(object_id=later.pk).update(created_at=seen + timedelta(seconds=5))
    assert unread(author) == 2
    client.post(NOTICES, {"read": seen.isoformat()})
    assert unread(author) == 1
    assert client.get(NOTICES).content.decode().count("New.") == 1
    call_command("recount", "--check")


def test_looking_at_them_changes_nothing(client, author):
    reply(make_review(author=author))
    client.get(NOTICES)
    assert unread(author) == 1


@pytest.mark.parametrize(
    "data", [{}, {"read": "yesterday"}, {"read": "2026-01-01"}, {"read": "x" * 999}]
)
def test_nonsense_is_refused(client, author, data):
    assert client.post(NOTICES, data).status_code == 400


def test_nobody_sees_anothers(client, author):
    reply(make_review(author=author, title="A yellow bag"))
    client.force_login(make_user())
    assert "A yellow bag" not in client.get(NOTICES).content.decode()
    client.logout()
    assert client.get(NOTICES).status_code == 302


def test_many_come_in_pages_at_the_cost_of_few(client, author, django_assert_max_num_queries):
    essay = make_review(author=author)
    for _ in range(45):
        reply(essay)
    with django_assert_max_num_queries(16):
        page = client.get(NOTICES).content.decode()
    assert page.count("replied to") == 40
    assert 'rel="next"' in page


# Choosing how


def test_each_chooses_what_comes_and_how(client, author):
    client.post(NOTICES, {"channels": "1", "reply": ["m"]})
    author.refresh_from_db()
    assert channels_of(author, "reply") == "m"
    assert channels_of(author, "outcome") == ""
    assert channels_of(author, "decision") == "hm"
    page = client.get(NOTICES).content.decode()
    assert 'name="reply" value="m" checked' in page
    assert 'name="report"' not in page  # for moderators only


def test_mail_at_once_goes_out_after_the_transaction(author, django_capture_on_commit_callbacks):
    author.channels = {"reply": "m"}
    author.save()
    essay = make_review(author=author, title="A yellow bag")
    with django_capture_on_commit_callbacks() as callbacks:
        reply(essay)
        assert outbox.outbox == []
    for callback in callbacks:
        callback()
    (message,) = outbox.outbox
    assert message.subject == "Farid Nasser replied to “A yellow bag”."
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert unread(author) == 0


def test_a_mail_server_that_is_away_stops_nobody(
    author, django_capture_on_commit_callbacks, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    author.channels = {"reply": "hm"}
    author.save()
    essay = make_review(author=author)
    with django_capture_on_commit_callbacks(execute=True):
        reply(essay)
    assert told(author) == ["reply"]


def test_a_digest_comes_once_a_day_with_what_is_due(author):
    essay = make_review(author=author, title="A yellow bag")
    reply(essay)
    gone = reply(essay)
    bring_to(gone, "hidden")
    reply(essay)
    outbox.outbox.clear()
    call_command("tick")
    (message,) = outbox.outbox
    assert message.to == [author.email]
    assert message.body.count("replied to “A yellow bag”") == 2
    reply(essay)
    call_command("tick")
    assert len(outbox.outbox) == 1
    User.objects.update(digest_at=timezone.now() - timedelta(days=1))
    call_command("tick")
    assert len(outbox.outbox) == 2
    assert outbox.outbox[1].body.count("replied to") == 1
    User.objects.update(digest_at=timezone.now() - timedelta(days=1))
    call_command("tick")
    assert len(outbox.outbox) == 2  # nothing in it, no mail


def test_one_click_in_a_mail_ends_that_kind(client, author):
    address = reverse("users:mail_off", args=[off_token(author, "reply")])
    client.logout()
    assert "No more of it" in client.get(address).content.decode()  # a scanner opens links
    author.refresh_from_db()
    assert channels_of(author, "reply") == "hd"
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    author.refresh_from_db()
    assert channels_of(author, "reply") == "h"
    assert client.post(address).status_code == 200


def test_the_link_of_a_digest_ends_digests(client, author):
    client.post(reverse("users:mail_off", args=[off_token(author, "digest")]))
    author.refresh_from_db()
    assert "d" not in channels_of(author, "reply")
    reply(make_review(author=author))
    call_command("tick")
    assert outbox.outbox == []


@pytest.mark.parametrize("kind", ["digest", "reply"])
def test_what_came_by_mail_alone_goes_on_here_as_the_page_behind_the_link_says(
    client, author, kind
):
    client.post(NOTICES, {"channels": "yes", "reply": ["d"], "outcome": []})
    author.refresh_from_db()
    reply(make_review(author=author, title="A yellow bag"))
    page = client.post(reverse("users:mail_off", args=[off_token(author, kind)]))
    assert "On the site the notices go on." in page.content.decode()
    author.refresh_from_db()
    assert channels_of(author, "reply") == "h"
    assert channels_of(author, "outcome") == ""  # as it was chosen
    assert unread(author) == 1
    assert "A yellow bag" in client.get(NOTICES).content.decode()


def test_what_waits_for_a_digest_that_is_ended_is_shown_to_who_hears_by_mail_since(client, author):
    client.post(NOTICES, {"channels": "yes", "reply": ["d"]})
    author.refresh_from_db()
    reply(make_review(author=author, title="A yellow bag"))
    client.post(NOTICES, {"channels": "yes", "reply": ["m"]})
    client.post(reverse("users:mail_off", args=[off_token(author, "digest")]))
    call_command("tick")
    assert outbox.outbox == []
    assert "A yellow bag" in client.get(NOTICES).content.decode()
    author.refresh_from_db()
    assert channels_of(author, "reply") == "m"
    assert unread(author) == 1


@pytest.mark.parametrize("kind", ["digest", "reply"])
def test_the_link_of_a_mail_ends_what_waits_for_the_next_digest_too(client, author, kind):
    reply(make_review(author=author))
    client.post(reverse("users:mail_off", args=[off_token(author, kind)]))
    call_command("tick")
    assert outbox.outbox == []
    assert told(author) == ["reply"]


@pytest.mark.parametrize(("ways", "count"), [(["h"], 0), (["h", "d"], 1), (["m"], 1)])
def test_what_waits_for_a_digest_follows_the_choice_of_ways(client, author, ways, count):
    reply(make_review(author=author))
    client.post(NOTICES, {"channels": "yes", "reply": ways})
    call_command("tick")
    assert len(outbox.outbox) == count


def test_what_waited_for_a_digest_is_shown_to_who_would_rather_read_it_here(client, author):
    client.post(NOTICES, {"channels": "yes", "reply": ["d"]})
    author.refresh_from_db()
    reply(make_review(author=author, title="A yellow bag"))
    assert unread(author) == 0
    assert "A yellow bag" not in client.get(NOTICES).content.decode()
    for _ in range(2):  # and is not counted twice
        client.post(NOTICES, {"channels": "yes", "reply": ["h"]})
        assert unread(author) == 1
    assert "replied to “A yellow bag”" in client.get(NOTICES).content.decode()
    call_command("recount", "--check")
    call_command("tick")
    assert outbox.outbox == []


@pytest.mark.parametrize("ways", [[], ["d", "h"], ["m"]])
def test_what_waits_for_a_digest_is_shown_by_no_other_choice(client, author, ways):
    client.post(NOTICES, {"channels": "yes", "reply": ["d"]})
    author.refresh_from_db()
    reply(make_review(author=author))
    client.post(NOTICES, {"channels": "yes", "reply": ways})
    assert unread(author) == 0


def some_with_a_digest(*names):
    members = [make_user(name) for name in names]
    for member in members:
        reply(make_review(author=member, title=f"Of {member.username}"))
    outbox.outbox.clear()
    return members


def cannot_send_to(monkeypatch, names, error):
    """The mail server refuses what goes to these; a call lets it take everything."""
    send = EmailMessage.send

    def refuse(message):
        if any(name in message.to[0] for name in names):
            raise error
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", refuse)
    return lambda: monkeypatch.setattr(EmailMessage, "send", send)


def an_hour_passes():
    User.objects.update(digest_at=F("digest_at") - timedelta(hours=1))


def receivers():
    return [message.to[0].partition("@")[0] for message in outbox.outbox]


REFUSED = SMTPRecipientsRefused({"ada@example.org": (550, b"ada@example.org is full")})


@pytest.mark.parametrize("error", [REFUSED, ConnectionRefusedError("gone"), ValueError("ada@")])
def test_a_digest_that_cannot_be_sent_stops_no_other_and_is_tried_again_in_an_hour(
    monkeypatch, caplog, error
):
    some_with_a_digest("ada", "ben", "carl")
    mend = cannot_send_to(monkeypatch, ["ada"], error)
    for _ in range(2):
        with pytest.raises(CommandError, match="digests sent"):
            call_command("tick")
        call_command("tick")
        assert receivers() == ["ben", "carl"]  # the others once
        an_hour_passes()
    assert f"failed: {type(error).__name__}" in caplog.text
    assert "1 digests could not be sent, 2 were." in caplog.text
    assert "ada@" not in caplog.text
    mend()
    call_command("tick")
    assert receivers() == ["ben", "carl", "ada"]
    assert "replied to “Of ada”" in outbox.outbox[2].body
    call_command("tick")
    assert len(outbox.outbox) == 3


def test_who_ends_digests_while_one_cannot_be_sent_gets_no_other(monkeypatch):
    (ada,) = some_with_a_digest("ada")

    def end_and_fail(message):
        stop_mail(User.objects.get(pk=ada.pk), "digest")
        raise REFUSED

    monkeypatch.setattr(EmailMessage, "send", end_and_fail)
    with pytest.raises(CommandError):
        call_command("tick")
    assert not ada.notifications.filter(is_due=True).exists()
    assert unread(ada) == ada.notifications.filter(is_shown=True).count() == 1


def test_those_that_cannot_be_reached_keep_nobody_waiting(monkeypatch):
    some_with_a_digest("ada", "ben", "carl")
    monkeypatch.setattr("config.tick.AT_ONCE", 2)
    cannot_send_to(monkeypatch, ["ada", "ben"], REFUSED)
    with pytest.raises(CommandError):
        call_command("tick")
    an_hour_passes()
    with pytest.raises(CommandError):  # Ada's or Ben's once more
        call_command("tick")
    assert receivers() == ["carl"]


def test_what_one_digest_cannot_hold_comes_with_the_next(author, monkeypatch):
    monkeypatch.setattr("users.notifications.LINES", 3)
    User.objects.filter(pk=author.pk).update(channels={"reply": "d"})
    essay = make_review(author=User.objects.get(pk=author.pk))
    for _ in range(5):
        reply(essay)
    outbox.outbox.clear()
    for said, more in ((3, "2 more come with the next digests."), (2, "")):
        call_command("tick")
        body = outbox.outbox.pop().body
        assert body.count("replied to") == said
        assert ("more come" in body) == bool(more)
        assert more in body
        User.objects.update(digest_at=timezone.now() - timedelta(days=1))
    call_command("tick")
    assert outbox.outbox == []


def test_a_forged_link_is_404(client, author):
    token = off_token(author, "reply")
    for forged in (token[:-1] + "x", "x", token.replace(":", "", 1)):
        assert client.post(f"/settings/mail/{forged}/").status_code == 404


def test_a_history_that_is_loaded_sends_no_mail(
    author, moderator, django_capture_on_commit_callbacks
):
    essay = make_review(author=author)
    long_ago = timezone.now() - timedelta(days=40)
    with django_capture_on_commit_callbacks(execute=True):
        essay._moderate("hide", by=moderator, reason="Why.", at=long_ago)
    assert told(author) == ["decision"]
    assert outbox.outbox == []
