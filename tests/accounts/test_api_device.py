"""The device login as a program sees it, with a person in between."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, Device, DeviceLogin, User
from accounts.services import (
    approve_device_login,
    deny_device_login,
    purge_expired,
    suspend_account,
)
from ccgather.ops.runtime import runtime
from tests.accounts.factories import make_device

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def post(client: Client, path: str, body: object) -> "Response":
    return client.post(path, body, content_type="application/json")


def start(client: Client, **body: object) -> dict[str, Any]:
    answer = post(client, "/api/auth/device", body)
    assert answer.status_code == 200, answer.content
    codes: dict[str, Any] = answer.json()
    return codes


def poll(client: Client, codes: dict[str, Any]) -> dict[str, Any]:
    answer = post(client, "/api/auth/device/poll", {"deviceCode": codes["deviceCode"]})
    status: dict[str, Any] = answer.json()
    return status


def test_a_program_gets_what_clients_in_the_wild_insist_on(client: Client) -> None:
    codes = start(client, deviceName="Studio")
    assert re.fullmatch(r"[0-9a-f]{32}", codes["deviceCode"])
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", codes["userCode"])
    assert codes["verificationUrl"] == "http://testserver/device"
    assert codes["verificationUrlComplete"].endswith(f"/device?code={codes['userCode']}")
    assert (codes["expiresIn"], codes["interval"]) == (900, 5)
    login = DeviceLogin.objects.get()
    assert (login.device_name, login.address) == ("Studio", "127.0.0.1")
    assert codes["deviceCode"].encode() not in bytes(login.device_code_hash)


@pytest.mark.parametrize("body", [{}, {"deviceName": None}, {"deviceName": " \u0000 "}])
def test_a_program_need_not_name_its_device(client: Client, body: object) -> None:
    assert post(client, "/api/auth/device", body).status_code == 200
    assert DeviceLogin.objects.get().device_name == "Unnamed device"


def test_a_bare_post_without_a_body_is_enough(client: Client) -> None:
    assert client.post("/api/auth/device", content_type="application/json").status_code == 200


@pytest.mark.parametrize("body", [{"deviceName": 5}, [], '"x"', {"deviceName": ["a"]}])
def test_nonsense_is_refused(client: Client, body: object) -> None:
    answer = post(client, "/api/auth/device", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
    assert not DeviceLogin.objects.exists()


def test_the_token_comes_once_and_works(client: Client, ana: User) -> None:
    codes = start(client, deviceName="Studio")
    assert poll(client, codes) == {"status": "pending"}
    approve_device_login(
        user_id=ana.pk, user_code=codes["userCode"], device_id=None, at=datetime.now(UTC)
    )
    assert not ApiToken.objects.exists()
    complete = poll(client, codes)
    assert complete["status"] == "complete"
    assert complete["user"] == {
        "username": "ana",
        "avatarUrl": "http://testserver/avatars/ana.svg",
    }
    assert poll(client, codes) == {"status": "expired"}
    assert ApiToken.objects.get().device.name == "Studio"
    bearer = {"authorization": f"Bearer {complete['token']}"}
    assert client.get("/api/auth/token", headers=bearer).json()["token"]["name"] == "Studio"


def test_signing_in_again_on_a_machine_picks_the_same_device(client: Client, ana: User) -> None:
    laptop = make_device(ana)
    for _ in range(2):
        codes = start(client, deviceName="laptop")
        approve_device_login(
            user_id=ana.pk, user_code=codes["userCode"], device_id=laptop.pk, at=datetime.now(UTC)
        )
        poll(client, codes)
    assert Device.objects.get() == laptop
    assert {token.name for token in ApiToken.objects.all()} == {"laptop", "laptop (2)"}


def test_a_denied_program_stays_out(client: Client, ana: User) -> None:
    codes = start(client)
    deny_device_login(user_code=codes["userCode"], at=datetime.now(UTC))
    assert poll(client, codes) == {"status": "expired"}


def test_codes_end_after_fifteen_minutes_and_are_purged_later(client: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        codes = start(client)
        clock.shift(899)
        assert poll(client, codes) == {"status": "pending"}
        clock.shift(1)
        assert poll(client, codes) == {"status": "expired"}
    assert purge_expired(at=NOON + timedelta(days=1)).device_logins == 0
    assert purge_expired(at=NOON + timedelta(days=1, seconds=901)).device_logins == 1


def test_an_approved_code_ends_too(client: Client, ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        codes = start(client)
        approve_device_login(user_id=ana.pk, user_code=codes["userCode"], device_id=None, at=NOON)
        clock.shift(900)
        assert poll(client, codes) == {"status": "expired"}


@pytest.mark.parametrize("code", ["0" * 32, "", "x", "\u0000", "\ud800"])
def test_an_unknown_code_is_an_expired_one(client: Client, code: str) -> None:
    assert poll(client, {"deviceCode": code}) == {"status": "expired"}


@pytest.mark.parametrize("body", [{}, {"deviceCode": 5}, [], {"deviceCode": None}])
def test_a_poll_without_a_code_is_refused(client: Client, body: object) -> None:
    answer = post(client, "/api/auth/device/poll", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")


def test_polling_too_fast_is_told_to_wait_and_does_not_lose_the_login(client: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        codes = start(client)
        poll(client, codes)
        clock.shift(2)
        answer = post(client, "/api/auth/device/poll", {"deviceCode": codes["deviceCode"]})
        body = answer.json()
        assert answer.status_code == 429
        assert (body["success"], body["error"], body["status"]) == (
            False,
            "rate_limited",
            "pending",
        )
        assert answer["Retry-After"] == "5"
        clock.shift(3)
        assert poll(client, codes) == {"status": "pending"}


def test_device_codes_are_limited_by_address_and_polls_are_not(client: Client) -> None:
    codes = [start(client) for _ in range(runtime.device_codes_per_minute)]
    refused = post(client, "/api/auth/device", {})
    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limited")
    assert "Retry-After" in refused
    for _ in range(runtime.api_per_minute // len(codes) + 1):
        for one in codes:
            assert poll(client, one)["status"] == "pending"


@pytest.mark.parametrize("what", ["device", "person", "suspended"])
def test_an_approval_dies_with_what_it_stands_for(client: Client, ana: User, what: str) -> None:
    codes = start(client)
    at = datetime.now(UTC)
    approve_device_login(user_id=ana.pk, user_code=codes["userCode"], device_id=None, at=at)
    if what == "device":
        Device.objects.all().delete()
    elif what == "person":
        ana.delete()
    else:
        suspend_account(user_id=ana.pk, at=at)
    assert poll(client, codes) == {"status": "expired"}
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("path", ["/api/auth/device", "/api/auth/device/poll"])
def test_other_methods_are_refused_in_json(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["success"]) == (405, False)
