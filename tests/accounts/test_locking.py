"""Two things at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

import accounts.locking
from accounts.errors import AccountBusyError
from accounts.locking import locked_account
from accounts.models import ApiToken, DeviceLogin, User
from accounts.rules.signing_in import Identity
from accounts.services import (
    Poll,
    approve_device_login,
    change_settings,
    poll_device_login,
    recognise_person,
    start_device_login,
)
from accounts.services.devices import create_device
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at_once[T](*calls: Callable[[], T]) -> list[T | Exception]:
    """What each call gives or raises, all begun together on connections of their own."""
    start = threading.Barrier(len(calls))
    results: list[T | Exception] = []

    def run(call: Callable[[], T]) -> None:
        start.wait()
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 - handed to the test
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def github(github_id: int, login: str) -> Identity:
    return Identity(
        provider="github", uid=str(github_id), login=login, name="", email="", avatar_url=""
    )


def sign_in(github_id: int, login: str) -> Callable[[], User]:
    return lambda: recognise_person(identity=github(github_id, login), admin_logins=(), at=AT)


def test_one_person_who_signs_in_four_times_at_once_is_one_person() -> None:
    results = at_once(*[sign_in(1, "octocat") for _ in range(4)])
    assert [type(result) for result in results] == [User] * 4
    assert User.objects.get().username == "octocat"


def test_people_who_swap_names_at_once_both_come_in() -> None:
    for github_id, login in ((1, "left"), (2, "right")):
        recognise_person(identity=github(github_id, login), admin_logins=(), at=AT)
    for _ in range(5):
        results = at_once(sign_in(1, "right"), sign_in(2, "left"))
        assert [type(result) for result in results] == [User] * 2
        assert User.objects.get(github_id=1).username in {"right", "right_1"}
        assert User.objects.get(github_id=2).username in {"left", "left_1"}
        at_once(sign_in(1, "left"), sign_in(2, "right"))


def test_a_token_is_handed_out_once_however_many_ask() -> None:
    user = make_user("ana")
    codes = start_device_login(device_name="x", address=None, user_agent="", at=AT)
    approve_device_login(user_id=user.pk, user_code=codes.user_code, device_id=None, at=AT)

    def poll() -> Poll:
        return poll_device_login(device_code=codes.device_code, at=AT)

    results = at_once(*[poll] * 4)
    statuses = sorted(result.status if isinstance(result, Poll) else "" for result in results)
    assert statuses == ["complete", "expired", "expired", "expired"]
    assert ApiToken.objects.count() == 1


def test_a_code_that_two_people_authorize_at_once_is_one_persons() -> None:
    people = [make_user("ana"), make_user("ben")]
    codes = start_device_login(device_name="x", address=None, user_agent="", at=AT)

    def approve(user: User) -> Callable[[], DeviceLogin]:
        return lambda: approve_device_login(
            user_id=user.pk, user_code=codes.user_code, device_id=None, at=AT
        )

    results = at_once(*[approve(user) for user in people])
    assert sum(isinstance(result, DeviceLogin) for result in results) == 1


def test_somebody_who_waits_too_long_is_told_so_and_nothing_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accounts.locking, "LOCK_WAIT_SECONDS", 1)
    user = make_user("ana")
    create_device(user=user, name="x", at=AT)
    with locked_account(user_id=user.pk):
        results = at_once(
            lambda: change_settings(user_id=user.pk, wanted={"hideCost": True}, at=AT)
        )
    assert [type(result) for result in results] == [AccountBusyError]
    user.refresh_from_db()
    assert user.hide_cost is False
