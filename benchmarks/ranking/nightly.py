"""What happens to a million people at midnight, and what they weigh."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread

import redis
from django.db import connection, connections
from django.test import Client

from benchmarks import site
from benchmarks.measuring import fetch
from benchmarks.ranking.timing import Times, Verdict, timed
from benchmarks.rounds import daily_round
from leaderboard.services.clock import board_clock
from leaderboard.services.mirror import rebuild_ranking
from leaderboard.services.snapshots import take_snapshot

PAUSE_SECONDS = 0.05


def time_rebuild(*, redis_url: str, at: datetime) -> Verdict:
    """Redis is emptied and filled again."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    entries: list[int] = []
    seconds = timed(lambda: entries.append(rebuild_ranking(at=at)))
    print(f"Redis rebuilt from nothing, {entries[0]:,} entries: {seconds:.1f} s", flush=True)
    return Verdict(what="Redis rebuilt from nothing", value=seconds, most=90, unit="s")


def time_snapshot(*, at: datetime) -> Verdict:
    """Everybody's place at the last midnight."""
    people: list[int | None] = []
    day = (at - timedelta(days=1)).date()
    seconds = timed(lambda: people.append(take_snapshot(day=day, at=at)))
    print(f"Snapshot of {people[0] or 0:,} people: {seconds:.1f} s", flush=True)
    return Verdict(what="the daily snapshot", value=seconds, most=20, unit="s")


def time_roll(*, database: str) -> Verdict:
    """Every board moves to the next day, in a process of its own, while threads of this one read
    and submit without pause."""
    next_day = board_clock(at=datetime.now(UTC)).current_day + timedelta(days=1)
    midnight = datetime(next_day.year, next_day.month, next_day.day, 0, 0, 5, tzinfo=UTC)
    reading, submitting = Times(), Times()
    draw = Random("midnight")

    def read(client: Client, number: int) -> None:
        sample = fetch(client=client, address=f"/api/leaderboard?page={1 + number % 3_000}")
        reading.seconds.append(sample.total)

    def submit(client: Client, number: int) -> None:
        samples = daily_round(client, draw, 100_000 + number)
        submitting.seconds.extend(sample.total for sample in samples.values())

    with _going_on(read, database=database), _going_on(submit, database=database):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.ranking.worker", database, midnight.isoformat()],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    told = json.loads(done.stdout)
    seconds = float(told["seconds"])
    print(f"Midnight, {told['people']:,} people rebuilt: {seconds:.1f} s")
    for name, spent in told["steps"].items():
        print(f"  of it {name:30} {spent:6.1f} s")
    print(f"  meanwhile: pages                     {reading.line()}")
    print(f"  meanwhile: submissions               {submitting.line()}", flush=True)
    return Verdict(what="rolling every board at midnight", value=seconds, most=120, unit="s")


@contextmanager
def _going_on(work: Callable[[Client, int], None], *, database: str) -> Iterator[None]:
    """`work` again and again in a thread of its own, with the number of the time. What it raises
    is raised here."""
    done = Event()
    raised: list[BaseException] = []

    def run() -> None:
        client = Client(headers={"Host": "localhost"})
        number = 0
        try:
            with site.using(database):
                while not done.wait(PAUSE_SECONDS):
                    work(client, number)
                    number += 1
        except BaseException as error:
            raised.append(error)
            raise
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    if raised:
        raise raised[0]


def print_sizes(*, redis_url: str, people: int) -> None:
    """Memory of Redis and the disk of each table, in all and for each person."""
    with redis.Redis.from_url(redis_url) as client:
        memory = client.info("memory")
    for name in ("used_memory", "used_memory_rss"):
        print(
            f"Redis {name:16} {memory[name] / 1e6:10,.1f} MB {memory[name] / people:8,.0f} B each"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT regexp_replace(relname, '_\\d{4}_\\d{2}$', ''),
              sum(pg_relation_size(oid))::bigint, sum(pg_indexes_size(oid))::bigint,
              sum(pg_total_relation_size(oid))::bigint AS total
            FROM pg_class WHERE relkind = 'r'
              AND relname ~ '^(accounts|submissions|leaderboard)_'
            GROUP BY 1 HAVING sum(pg_total_relation_size(oid)) > 1000000 ORDER BY total DESC
            """
        )
        rows = cursor.fetchall()
    print(f"{'table':34}{'rows MB':>10}{'indexes MB':>12}{'all MB':>10}{'B/person':>10}")
    for name, heap, indexes, total in rows:
        print(
            f"{name:34}{heap / 1e6:>10,.1f}{indexes / 1e6:>12,.1f}{total / 1e6:>10,.1f}"
            f"{total / people:>10,.0f}"
        )
    total = sum(row[3] for row in rows)
    print(f"{'together':34}{'':>22}{total / 1e6:>10,.1f}{total / people:>10,.0f}", flush=True)
