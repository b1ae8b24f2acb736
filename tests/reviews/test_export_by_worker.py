"""Everything that a member made, where a worker makes it: asked for, told, fetched, deleted."""

import io
import os
import zipfile
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reviews.exporters import archive
from reviews.models import Export
from reviews.models.export import store
from tests.factories import make_review, make_user
from tests.films.test_pictures import uploaded
from users.errands import DELAYS
from users.models import User

pytestmark = pytest.mark.django_db
EXPORT, STATE, FILE = "/settings/export/", "/settings/export/state/", "/settings/export/file/"


@pytest.fixture
def member(client):
    member = make_user("mina", display_name="Mina Baek")
    client.force_login(member)
    return member


def page(client):
    return client.get(STATE).content.decode()


def files():
    try:
        return store().listdir("exports")[1]
    except FileNotFoundError:
        return []


def pass_days(days):
    for field in ("made_at", "given_up_at"):
        rows = Export.objects.exclude(**{field: None})
        rows.update(**{field: timezone.now() - timedelta(days=days)})


def test_it_is_asked_for_made_told_and_fetched(worker, client, member):
    make_review(author=member, title="A yellow bag")
    response = client.post(EXPORT)
    assert (response.status_code, response["Location"]) == (302, STATE)
    assert "being made" in page(client)
    assert client.get(FILE).status_code == 404
    worker()
    assert "Your copy is ready" in page(client)
    assert f'href="{FILE}"' in page(client)
    told = client.get("/notices/").content.decode()
    assert "The copy of everything that you made is ready" in told
    assert f'href="{STATE}"' in told
    assert [message.to for message in outbox.outbox] == [[member.email]]
    response = client.get(FILE)
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    assert 'attachment; filename="afterimage-mina-' in response["Content-Disposition"]
    data = b"".join(response.streaming_content)
    assert int(response["Content-Length"]) == len(data) == Export.objects.get().bytes
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert any(name.startswith("essays/a-yellow-bag") for name in found.namelist())


def test_it_lies_where_nobody_else_can_get_at_it(worker, client, member):
    client.post(EXPORT)
    worker()
    export = Export.objects.get()
    assert not default_storage.exists(export.name)
    assert store().exists(export.name)
    assert client.get(f"/media/{export.name}").status_code == 404
    assert client.get(f"/media/private/{export.name}").status_code == 404


def test_nobody_but_the_member_can_fetch_it(worker, client, member):
    client.post(EXPORT)
    worker()
    other = Client()
    for address in (STATE, FILE):
        response = other.get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (
            302,
            "/accounts/login/",
        )
    for role in (None, "moderator"):
        other.force_login(make_user(role=role))
        assert "There is no copy here" in page(other)
        assert other.get(FILE).status_code == 404
    assert other.post(FILE).status_code == 405


def test_there_is_one_at_a_time(worker, client, member):
    client.post(EXPORT)
    client.post(EXPORT)
    assert Export.objects.count() == DBTaskResult.objects.count() == 1
    worker()
    first = Export.objects.get()
    assert len(files()) == 1
    client.post(EXPORT)
    assert Export.objects.get().pk != first.pk


def test_a_new_one_takes_the_place_of_the_last(
    worker, client, member, django_capture_on_commit_callbacks
):
    client.post(EXPORT)
    worker()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(EXPORT)
    assert files() == []
    worker()
    assert files() == [f"{Export.objects.get().key}.zip"]


def test_it_goes_after_seven_days(worker, client, member, django_capture_on_commit_callbacks):
    client.post(EXPORT)
    worker()
    pass_days(8)
    assert client.get(FILE).status_code == 404
    assert "There is no copy here" in page(client)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tick")
    assert not Export.objects.exists()
    assert files() == []
    assert "was ready" in client.get("/notices/").content.decode()


def test_one_made_before_a_picture_was_taken_down_is_withdrawn(worker, client, member):
    image, other = uploaded(member), uploaded(member)
    keeper = make_user("keeper", role="moderator")
    other.hide(by=keeper, reason="No licence.")
    client.post(EXPORT)
    worker()
    response = client.get(FILE)
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as found:
        pictures = [name for name in found.namelist() if name.startswith("pictures/")]
        assert [found.read(name) for name in pictures] == [image.original.open().read()]
    other.keep(by=keeper, reason="Still none.")  # whose file is not in it
    assert client.get(FILE).status_code == 200
    image.remove(by=keeper, reason="No licence.")
    assert client.get(FILE).status_code == 404
    assert "Your copy is withdrawn" in page(client)
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("tick")
    assert files() == []
    assert "There is no copy here" in page(client)
    client.post(EXPORT)
    worker()
    assert client.get(FILE).status_code == 200


def test_a_picture_of_somebody_else_withdraws_nothing(worker, client, member):
    client.post(EXPORT)
    worker()
    image = uploaded(make_user("ada"))
    image.remove(by=make_user("keeper", role="moderator"), reason="No licence.")
    assert client.get(FILE).status_code == 200


def test_one_that_was_being_made_then_is_withdrawn_too(worker, client, member):
    image = uploaded(member)
    client.post(EXPORT)
    keeper = make_user("keeper", role="moderator")
    image.remove(by=keeper, reason="No licence.")
    worker()
    assert client.get(FILE).status_code == 404


def test_a_file_that_is_not_there_is_a_404_and_one_nobody_knows_is_deleted(worker, client, member):
    client.post(EXPORT)
    worker()
    store().delete(Export.objects.get().name)
    assert client.get(FILE).status_code == 404
    store().save("exports/stray.zip", ContentFile(b"x"))
    call_command("tick")
    assert files() == []


def test_an_ended_worker_leaves_no_half_and_no_loss(worker, client, member, monkeypatch):
    client.post(EXPORT)

    def killed(*args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", killed)
        worker()
    store().save(Export.objects.get().name, ContentFile(b"half"))
    assert "being made" in page(client)
    Export.objects.update(due_at=timezone.now())
    call_command("tick")
    worker()
    response = client.get(FILE)
    assert zipfile.is_zipfile(io.BytesIO(b"".join(response.streaming_content)))
    assert len(files()) == 1
    assert member.notifications.count() == 1


def test_what_cannot_be_made_is_given_up_told_and_can_be_asked_for_again(
    worker, client, member, monkeypatch
):
    def broken(*args):
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", broken)
        client.post(EXPORT)
        for _round in range(len(DELAYS) + 1):
            worker()
            Export.objects.update(due_at=timezone.now())
            call_command("tick")
    assert "could not be made" in page(client)
    assert "could not be made" in client.get("/notices/").content.decode()
    client.post(EXPORT)
    worker()
    assert "Your copy is ready" in page(client)


def test_who_leaves_takes_it_along(worker, client, member, django_capture_on_commit_callbacks):
    client.post(EXPORT)
    worker()
    client.post("/settings/leave/", {"leave-pieces": "keep", "leave-password": "a long password"})
    assert client.get(FILE).status_code == 302  # signed out
    User.objects.update(leaving_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tick")
    assert not Export.objects.exists()
    assert files() == []


def test_one_that_is_asked_for_by_who_leaves_is_never_made(worker, client, member):
    client.post(EXPORT)
    User.objects.filter(pk=member.pk).update(leaving_at=timezone.now())
    call_command("tick")
    worker()
    assert not Export.objects.exists()
    assert files() == []
    assert DBTaskResult.objects.failed().count() == 0


def test_whether_mail_tells_of_it_is_the_members_choice_where_there_is_a_worker(
    worker, client, member, settings
):
    words = "The copy of everything that you asked for is ready"
    assert words in client.get("/notices/").content.decode()
    assert STATE in client.get("/settings/").content.decode()
    settings.WORKER = False
    assert words not in client.get("/notices/").content.decode()
    assert STATE not in client.get("/settings/").content.decode()


def test_files_are_for_the_sites_own_user_alone(settings, tmp_path):
    options = settings.STORAGES["private"]["OPTIONS"] | {"location": tmp_path / "there"}
    private = FileSystemStorage(**options)
    name = private.save("exports/a.zip", ContentFile(b"x"))
    assert os.stat(private.path(name)).st_mode & 0o777 == 0o600
    assert os.stat(tmp_path / "there" / "exports").st_mode & 0o777 == 0o700
