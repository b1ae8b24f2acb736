import sqlite3
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

# All workers see it, and it adds one at a stroke: limits are counted in it. Those in files and in
# the database read, add and write, so two workers at once count one.
COUNTS_FOR_ALL = {
    "django.core.cache.backends.redis.RedisCache",
    "django.core.cache.backends.memcached.PyMemcacheCache",
    "django.core.cache.backends.memcached.PyLibMCCache",
}


@register(Tags.caches, deploy=True)
def shared_cache_for_several_workers(app_configs, **kwargs):
    backend = settings.CACHES["default"]["BACKEND"]
    if settings.WEB_CONCURRENCY > 1 and backend not in COUNTS_FOR_ALL:
        yield Error(
            "More than one worker needs a cache that they share and that counts.",
            hint="Set CACHE_URL to a Redis server, or WEB_CONCURRENCY to 1.",
            id="afterimage.E001",
        )


@register()
def worker_has_its_database(app_configs, **kwargs):
    """A worker asks every second, on SQLite in a transaction that lets nobody else in."""
    if settings.WORKER and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Error(
            "A worker needs PostgreSQL.",
            hint="Set DATABASE_URL to a PostgreSQL database, or leave WORKER out.",
            id="afterimage.E004",
        )


@register()
def private_files_have_no_public_host(app_configs, **kwargs):
    is_shared = settings.S3_BUCKET and settings.S3_PRIVATE_BUCKET == settings.S3_BUCKET
    if settings.WORKER and settings.S3_PUBLIC_HOST and is_shared:
        yield Error(
            "Members’ copies of everything would lie in a bucket that a public host serves.",
            hint="Set S3_PRIVATE_BUCKET to a bucket of their own.",
            id="afterimage.E005",
        )


@register()
def pictures_have_a_public_host(app_configs, **kwargs):
    """Signed addresses end within the hour, also those in feeds and kept pages; and the policy of
    our pages lets a browser load pictures from no other host."""
    if settings.S3_BUCKET and not settings.S3_PUBLIC_HOST:
        yield Error(
            "No reader would see the pictures in the bucket.",
            hint="Set S3_PUBLIC_HOST to the host that serves the bucket's files.",
            id="afterimage.E006",
        )


@register(deploy=True)
def several_processes_have_a_worker(app_configs, **kwargs):
    is_large = settings.WEB_CONCURRENCY > 1
    if (
        is_large
        and not settings.WORKER
        and not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    ):
        yield Warning(
            "Readers wait while mail is sent and copies of everything are made.",
            hint="Run “manage.py db_worker” and set WORKER=1.",
            id="afterimage.W002",
        )


@register(Tags.database)
def sqlite_has_full_text_search(app_configs, **kwargs):
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE probe USING fts5(words, tokenize='ascii', detail='none')"
        )
    except sqlite3.OperationalError:
        yield Error(
            f"SQLite {sqlite3.sqlite_version} lacks full-text search (FTS5).",
            hint="Use a Python with SQLite 3.34 or newer, or PostgreSQL.",
            id="afterimage.E002",
        )
    finally:
        connection.close()


@register(Tags.security, deploy=True)
def origin_is_an_allowed_host(app_configs, **kwargs):
    host = urlsplit(settings.SITE_ORIGIN).hostname
    if host and not any(
        allowed == "*" or host == allowed or (allowed[0] == "." and host.endswith(allowed))
        for allowed in settings.ALLOWED_HOSTS
    ):
        yield Error(
            "The host of SITE_ORIGIN is not among ALLOWED_HOSTS.",
            id="afterimage.E003",
        )


@register(deploy=True)
def mail_is_sent(app_configs, **kwargs):
    if not settings.MAIL_IS_SENT:
        yield Warning(
            "Mail is printed, not sent: nobody can confirm an address or reset a password.",
            hint="Set EMAIL_URL to an SMTP server.",
            id="afterimage.W001",
        )
