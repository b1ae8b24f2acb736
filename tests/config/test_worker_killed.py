"""A worker is killed in the middle of a mail: it is not lost, and goes out once."""

import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config.tasks import STALE_AFTER
from tests.factories import make_user
from users.models import Letter

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a worker needs PostgreSQL"),
]
PATIENCE = 30


def working(port):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_beside",
        "BESIDE": str(connection.settings_dict["NAME"]),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "WORKER": "1",
    }
    command = [sys.executable, "manage.py", "db_worker", "--no-startup-delay"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def test_a_mail_of_a_killed_worker_goes_out_once(worker, mailoutbox):
    member = make_user()
    Letter.objects.post(member, to=member.email, subject="A", body="B")
    with socket.create_server(("127.0.0.1", 0)) as server:  # which takes calls and says nothing
        server.settimeout(PATIENCE)
        process = working(server.getsockname()[1])
        try:
            call, _address = server.accept()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        call.close()
    letter = Letter.objects.get()
    assert letter.attempts == 1
    assert DBTaskResult.objects.get().status == "RUNNING"  # and would be for ever
    Letter.objects.update(due_at=timezone.now())
    call_command("tick")
    worker()
    assert len(mailoutbox) == 1
    DBTaskResult.objects.running().update(
        started_at=timezone.now() - STALE_AFTER - timedelta(minutes=1)
    )
    call_command("tick")
    worker()
    assert len(mailoutbox) == 1
    assert not Letter.objects.exists()
    assert not DBTaskResult.objects.running().exists()
