"""The site's own settings, with what tests need changed: fast, isolated, nothing left behind."""

import atexit
import os
import shutil
import tempfile

if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="afterimage-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from config.settings import *  # noqa: F403
from config.settings import (
    CACHES,
    DATA_DIR,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    STATIC_ROOT,
    STORAGES,
)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, since a live server's threads would share the one connection of a memory database.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous = OFF;"
else:
    # What a test writes is thrown away: nobody waits for the disk.
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"

# Each worker its own store: one that empties it must not disturb the others.
if "RedisCache" in CACHES["default"]["BACKEND"]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    for cache in (CACHES["default"], CACHES["pages"]):
        cache["LOCATION"] = f"{cache['LOCATION'].rsplit('/', 1)[0]}/{6 + int(worker) % 10}"

# A test sees what it has just changed; those of the page cache switch it on.
PAGE_CACHE_SECONDS = 0
FORM_SECONDS = 0
# Which request would ask one query more depends on the clock.
LOOK_FOR_DUE_SECONDS = 0

# A loop that asks the database once per row is an error.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [
    # allauth looks an address up three times while it is confirmed.
    {"model": "account.EmailAddress", "field": "get()"},
    # And it looks at whose each is, of the one that takes a place and the one that had it.
    {"model": "account.EmailAddress", "field": "user"},
    # A piece's few themes are written one by one, each with its label and its vote.
    {"model": "films.ThemeLabel", "field": "get()"},
    {"model": "films.ThemeVote", "field": "get()"},
    # Several pictures come in one by one: beside writing its files, a few rows cost nothing.
    {"model": "films.FileErrand", "field": "get()"},
    {"model": "films.Image", "field": "get()"},
]
