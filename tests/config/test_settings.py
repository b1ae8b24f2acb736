import os
import subprocess
import sys

import pytest
from django.conf import settings

KEY = "0123456789abcdef" * 4
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "films.example",
    "SITE_ORIGIN": "https://films.example",
    "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
}


def run_python(*arguments, data_dir, **environment):
    """Run Python as a machine would that has only this environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
    )


def run(*arguments, **options):
    return run_python("manage.py", *arguments, **options)


def setting(name, **options):
    """What it is, without loading what it is for."""
    code = f"from django.conf import settings as s; print(s.{name})"
    module = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    result = run_python("-c", code, **module, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_production_names_all_that_is_missing_at_once(tmp_path):
    result = run("check", data_dir=tmp_path, PRODUCTION="1")
    assert result.returncode != 0
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_ORIGIN"):
        assert f"  {name}" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SITE_ORIGIN": "http://films.example"}, "SITE_ORIGIN"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"DEBUG": "1"}, "DEBUG"),
    ],
)
def test_production_names_the_one_thing_that_is_wrong(tmp_path, change, named):
    result = run("check", data_dir=tmp_path, **(PRODUCTION | change))
    assert result.returncode != 0
    said = result.stderr.partition("in its environment:\n")[2]
    assert [line.split()[0].rstrip(":") for line in said.strip().splitlines()] == [named]


def test_naming_an_outside_host_makes_it_a_production_site(tmp_path):
    result = run("check", data_dir=tmp_path, ALLOWED_HOSTS="films.example")
    assert result.returncode != 0
    assert "SECRET_KEY" in result.stderr


def test_complete_production_settings_pass_the_deploy_checks(tmp_path):
    result = run("check", "--deploy", "--fail-level", "WARNING", data_dir=tmp_path, **PRODUCTION)
    assert result.returncode == 0, result.stderr


def test_two_workers_without_a_shared_cache_fail_the_deploy_checks(tmp_path):
    two = PRODUCTION | {"WEB_CONCURRENCY": "2"}
    others = ("dummycache://", f"filecache://{tmp_path}/cache", "dbcache://kept")
    for cache in ({}, *({"CACHE_URL": url} for url in others)):
        result = run("check", "--deploy", data_dir=tmp_path, **two, **cache)
        assert result.returncode != 0
        assert "afterimage.E001" in result.stderr
    shared = two | {"CACHE_URL": "redis://127.0.0.1:6379/0"}
    assert run("check", "--deploy", data_dir=tmp_path, **shared).returncode == 0


def test_a_worker_on_sqlite_is_refused_by_every_command(tmp_path):
    result = run("check", data_dir=tmp_path, WORKER="1")
    assert result.returncode != 0
    assert "afterimage.E004" in result.stderr
    result = run("db_worker", "--batch", data_dir=tmp_path, WORKER="1")
    assert result.returncode != 0
    assert "A worker needs PostgreSQL" in result.stderr


LARGE = PRODUCTION | {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "CACHE_URL": "redis://127.0.0.1:6379/0",
    "WEB_CONCURRENCY": "3",
}


def test_several_processes_are_told_of_the_worker(tmp_path):
    result = run("check", "--deploy", data_dir=tmp_path, **LARGE)
    assert result.returncode == 0
    assert "afterimage.W002" in result.stderr
    result = run(
        "check", "--deploy", "--fail-level", "WARNING", data_dir=tmp_path, WORKER="1", **LARGE
    )
    assert result.returncode == 0, result.stderr


def test_private_files_never_lie_in_a_bucket_with_a_public_host(tmp_path):
    public = LARGE | {"WORKER": "1", "S3_BUCKET": "pictures", "S3_PUBLIC_HOST": "pictures.example"}
    result = run("check", "--deploy", data_dir=tmp_path, **public)
    assert result.returncode != 0
    assert "afterimage.E005" in result.stderr
    apart = public | {"S3_PRIVATE_BUCKET": "private"}
    assert run("check", "--deploy", data_dir=tmp_path, **apart).returncode == 0
    options = setting("STORAGES['private']['OPTIONS']", data_dir=tmp_path, **apart)
    assert "'bucket_name': 'private'" in options
    assert "custom_domain" not in options
    assert "CacheControl" not in options


@pytest.mark.parametrize("pool", ["0", "8"])
def test_a_connection_that_broke_is_replaced_before_a_request_meets_it(tmp_path, pool):
    found = setting(
        "DATABASES['default']['CONN_HEALTH_CHECKS']",
        data_dir=tmp_path,
        DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing",
        DATABASE_POOL=pool,
    )
    assert found == "True"


def test_a_database_that_vanishes_is_given_up_after_seconds(tmp_path):
    address = "postgres://nobody@127.0.0.1:1/nothing"
    options = {"data_dir": tmp_path, "DATABASE_URL": address}
    assert setting("DATABASES['default']['OPTIONS']['tcp_user_timeout']", **options) == "8000"
    options["DATABASE_URL"] += "?tcp_user_timeout=20000"
    assert setting("DATABASES['default']['OPTIONS']['tcp_user_timeout']", **options) == "20000"
    assert setting("DATABASES['default']['OPTIONS']['keepalives_idle']", **options) == "5"


def test_the_tools_of_postgresql_go_where_the_site_goes(tmp_path):
    hosts = "postgres://nobody:a%25word@one:5432,two:5433/films"
    result = run(
        "shell",
        "-v0",
        "-c",
        "from config.backup import address; print(address())",
        data_dir=tmp_path,
        DATABASE_URL=f"{hosts}?sslmode=verify-full&target_session_attrs=read-write",
    )
    said = result.stdout.split()
    assert {"dbname=films", "user=nobody", "host=one,two", "port=5432,5433"} <= set(said)
    assert {"sslmode=verify-full", "target_session_attrs=read-write"} <= set(said)
    assert "word" not in result.stdout


def test_pictures_in_a_bucket_need_a_host_that_readers_reach(tmp_path):
    bucket = {"S3_BUCKET": "pictures"}
    result = run("check", data_dir=tmp_path, **bucket)
    assert result.returncode != 0
    assert "afterimage.E006" in result.stderr
    bucket["S3_PUBLIC_HOST"] = "pictures.example"
    assert run("check", data_dir=tmp_path, **bucket).returncode == 0
    code = (
        "from django.core.files.storage import default_storage as s; print(s.url('images/a.webp'))"
    )
    result = run("shell", "-v0", "-c", code, data_dir=tmp_path, **bucket)
    assert result.stdout.strip() == "https://pictures.example/images/a.webp"
    policy = setting(
        "CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src']", data_dir=tmp_path, **bucket
    )
    assert "'https://pictures.example'" in policy


def test_work_waits_for_the_worker_only_where_there_is_one(tmp_path):
    assert "Immediate" in setting("TASKS['default']['BACKEND']", data_dir=tmp_path)
    there = setting("TASKS['default']['BACKEND']", data_dir=tmp_path, **LARGE, WORKER="1")
    assert there == "django_tasks_db.DatabaseBackend"


def test_printed_mail_and_a_foreign_origin_are_deploy_findings(tmp_path):
    wrong = PRODUCTION | {"EMAIL_URL": "consolemail://", "SITE_ORIGIN": "https://other.example"}
    result = run("check", "--deploy", data_dir=tmp_path, **wrong)
    assert "afterimage.W001" in result.stderr
    assert "afterimage.E003" in result.stderr


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(KEY)
    environment = PRODUCTION | {"SECRET_KEY_FILE": str(tmp_path / "key")}
    del environment["SECRET_KEY"]
    assert setting("SECRET_KEY", data_dir=tmp_path, **environment) == KEY


def test_embedded_site_starts_from_nothing_and_keeps_its_key(tmp_path):
    result = run("check", "--fail-level", "WARNING", data_dir=tmp_path / "data")
    assert result.returncode == 0, result.stderr
    key = (tmp_path / "data" / "secret-key").read_text()
    assert len(key) >= 50
    assert setting("SECRET_KEY", data_dir=tmp_path / "data") == key
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def test_addresses_must_be_confirmed_as_soon_as_mail_is_sent(tmp_path):
    assert setting("ACCOUNT_EMAIL_VERIFICATION", data_dir=tmp_path) == "optional"
    sent = {"EMAIL_URL": PRODUCTION["EMAIL_URL"]}
    assert setting("ACCOUNT_EMAIL_VERIFICATION", data_dir=tmp_path, **sent) == "mandatory"


def test_production_cookies_are_bound_to_the_host_and_to_https(tmp_path):
    names = "SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE"
    assert setting(names, data_dir=tmp_path, **PRODUCTION) == "__Host-session __Host-csrf True True"


def test_pictures_go_to_the_bucket_when_one_is_named(tmp_path):
    bucket = {"S3_BUCKET": "pictures", "S3_PUBLIC_HOST": "pictures.example"}
    assert "s3" in setting("STORAGES['default']['BACKEND']", data_dir=tmp_path, **bucket)
    policy = setting(
        "CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src']", data_dir=tmp_path, **bucket
    )
    assert "https://pictures.example" in policy


@pytest.mark.django_db
def test_sqlite_is_set_up_for_many_readers_and_a_waiting_writer():
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("these are SQLite's pragmas")
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "mmap_size")
        }
    assert values == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 20000,
        "mmap_size": 134217728,
    }
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_postgresql_compiles_no_statement_and_starts_no_helpers():
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("these are PostgreSQL's settings")
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"SHOW {name}").fetchone()[0]
            for name in ("jit", "max_parallel_workers_per_gather")
        ]
    assert found == ["off", "0"]
