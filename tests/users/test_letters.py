"""Mail where a worker sends it: it goes out once, and none is lost."""

import smtplib
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviews.models import Comment
from tests.factories import make_review, make_user
from users.errands import DELAYS
from users.leaving import scrub
from users.models import Letter, Rule
from users.tasks import send_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    author = make_user("mina", display_name="Mina Baek")
    EmailAddress.objects.create(user=author, email=author.email, verified=True, primary=True)
    return author


def hide(author):
    essay = make_review(author=author, title="A yellow bag")
    essay.hide(by=make_user(role="moderator"), reason="Why.", rule=Rule.objects.get(number=1))


def refuse(monkeypatch, error):
    def send_messages(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


def later():
    Letter.objects.update(due_at=timezone.now())


# A notice


def test_a_notice_goes_by_mail_as_soon_as_the_worker_comes_to_it(worker, author):
    hide(author)
    assert outbox.outbox == []
    worker()
    (message,) = outbox.outbox
    assert message.to == [author.email]
    assert "“A yellow bag” was hidden under rule 1." in message.subject
    assert message.extra_headers["Message-ID"].startswith("<letter-")
    assert not Letter.objects.exists()
    worker()
    call_command("tick")
    worker()
    assert len(outbox.outbox) == 1


def test_the_queue_knows_neither_addresses_nor_words(worker, author):
    hide(author)
    (task,) = DBTaskResult.objects.all()
    assert task.args_kwargs == {"args": [Letter.objects.get().pk], "kwargs": {}}
    letter = Letter.objects.get()
    assert (letter.to, letter.subject, letter.body) == ("", "", "")


def test_what_is_undone_takes_its_mail_with_it(worker, author):
    essay = make_review(author=author)
    comment = Comment.objects.add(review=essay, author=make_user(), body="So did mine.")
    assert not Letter.objects.exists()  # in the digest
    author.channels["reply"] = "hm"
    author.save()
    comment.review.author.refresh_from_db()
    with transaction.atomic():
        Comment.objects.add(review=comment.review, author=make_user(), body="Mine not.")
        assert Letter.objects.count() == 1
        transaction.set_rollback(True)
    worker()
    assert outbox.outbox == []
    assert not DBTaskResult.objects.exists()


def test_who_has_no_address_any_more_is_sent_nothing(worker, author):
    hide(author)
    type(author).objects.filter(pk=author.pk).update(email="")
    worker()
    assert outbox.outbox == []
    assert not Letter.objects.exists()


def test_without_a_worker_it_goes_at_once(author, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        hide(author)
    assert len(outbox.outbox) == 1
    assert not Letter.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_asking_the_worker_costs_two_queries(worker, author):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Letter.objects.post(author, to=author.email, subject="A", body="B")
    writes = [q["sql"] for q in queries if q["sql"].startswith("INSERT")]
    assert len(writes) == 2
    assert len(queries) <= 4  # with the savepoint of this test


# What allauth sends


def test_a_new_password_is_sent_by_the_worker(worker, author, client):
    response = client.post("/accounts/password/reset/", {"email": author.email})
    assert response.status_code == 302
    assert outbox.outbox == []
    letter = Letter.objects.get()
    assert (letter.member, letter.to) == (author, author.email)
    worker()
    (message,) = outbox.outbox
    assert message.to == [author.email]
    assert "/accounts/password/reset/key/" in message.body
    assert not Letter.objects.exists()


def test_a_new_password_is_sent_at_once_without_a_worker(author, client):
    client.post("/accounts/password/reset/", {"email": author.email})
    assert len(outbox.outbox) == 1
    assert not Letter.objects.exists()


# What cannot be sent


def test_what_cannot_be_sent_is_tried_again_and_goes_out_once(worker, author, monkeypatch):
    client_error = smtplib.SMTPRecipientsRefused({author.email: (450, b"later")})
    with monkeypatch.context() as patch:
        refuse(patch, client_error)
        Letter.objects.post(author, to=author.email, subject="A", body="B")
        worker()
    letter = Letter.objects.get()
    assert letter.attempts == 1
    assert letter.due_at > timezone.now() + timedelta(minutes=4)
    call_command("tick")
    worker()
    assert outbox.outbox == []  # not yet
    later()
    call_command("tick")
    worker()
    assert len(outbox.outbox) == 1
    assert not Letter.objects.exists()


def test_neither_log_nor_queue_quotes_the_address(worker, author, monkeypatch, caplog):
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({author.email: (550, b"no such user")}))
    Letter.objects.post(author, to=author.email, subject="A", body="B")
    worker()
    task = DBTaskResult.objects.get()
    assert task.status == "FAILED"
    assert "SMTPRecipientsRefused" in task.traceback
    assert author.email not in task.traceback
    assert author.email not in caplog.text
    assert "SMTPRecipientsRefused" in caplog.text


def test_a_letter_is_given_up_in_the_end_and_its_words_go(worker, author, monkeypatch):
    refuse(monkeypatch, ConnectionRefusedError())
    Letter.objects.post(author, to=author.email, subject="A", body="B")
    for _round in range(len(DELAYS) + 3):
        worker()
        later()
        call_command("tick")
    letter = Letter.objects.get()
    assert (letter.attempts, letter.to, letter.subject, letter.body) == (len(DELAYS), "", "", "")
    assert letter.given_up_at
    assert DBTaskResult.objects.failed().count() == len(DELAYS)
    Letter.objects.update(given_up_at=timezone.now() - timedelta(days=15))
    call_command("tick")
    assert not Letter.objects.exists()


def test_the_queue_does_not_fill_up_while_no_worker_is_there(worker, author):
    Letter.objects.post(author, to=author.email, subject="A", body="B")
    later()
    for _round in range(5):
        call_command("tick")
    assert DBTaskResult.objects.filter(task_path=send_letter.module_path).count() == 2
    worker()
    assert len(outbox.outbox) == 1


def test_what_waits_when_the_worker_is_done_away_with_is_sent_by_tick(worker, author, settings):
    Letter.objects.post(author, to=author.email, subject="A", body="B")
    settings.WORKER = False
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    later()
    call_command("tick")
    assert len(outbox.outbox) == 1
    assert not Letter.objects.exists()


# Leaving


def test_mail_to_a_member_who_leaves_goes_and_nobody_elses(worker, author):
    EmailAddress.objects.create(user=author, email="Second@example.org", verified=True)
    other = make_user("other")
    hide(author)
    hide(other)  # a notice, which has no address yet
    Letter.objects.post(None, to="second@example.org", subject="A", body="B")
    kept = Letter.objects.post(None, to="third@example.org", subject="A", body="B")
    type(author).objects.filter(pk=author.pk).update(email="")
    author.refresh_from_db()
    scrub(author)
    assert set(Letter.objects.all()) == {kept, Letter.objects.get(member=other)}
