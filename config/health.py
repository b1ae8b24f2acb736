"""For whatever watches the site: whether it runs, and whether it can answer."""

from http import HTTPStatus

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request):
    """The process answers; nothing else is asked."""
    return plain("ok")


@require_safe
@never_cache
def readyz(request):
    """503 with the names of what is missing."""
    missing = [name for name, is_there in NEEDED.items() if not is_there()]
    if missing:
        return plain(f"missing: {', '.join(missing)}", HTTPStatus.SERVICE_UNAVAILABLE)
    return plain("ok")


def plain(text, status=HTTPStatus.OK):
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)


def has_database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def has_migrations():
    if connection.connection is None:  # away, which is named already: do not wait for it again
        return True
    try:
        return not missing_migrations()
    except DatabaseError:  # which is named already
        return True


def missing_migrations():
    """Those of the software that the database has not seen, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _is_backwards in plan]


def has_cache():
    try:
        cache.set("readyz", "ok", 30)
        return cache.get("readyz") == "ok"
    except Exception:
        return False


NEEDED = {"database": has_database, "migrations": has_migrations, "cache": has_cache}
