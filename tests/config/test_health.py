import pytest
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from config import health
from users.models import SiteSettings

pytestmark = pytest.mark.django_db


def test_the_process_is_well_as_long_as_it_answers(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_the_site_is_ready_with_all_that_it_needs(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def not_there(*args, **kwargs):
    raise OperationalError("No such host.")


def not_kept(*args):
    raise ConnectionError("Refused.")


@pytest.mark.parametrize(
    ("owner", "name", "failure", "missing"),
    [
        (health.connection, "cursor", not_there, "database"),
        (MigrationExecutor, "migration_plan", lambda *args: [("films", "0099")], "migrations"),
        (health.cache, "set", not_kept, "cache"),
        (health.cache, "get", lambda *args: None, "cache"),
    ],
)
def test_what_is_missing_is_named(client, monkeypatch, owner, name, failure, missing):
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failure, raising=False)
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content.decode() == f"missing: {missing}\n"


@pytest.fixture
def away(monkeypatch, settings):
    """A database that cannot be reached, and a call that says how often it was waited for."""
    settings.LOOK_FOR_DUE_SECONDS = 60
    row = SiteSettings(name="Small Hours")
    monkeypatch.setattr(SiteSettings, "_kept", (row, 0.0))  # long ago
    waited = []

    def wait():
        waited.append(1)
        raise OperationalError("No connection after ten seconds.")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "connection", None)
        patch.setattr(connections["default"], "ensure_connection", wait)
        yield lambda: len(waited)


@pytest.mark.parametrize(
    ("address", "status", "waits"),
    [("/healthz", 200, 0), ("/readyz", 503, 1), ("/essays/", 500, 1)],
)
def test_a_database_that_is_away_is_waited_for_once(away, address, status, waits):
    response = Client(raise_request_exception=False).get(address)
    assert (response.status_code, away()) == (status, waits)
    assert ("Small Hours" in response.content.decode()) == (status == 500)


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_asked_only(client, address):
    assert client.post(address).status_code == 405
