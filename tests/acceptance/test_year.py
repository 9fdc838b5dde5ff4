"""A simulated year: three hundred people, every midnight set against a slow computation.

`YEAR_DAYS` and `YEAR_PEOPLE` make it shorter, `YEAR_SEED` another one. Run with `-s` to see its
figures.
"""

import os
import sys
import threading
import time as timing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

import pytest
from django.db import connection

from accounts.services.purging import purge_expired
from ccgather.ops.services import change_setting
from ccgather.site.integrity import services as integrity
from ccgather.site.sums import sum_disagreements
from leaderboard.models import BoardClock, SnapshotDay
from leaderboard.services.badges import fold_badge_tallies
from leaderboard.services.rank_badges import award_rank_badges
from leaderboard.services.rebuild import rebuild_boards
from leaderboard.services.roll import roll_boards
from leaderboard.services.snapshots import take_snapshots, thin_snapshots
from leaderboard.services.tallies import fold_tallies
from leaderboard.services.usage_changes import forget_old_changes
from submissions.services.purging import purge_old
from tests.acceptance.slow_year import DAY
from tests.acceptance.year_compared import Compared
from tests.acceptance.year_of_people import Event, Year

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1800),
]

DAYS = int(os.environ.get("YEAR_DAYS", "365"))
PEOPLE = int(os.environ.get("YEAR_PEOPLE", "300"))
SEED = int(os.environ.get("YEAR_SEED", "2026"))
FIRST_DAY = date(2025, 11, 17)
SAMPLE = 4
"""People whose profile and story are worked out each midnight."""

STATE = (
    "SELECT * FROM leaderboard_standing",
    (
        "SELECT board, window_start, country_code, sum(people_by_tokens), sum(people_by_cost), "
        "sum(people_by_days), sum(tokens), sum(cost_microusd) FROM leaderboard_boardtally "
        "GROUP BY 1, 2, 3 HAVING sum(people_by_tokens) <> 0"
    ),
    "SELECT * FROM leaderboard_midnightrank",
    "SELECT * FROM leaderboard_snapshot",
    "SELECT day, people FROM leaderboard_snapshotday",
    "SELECT * FROM leaderboard_usagechange",
    "SELECT * FROM leaderboard_earnedbadge",
    "SELECT * FROM leaderboard_badgeevent",
    "SELECT badge, sum(holders) FROM leaderboard_badgetally GROUP BY 1",
    "SELECT * FROM leaderboard_badgeclock",
    "SELECT current_day, building_day FROM leaderboard_boardclock",
    "SELECT * FROM leaderboard_competitor",
    "SELECT * FROM submissions_userday",
    "SELECT * FROM submissions_usageaccount",
)


def state() -> list[str]:
    """A fingerprint of everything that jobs write."""
    found = []
    with connection.cursor() as cursor:
        for query in STATE:
            cursor.execute(
                f"""
                SELECT count(*)::text || ' ' || coalesce(sum(hashtextextended(s::text, 0)), 0)
                FROM ({query}) s
                """  # noqa: S608 - constants above
            )
            found.append(cursor.fetchone()[0])
    return found


def at_once(job: Callable[[], object]) -> None:
    """Twice in threads that start together, each on a connection of its own."""
    together = threading.Barrier(2)

    def run() -> None:
        try:
            together.wait(10)
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run) for _ in range(2)]:
            future.result(60)


def jobs(at: datetime) -> list[Callable[[], object]]:
    """The jobs of a night, in their order."""
    return [
        partial(roll_boards, at=at),
        partial(take_snapshots, at=at + timedelta(seconds=30)),
        award_rank_badges,
        fold_badge_tallies,
        fold_tallies,
        partial(thin_snapshots, at=at),
        partial(forget_old_changes, at=at),
        partial(purge_old, at=at),
        partial(purge_expired, at=at),
    ]


class Nights:
    """What the site does at midnight, and what is then compared."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.random = Random(SEED)
        self.compared = Compared(year.slow, SEED)
        self.number = 0

    def runs(self, at: datetime) -> None:
        """The jobs, once more and sometimes twice at once; then everything is compared."""
        slow = self.year.slow
        clock = BoardClock.objects.filter(pk=1).first()
        if clock is None:
            return
        self.number += 1
        if clock.current_day < at.date():
            slow.rolls(clock.current_day, at)
        taken = sorted(slow.ended)
        in_pairs = self.number % 7 == 0
        for job in jobs(at):
            if in_pairs:
                at_once(job)
            else:
                job()
        slow.takes_snapshots()
        slow.judges_rank_badges()
        if self.number % 5 == 0:
            before = state()
            for job in jobs(at):
                at_once(job) if in_pairs else job()
            assert state() == before, f"a second run at {at} changed something"
            self.compared.counts["repeated nights"] += 1
        self.compares(at, taken)

    def compares(self, at: datetime, taken: list[date]) -> None:
        slow, compared = self.year.slow, self.compared
        compared.boards(at)
        compared.snapshots(taken)
        compared.badges()
        known = sorted(slow.people.values(), key=lambda someone: someone.name)
        some = self.random.sample(known, min(SAMPLE, len(known)))
        compared.profiles(some, at)
        if slow.snapshots:
            compared.stories(some, at)
            compared.past_ranks(some[:1], at.date())
        if self.number % 10 == 0:
            assert sum_disagreements() == [], at
            run = integrity.check_invariants(at=at + timedelta(hours=1), alerts=False)
            assert run.disagreements == {}, at
            compared.counts["proofs"] += 1
            compared.snapshots(self.random.sample(sorted(slow.snapshots), 2))


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    monkeypatch.setattr(integrity, "SAMPLE", 5)
    yield Year(seed=SEED, people=PEOPLE, first_day=FIRST_DAY, days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhparent = 'leaderboard_snapshot'::regclass"
        )
        for (partition,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {partition}")


def is_down(number: int, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether the number of a day lies in one of the spans (of a year; shorter runs have few)."""
    return any(first <= number % 120 < first + length for first, length in spans)


WORKER_IS_DOWN = ((9, 1), (31, 3), (78, 5))
"""Reports go on, and nobody rolls the boards."""
SITE_IS_DOWN = ((20, 2), (55, 4))
"""Nobody reports, nothing runs."""


def test_every_midnight_of_a_year_is_right(year: Year) -> None:
    # What people draw by lot here is made up: only the hard limits hold anything.
    change_setting(key="signal_hold_from", value=100.0, by="tests", at=datetime.now(UTC))
    began = timing.monotonic()
    nights = Nights(year)
    behind = False
    for number in range(DAYS):
        day = FIRST_DAY + DAY * number
        events: list[Event] = []
        if is_down(number, SITE_IS_DOWN):
            year.nobody_can_come(day)
        else:
            events = list(year.events_of(day))
        live(events[: len(events) // 2])
        if behind and events and not is_down(number, WORKER_IS_DOWN):
            # The worker comes back in the middle of a day.
            nights.runs(events[len(events) // 2][0] - timedelta(seconds=1))
            behind = False
        live(events[len(events) // 2 :])
        year.slow.day_ends(day)
        if is_down(number, WORKER_IS_DOWN) or is_down(number, SITE_IS_DOWN):
            behind = True
        elif not behind:
            nights.runs(datetime.combine(day + DAY, time(0, 1), tzinfo=UTC))
        if number in (DAYS // 3, DAYS * 2 // 3):
            rebuilt_changes_nothing(datetime.combine(day + DAY, time(0, 5), tzinfo=UTC))
        if number % 30 == 29:
            show(year, nights, began)
    late = datetime.combine(FIRST_DAY + DAY * (DAYS + 500), time(3), tzinfo=UTC)
    thinned_keeps_sundays_and_month_ends(nights, late)
    show(year, nights, began)


def live(events: list[Event]) -> None:
    for at, do in events:
        do(at)


def rebuilt_changes_nothing(at: datetime) -> None:
    before = state()
    rebuild_boards(at=at)
    assert state() == before, f"a rebuild at {at} changed something"


def thinned_keeps_sundays_and_month_ends(nights: Nights, at: datetime) -> None:
    slow = nights.year.slow
    thin_snapshots(at=at)
    gone = thin_snapshots(at=at)
    assert gone == 0
    kept = [day for day in slow.snapshots if day.isoweekday() == 7 or (day + DAY).day == 1]
    assert list(SnapshotDay.objects.order_by("day").values_list("day", flat=True)) == sorted(kept)
    nights.compared.snapshots(nights.random.sample(kept, min(5, len(kept))))


def show(year: Year, nights: Nights, began: float) -> None:
    parts = {"midnights": nights.number} | dict(year.did) | dict(nights.compared.counts)
    words = ", ".join(f"{count:,} {name}" for name, count in parts.items())
    sys.stdout.write(f"\n{timing.monotonic() - began:.0f} s: {words}\n")
