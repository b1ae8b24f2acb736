"""The tests' settings, for a process that works on a running test's own database."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["BESIDE"]
