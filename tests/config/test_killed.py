"""The server is killed in the middle of writing: what it said was kept is there, and whole."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from reviews.models import Comment
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TOKEN = "a" * 32  # of the cookie and of the form: they need only be the same
PATIENCE = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serving(port):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_beside",
        "SECRET_KEY": settings.SECRET_KEY,  # or it would make its own, and know no session
        "BESIDE": str(connection.settings_dict["NAME"]),
    }
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}",
               "--worker-class", "gthread", "--threads", "4", "--no-control-socket",
               "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError("The server did not start.")


def send(port, address, cookies, body):
    """Whether the server said that the reply is kept."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    form = urlencode({"body": body, "csrfmiddlewaretoken": TOKEN})
    try:
        line.request("POST", address, form, headers)
        return line.getresponse().status == 302
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def test_no_kept_reply_is_lost_and_none_is_half_there():
    essay, kept = make_review(), []
    address = f"/reviews/{essay.pk}/comments/"
    for number in range(3):
        member = make_user()
        client = Client()
        client.force_login(member)
        cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
        port = free_port()
        server = serving(port)
        try:
            assert send(port, address, cookies, f"Round {number}, the first.")
            kept.append(f"Round {number}, the first.")
            # Killed after a moment that differs from round to round, while replies come in.
            killed_at = time.monotonic() + 0.4 + 0.23 * number
            killer = subprocess.Popen(
                [sys.executable, "-c",
                 f"import os, time; time.sleep({killed_at - time.monotonic()}); "
                 f"os.killpg({server.pid}, {int(signal.SIGKILL)})"]
            )  # fmt: skip
            for reply in range(40):
                body = f"Round {number}, reply {reply}."
                if send(port, address, cookies, body):
                    kept.append(body)
                elif killer.poll() is not None:
                    break
            killer.wait(PATIENCE)
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
            server.wait(PATIENCE)
    there = set(Comment.objects.published().values_list("body", flat=True))
    assert set(kept) <= there
    assert len(there) - len(kept) <= 3  # one a round may have been kept and not said so
    call_command("recount", "--check")
    call_command("reindex", "--check")
