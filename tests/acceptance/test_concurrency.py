"""Several devices of one person at once: nothing is lost, and nobody waits for ever."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import locking
from accounts.models import ApiToken, User
from ccgather.site.sums import sum_disagreements
from submissions.models import Slice, Submission, UsageAccount, UserDay
from submissions.services.accept import accept_report
from tests.cast import ALICE_SECRET, token_of
from tests.submissions.reports import NOW, TODAY, native_body, report, row

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]

ROUNDS = 20
DAYS = [TODAY - timedelta(days=ago) for ago in range(30)]


def at_once(*calls: Callable[[], object]) -> None:
    """Runs the calls in threads that start together, each on a connection of its own."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        try:
            start.wait(10)
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(run, call) for call in calls]:
            future.result(60)


def send(token: ApiToken, tokens: int, number: int) -> None:
    """One device's whole month, in its version of that round; an hour lies between rounds."""
    accept_report(
        user_id=token.user_id,
        report=report([row(day, tokens) for day in DAYS], device=f"device-{token.name}"),
        body=b"{}",
        at=NOW + timedelta(hours=number),
        token=token,
    )


def test_two_devices_that_report_at_once_lose_nothing(alice: User) -> None:
    laptop = token_of(alice, secret="tt_" + "1" * 48, device="laptop")
    desktop = token_of(alice, secret="tt_" + "2" * 48, device="desktop")
    for number in range(1, ROUNDS + 1):
        at_once(
            partial(send, laptop, 1_000 * number, number),
            partial(send, desktop, 700 * number, number),
        )
        each = 1_700 * number
        assert UsageAccount.objects.get(user=alice).total_tokens == each * len(DAYS)
        assert set(UserDay.objects.values_list("total_tokens", flat=True)) == {each}
        assert sum_disagreements() == []
    assert Submission.objects.count() == 2 * ROUNDS
    assert Slice.objects.count() == 2 * len(DAYS)


def test_one_report_sent_twice_at_once_is_one_report(alice: User, alice_token: ApiToken) -> None:
    for number in range(1, ROUNDS + 1):
        at_once(*[partial(send, alice_token, 100 * number, number)] * 2)
        assert Submission.objects.count() == number
        assert UsageAccount.objects.get(user=alice).total_tokens == 100 * number * len(DAYS)
        assert sum_disagreements() == []


def test_two_first_reports_at_once_open_one_account(alice: User) -> None:
    tokens = [
        token_of(alice, secret=f"tt_{number:048x}", device=f"machine {number}")
        for number in range(4)
    ]
    calls = [partial(send, token, 100 + number, 1) for number, token in enumerate(tokens)]
    at_once(*calls)
    assert UsageAccount.objects.get(user=alice).total_tokens == sum(range(100, 104)) * len(DAYS)
    assert sum_disagreements() == []


def test_whoever_waits_longer_than_the_limit_is_told_409_and_nothing_is_written(
    alice: User, alice_token: ApiToken, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "LOCK_WAIT_SECONDS", 1)
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=alice.pk)
            held.set()
            assert done.wait(30)
        connection.close()

    def submit() -> tuple[int, str]:
        response = client.post(
            "/api/submit",
            data=native_body([row(TODAY - timedelta(days=400))]),
            content_type="application/json",
            headers={"Authorization": f"Bearer {ALICE_SECRET}"},
        )
        return response.status_code, response.json().get("error", "")

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        assert submit() == (409, "upload_in_progress")
        assert not Submission.objects.exists()
    finally:
        done.set()
        holder.join(10)
    assert submit() == (200, "")
