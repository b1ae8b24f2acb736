"""What keeps the worker's queue in order, and what is told of it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config import doctor, tasks
from reviews.models import Export
from tests.factories import make_user
from users.models import Letter

pytestmark = pytest.mark.django_db


def post():
    member = make_user()
    return Letter.objects.post(member, to=member.email, subject="A", body="B")


def aged(minutes, **fields):
    then = timezone.now() - timedelta(minutes=minutes)
    DBTaskResult.objects.update(**dict.fromkeys(fields, then))


def killed():
    """A worker took the task and was never heard of again."""
    task = DBTaskResult.objects.get()
    task.claim("killed")
    return task


def said():
    return [finding.text for finding in doctor.worker()]


def seriously_said():
    return [finding.text for finding in doctor.worker() if finding.is_serious]


# Stale tasks


def test_a_stale_task_is_put_back_and_done(worker, mailoutbox):
    post()
    killed()
    worker()
    assert mailoutbox == []
    call_command("tick")
    worker()
    assert mailoutbox == []  # it might be at it still
    aged(40, started_at=1)
    call_command("tick")
    worker()
    assert len(mailoutbox) == 1


def test_a_task_that_kills_its_worker_each_time_counts_as_failed(worker):
    post()
    for _start in range(tasks.STARTS):
        killed()
        aged(40, started_at=1)
        tasks.put_stale_back()
    (task,) = DBTaskResult.objects.failed()
    assert task.exception_class_path == "config.tasks.StaleTaskError"
    assert "StaleTaskError" in " ".join(said())


def test_old_results_go_and_failures_stay_a_fortnight(worker):
    post()
    worker()
    DBTaskResult.objects.create(
        id="00000000-0000-4000-8000-000000000001", task_path="gone.task",
        args_kwargs={"args": [], "kwargs": {}}, backend_name="default",
    ).set_failed(ValueError())  # fmt: skip
    aged(60, finished_at=1)
    call_command("tick")
    assert DBTaskResult.objects.finished().count() == 2
    aged(25 * 60, finished_at=1)
    call_command("tick")
    assert [row.task_path for row in DBTaskResult.objects.finished()] == ["gone.task"]
    aged(15 * 24 * 60, finished_at=1)
    call_command("tick")
    assert not DBTaskResult.objects.finished().exists()


# What doctor tells


def test_a_worker_that_works_is_well(worker):
    call_command("tick")
    worker()
    post()
    assert said() == []


def test_a_worker_that_never_did_anything_is_told(worker):
    assert "No worker did anything yet" in said()[0]
    assert seriously_said()


def test_a_worker_that_has_gone_is_told(worker):
    call_command("tick")
    worker()
    aged(20, finished_at=1)
    call_command("tick")
    call_command("tick")  # one sign of life is asked for at a time
    assert tasks.beats().ready().count() == 1
    assert "No worker did anything since" in said()[0]


def test_what_waits_too_long_and_runs_too_long_is_told(worker):
    call_command("tick")
    worker()
    post()
    DBTaskResult.objects.ready().update(enqueued_at=timezone.now() - timedelta(minutes=20))
    assert "1 tasks have waited for more than 15 minutes" in seriously_said()[0]
    DBTaskResult.objects.ready().get().claim("killed")
    DBTaskResult.objects.running().update(started_at=timezone.now() - timedelta(minutes=40))
    assert "1 tasks stand as running for more than 30 minutes" in said()[0]
    assert seriously_said() == []


def test_what_waits_where_no_worker_is_set_is_told(worker, settings):
    post()
    settings.WORKER = False
    aged(20, enqueued_at=1)
    assert said() == ["1 tasks have waited for more than 15 minutes: WORKER is not set?"]
    call_command("tick")
    assert said() == []


def test_what_was_given_up_is_told(worker):
    call_command("tick")
    worker()
    post().give_up()
    Export.objects.order(make_user()).give_up()
    assert seriously_said() == [
        "1 letters were given up after 5 attempts.",
        "1 copies of everything were given up after 5 attempts.",
    ]


def test_a_site_without_a_worker_asks_for_no_sign_of_life():
    call_command("tick")
    assert not DBTaskResult.objects.exists()
    assert said() == []


# In the admin


def test_staff_see_that_a_task_was_given_and_neither_words_nor_addresses(worker, client):
    letter = post()
    Letter.objects.filter(pk=letter.pk).update(subject="Quonsellary", body="Quonsellary")
    Export.objects.order(letter.member)
    task = DBTaskResult.objects.first()
    task.set_failed(ValueError("Quonsellary"))
    client.force_login(make_user("root", role="moderator", is_superuser=True))
    for row in (task, letter, letter.member.export):
        label = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        pages = [reverse(f"{label}_changelist"), reverse(f"{label}_change", args=[row.pk])]
        for page in map(client.get, pages):
            assert page.status_code == 200
            assert "Quonsellary" not in page.content.decode()
            assert letter.to not in page.content.decode()
            assert 'name="_save"' not in page.content.decode()
        assert client.post(pages[1]).status_code == 403
        assert client.post(reverse(f"{label}_delete", args=[row.pk])).status_code == 403


def test_moderators_see_no_tasks(worker, client):
    client.force_login(make_user(role="moderator"))
    url = reverse("admin:django_tasks_database_dbtaskresult_changelist")
    assert client.get(url).status_code == 403
