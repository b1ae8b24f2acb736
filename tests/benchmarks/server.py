"""The site behind its production server: one process, so that one request meets one worker."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

HOST = "127.0.0.1"
PATIENCE = 30  # seconds


class Answer(NamedTuple):
    status: int
    body: bytes
    wall: float  # milliseconds that the reader waits
    cpu: float  # milliseconds that the worker works: what a busy machine cannot blur


class Server:
    """Asks one running server, each time on a connection of its own."""

    def __init__(self, port, master):
        self.port = port
        self.worker = worker_of(master)

    def get(self, address, **headers):
        return self.ask("GET", address, None, headers)

    def post(self, address, form, **headers):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.ask("POST", address, urlencode(form), headers)

    def ask(self, method, address, body, headers):
        start, worked = time.perf_counter(), self.worked()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        connection.request(method, address, body, headers)
        response = connection.getresponse()
        body = response.read()
        wall = time.perf_counter() - start
        connection.close()
        return Answer(response.status, body, wall * 1e3, (self.worked() - worked) / 1e6)

    def worked(self):
        """Nanoseconds of the processor that the (single-threaded) worker has had so far; where
        no Linux says so, those of the clock."""
        return int(self.worker.read_text().split()[0]) if self.worker else time.perf_counter_ns()

    def times(self, address, runs, **headers):
        return [self.get(address, **headers) for _ in range(runs)]


def worker_of(master):
    """Where Linux says how long the worker has run. It is started after the port is open."""
    children = Path(f"/proc/{master}/task/{master}/children")
    until = time.monotonic() + PATIENCE
    while children.exists() and time.monotonic() < until:
        if numbers := children.read_text().split():
            return Path(f"/proc/{numbers[0]}/schedstat")
        time.sleep(0.01)
    return None


@contextmanager
def serving(*arguments, **environment):
    """A `Server` of the site, or of what DJANGO_SETTINGS_MODULE names, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--workers", "1", "--no-control-socket", "--log-level", "error"]
    command += arguments
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server to measure did not start.")
