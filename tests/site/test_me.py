"""`/api/me`: shown, changed, forgotten; and `/api/me/stats`."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, Session, User
from ccgather.ops.runtime import runtime
from leaderboard.models import Standing
from submissions.models import Slice, UsageAccount
from tests.cast import ALICE_SECRET
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
BEARER = {"Authorization": f"Bearer {ALICE_SECRET}"}
SETTINGS = {
    "displayName": "Alice",
    "countryCode": "KR",
    "timezone": "UTC",
    "profileVisible": True,
    "hideCost": False,
    "hideCountry": False,
    "showRanges": False,
    "autoSyncEnabled": True,
    "emails": {"reviews": True},
}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def patch(client: Client, **wanted: object) -> Any:
    return client.patch("/api/me", data=wanted, content_type="application/json")


def assert_error(response: Any, status: int, code: str) -> list[str]:
    assert response.status_code == status, response.content[:300]
    body = response.json()
    assert body.keys() == {"success", "error", "message", "details"}
    assert (body["success"], body["error"]) == (False, code)
    return list(body["details"])


def test_one_sees_ones_own_account(
    as_alice: Client, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=12_000_000)]))
    accept(bob_token, report([row(tokens=13_000_000)]))
    response = as_alice.get("/api/me")
    assert response["Cache-Control"] == "private, no-store"
    body = response.json()
    assert body.keys() == {
        "user",
        "settings",
        "rank",
        "level",
        "badges",
        "displayedBadges",
        "devices",
        "tokens",
    }
    assert "first_million" in [badge["type"] for badge in body["badges"]]
    assert body["displayedBadges"] == []
    assert body["user"]["username"] == "alice"
    assert body["user"]["isAdmin"] is False
    assert body["user"]["id"] == str(alice.pk)
    assert body["settings"] == SETTINGS
    assert body["rank"] == {"global": 2, "country": 2}
    assert body["level"]["name"] == "Coder"
    assert [d["displayName"] for d in body["devices"]] == ["laptop"]
    (token,) = body["tokens"]
    assert token["name"] == "laptop"
    assert ALICE_SECRET not in response.text


def test_somebody_new_has_no_rank_and_the_first_level(client: Client, charlie: User) -> None:
    client.force_login(charlie, backend="django.contrib.auth.backends.ModelBackend")
    body = client.get("/api/me").json()
    assert body["rank"] == {"global": None, "country": None}
    assert (body["level"]["level"], body["level"]["progress"]) == (1, 0)
    assert body["devices"] == body["tokens"] == []


# --- PATCH ------------------------------------------------------------------------------------


def test_settings_that_are_named_change_and_others_stay(as_alice: Client, alice: User) -> None:
    response = patch(as_alice, displayName="Ally", hideCost=True, timezone="Asia/Seoul")
    assert response.status_code == 200
    changed = {"displayName": "Ally", "hideCost": True, "timezone": "Asia/Seoul"}
    assert response.json()["settings"] == SETTINGS | changed
    assert as_alice.get("/api/me").json()["settings"] == SETTINGS | changed
    alice.refresh_from_db()
    assert (alice.display_name, alice.hide_cost, alice.show_ranges) == ("Ally", True, False)


def test_hiding_takes_one_off_the_boards_at_once(as_alice: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    assert patch(as_alice, profileVisible=False).json()["rank"]["global"] is None
    assert as_alice.get("/api/leaderboard").json()["data"] == []
    assert patch(as_alice, profileVisible=True).json()["rank"]["global"] == 1


def test_every_setting_that_cannot_be_is_named_and_none_changes(
    as_alice: Client, alice: User
) -> None:
    wrong = {
        "displayName": "x" * 500,
        "countryCode": "XX",
        "timezone": "Mars/Olympus",
        "profileVisible": "yes",
        "hideCost": 1,
        "emails": {"weekly": True},
        "isAdmin": True,
    }
    details = assert_error(patch(as_alice, **wrong, hideCountry=True), 400, "validation_failed")
    assert sorted(line.partition(":")[0] for line in details) == sorted(wrong)
    alice.refresh_from_db()
    assert (alice.display_name, alice.hide_country, alice.is_staff) == ("Alice", False, False)


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"1"])
def test_a_body_that_is_no_object_is_refused(as_alice: Client, body: bytes) -> None:
    response = as_alice.patch("/api/me", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["success"] is False


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"displayName": "\x00"}'])
def test_a_body_that_is_no_json_is_refused(as_alice: Client, body: bytes) -> None:
    response = as_alice.patch("/api/me", data=body, content_type="application/json")
    assert_error(response, 400, "invalid_json")


def test_a_form_is_no_json(as_alice: Client) -> None:
    response = as_alice.patch(
        "/api/me", data="a=1", content_type="application/x-www-form-urlencoded"
    )
    assert_error(response, 415, "unsupported_media_type")


def test_the_country_changes_once_in_thirty_days(as_alice: Client, now: Any) -> None:
    assert patch(as_alice, countryCode="es").json()["settings"]["countryCode"] == "ES"
    (line,) = assert_error(patch(as_alice, countryCode="DE"), 400, "validation_failed")
    assert line == "countryCode: may change once in 30 days; the next time on 2026-12-20"
    now.shift(timedelta(days=29, hours=23))
    assert patch(as_alice, countryCode="DE").status_code == 400


def test_the_eleventh_change_within_an_hour_waits(as_alice: Client, bob: User) -> None:
    for number in range(10):
        assert patch(as_alice, displayName=f"Alice {number}").status_code == 200
    response = patch(as_alice, displayName="Alice 10")
    assert_error(response, 429, "rate_limited")
    assert 0 < int(response["Retry-After"]) <= 3600
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("10", "0")
    assert as_alice.get("/api/me").json()["settings"]["displayName"] == "Alice 9"
    other = Client()
    other.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert patch(other, displayName="Bobby").status_code == 200


def test_how_many_changes_an_hour_is_a_runtime_setting(as_alice: Client) -> None:
    runtime.keep({"profile_changes_per_hour": 1})
    assert patch(as_alice).status_code == 200
    assert patch(as_alice).status_code == 429


# --- DELETE -----------------------------------------------------------------------------------


def test_a_recent_sign_in_forgets_the_person_everywhere(
    as_alice: Client, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    response = as_alice.delete("/api/me")
    assert (response.status_code, response.json()) == (200, {"success": True, "deleted": True})
    for model in (User, Slice, UsageAccount, Standing, ApiToken):
        assert not model.objects.exists(), model
    assert not Session.objects.filter(user__isnull=False).exists()
    assert as_alice.get("/api/me").status_code == 401
    assert as_alice.get("/u/alice").status_code == 404
    assert as_alice.get("/api/leaderboard").json()["data"] == []


def test_an_old_sign_in_forgets_nobody(as_alice: Client, now: Any) -> None:
    now.shift(timedelta(minutes=15, seconds=1))
    response = as_alice.delete("/api/me")
    assert response.status_code == 403
    assert response.json()["success"] is False
    assert User.objects.filter(username="alice").exists()


# --- Who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_nobody_has_no_account(client: Client, alice: User, method: str) -> None:
    response = getattr(client, method)("/api/me", data={}, content_type="application/json")
    assert_error(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_bearer_token_is_not_enough(client: Client, alice_token: ApiToken, method: str) -> None:
    response = getattr(client, method)(
        "/api/me", data={}, content_type="application/json", headers=BEARER
    )
    assert_error(response, 403, "forbidden")
    assert User.objects.filter(username="alice").exists()


def test_other_methods_are_refused_in_json(as_alice: Client) -> None:
    assert_error(as_alice.post("/api/me"), 405, "method_not_allowed")
    assert_error(as_alice.put("/api/me"), 405, "method_not_allowed")
    assert_error(as_alice.post("/api/me/stats"), 405, "method_not_allowed")


# --- Statistics ------------------------------------------------------------------------------


def test_a_program_reads_days_devices_and_rank(client: Client, alice_token: ApiToken) -> None:
    yesterday = TODAY - timedelta(days=1)
    accept(alice_token, report([row(yesterday, 70), row(input_tokens=30, output_tokens=10)]))
    response = client.get("/api/me/stats", headers=BEARER)
    assert response["Cache-Control"] == "private, no-store"
    body = response.json()
    assert body["schemaVersion"] == 1
    assert (body["totalTokens"], body["deviceCount"]) == (110, 1)
    assert body["lastSubmittedAt"] == "2026-11-20T12:00:00Z"
    assert body["days"] == [
        {"date": "2026-11-19", "tokens": 70, "inputTokens": 70, "outputTokens": 0, "cost": 0.00035},
        {"date": "2026-11-20", "tokens": 40, "inputTokens": 30, "outputTokens": 10, "cost": 0.0004},
    ]
    assert [d["displayName"] for d in body["devices"]] == ["laptop"]
    assert body["rank"] == {
        "global": 1,
        "globalChange": None,
        "country": 1,
        "countryChange": None,
        "next": None,
    }
    assert body["level"]["level"] == 1
    assert body["profileUrl"].endswith("/u/alice")
    assert (body["username"], body["autoSyncEnabled"]) == ("alice", True)


def test_before_the_first_report_the_statistics_are_empty(
    client: Client, alice_token: ApiToken
) -> None:
    body = client.get("/api/me/stats", headers=BEARER).json()
    assert (body["totalTokens"], body["totalCost"], body["days"]) == (0, 0, [])
    assert body["lastSubmittedAt"] is None
