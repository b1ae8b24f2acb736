import gc
import os
import shutil
from functools import partial
from itertools import groupby
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, storages
from django.db import connections, transaction
from django.utils import translation
from django.utils.translation import trans_null, trans_real
from django_tasks_db.management.commands import db_worker
from zeal import zeal_ignore

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Playwright runs its own event loop in the test's thread, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            # A flush also takes what migrations brought: groups, languages, licences, rules.
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
        if item.get_closest_marker("django_db") or "django_db_setup" in item.fixturenames:
            item.add_marker(pytest.mark.database)
    # Rows of a module stay until its end: tests that know nothing of them come before.
    runs = groupby(list(items), key=lambda item: item.path)
    items[:] = [item for _path, run in runs for item in sorted(run, key=has_rows_for_all)]


def has_rows_for_all(item):
    return "rows_for_all" in item.fixturenames


def pytest_runtest_setup(item):
    if not CHROMIUM and item.get_closest_marker("browser"):
        reason = "no Chromium was found on this machine"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)


def pytest_collection_finish():
    """A million objects were made to stay: they are not looked through again and again for some
    that nobody holds, and those that come and go are looked at in larger lots."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def with_room(call, /, **arguments):
    """CPython keeps the frames of its functions in blocks of 16 kB. A loop that calls across the
    edge of one has the system give and take a block at each call, and tests stand on a deep
    stack. A frame that asks for 512 kB gets a block that holds all that it calls as well."""
    return call(**arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=65_536)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    pyfuncitem.obj = partial(with_room, pyfuncitem.obj)
    return (yield)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """What migrations brought is kept with the connection, to be restored after a flush. While
    Playwright's loop runs, its thread has a connection of its own: so it is kept for all."""
    made = connections["default"]
    # Only where one of the chosen tests asks for it.
    if hasattr(made, "_test_serialized_contents"):
        type(made)._test_serialized_contents = made._test_serialized_contents


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(
        storages._storages, "private", FileSystemStorage(tmp_path / "private", base_url=None)
    )
    return settings.MEDIA_ROOT


@pytest.fixture
def worker(settings, monkeypatch):
    """The site with a worker beside it; a call lets it do all that waits."""
    settings.WORKER = True
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    # Which would close the connection that a test's transaction is in.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    how = {"queue_names": ["default"], "excluded_queue_names": [], "backend_name": "default",
           "interval": 0, "batch": True, "startup_delay": False, "max_tasks": None}  # fmt: skip
    return lambda: db_worker.Worker(worker_id="tests", **how).run()


@pytest.fixture(autouse=True)
def fresh_cache(settings):
    """Each test reads and counts its own, without emptying the store that others share."""
    for name in ("default", "pages", "cards"):
        prefix = uuid4().hex
        settings.CACHES[name]["KEY_PREFIX"] = prefix  # for the threads of a live server
        caches[name].key_prefix = prefix
    from users.models import SiteSettings

    SiteSettings().keep()


@pytest.fixture(autouse=True)
def empty_index(request):
    """A flush empties the tables that Django made: not those that search reads."""
    marker = request.node.get_closest_marker("django_db")
    is_flushed = marker is not None and marker.kwargs.get("transaction")
    if is_flushed:
        request.getfixturevalue("transactional_db")
    yield
    if is_flushed:
        for model in apps.get_models():
            if not model._meta.managed:
                model.objects.all().delete()


@pytest.fixture(scope="module")
def rows_for_all(django_db_setup, django_db_blocker):
    """Rows that a fixture of a module makes on top of this one serve all tests that ask for them:
    each begins with them and changes them for itself alone. The module's others run before."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def verbs_one_by_one():
    """The admin reads the user and a member, or decides row by row, from one line of ours: no
    sign of a loop. What lists cost, its tests count."""
    with zeal_ignore():
        yield


@pytest.fixture
def several_languages(monkeypatch):
    """Translation as it is where a site has more than one; with one, Django looks nothing up."""
    for name in set(vars(trans_null)) & set(vars(trans_real)):
        if callable(getattr(trans_real, name)):
            monkeypatch.setattr(translation._trans, name, getattr(trans_real, name), raising=False)
