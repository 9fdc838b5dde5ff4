"""The site dies in the middle of a submission, twenty times: nothing is half there afterwards."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from submissions.report import UsageRow
from tests.acceptance.running import NoAnswerError, RunningSite
from tests.submissions.reports import native_body, row

pytestmark = pytest.mark.acceptance

KILLS = 20
ACCOUNTS = 8
"""Each may send six reports that change something in an hour; an attempt is one."""
DAYS = 300
WHOLE_SITE_EVERY = 4
"""Every that many kills, `serve` dies too: it gives up after five quick ends of its web process."""

STATE = """
import json
from django.db.models import Sum
from accounts.models import User
from ccgather.site.sums import sum_disagreements
from leaderboard.models import Standing
from submissions.models import Slice, UsageAccount, UserDay

def by_person(rows, column):
    return dict(rows.values_list("user__username").annotate(Sum(column)).order_by())

print(json.dumps({
    "disagreements": sum_disagreements(),
    "slices": by_person(Slice.objects.counted(), "total_tokens"),
    "days": by_person(UserDay.objects.all(), "total_tokens"),
    "accounts": by_person(UsageAccount.objects.all(), "total_tokens"),
    "standings": by_person(Standing.objects.filter(board="all"), "tokens"),
}))
"""


def rows_of(version: int) -> list[UsageRow]:
    """A long history; in each version every slice has more than in the one before."""
    today = datetime.now(UTC).date()
    return [
        row(today - timedelta(days=ago), 1_000 * version + ago, client=tool, model=model)
        for ago in range(1, DAYS + 1)
        for tool in ("claude", "codex")
        for model in ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5")
    ]


def state_of(site: RunningSite) -> dict[str, Any]:
    """The sums at every level; they must agree with each other and with the board's answer."""
    state: dict[str, Any] = json.loads(site.manage("shell", "-v", "0", "-c", STATE))
    assert state.pop("disagreements") == []
    accounts = state["accounts"]
    assert state == dict.fromkeys(("slices", "days", "accounts", "standings"), accounts)
    status, board = site.request("GET", "/api/leaderboard?limit=100")
    assert status == 200
    shown = {line["user"]["username"]: line["tokens"] for line in board["data"]}
    assert shown == accounts
    assert board["stats"]["totalUsers"] == len(accounts)
    assert board["stats"]["totalTokens"] == sum(accounts.values())
    return dict(accounts)


def submit(site: RunningSite, secret: str, body: bytes) -> dict[str, Any]:
    status, answer = site.request("POST", "/api/submit", body=body, secret=secret)
    assert status == 200, answer
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_a_killed_submission_is_wholly_there_or_not_at_all_and_can_be_sent_again(
    site: RunningSite,
) -> None:
    names = [f"person_{number}" for number in range(ACCOUNTS)]
    secrets = {
        name: site.manage("issue_token", name, "--name", "laptop", "--create") for name in names
    }
    versions = dict.fromkeys(names, 0)
    totals = dict.fromkeys(names, 0)
    whole = seconds_of_a_first_report(site)
    moments = Random(20)
    killed = lost = attempts = 0
    while killed < KILLS:
        assert attempts < 2 * KILLS, "most submissions were over before they were killed"
        name = names[attempts % ACCOUNTS]
        attempts += 1
        versions[name] += 1
        rows = rows_of(versions[name])
        body = native_body(rows, device=f"device-{name}")
        before = totals[name]
        after = sum(r.total_tokens for r in rows)
        answers: list[dict[str, Any]] = []
        sender = threading.Thread(
            target=send_and_note, args=(site, secrets[name], body, answers), daemon=True
        )
        sender.start()
        threading.Event().wait(moments.uniform(0.02, 0.9) * whole)
        whole_site = killed % WHOLE_SITE_EVERY == WHOLE_SITE_EVERY - 1
        if whole_site:
            site.kill_everything_of_the_site()
        else:
            site.kill_web()
        sender.join(60)
        assert not sender.is_alive()
        if whole_site:
            site.start()
        else:
            site.wait_until_ready()
        killed += not answers
        found = state_of(site).get(name, 0)
        assert found in (before, after)
        assert not answers or found == after, "what was confirmed must be there"
        lost += found == before
        again = submit(site, secrets[name], body)
        assert again["mode"] == ("unchanged" if found == after else "merge" if before else "create")
        assert again["metrics"]["totalTokens"] == after
        totals[name] = after
        assert state_of(site)[name] == after
    assert lost > 0, "no kill came before the commit: nothing was tested"


def seconds_of_a_first_report(site: RunningSite) -> float:
    """How long a report of this size takes when nobody kills anything."""
    secret = site.manage("issue_token", "bystander", "--name", "laptop", "--create")
    body = native_body(rows_of(1), device="device-bystander")
    begun = time.monotonic()
    submit(site, secret, body)
    return time.monotonic() - begun


def send_and_note(
    site: RunningSite, secret: str, body: bytes, answers: list[dict[str, Any]]
) -> None:
    """Leaves the answer in `answers`, if one comes."""
    try:
        answers.append(submit(site, secret, body))
    except NoAnswerError:
        return
