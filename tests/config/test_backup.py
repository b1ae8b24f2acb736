"""A backup, a wipe and a restore give equal tables and equal files, on either database."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from config import backup
from films.models import Film, FilmIndex
from reviews.models import Export, Review
from tests.factories import make_comment, make_film, make_review, make_user
from tests.films.test_pictures import upload
from users.models import Letter, ModerationAction, User

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(
        connection.vendor == "postgresql" and not shutil.which("pg_dump"),
        reason="pg_dump is not installed",
    ),
]


@pytest.fixture
def site(media_folder):
    author, moderator = make_user("writer"), make_user("keeper", role="moderator")
    film = make_film("Tidewater", 1990, themes=["injustice"], directors=["Lee Hwan-kyung"])
    essay = make_review(author=author, film=film, title="On a hat", themes=["injustice"])
    make_comment(essay)
    make_review(film=film, words=60).hold(by=moderator, reason="Why.")
    image = upload(author)
    image.publish(by=author)
    return essay


def contents():
    """{table: its rows} of everything, as the database gives them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def stored():
    return {name: default_storage.open(name).read() for name in backup.stored_files()}


def wipe(media_folder):
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    FilmIndex.objects.all().delete()
    shutil.rmtree(media_folder)
    assert not User.objects.exists()
    assert stored() == {}


def test_backup_wipe_and_restore_give_the_same(site, tmp_path, media_folder, client, capsys):
    path = tmp_path / "site.tar"
    tables, files = contents(), stored()
    assert len(files) >= 3
    call_command("backup", str(path))
    call_command("verify", str(path))
    assert "Whole:" in capsys.readouterr().out
    wipe(media_folder)
    call_command("restore", str(path))
    assert contents() == tables
    assert stored() == files
    assert "On a hat" in client.get(site.get_absolute_url()).content.decode()
    assert site.get_absolute_url() in client.get("/search/?q=hat").content.decode()
    call_command("recount", "--check")
    call_command("reindex", "--check")
    make_review(title="After")  # keys go on where they were
    assert ModerationAction.objects.count() == 1


@pytest.fixture
def _no_later():
    """Nothing can be emptied that a table unknown to Django points at."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS later_seen")
        cursor.execute("DROP TABLE IF EXISTS later")


@pytest.mark.usefixtures("_no_later")
def test_what_a_later_version_added_goes(site, tmp_path, media_folder):
    """As after a migration that the former version knows nothing of."""
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    tables = contents()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE later (id integer PRIMARY KEY, "
            "review_id bigint NOT NULL REFERENCES reviews_review (id))"
        )
        cursor.execute("INSERT INTO later VALUES (1, %s)", [site.pk])
        cursor.execute("CREATE VIEW later_seen AS SELECT * FROM later")
        cursor.execute("ALTER TABLE films_film ADD COLUMN later integer")
    call_command("restore", "--replace", str(path), verbosity=0)
    there = connection.introspection.table_names(include_views=True)
    assert not {"later", "later_seen"} & set(there)
    assert contents() == tables
    make_review(title="After")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has neither")
def test_other_schemas_and_functions_come_back(site, tmp_path):
    path = tmp_path / "site.tar"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA beside")
        cursor.execute("CREATE TABLE beside.noted AS SELECT 1 AS n")
        cursor.execute("CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
        call_command("backup", str(path), verbosity=0)
        cursor.execute("CREATE TABLE beside.later AS SELECT 2 AS n")
    try:
        call_command("restore", "--replace", str(path), verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, one(), to_regclass('beside.later') FROM beside.noted")
            assert cursor.fetchall() == [(1, 1, None)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA beside CASCADE; DROP FUNCTION one()")


def test_where_the_database_cannot_be_brought_back_no_picture_is(
    site, tmp_path, media_folder, monkeypatch
):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    tables, taken_down = contents(), next(iter(stored()))
    default_storage.delete(taken_down)

    def fail(path):
        raise backup.BackupError("The database says no.")

    monkeypatch.setattr(backup, "restore_database", fail)
    with pytest.raises(CommandError, match="says no"):
        call_command("restore", "--replace", str(path), verbosity=0)
    assert taken_down not in stored()
    assert contents() == tables


def test_what_waits_for_the_worker_is_left_out(site, tmp_path, media_folder, worker):
    member = site.author
    Letter.objects.post(member, to=member.email, subject="Quonsellary", body="Quonsellary")
    Export.objects.order(member)
    worker()
    Letter.objects.post(member, to=member.email, subject="Quonsellary", body="Quonsellary")
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    call_command("verify", str(path), verbosity=0)
    assert b"Quonsellary" not in path.read_bytes()
    assert Letter.objects.exists()
    call_command("restore", str(path), replace=True, verbosity=0)
    for model in (Letter, Export, DBTaskResult):
        assert not model.objects.exists()


def test_private_files_in_the_same_bucket_are_no_pictures(media_folder):
    for name in ("private/exports/a.zip", "images/private/a.jpg"):
        default_storage.save(name, ContentFile(b"x"))
    assert list(backup.stored_files()) == ["images/private/a.jpg"]


def test_a_packed_backup_is_the_same(site, tmp_path, media_folder):
    path = tmp_path / "site.tar.gz"
    call_command("backup", str(path), verbosity=0)
    assert path.read_bytes()[:2] == b"\x1f\x8b"
    tables = contents()
    wipe(media_folder)
    call_command("restore", str(path), verbosity=0)
    assert contents() == tables


def test_a_backup_is_for_the_operators_eyes_and_overwrites_nothing(site, tmp_path):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(path), verbosity=0)
    assert path.read_bytes() == before
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "nowhere" / "site.tar"), verbosity=0)
    assert os.listdir(tmp_path) in (["site.tar"], ["media", "site.tar"], ["site.tar", "media"])


def rewritten(path, change):
    """The archive at `path` with its members, {name: bytes}, as `change` makes them."""
    with tarfile.open(path) as archive:
        members = {m.name: archive.extractfile(m).read() for m in archive}
    change(members)
    other = path.with_name("other.tar")
    with tarfile.open(other, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return other


def picture_in(members):
    return next(name for name in members if name.startswith("media/images"))


def spoil_picture(members):
    name = picture_in(members)
    members[name] = members[name][:-1] + b"x"


def spoil_database(members):
    name = next(name for name in members if name.startswith("database"))
    members[name] = members[name][:8000] + b"x" * 100 + members[name][8100:]


def as_of(key, value):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        manifest[key] = value
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


def test_what_is_not_whole_is_named_and_changes_nothing(site, tmp_path):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    tables, files = contents(), stored()
    for change, said in (
        (spoil_picture, "is not what was backed up"),
        (spoil_database, "is not what was backed up"),
        (lambda members: members.pop(picture_in(members)), "is missing"),
        (lambda members: members.update({"media/more.jpg": b"x"}), "not in the manifest"),
        (lambda members: members.pop("manifest.json"), "not whole, or no backup"),
        (lambda members: members.update({"manifest.json": b"{"}), "cannot be read"),
        (as_of("format", 99), "format 99"),
    ):
        bad = rewritten(path, change)
        for command in (["verify", str(bad)], ["restore", "--replace", str(bad)]):
            with pytest.raises(CommandError, match=said):
                call_command(*command, verbosity=0)
    assert contents() == tables
    assert stored() == files


def test_a_file_that_is_no_backup_is_refused(tmp_path, site):
    (tmp_path / "no.tar").write_bytes(b"not a tar file" * 100)
    with pytest.raises(CommandError, match="cannot be read as a backup"):
        call_command("verify", str(tmp_path / "no.tar"), verbosity=0)
    with pytest.raises(CommandError, match="no file"):
        call_command("restore", str(tmp_path / "nowhere.tar"), verbosity=0)


def test_half_a_backup_is_refused(tmp_path, site):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    half = tmp_path / "half.tar"
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CommandError):
        call_command("verify", str(half), verbosity=0)


def test_a_backup_from_elsewhere_or_later_is_refused(site, tmp_path):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    for key, value, said in (
        ("database", "other", "this is"),
        ("migrations", ["films.9999_later"], "newer version"),
    ):
        other = rewritten(path, as_of(key, value))
        with pytest.raises(CommandError, match=said):
            call_command("restore", "--replace", str(other), verbosity=0)
    assert Review.objects.filter(pk=site.pk).exists()


def test_members_who_are_here_are_replaced_only_on_request(site, tmp_path):
    path = tmp_path / "site.tar"
    call_command("backup", str(path), verbosity=0)
    make_user("newcomer")
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(path), verbosity=0)
    assert User.objects.filter(username="newcomer").exists()
    call_command("restore", "--replace", str(path), verbosity=0)
    assert not User.objects.filter(username="newcomer").exists()


def test_a_name_that_points_out_of_the_folder_is_refused(site):
    for name in ("../outside.txt", "/outside.txt", "images/../../outside.txt"):
        with pytest.raises(backup.BackupError):
            backup.restore_file(name, io.BytesIO(b"x"))


def test_it_is_written_while_others_write(site, tmp_path):
    """Each copy is of one moment: the counters fit the rows."""
    code = (
        "import django; django.setup()\n"
        "from tests.factories import make_film\n"
        "from itertools import count\n"
        "from django.db import transaction\n"
        "for n in count():\n"
        "    with transaction.atomic():\n"
        "        make_film(f'Busy {n}', themes=['injustice'])\n"
        "    print(n, flush=True)\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_beside",
        "BESIDE": str(connection.settings_dict["NAME"]),
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout.readline().strip() == "0"
        manifests = []
        for number in range(3):
            path = tmp_path / f"{number}.tar"
            manifests.append(backup.write(path))
            assert writer.stdout.readline()  # it goes on meanwhile
            backup.verify(path)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    counts = [manifest["rows"]["films_film"] for manifest in manifests]
    assert counts == sorted(counts)
    assert counts[0] < Film.objects.count()
    call_command("restore", "--replace", str(tmp_path / "1.tar"), verbosity=0)
    assert Film.objects.count() == counts[1]
    call_command("recount", "--check")
    call_command("reindex", "--check")


def test_a_picture_that_is_taken_down_meanwhile_stops_nothing(site, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "stored_files", lambda: iter(["images/gone.jpg"]))
    manifest = backup.write(tmp_path / "site.tar")
    assert "media/images/gone.jpg" not in manifest["files"]
