"""A whole site under load loses Redis, PostgreSQL, its web processes, and its worker in the middle
of each job: no wrong rank is served as right, no report is lost or counted twice, it heals by
itself, and everything derived agrees afterwards."""

import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ccgather.celery import JOBS
from tests.acceptance.load import Load, Phase
from tests.acceptance.truth import Truth
from tests.acceptance.whole_site import WholeSite

pytestmark = [pytest.mark.acceptance, pytest.mark.redis, pytest.mark.timeout(900)]

PEOPLE = 8_000
MOVERS = [f"mover_{number}" for number in range(4)]

MOST_SECONDS = 20.0
"""No answer may take longer, whatever is away: 10 s for a connection of the pool, and the work of a
request on a machine that does everything else too."""

HEAL_SECONDS = 60.0
"""How long after the end of any trouble the site may take until ranks come from Redis again and
nothing waits: the jobs come every five seconds, and a worker that lost its broker asks again after
2, 4, 6, … seconds."""

JOB_SECONDS = 60.0

INTO_THE_JOB = {
    "roll-boards": 0.8,
    "snapshot-boards": 0.2,
    "award-badges": 0.1,
    "heal-ranking": 0.3,
    "check-invariants": 1.0,
}
"""Seconds after a job has begun when the worker dies; at once where nothing is said."""

WRITES_WHAT_IS_DERIVED = {"award-badges", "fold-tallies", "heal-ranking", "sweep-outbox"}

OF_OTHER_SITES = {name for name in JOBS if "news" in name}
"""Jobs that ask the Internet."""

_POPULATE = f"""
import json, secrets
from datetime import UTC, datetime, timedelta
from accounts.services import create_person, create_token
from benchmarks.population import populate
from ccgather.ops.services import change_setting
from leaderboard.models import Standing

at = datetime.now(UTC)
populate(people={PEOPLE}, at=at - timedelta(days=1))
change_setting(key="max_daily_cost_factor", value=1000.0, by="tests", at=at)
tokens = {{}}
for name in {MOVERS!r}:
    person = create_person(username=name, at=at)
    tokens[name], _ = create_token(user_id=person.pk, name="laptop", at=at)
still = dict(Standing.objects.filter(board="all").values_list("user__username", "tokens"))
print(json.dumps({{"tokens": tokens, "still": still}}))
"""

_STATE = """
import json
from django.conf import settings
from ccgather.site.sums import sum_disagreements
from leaderboard.models import RankingChange, RankingGeneration, Standing
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import Metric
from submissions.models import Submission, UsageAccount
from tests.leaderboard.redis_contents import due, generations, held, windows_held

is_built = RankingGeneration.objects.filter(serving=True).exists()
in_redis, in_sql = (held(settings.RANKING_REDIS_URL), due()) if is_built else ({}, {})
people = {"user__username__startswith": "mover_"}
print(json.dumps({
    "disagreements": sum_disagreements(),
    "boards that differ": [key for key in in_sql | in_redis
                           if in_sql.get(key) != in_redis.get(key)],
    "boards": len(in_sql),
    "entries": sum(map(len, in_redis.values())),
    "generations": len(generations(settings.RANKING_REDIS_URL)),
    "waiting": RankingChange.objects.count(),
    "accounts": dict(UsageAccount.objects.filter(**people)
                     .values_list("user__username", "total_tokens")),
    "standings": dict(Standing.objects.filter(board="all", **people)
                      .values_list("user__username", "tokens")),
    "submissions": {name: Submission.objects.filter(user__username=name).count()
                    for name in UsageAccount.objects.filter(**people)
                    .values_list("user__username", flat=True)},
}))
"""


class Trial:
    """The site, those who use it, and what became of it so far."""

    def __init__(self, site: WholeSite, *, say: Callable[[str], object]) -> None:
        self.site = site
        self.say = say
        made = json.loads(site.manage("shell", "-v", "0", stdin=_POPULATE).splitlines()[-1])
        self.truth = Truth(made["still"], MOVERS)
        self.load = Load(
            port=site.port,
            truth=self.truth,
            secrets=made["tokens"],
            day=datetime.now(UTC).date(),
        )

    def goes_through(
        self,
        name: str,
        hurt: Callable[[], str | None],
        *,
        unanswered: bool = False,
        proves: bool = True,
    ) -> None:
        """Hurts the site under load, waits until it has healed, and proves everything, or, without
        `proves`, leaves that to the next who does. With `unanswered` connections may break: a
        process that serves them died."""
        phase = self.load.begin(name)
        entered = time.monotonic()
        threading.Event().wait(1)
        what = hurt() or ""
        begun = time.monotonic()
        self._await_health(name)
        healed = time.monotonic() - begun
        threading.Event().wait(0.5)
        self._judge(phase, unanswered=unanswered)
        if proves:
            with self.load.quiet():
                state = self.quiet_state()
            self.compare(name, state)
        whole = time.monotonic() - entered
        self.say(
            f"{name}: {what}healed in {healed:.1f} s; {phase.told()}; all of it took {whole:.0f} s"
        )

    def _await_health(self, name: str) -> None:
        deadline = time.monotonic() + HEAL_SECONDS
        well = 0
        last: object = None
        while well < 6:  # two processes answer in turn, more or less
            status, last = self.site.readiness()
            well = well + 1 if status == 200 and last == "ok" else 0
            assert time.monotonic() < deadline, f"{name}: still {last}\n{self.site.last_words()}"
            threading.Event().wait(0.1)

    def _judge(self, phase: Phase, *, unanswered: bool) -> None:
        faults = list(phase.faults)
        if phase.slowest > MOST_SECONDS:
            faults.append(f"an answer took {phase.slowest:.1f} s")
        for what, number in phase.answers.items():
            kind, status = what.rsplit(" ", 1)
            if status == "unanswered" and not unanswered:
                faults.append(f"{number} of {kind} got no answer")
            elif status not in ("200", "500", "502", "503", "unanswered"):
                faults.append(f"{number} of {kind} got {status}")
        assert not faults, f"{phase.name}: {len(faults)} faults\n" + "\n".join(faults[:20])
        good = sum(number for what, number in phase.answers.items() if what.endswith(" 200"))
        assert good > 0, f"{phase.name}: nothing was answered"

    def quiet_state(self) -> dict[str, Any]:
        """What the site holds once nobody asks and no job is at work."""
        deadline = time.monotonic() + HEAL_SECONDS
        while True:
            state: dict[str, Any] = json.loads(
                self.site.manage("shell", "-v", "0", stdin=_STATE).splitlines()[-1]
            )
            is_settled = not state["waiting"] and state["generations"] == 1
            if is_settled or time.monotonic() > deadline:
                return state

    def compare(self, name: str, state: dict[str, Any]) -> None:
        """Everything agrees with everything, and holds each report that was answered, once."""
        assert state["disagreements"] == [], name
        assert state["boards that differ"] == [], name
        assert state["waiting"] == 0, name
        assert state["generations"] == 1, name
        assert state["accounts"] == state["standings"], name
        now = time.monotonic()
        for person in MOVERS:
            assert state["accounts"].get(person, 0) in self.truth.possible(person, now, now), name
            answered, sent = self.truth.reports_of(person)
            assert answered <= state["submissions"].get(person, 0) <= sent, name


@pytest.fixture
def trial(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Trial]:
    def say(line: str) -> None:
        with capfd.disabled():
            sys.stdout.write(f"\n{line}")
            sys.stdout.flush()

    with WholeSite(tmp_path) as site:
        found = Trial(site, say=say)
        site.start()
        yield found


def test_whatever_is_lost_under_load_no_rank_is_wrong_and_everything_heals(trial: Trial) -> None:
    site = trial.site
    with trial.load:
        # A day has passed since the boards rolled: these two find the work of a midnight.
        for job in ("roll-boards", "snapshot-boards"):
            trial.goes_through(f"worker killed in {job}", partial(killed_in, site, job))
        trial.goes_through("redis emptied", lambda: emptied(site))
        trial.goes_through("redis killed, back empty after 4 s", lambda: killed_redis(site))
        trial.goes_through("redis hung for 6 s", lambda: hung_redis(site))
        for immediately, how in ((False, "fast"), (True, "immediate")):
            trial.goes_through(
                f"postgresql restarted ({how}), away for 3 s",
                partial(site.restart_database, immediately=immediately, away=3.0),
            )
        for job in sorted(JOBS.keys() - {"roll-boards", "snapshot-boards"} - OF_OTHER_SITES):
            trial.goes_through(
                f"worker killed in {job}",
                partial(killed_in, site, job),
                proves=job in WRITES_WHAT_IS_DERIVED,
            )
        trial.goes_through(
            "one of two web processes killed", site.kill_one_web_process, unanswered=True
        )
        trial.goes_through("the web killed", lambda: site.kill("web"), unanswered=True)
    prove_every_report(trial)
    trial.say(site.manage("check_invariants"))


def prove_every_report(trial: Trial) -> None:
    """Sends everybody's last report once more: afterwards all has been answered, and counts."""
    trial.load.begin("at the end")
    for name in MOVERS:
        answer = trial.load.send_again(name)
        assert answer is not None
        assert answer.status == 200, answer.body
        assert answer.body["metrics"]["totalTokens"] == trial.truth.latest(name)
    state = trial.quiet_state()
    trial.compare("at the end", state)
    answered = sum(trial.truth.reports_of(name)[0] for name in MOVERS)
    stored = sum(state["submissions"].values())
    trial.say(f"{answered} reports answered, {stored} stored, {state['entries']} entries in Redis")
    assert state["accounts"] == {name: trial.truth.latest(name) for name in MOVERS}


def emptied(site: WholeSite) -> None:
    site.redis.ask("FLUSHALL")


def killed_redis(site: WholeSite) -> None:
    site.redis.kill()
    threading.Event().wait(4)
    site.redis.start()


def hung_redis(site: WholeSite) -> None:
    with site.hung_redis():
        threading.Event().wait(6)


def killed_in(site: WholeSite, job: str) -> str:
    """The worker dies while it does a job that has work to do, and the job is sent again."""
    key = int.from_bytes(hashlib.sha256(f"job:{job}".encode()).digest()[:8], signed=True)
    with psycopg.connect(site.database, autocommit=True) as watcher:

        def runs() -> bool:
            return bool(watcher.execute(_RUNS, [key]).fetchone())

        for attempt in range(1, 6):
            prepare(site, job)
            site.send_job(JOBS[job]["task"])
            begun = _wait_for(runs)
            assert begun, f"{job} did not begin\n{site.last_words()}"
            threading.Event().wait(INTO_THE_JOB.get(job, 0.0) * (5 - attempt) / 4)
            if runs():
                site.kill("worker")
                break
        else:
            return "was never hit, it is over at once; "
        assert _wait_for(lambda: not runs()), "the lock of a dead worker is still held"
    site.await_worker()
    site.send_job(JOBS[job]["task"])
    return f"hit at attempt {attempt}; "


_RUNS = """
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND (classid::bigint << 32 | objid::bigint) = %s
"""


_SNAPSHOT_IS_DUE = """
DELETE FROM leaderboard_snapshot
WHERE day >= (SELECT current_day - 1 FROM leaderboard_boardclock);
DELETE FROM leaderboard_snapshotday
WHERE day >= (SELECT current_day - 1 FROM leaderboard_boardclock);
INSERT INTO leaderboard_snapshotday (day, taken_at, people)
SELECT current_day - 2, rolled_at, 0 FROM leaderboard_boardclock
ON CONFLICT (day) DO NOTHING
"""
"""As if yesterday's were missing, and the one before it were there."""


def prepare(site: WholeSite, job: str) -> None:
    """Something to do, for jobs that would find nothing."""
    if job == "heal-ranking":
        site.redis.ask("FLUSHALL")
    if job == "snapshot-boards":
        site.execute(_SNAPSHOT_IS_DUE)
    if job == "award-badges":
        site.execute("DELETE FROM leaderboard_badgeclock")


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
    return False
