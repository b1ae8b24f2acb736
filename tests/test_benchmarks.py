import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASK = """
from config.wsgi import application
from django.test import RequestFactory
asked = RequestFactory().get("/", headers={"Host": "127.0.0.1"}).environ
print(len(b"".join(application(asked, lambda status, headers: print(status)))))
"""


def test_the_empty_view_answers_through_the_sites_own_entry():
    """It has no apps: whatever the entry needs must need none either."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.empty"}
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert run.stdout.split("\n")[0] == "200 OK", run.stderr
    assert int(run.stdout.split("\n")[1]) > 29_000
