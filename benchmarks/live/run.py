"""One run: pages open, submissions on their way, processes watched."""

import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil

from benchmarks.live.ages import Board, State, ages_of, state_of
from benchmarks.live.people import Cast
from benchmarks.live.place import Place
from benchmarks.live.traffic import Pages, Submissions

WARM_SECONDS = 5.0
SETTLE_SECONDS = 3.0
"""After the last answer: longer than any page may be behind."""


@dataclass(slots=True)
class Watched:
    """Memory of the web processes by time, and the processor time of everybody."""

    memory: list[int] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    machine_busy: float = 0.0


@dataclass(slots=True)
class Measured:
    """What a run found; ages and latencies in seconds, memory in bytes."""

    pages: int
    seconds: float
    submissions: int
    refused: int
    latencies: list[float]
    late: list[float]
    events: int
    octets: int
    renderings: int
    ages: list[float]
    ages_by_view: dict[str, list[float]]
    unfinished: int
    watched: Watched


async def run(
    *, place: Place, cast: Cast, views: Sequence[str], pages: int, rate: float, seconds: float
) -> Measured:
    """Opens the pages, sends for `seconds`, and reads every state that came."""
    day = datetime.now(UTC).date().isoformat()
    opened = Pages(place.host, place.port)
    await opened.open(views, pages)
    await asyncio.sleep(WARM_SECONDS)
    firsts = {view: next(iter(opened.states[view].values())) for view in views}
    submissions = Submissions(place.host, place.port, cast.senders, day)
    watched = Watched()
    watching = asyncio.create_task(_watch(place, watched))
    events, octets = opened.events, opened.octets
    begun = time.monotonic()
    await submissions.send(rate=rate, seconds=seconds)
    spent = time.monotonic() - begun
    await asyncio.sleep(SETTLE_SECONDS)
    until = time.monotonic()
    opened.raise_what_broke()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    await opened.close()
    states = {
        view: {name: state_of(body) for name, body in known.items()}
        for view, known in opened.states.items()
    }
    boards = {view: _board(view, state_of(firsts[view]), submissions) for view in views}
    by_view: dict[str, list[float]] = {view: [] for view in views}
    unfinished = 0
    for reader in opened.readers:
        known = states[reader.view]
        by_view[reader.view] += ages_of(reader, boards[reader.view], known, until=until)
        unfinished += known[reader.arrived[-1][1]].total != boards[reader.view].total
    return Measured(
        pages=pages,
        seconds=spent,
        submissions=len(submissions.acknowledged),
        refused=submissions.refused,
        latencies=submissions.latencies,
        late=submissions.late,
        events=opened.events - events,
        octets=opened.octets - octets,
        renderings=sum(len(known) for known in opened.states.values()),
        ages=[age for ages in by_view.values() for age in ages],
        ages_by_view=by_view,
        unfinished=unfinished,
        watched=watched,
    )


def _board(view: str, first: State, submissions: Submissions) -> Board:
    country = view.partition("country=")[2][:2]
    return Board(
        first, submissions.acknowledged, country=country, is_all_time="period=" not in view
    )


async def _watch(place: Place, watched: Watched) -> None:
    """Once a second, until it is cancelled."""
    own = psutil.Process(os.getpid())
    named = {
        "web": list(place.web),
        "redis": [place.redis],
        "worker and beat": [p for other in place.others for p in (other, *other.children())],
        "this load": [own],
    }
    before = {name: _spent(processes) for name, processes in named.items()}
    busy = _busy()
    begun = time.monotonic()
    try:
        while True:
            watched.memory.append(sum(web.memory_info().rss for web in place.web))
            await asyncio.sleep(1)
    finally:
        whole = time.monotonic() - begun
        for name, processes in named.items():
            watched.seconds[name] = (_spent(processes) - before[name]) / whole
        watched.machine_busy = (_busy() - busy) / whole


def _spent(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system)
