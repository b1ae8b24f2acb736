import os
import socket
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from config.management.commands import demo


def test_a_taken_port_is_said_before_any_work(monkeypatch):
    monkeypatch.setattr(demo, "call_command", lambda *a, **k: pytest.fail("work was done"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            call_command("demo", port=port)


def test_the_demo_is_refused_on_a_production_site(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for a production"):
        call_command("demo")


def test_mail_of_the_demo_leads_to_the_port_where_it_runs(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(demo.os, "chdir", started.append)
    monkeypatch.setattr(demo.os, "execv", lambda _program, arguments: started.extend(arguments))
    demo.serve(8765)
    given = started[started.index("--env") + 1]
    name, _sign, value = given.partition("=")
    said = "import users.addresses as a, django; django.setup(); print(a.origin())"
    setup = {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path), name: value}
    run = subprocess.run(
        [sys.executable, "-c", said],
        env=os.environ | setup,
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout.strip() == "http://127.0.0.1:8765"


def test_static_files_are_collected_again_only_when_they_changed(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    done = []
    monkeypatch.setattr(demo, "call_command", lambda name, **options: done.append(name))
    monkeypatch.setattr(demo, "digest_of_static_files", lambda: "first")
    demo.Command().collect_static_files()
    demo.Command().collect_static_files()
    assert done == ["collectstatic"]
    monkeypatch.setattr(demo, "digest_of_static_files", lambda: "second")
    demo.Command().collect_static_files()
    assert done == ["collectstatic"] * 2
