"""What a scheduled run does while nobody looks."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.journal import LOG_BYTES, Journal, log_tail
from ccgather_cli.scheduling.plan import Plan, keep_plan
from ccgather_cli.scheduling.rhythm import Rhythm
from ccgather_cli.unsent import unsent_reports
from claude_logs import ClaudeLogs, assistant
from command import Command
from fake_tools import FakeTools
from loopback_site import ACCEPTED, LoopbackSite, answers, hangs_up, refuses

STATS = "/api/me/stats"
RUN = ("autosubmit", "run", "--scheduled")
MIDDAY = Rhythm(24, 12 * 60)
EVE = datetime(2026, 5, 2, 13, tzinfo=timezone.utc)


@pytest.fixture
def switched_on(site: LoopbackSite) -> None:
    site.on(STATS, answers({"schemaVersion": 1, "autoSyncEnabled": True}))


@pytest.fixture
def transcript(logs: ClaudeLogs) -> Path:
    return logs.session(assistant())


@pytest.fixture
def planned(alice: Command, switched_on: None, transcript: Path, tmp_path: Path) -> Command:
    """Alice's machine sends at midday, since yesterday; it is midday."""
    tools = FakeTools.make(tmp_path / "tools", "crontab")
    (tools.state / "crontab").write_text("0 * * * * ccgather # ccgather-autosubmit\n")
    keep_plan(alice.machine, Plan(rhythm=MIDDAY, since=EVE.isoformat()))
    return alice.with_environment(PATH=tools.path)


def later(command: Command, **span: int) -> Command:
    return replace(command, at=command.at + timedelta(**span))


def log_of(command: Command) -> str:
    return (command.machine.config_dir / "autosubmit.log").read_text()


def test_a_run_that_is_due_sends_and_says_nothing(planned: Command, site: LoopbackSite) -> None:
    ran = planned(*RUN)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert site.asked("/api/submit")[0].json["source"] == "cli"
    assert "schedule Sent 763 tokens in 1 response on 1 day (2026-05-02). #12" in log_of(planned)


def test_looking_in_every_hour_sends_once_a_day_and_catches_up_what_was_missed(
    planned: Command, site: LoopbackSite
) -> None:
    for hours in (-1, 0, 1, 2, 23):
        assert later(planned, hours=hours)(*RUN).code == 0
    assert len(site.asked("/api/submit")) == 1
    assert later(planned, hours=3 * 24 + 9)(*RUN).code == 0
    assert later(planned, hours=3 * 24 + 10)(*RUN).code == 0
    assert len(site.asked("/api/submit")) == 2


def test_a_submit_by_hand_is_a_run_too(planned: Command, site: LoopbackSite) -> None:
    assert later(planned, minutes=5)("submit", "--yes").code == 0
    assert later(planned, minutes=6)(*RUN).code == 0
    assert len(site.asked("/api/submit")) == 1


def test_a_clock_that_was_ahead_does_not_stop_runs(planned: Command, site: LoopbackSite) -> None:
    assert later(planned, days=400)(*RUN).code == 0
    assert later(planned, minutes=1)(*RUN).code == 0
    assert len(site.asked("/api/submit")) == 2


def test_an_account_that_is_switched_off_is_left_in_peace(
    planned: Command, site: LoopbackSite
) -> None:
    site.on(STATS, answers({"autoSyncEnabled": False}))
    ran = planned("autosubmit", "run")
    assert ran.code == 0
    assert "switched off in the site's settings" in ran.out
    assert not site.asked("/api/submit")
    assert "switched off" in planned("autosubmit", "status").out
    site.on(STATS, answers({"autoSyncEnabled": True}))
    assert planned("autosubmit", "run").code == 0
    assert len(site.asked("/api/submit")) == 1


def test_a_site_without_that_switch_is_sent_to(planned: Command, site: LoopbackSite) -> None:
    site.on(STATS)
    assert planned(*RUN).code == 0
    assert len(site.asked("/api/submit")) == 1


@pytest.mark.parametrize("path", [STATS, "/api/submit"])
def test_a_report_that_does_not_arrive_is_kept_and_sent_once_an_hour_later(
    planned: Command, site: LoopbackSite, transcript: Path, path: str
) -> None:
    site.on(path, hangs_up)
    ran = planned(*RUN)
    assert ran.code == 1
    assert "kept on this machine" in ran.err
    assert len(unsent_reports(planned.machine)) == 1
    status = planned("autosubmit", "status")
    assert status.code == 1
    assert "1 report waits for the next run" in status.out
    assert "The last run, 2026-05-03 12:00 UTC:" in status.out
    site.on(STATS, answers({"autoSyncEnabled": True}))
    site.on("/api/submit", answers(ACCEPTED))
    site.seen.clear()
    transcript.unlink()  # what the logs have lost since is not lost
    assert later(planned, hours=1)(*RUN).code == 0
    assert [sent.json["totals"]["tokens"] for sent in site.asked("/api/submit")] == [763]
    assert not unsent_reports(planned.machine)
    assert planned("autosubmit", "status").code == 0


def test_too_many_submissions_are_no_failure_and_the_report_waits(
    planned: Command, site: LoopbackSite
) -> None:
    site.on("/api/submit", refuses(429, "rate_limited", "Too many", Retry_After="1800"))
    ran = planned(*RUN)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert ran.pauses == []
    assert len(unsent_reports(planned.machine)) == 1
    assert "come back in 30 minutes" in log_of(planned)
    site.on("/api/submit", answers(ACCEPTED))
    assert later(planned, hours=1)(*RUN).code == 0
    assert not unsent_reports(planned.machine)


def test_a_revoked_token_is_exit_3_and_not_tried_every_hour(
    planned: Command, site: LoopbackSite
) -> None:
    site.on(STATS, refuses(401, "unauthorized", "No"))
    ran = planned(*RUN)
    assert ran.code == 3
    assert "ccgather login" in ran.err
    site.seen.clear()
    assert later(planned, hours=1)(*RUN).code == 0
    assert not site.seen


@pytest.mark.parametrize(("status", "code"), [("flagged", 4), ("pending", 4)])
def test_what_is_held_is_exit_4_and_no_trouble(
    planned: Command, site: LoopbackSite, status: str, code: int
) -> None:
    site.on("/api/submit", answers({**ACCEPTED, "status": status}))
    assert planned(*RUN).code == code
    assert "waits for review" in planned("autosubmit", "status").out
    assert planned("autosubmit", "status").code == 0


@pytest.mark.usefixtures("switched_on")
def test_a_machine_without_usage_is_no_failure(alice: Command) -> None:
    ran = alice("autosubmit", "run")
    assert ran.code == 0
    assert "no usage on this machine" in ran.out


def test_a_run_beside_another_does_nothing_and_a_dead_run_holds_nothing(
    planned: Command, site: LoopbackSite
) -> None:
    path = planned.machine.config_dir / "autosubmit.lock"
    code = (
        "import fcntl, sys\n"
        f"file = open({str(path)!r}, 'w')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        ran = planned("autosubmit", "run")
        assert ran.code == 0
        assert "Another run is under way" in ran.err
        assert not site.seen
        holder.kill()
    assert path.exists()
    assert planned("autosubmit", "run").code == 0
    assert len(site.asked("/api/submit")) == 1


def test_logs_that_the_environment_moved_are_found_without_it(
    alice: Command, switched_on: None, site: LoopbackSite, logs: ClaudeLogs, tmp_path: Path
) -> None:
    logs.session(assistant(), root=tmp_path / "moved" / "projects")
    plan = Plan(rhythm=MIDDAY, environment={"CLAUDE_CONFIG_DIR": str(tmp_path / "moved")})
    keep_plan(alice.machine, plan)
    assert alice(*RUN).code == 0
    assert site.asked("/api/submit")[0].json["totals"]["tokens"] == 763


def test_the_login_can_be_named(
    alice: Command, switched_on: None, transcript: Path, site: LoopbackSite, home: Path
) -> None:
    bare = Machine(home, {"CCGATHER_CONFIG_DIR": str(home / "nowhere")}, "linux")
    words = ("autosubmit", "run", "--config-dir", str(alice.machine.config_dir))
    assert replace(alice, machine=bare)("autosubmit", "run").code == 3
    assert replace(alice, machine=bare)(*words).code == 0
    assert len(site.asked("/api/submit")) == 1


def test_the_log_keeps_its_size_its_order_and_its_mode(machine: Machine) -> None:
    at = datetime(2026, 5, 3, 12, tzinfo=timezone.utc)
    for number in range(2 * LOG_BYTES // 100):
        journal = Journal(machine, at=at, source="run")
        journal.write(f"number {number} \x1b[31m{'x' * 80}\n")
    sizes = [path.stat().st_size for path in machine.config_dir.glob("autosubmit.log*")]
    assert len(sizes) == 2
    assert max(sizes) <= LOG_BYTES
    tail = log_tail(machine, 1000)
    assert tail[-1].startswith(f"2026-05-03T12:00:00Z run number {number} ")
    assert "\x1b" not in "".join(tail)
    assert len(tail) > LOG_BYTES // 150
    assert (machine.config_dir / "autosubmit.log").stat().st_mode & 0o777 == 0o600


def test_the_end_of_the_log_is_shown(planned: Command) -> None:
    for hours in range(0, 24 * 8, 24):
        later(planned, hours=hours)(*RUN)
    shown = later(planned, days=8)("autosubmit", "status").out
    assert "2026-05-10T12:00:00Z schedule Sent 763 tokens" in shown
    assert "2026-05-04T12:00:00Z" not in shown


def test_a_look_that_finds_nothing_due_loads_nothing_heavy(planned: Command, home: Path) -> None:
    plan = Plan(rhythm=MIDDAY, since=datetime.now(timezone.utc).isoformat())
    keep_plan(planned.machine, plan)
    code = (
        "import sys, ccgather_cli.__main__ as m\n"
        f"code = m.main({list(RUN)!r})\n"
        "heavy = {'rich', 'urllib3', 'msgspec', 'sqlite3', 'subprocess'} & set(sys.modules)\n"
        "print(code, sorted(heavy))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert ran.stdout == "0 []\n"


def test_a_damaged_plan_is_no_reason_to_fail(planned: Command) -> None:
    for text in (
        "",
        "[]",
        '{"hours": 5, "minute": -1, "environment": 3}',
        '{"hours": 24}',
    ):
        (planned.machine.config_dir / "autosubmit.json").write_text(text)
        assert planned(*RUN).code == 0
