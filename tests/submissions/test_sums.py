"""Whatever people send and take back: slices = days = lifetime = standing = profile = board.

Random histories of two people and their devices, each step on a real database. After every step
the sums agree everywhere, and each device holds what a plain model of the merge says it holds.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ApiToken, User
from ccgather.ops.runtime import runtime
from ccgather.site.sums import sum_disagreements
from leaderboard.models import Standing
from leaderboard.selectors.board import board_page
from leaderboard.services.roll import roll_boards
from leaderboard.shapes import BoardQuery
from submissions.models import Slice, SliceRow, UsageAccount, UserDay
from submissions.report import UsageRow
from submissions.rules.merge import MIXED_CLIENT, DaySlice, not_counted_of
from submissions.services.deletion import delete_device, delete_submitted_data, merge_devices
from tests.cast import token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
NAMES = ("alice", "bob")
DEVICES = ("laptop", "desk")

CELLS = st.tuples(
    st.integers(0, 3),  # days ago
    st.sampled_from(["claude", "codex", MIXED_CLIENT]),
    st.sampled_from(["claude-opus-4-5", "o3", "nobody-knows"]),
)
ROWS = st.dictionaries(
    CELLS,
    # Few sizes, so that devices meet in equal slices; one that no limit lets through.
    st.sampled_from([1_000, 2_000, 3_000, 600_000_000_000]),
    min_size=1,
    max_size=5,
)
SEND = st.fixed_dictionaries(
    {
        "step": st.just("send"),
        "who": st.sampled_from(NAMES),
        "device": st.sampled_from(DEVICES),
        "rows": ROWS,
        "mode": st.sampled_from(["merge", "merge", "replace"]),
        "day_basis": st.sampled_from(["utc", "local"]),
        "parser": st.sampled_from([None, 1, 2]),
        "full": st.booleans(),
    }
)
OTHER = st.fixed_dictionaries(
    {
        "step": st.sampled_from(["merge devices", "delete device", "delete everything", "roll"]),
        "who": st.sampled_from(NAMES),
        "device": st.sampled_from(DEVICES),
    }
)
STEPS = st.lists(st.one_of(SEND, SEND, SEND, SEND, OTHER), min_size=1, max_size=8)


class History:
    """Two people, their machines, and a clock that moves a minute a step."""

    def __init__(self, people: Mapping[str, User]) -> None:
        self.people = people
        self.at = NOW

    def take(self, step: Mapping[str, Any]) -> None:
        """Do one thing."""
        self.at += timedelta(minutes=1)
        user = self.people[step["who"]]
        if step["step"] == "send":
            self._send(user, step)
        elif step["step"] == "delete everything":
            delete_submitted_data(user_id=user.pk, at=self.at)
        elif step["step"] == "roll":
            self.at += ONE_DAY
            roll_boards(at=self.at)
        elif step["step"] == "delete device":
            device = user.devices.filter(name=step["device"]).first()
            if device is not None:
                delete_device(user_id=user.pk, device_id=device.pk, at=self.at)
        else:
            self._merge_devices(user, into=step["device"])

    def token(self, user: User, device: str) -> ApiToken:
        """The token of one machine; a machine that was deleted signs in again."""
        known = ApiToken.objects.filter(user=user, name=device).first()
        secret = f"tt_{NAMES.index(user.username)}{DEVICES.index(device)}" + "0" * 46
        return known or token_of(user, secret=secret, device=device)

    def _send(self, user: User, step: Mapping[str, Any]) -> None:
        rows: list[UsageRow] = [
            row(
                TODAY - ago * ONE_DAY,
                client=client,
                model=model,
                input_tokens=tokens // 2,
                output_tokens=tokens - tokens // 2,
            )
            for (ago, client, model), tokens in step["rows"].items()
        ]
        sent = report(rows, day_basis=step["day_basis"], parser=step["parser"], full=step["full"])
        token = self.token(user, step["device"])
        before = slices_of(token)
        answer = accept(token, sent, mode=step["mode"], at=self.at)
        after = slices_of(token)
        assert after.keys() >= before.keys()
        if step["mode"] == "merge" and step["day_basis"] == "utc" and not step["full"]:
            assert all(after[key] >= tokens for key, tokens in before.items())
        held = {(item.client, item.day) for item in answer.held}
        for key, tokens in reported_tokens(rows).items():
            was = before.get(key, 0)
            assert after.get(key, 0) in (tokens, was)
            if tokens >= was and key not in held:
                assert after[key] == tokens

    def _merge_devices(self, user: User, *, into: str) -> None:
        target = user.devices.filter(name=into).first()
        source = user.devices.exclude(name=into).first()
        if target is not None and source is not None:
            before = slices_of(source), slices_of(target)
            merge_devices(user_id=user.pk, from_id=source.pk, into_id=target.pk, at=self.at)
            keys = before[0].keys() | before[1].keys()
            largest = {key: max(found.get(key, 0) for found in before) for key in keys}
            assert slices_of(target) == largest


def slices_of(owner: Any) -> dict[tuple[str, Any], int]:
    """Accepted tokens by (client, day) of a device, or of a token's device."""
    device = owner.device if isinstance(owner, ApiToken) else owner
    accepted = Slice.objects.accepted().filter(device=device)
    return {(c, d): n for c, d, n in accepted.values_list("client", "day", "total_tokens")}


def slices_that_count(user: User) -> set[int]:
    """The accepted slices that the rule lets count."""
    days: dict[Any, list[DaySlice]] = {}
    for one in Slice.objects.accepted().filter(user=user):
        days.setdefault(one.day, []).append(
            DaySlice(
                order=one.pk,
                device=str(one.device_id),
                client=one.client,
                total_tokens=one.total_tokens,
                digest=bytes(one.digest),
            )
        )
    return {
        one.order
        for of_day in days.values()
        for one in of_day
        if one.order not in not_counted_of(of_day)
    }


def reported_tokens(rows: list[UsageRow]) -> dict[tuple[str, Any], int]:
    """Tokens by (client, day)."""
    sums: dict[tuple[str, Any], int] = {}
    for one in rows:
        key = (one.client, one.day)
        sums[key] = sums.get(key, 0) + one.total_tokens
    return sums


def assert_the_sums_agree(history: History) -> None:
    """Added up here by hand, beside the site's own check."""
    assert sum_disagreements() == []
    client = Client()
    board = board_page(query=BoardQuery(period="all"), viewer=None, at=history.at)
    shown = {line.username: line.tokens for line in board.rows}
    assert board.stats.tokens == sum(shown.values())
    assert board.total == len(shown)
    for name, user in history.people.items():
        counted = list(Slice.objects.counted().filter(user=user))
        assert {one.pk for one in counted} == slices_that_count(user)
        tokens = sum(one.total_tokens for one in counted)
        cost = sum(one.cost_microusd for one in counted)
        rows = SliceRow.objects.filter(slice__in=counted)
        assert sum(rows.values_list("total_tokens", flat=True)) == tokens
        days = list(UserDay.objects.filter(user=user))
        assert sum(day.total_tokens for day in days) == tokens
        assert sum(day.cost_microusd for day in days) == cost
        account = UsageAccount.objects.filter(user=user).first()
        assert (account.total_tokens if account else 0) == tokens
        assert (account.active_days if account else 0) == len(days)
        standing = Standing.objects.filter(user=user, board="all").first()
        assert (standing.tokens if standing else 0) == tokens
        assert shown.get(name, 0) == tokens
        profile = client.get(f"/api/user/{name}").json()
        assert profile["totalTokens"] == tokens
        assert profile["totalCost"] == pytest.approx(cost / 1_000_000, abs=1e-6)


@pytest.fixture
def people(alice: User, bob: User) -> dict[str, User]:
    """Alice and Bob, with as many reports an hour as a test needs."""
    unlimited = {
        "changing_reports_per_hour_token": 10_000,
        "changing_reports_per_hour_account": 100_000,
        "api_per_minute": 1_000_000,
    }
    runtime.keep(unlimited, seconds=3_600)
    return {"alice": alice, "bob": bob}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_sums_agree_after_every_step(people: dict[str, User], steps: list[Any]) -> None:
    with transaction.atomic():
        history = History(people)
        for step in steps:
            history.take(step)
            assert_the_sums_agree(history)
        transaction.set_rollback(True)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(SEND, min_size=1, max_size=4))
def test_sending_a_report_again_changes_nothing(people: dict[str, User], steps: list[Any]) -> None:
    with transaction.atomic():
        history = History(people)
        for step in steps:
            history.take(step)
            before = list(Slice.objects.order_by("pk").values())
            history.take(step)
            assert list(Slice.objects.order_by("pk").values()) == before
        transaction.set_rollback(True)
