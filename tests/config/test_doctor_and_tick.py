import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import health, tick
from films.models import Film, FilmIndex, Image
from reviews import scheduling
from reviews.models import Review
from tests.factories import make_film, make_review, make_user
from tests.films.test_pictures import picture_file, upload
from users.models import ModerationAction

pytestmark = pytest.mark.django_db


def examined(capsys):
    """(what doctor said, its exit code)"""
    try:
        call_command("doctor")
    except SystemExit as stopped:
        return capsys.readouterr().out, stopped.code
    return capsys.readouterr().out, 0


@pytest.fixture
def picture():
    image = upload(make_user())
    image.publish(by=image.uploaded_by)
    return image


def test_a_well_site_is_said_to_be_well(capsys, picture):
    make_review(film=make_film(themes=["injustice"]))
    said, code = examined(capsys)
    assert code == 0
    assert said.count(": well") == 8


def test_each_fault_is_named_with_what_mends_it(capsys, picture, monkeypatch):
    film = make_film("Tidewater", themes=["injustice"])
    Film.objects.filter(pk=film.pk).update(essay_count=4)
    FilmIndex.objects.all().delete()
    default_storage.delete(picture.derivatives[0]["name"])
    monkeypatch.setitem(health.NEEDED, "cache", lambda: False)
    said, code = examined(capsys)
    assert code == 1
    assert f"film {film.pk}: essay_count is 4, should be 0 (manage.py recount)" in said
    assert "(manage.py reindex)" in said
    lost = f"Picture {picture.key} has no file {picture.derivatives[0]['name']}"
    assert f"{lost} (manage.py write_files)" in said
    assert "Missing: cache." in said


def test_a_missing_migration_comes_first_and_hides_nothing_else(capsys):
    ((app, last),) = MigrationLoader(connection).graph.leaf_nodes("reviews")
    MigrationRecorder(connection).record_unapplied(app, last)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE films_image RENAME TO films_image_of_a_later_version")
    said, code = examined(capsys)
    assert code == 1
    assert said.index(f"Not applied: reviews.{last} (manage.py migrate)") < 200
    assert "files: 1\n  The database refuses: " in said
    assert "worker: " in said


def test_a_database_that_is_away_is_said_to_be(tmp_path):
    away = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "DATABASE_POOL": "0"}
    environment = os.environ | away | {"DATA_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "  Missing: database.\n" in done.stdout
    assert "worker: 1\n  The database refuses: " in done.stdout
    assert "Traceback" not in done.stderr


def test_a_store_that_is_away_is_said_to_be_and_hides_nothing_else(capsys, monkeypatch):
    def away(*args):
        raise ConnectionError("nobody answers")

    for asked in ("listdir", "save"):
        monkeypatch.setattr(FileSystemStorage, asked, away)
    said, code = examined(capsys)
    assert code == 1
    assert "The store of pictures cannot be written: nobody answers" in said
    assert "files: 1\n  This could not be examined: nobody answers" in said
    assert "worker: well" in said


def test_what_is_only_untidy_is_said_and_does_not_fail(capsys):
    default_storage.save("images/nobodys.jpg", ContentFile(b"x"))
    late = make_review(status="draft")
    Review.objects.filter(pk=late.pk).update(publish_at=timezone.now() - timedelta(days=1))
    said, code = examined(capsys)
    assert code == 0
    assert "images/nobodys.jpg belongs to no picture" in said
    assert "does “manage.py tick” run?" in said


def test_doctor_changes_nothing(capsys):
    film = make_film()
    Film.objects.filter(pk=film.pk).update(essay_count=4)
    examined(capsys)
    film.refresh_from_db()
    assert film.essay_count == 4


def test_a_scheduled_piece_is_published_when_its_time_has_come(client):
    due, later = (make_review(status="draft", title=title) for title in ("Due", "Later"))
    now = timezone.now()
    Review.objects.filter(pk=due.pk).update(publish_at=now - timedelta(minutes=1))
    Review.objects.filter(pk=later.pk).update(publish_at=now + timedelta(hours=1))
    call_command("tick")
    page = client.get("/essays/").content.decode()
    assert "Due" in page
    assert "Later" not in page
    assert not ModerationAction.objects.exists()
    call_command("tick")  # again, and nothing happens twice
    due.film.refresh_from_db()
    assert due.film.essay_count == 1


def test_a_scheduled_piece_that_is_not_ready_stays_a_draft_and_stops_no_other(caplog):
    empty, ready = make_review(status="draft", body=" ", words=60), make_review(status="draft")
    Review.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    call_command("tick")
    empty.refresh_from_db()
    ready.refresh_from_db()
    assert (empty.status, empty.publish_at) == ("draft", None)
    assert ready.status == "published"
    assert f"Piece {empty.pk} could not be published" in caplog.text


def test_a_piece_that_another_tick_has_just_published_is_no_failure(monkeypatch, caplog):
    piece, publish_one = make_review(status="draft"), scheduling.publish_one
    Review.objects.update(publish_at=timezone.now() - timedelta(minutes=1))

    def too_late(due, key, now):
        assert publish_one(due, key, now)
        return publish_one(due, key, now)

    monkeypatch.setattr(scheduling, "publish_one", too_late)
    call_command("tick")
    piece.refresh_from_db()
    assert piece.status == "published"
    assert "could not be published" not in caplog.text


def test_uploads_nobody_finished_go_after_two_days(django_capture_on_commit_callbacks):
    old, new = (Image.objects.keep(picture_file(), by=make_user()) for _ in range(2))
    described = upload(make_user())
    long_ago = timezone.now() - timedelta(days=3)
    Image.objects.filter(pk__in=[old.pk, described.pk]).update(created_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tick")
    assert set(Image.objects.all()) == {new, described}
    assert not default_storage.exists(old.original.name)
    assert default_storage.exists(new.original.name)


def test_a_job_that_fails_is_named_and_keeps_no_other_from_its_work(monkeypatch):
    def broken():
        raise OSError("no disk")

    monkeypatch.setattr(tick, "JOBS", {"broken": broken, **tick.JOBS})
    piece = make_review(status="draft")
    Review.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(CommandError, match="Failed: broken"):
        call_command("tick")
    piece.refresh_from_db()
    assert piece.status == "published"
