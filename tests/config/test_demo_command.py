import socket

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
