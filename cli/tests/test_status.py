"""Where somebody stands, and whether this machine's reports arrive."""

import json
from typing import Any

import pytest

from ccgather_cli.scheduling.plan import Plan, keep_plan
from ccgather_cli.scheduling.rhythm import Rhythm
from claude_logs import ClaudeLogs, assistant
from command import Command
from loopback_site import LoopbackSite, answers, hangs_up, refuses

PATH = "/api/me/stats"
STATS: dict[str, Any] = {
    "schemaVersion": 1,
    "totalTokens": 1_234_567,
    "totalCost": 12.5,
    "deviceCount": 2,
    "lastSubmittedAt": "2026-05-01T08:30:00Z",
    "rank": {
        "global": 12,
        "globalChange": 3,
        "country": None,
        "countryChange": None,
        "next": {"username": "bob", "tokensAhead": 4321},
    },
    "level": {"level": 4, "name": "Maker", "icon": "*", "progress": 0.63, "tokensToNext": 99_000},
    "username": "alice",
    "profileUrl": "https://board.example/u/alice",
    "autoSyncEnabled": True,
}


@pytest.fixture(autouse=True)
def stats(site: LoopbackSite) -> None:
    site.on(PATH, answers(STATS))


def test_rank_level_next_person_and_uploads_are_told(alice: Command, site: LoopbackSite) -> None:
    ran = alice("status")
    assert ran.code == 0
    for part in (
        f"Account     alice on {site.url}",
        "Rank        #12 in the world (▲ 3)\n",
        "Next        bob is 4,321 tokens ahead",
        "63 %, 99,000 tokens to the next",
        "Burned      1,234,567 tokens · $12.50 · 2 devices",
        "https://board.example/u/alice",
        "Last upload 2026-05-01 08:30 UTC, not from this machine",
        "Autosubmit  off (`ccgather autosubmit enable`)",
    ):
        assert part in ran.out


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day waits for review"), (1_200, "1,200 days wait for review")]
)
def test_days_under_review_are_told_with_the_page_about_them(
    alice: Command, site: LoopbackSite, days: int, words: str
) -> None:
    site.on(PATH, answers({**STATS, "heldDays": days}))
    ran = alice("status")
    assert ran.code == 0
    assert f"Held        {words}: {site.url}/settings/held\n" in ran.out


@pytest.mark.parametrize("more", [{}, {"heldDays": 0}, {"heldDays": None}])
def test_nothing_is_said_of_reviews_where_nothing_waits_or_the_site_does_not_say(
    alice: Command, site: LoopbackSite, more: dict[str, Any]
) -> None:
    site.on(PATH, answers({**STATS, **more}))
    assert "Held" not in alice("status").out


def test_this_machines_last_upload_is_told(alice: Command, logs: ClaudeLogs) -> None:
    logs.session(assistant())
    assert alice("submit", "--yes").code == 0
    assert "Last upload 2026-05-03 12:00 UTC from this machine" in alice("status").out


def test_somebody_who_never_sent_is_told_how(alice: Command, site: LoopbackSite) -> None:
    site.on(PATH, answers({"rank": {"global": None}, "level": None}))
    ran = alice("status")
    assert ran.code == 0
    assert "not on the board yet" in ran.out
    assert "none yet; run `ccgather submit`" in ran.out


def test_a_report_that_did_not_arrive_is_told(
    alice: Command, logs: ClaudeLogs, site: LoopbackSite
) -> None:
    logs.session(assistant())
    site.on("/api/submit", hangs_up)
    assert alice("submit", "--yes").code == 1
    ran = alice("status")
    assert ran.code == 0
    assert "Trouble     2026-05-03 12:00 UTC: The answer of" in ran.out
    assert "1 report waits for the next `ccgather submit`" in ran.out
    machine = json.loads(alice("status", "--json").out)["thisMachine"]
    assert machine["unsent"] == 1
    assert machine["lastArrivedAt"] is None


def test_autosubmit_is_told_with_the_accounts_switch(alice: Command, site: LoopbackSite) -> None:
    keep_plan(alice.machine, Plan(rhythm=Rhythm(24, 557)))
    site.on(PATH, answers({**STATS, "autoSyncEnabled": False}))
    ran = alice("status")
    assert "The schedule is gone from this machine." in ran.out
    assert "switched off for all your machines in the site's settings" in ran.out


def test_json_is_the_sites_answer_and_this_machines_notes(
    alice: Command, site: LoopbackSite
) -> None:
    document = json.loads(alice("status", "--json").out)
    assert document["totalTokens"] == STATS["totalTokens"]
    assert document["server"] == site.url
    assert document["thisMachine"]["unsent"] == 0


@pytest.mark.parametrize(
    ("play", "code"), [(refuses(401, "unauthorized", "No"), 3), (answers({"rank": "first"}), 1)]
)
def test_refusals_are_sentences(alice: Command, site: LoopbackSite, play: Any, code: int) -> None:
    site.on(PATH, play)
    ran = alice("status")
    assert ran.code == code
    assert ran.err.startswith("ccgather: ")


def test_without_a_login_it_is_exit_3(ccgather: Command) -> None:
    assert ccgather("status").code == 3


def test_it_reads_well_on_80_columns(alice: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = alice("status", terminal=True).out
    assert max(map(len, shown.splitlines())) <= 80
