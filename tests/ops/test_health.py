"""Alive, and ready."""

import pytest
from django.test import Client

from ccgather.ops import health


def test_healthz_answers_without_asking_anybody(client: Client) -> None:
    # No database mark: a query would be an error.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_asks_database_cache_and_broker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (
        answer.json()["checks"] | {"database": "ok", "cache": "ok", "broker": "ok"}
        == (answer.json()["checks"])
    )


@pytest.mark.django_db
def test_readyz_names_what_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._checks, "board", lambda: "the newest board is 10 days old")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["board"] == "the newest board is 10 days old"


@pytest.mark.django_db
def test_trouble_that_can_be_borne_is_named_and_the_site_stays_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_checks", {"database": lambda: None, "ranking": lambda: "dearer"})
    monkeypatch.setattr(health, "_bearable", {"ranking"})
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "checks": {"database": "ok", "ranking": "dearer"},
    }
    monkeypatch.setattr(health, "_bearable", set())
    assert client.get("/readyz").status_code == 503


def test_a_check_that_fails_says_no_more_than_its_name(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> str | None:
        raise ConnectionRefusedError("db.internal:5432")

    monkeypatch.setattr(health, "_checks", {"database": refused})
    answer = client.get("/readyz")
    assert answer.json() == {
        "status": "unavailable",
        "checks": {"database": "database does not answer"},
    }


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="database"):
        health.register("database", lambda: None)


def test_health_is_read_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
