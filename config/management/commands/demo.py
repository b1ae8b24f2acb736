import hashlib
import os
import socket
import sys

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Prepare the embedded site with its demo, and serve it on this machine only."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port, **options):
        if settings.PRODUCTION:
            raise CommandError("The demo is for the embedded site, not for a production one.")
        refuse_taken_port(port)
        call_command("migrate", verbosity=0, skip_checks=False)
        call_command("load_demo")
        self.collect_static_files()
        self.stdout.write(
            self.style.SUCCESS(f"\nAfterimage is at http://{HOST}:{port}/  (Ctrl+C stops it)\n")
        )
        self.stdout.flush()
        serve(port)

    def collect_static_files(self):
        """Collect and compress, unless nothing has changed since the last time."""
        stamp = settings.DATA_DIR / "static-files.sha256"
        digest = digest_of_static_files()
        if stamp.exists() and stamp.read_text() == digest and settings.STATIC_ROOT.exists():
            return
        self.stdout.write("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest)


def refuse_taken_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({error}). Another one can: make demo PORT=8001"
            ) from error


def digest_of_static_files():
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            digest.update(
                f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode()
            )
    return digest.hexdigest()


def serve(port):
    """Become the production server: one process with threads, as the local-memory cache needs."""
    arguments = ["gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--workers", "1"]
    arguments += ["--worker-class", "gthread", "--threads", "8", "--no-control-socket"]
    arguments += ["--log-level", "warning", "--env", f"PORT={port}"]
    os.chdir(settings.BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606
