"""The site's own settings, with what tests need changed: fast, isolated, nothing left behind."""

import os
import tempfile

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="afterimage-tests-"))

from config.settings import *  # noqa: E402, F403
from config.settings import INSTALLED_APPS, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
