"""Leaving: fourteen days to think again, and then nothing personal is anywhere."""

import io
import logging
from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django_tasks_db.models import DBTaskResult

from config import doctor, leaving
from config.backup import stored_files
from films.models import Image
from films.verifying import verify
from reviews.models import (
    Afterthought,
    Comment,
    Keeping,
    LeftText,
    Mark,
    Question,
    Review,
    Viewing,
    WorkingCopy,
)
from reviews.models.export import store
from tests.factories import make_afterthought, make_comment, make_film, make_review, make_user
from tests.films.test_pictures import upload, uploaded
from users.leaving import ask_to_leave, due_to_leave, stay
from users.models import Letter, MemberSession, ModerationAction, Report, User

pytestmark = pytest.mark.django_db
MARKER = "quonsellary"
# Fields by which a row is a member's own. Films, themes and countries that somebody added are the
# catalogue's from then on.
OWNERS = ("author", "uploaded_by", "member", "reporter", "user")
KEPT_TEXTS = {  # what a row says of something else, or says by a choice among few
    "reviews.Review.film_title",
    "users.Report.target_title",
    "films.Image.key",
    "films.Image.sha256",
    "films.Image.original",
}


@pytest.fixture
def member(client):
    member = make_user("mina", display_name="Mina Baek")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    client.force_login(member)
    return member


def leave(client, pieces="delete", password="a long password"):
    return client.post("/settings/leave/", {"leave-pieces": pieces, "leave-password": password})


def days_pass():
    User.objects.filter(leaving_at__isnull=False).update(leaving_at=timezone.now())


def gone(django_capture_on_commit_callbacks):
    days_pass()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tick")


# Asking, and thinking again


def test_who_asks_to_leave_is_told_by_mail_until_when_they_may_stay(client, member, mailoutbox):
    assert leave(client, password="wrong").status_code == 422
    assert not mailoutbox
    leave(client)
    (letter,) = mailoutbox
    member.refresh_from_db()
    assert letter.to == [member.email]
    assert f"closed on {date_format(member.leaving_at, 'j F Y')}" in letter.body
    assert letter.subject.endswith("Your account will be closed")


def test_who_thinks_again_while_others_leave_is_left_alone(member):
    ask_to_leave(member, keeps_pieces=False)
    days_pass()
    found = due_to_leave(timezone.now()).get()
    stay(member)
    assert leaving.leave(found) is False
    member.refresh_from_db()
    assert (member.username, member.left_at) == ("mina", None)


def test_two_ticks_at_once_let_nobody_go_twice(member):
    ask_to_leave(member, keeps_pieces=False)
    days_pass()
    one, other = (due_to_leave(timezone.now()).get() for _ in range(2))
    assert leaving.leave(one) is True
    member.refresh_from_db()
    assert leaving.leave(other) is False
    left_at = member.left_at
    member.refresh_from_db()
    assert member.left_at == left_at


def test_who_asks_is_signed_out_everywhere_and_nothing_is_lost_yet(client, member):
    other = Client()
    other.force_login(member)
    essay = make_review(author=member)
    response = leave(client)
    assert response.headers["Location"] == "/settings/leaving/"
    response = client.get("/settings/leaving/")
    assert "You are leaving" in response.content.decode()
    assert client.get("/desk/").status_code == 302
    assert other.get("/desk/").status_code == 302
    call_command("tick")
    assert client.get(essay.get_absolute_url()).status_code == 200
    member.refresh_from_db()
    assert member.leaving_at - timezone.now() > timedelta(days=13, hours=23)


def test_signing_in_until_then_stops_it(client, member):
    leave(client)
    page = client.post(
        "/accounts/login/", {"login": "mina", "password": "a long password"}, follow=True
    )
    assert "You are staying" in page.content.decode()
    days_pass()
    call_command("tick")
    member.refresh_from_db()
    assert (member.leaving_at, member.left_at, member.username) == (None, None, "mina")


def test_who_comes_back_from_the_page_about_leaving_finds_a_page(client, member):
    leave(client)
    assert "next=%2Fsettings%2Fleaving%2F" in client.get("/settings/leaving/").content.decode()
    sent = {"login": "mina", "password": "a long password", "next": "/settings/leaving/"}
    response = client.post("/accounts/login/", sent, follow=True)
    assert response.redirect_chain[-1][0] == "/settings/"
    assert "You are staying" in response.content.decode()
    assert Client().get("/settings/leaving/").headers["Location"] == "/"


@pytest.mark.parametrize("password", ["", "wrong", "a\0b", "x" * 300])
def test_without_the_password_nothing_happens(client, member, password):
    response = leave(client, pieces="keep", password=password)
    assert response.status_code == 422
    assert response.context["forms"]["leave"]["pieces"].value() == "keep"
    member.refresh_from_db()
    assert member.leaving_at is None


def test_it_is_for_members_and_by_post_only(client, member):
    assert client.get("/settings/leave/").status_code == 405
    client.logout()
    assert leave(client).status_code == 403


# Gone


def test_a_username_that_is_taken_already_keeps_nobody_here(
    member, django_capture_on_commit_callbacks
):
    make_user(f"Former-{member.pk}")
    ask_to_leave(member, keeps_pieces=False)
    gone(django_capture_on_commit_callbacks)
    member.refresh_from_db()
    assert (member.username, bool(member.left_at)) == (f"former-{member.pk}-2", True)


def test_one_who_cannot_leave_keeps_no_other_here(member, monkeypatch, caplog):
    other = make_user("nora")
    for who in (member, other):
        ask_to_leave(who, keeps_pieces=False)
    days_pass()
    monkeypatch.setattr("reviews.leaving.scrub", lambda who, keeps: 1 // (who.pk != member.pk))
    with pytest.raises(CommandError, match="members left"):
        call_command("tick")
    member.refresh_from_db()
    other.refresh_from_db()
    assert (member.left_at, bool(other.left_at)) == (None, True)
    assert f"The member with the key {member.pk} could not leave." in caplog.text


def test_pieces_go_if_that_was_chosen(client, member, django_capture_on_commit_callbacks):
    essay = make_review(author=member, title="A hat on a hook", themes=["injustice"])
    draft = make_review(author=member, status="draft")
    reply = make_comment(make_review(), author=member)
    answer = make_comment(essay, body="So did mine.")
    make_afterthought(essay, text="The hook.")
    address = essay.get_absolute_url()
    leave(client, "delete")
    gone(django_capture_on_commit_callbacks)
    for row in (essay, draft, reply):
        row.refresh_from_db()
        assert (row.status, row.body) == ("deleted", "")
    assert client.get(address).status_code in (404, 410)
    assert not Question.objects.by(member).exists()
    assert Afterthought.objects.get().text == ""
    answer.refresh_from_db()
    assert answer.body == "So did mine."
    call_command("recount", "--check")
    call_command("reindex", "--check")


def test_nobody_looks_for_the_files_of_who_has_left(
    client, member, django_capture_on_commit_callbacks
):
    upload(member).publish(by=member)
    leave(client, "delete")
    gone(django_capture_on_commit_callbacks)
    assert [str(line) for line in verify()] == []
    assert list(doctor.files()) == []


def test_what_is_published_stays_without_a_name_if_that_was_chosen(
    client, member, django_capture_on_commit_callbacks
):
    essay = make_review(author=member, title="A hat on a hook")
    make_afterthought(essay, text="The hook is still there.")
    make_afterthought(essay, milestone="month", text="Private.", status="draft")
    draft = make_review(author=member, status="draft", body="secret")
    image = upload(member)
    image.publish(by=member)
    leave(client, "keep")
    gone(django_capture_on_commit_callbacks)
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "A hat on a hook" in page
    assert "a former member" in page
    assert "The hook is still there." in page
    assert set(Afterthought.objects.values_list("text", flat=True)) == {
        "The hook is still there.",
        "",
    }
    assert "Mina" not in page
    draft.refresh_from_db()
    assert (draft.status, draft.body) == ("deleted", "")
    assert client.get(image.get_absolute_url()).status_code == 200
    call_command("recount", "--check")


def test_marks_go_and_what_waits_goes(client, member, django_capture_on_commit_callbacks):
    essay = make_review(comment_policy="held")
    Mark.objects.give(essay, by=member, kind="stayed")
    waiting = Comment.objects.add(review=essay, author=member, body="So did mine.")
    leave(client, "keep")
    gone(django_capture_on_commit_callbacks)
    essay.refresh_from_db()
    waiting.refresh_from_db()
    assert (essay.stayed_count, Mark.objects.count()) == (0, 0)
    assert (waiting.status, waiting.body, waiting.is_waiting) == ("deleted", "", False)
    call_command("recount", "--check")


def test_the_name_is_free_the_page_is_gone_and_nobody_signs_in(
    client, member, django_capture_on_commit_callbacks
):
    leave(client)
    gone(django_capture_on_commit_callbacks)
    member.refresh_from_db()
    assert member.name == "a former member"
    assert client.get(f"/members/{member.username}/").status_code == 410
    assert client.get("/members/mina/").status_code == 404
    page = client.post("/accounts/login/", {"login": "mina", "password": "a long password"})
    assert page.status_code == 422
    make_user("mina")  # somebody else may take it


def test_ratings_and_votes_stay_in_the_figures(client, member, django_capture_on_commit_callbacks):
    film = make_film(themes=["injustice"])
    film.ratings.rate(film, by=member, value=9)
    film.add_theme("injustice", by=member)
    Viewing.objects.see(film, by=member)
    film.keepings.create(member=member)
    leave(client)
    gone(django_capture_on_commit_callbacks)
    film.refresh_from_db()
    assert (film.rating_count, film.rating_sum) == (1, 9)
    assert not Viewing.objects.exists()
    assert not Keeping.objects.exists()
    call_command("recount", "--check")


def test_a_moderator_leaves_and_the_record_stands(client, django_capture_on_commit_callbacks):
    keeper = make_user("keeper", role="moderator", display_name="The Keeper")
    essay = make_review(title="A hat on a hook")
    essay.hide(by=keeper, reason="Why.")
    client.force_login(keeper)
    leave(client)
    gone(django_capture_on_commit_callbacks)
    log = client.get("/log/").content.decode()
    assert "a former moderator" in log
    assert "The Keeper" not in log
    action = ModerationAction.objects.get()
    assert (action.verb, action.reason) == ("hide", "Why.")
    assert not User.objects.get(pk=keeper.pk).can_moderate
    essay.restore(by=make_user(role="moderator"), reason="It is fine.")


def mark_texts(rows):
    """Write the marker into every column of text, whatever usually stands there."""
    label = rows.model._meta.label
    for field in rows.model._meta.concrete_fields:
        is_text = isinstance(field, (models.CharField, models.TextField))
        if not is_text or field.choices or f"{label}.{field.name}" in KEPT_TEXTS:
            continue
        for row in rows:
            text = f"{MARKER}{row.pk}"[: field.max_length] if field.max_length else MARKER * 2
            if field.max_length is None or field.max_length >= len(text) > len(MARKER):
                with suppress(IntegrityError), transaction.atomic():  # where it may not stand
                    rows.filter(pk=row.pk).update(**{field.name: text})


def own_rows(member):
    """Querysets of everything that is the member's."""
    for model in apps.get_models():
        if not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is User and field.name in OWNERS:
                yield model._base_manager.filter(**{field.name: member})


def everything_stored():
    """Every row of every table, as text; those in which SQLite keeps an index are among them."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, repr(row)


def everything_cached():
    for name in ("default", "pages"):
        store = caches[name]
        if hasattr(store._cache, "values"):
            yield from store._cache.values()
        else:
            client = store._cache.get_client()
            yield from (client.get(key) or b"" for key in client.scan_iter())


def with_the_worker(client, member, work):
    """A copy that is made, mail that waits, and a task that failed over a name."""
    client.post("/settings/export/")
    work()
    assert len(store().listdir("exports")[1]) == 1
    Letter.objects.post(member, to=member.email, subject=MARKER, body=MARKER)
    Letter.objects.post(None, to=f"{MARKER}@Example.org", subject=MARKER, body=MARKER)
    DBTaskResult.objects.first().set_failed(ValueError(MARKER))


def test_nothing_personal_is_left_in_database_files_cache_and_logs(
    client, member, settings, worker, django_capture_on_commit_callbacks
):
    settings.PAGE_CACHE_SECONDS = 60
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger().addHandler(handler)
    film = make_film("Tidewater", 1990)
    essay = make_review(author=member, film=film, title=MARKER, body=f"{MARKER} " * 450, lead=MARKER,
                        themes=["injustice"])  # fmt: skip
    note = make_review(author=member, film=film, words=60, body=f"{MARKER} " * 60)
    make_review(author=member, film=film, status="draft", body=MARKER)
    make_review(author=member, film=film, status="held", title=MARKER)
    WorkingCopy.objects.keep(essay, {"body": MARKER}, version=0, window=MARKER)
    LeftText.objects.leave(essay, of=note, version=1)
    Comment.objects.add(review=note, author=make_user(), body="So did mine.")
    reply = Comment.objects.add(review=make_review(), author=member, body=MARKER)
    after = make_afterthought(essay, text=MARKER)
    make_afterthought(essay, milestone="month", text=MARKER, status="draft")
    after.hide(by=make_user(role="moderator"), reason="Why.", passage=MARKER)
    essay.label(by=make_user(role="moderator"), reason="Why.", passage=MARKER)
    Report.objects.file(reply, by=make_user(), reason="spam", passage=MARKER)
    Report.objects.file(make_review(), by=member, reason="spam", note=MARKER, passage=MARKER)
    image = uploaded(member, title=MARKER, creator_name=MARKER)
    with django_capture_on_commit_callbacks(execute=True):
        image.correct_credit(by=member, changes=MARKER)
    Viewing.objects.see(film, by=member)
    film.keepings.create(member=member)
    Mark.objects.give(make_review(), by=member, kind="stayed")
    User.objects.filter(pk=member.pk).update(
        display_name=MARKER, about=MARKER, email=f"{MARKER}@example.org", username=MARKER
    )
    EmailAddress.objects.filter(user=member).update(email=f"{MARKER}@example.org")
    with_the_worker(client, member, worker)
    visitor = Client()
    for page in (f"/members/{MARKER}/", essay.get_absolute_url(), "/", "/essays/",
                 film.get_absolute_url(), f"/members/{MARKER}/diary/", image.get_absolute_url()):  # fmt: skip
        assert visitor.get(page).status_code == 200
    Authenticator.objects.create(user=member, type="totp", data={"secret": MARKER})
    client.force_login(member)
    client.get("/about/")
    assert MemberSession.objects.exists()
    for rows in own_rows(member):
        mark_texts(rows)
    marked = [table for table, row in everything_stored() if MARKER in row]
    assert len(marked) > 10
    assert connection.vendor != "sqlite" or "reviews_reviewindex_data" in marked
    assert any(MARKER.encode() in bytes(value) for value in everything_cached())
    member.refresh_from_db()
    client.force_login(member)
    client.get(f"/members/{MARKER}/")
    assert Session.objects.exists()

    ask_to_leave(member, keeps_pieces=False)
    gone(django_capture_on_commit_callbacks)

    found = [(table, row) for table, row in everything_stored() if MARKER in row.lower()]
    assert found == [], [row for _table, row in found]
    assert not any(MARKER.encode() in bytes(value) for value in everything_cached())
    assert list(stored_files()) == []
    assert store().listdir("exports")[1] == []
    logging.getLogger().removeHandler(handler)
    assert MARKER not in lines.getvalue()
    assert not Image.objects.get(pk=image.pk).derivatives
    assert not default_storage.exists(image.original.name)
    assert Review.objects.filter(author=member).count() == 4
