import pytest
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor

from config import health

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


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_asked_only(client, address):
    assert client.post(address).status_code == 405
