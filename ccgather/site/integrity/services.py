"""Proving every invariant, and writing down what was found. Nothing is ever repaired here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from ccgather.ops import clock
from ccgather.site.integrity.alerts import alert
from ccgather.site.integrity.catalogue import INVARIANTS
from ccgather.site.integrity.copied import check_copy
from ccgather.site.integrity.moderation import (
    check_decided,
    check_excluded,
    check_holds,
    check_uncounted,
)
from ccgather.site.integrity.moments import Tally, batches, one_moment
from ccgather.site.integrity.order import (
    check_midnight_ranks,
    check_ranks,
    check_windows,
    current_windows,
)
from ccgather.site.integrity.past import check_snapshots
from ccgather.site.integrity.rules.outcomes import Figure, has_held
from ccgather.site.integrity.samples import check_badges, check_profiles
from ccgather.site.sums import BY_PERSON, EVERYBODY, People, sum_findings
from leaderboard.models import BoardTally, IntegrityRun, Standing
from submissions.models import Slice, UsageAccount, UserDay

KEPT = timedelta(days=366)
"""How long runs are kept."""

SAMPLE = 200
"""People whose profile, badges and entries in Redis are looked at."""

Progress = Callable[[int, int], object]
"""Told how many steps are done, and of how many."""

COUNTED = {
    "slices": Slice,
    "days": UserDay,
    "accounts": UsageAccount,
    "standings": Standing,
}

OF_PEOPLE = {
    "uncounted": check_uncounted,
    "holds": check_holds,
    "decided": check_decided,
    "excluded": check_excluded,
    "windows": check_windows,
}
"""Beside the sums, what is looked at a range of people at a time."""


class Findings:
    """What all invariants have come to, in the order of the catalogue."""

    def __init__(self) -> None:
        self.tallies = {invariant.name: Tally() for invariant in INVARIANTS}
        self._seconds = dict.fromkeys(self.tallies, 0.0)

    @contextmanager
    def of(self, name: str) -> Iterator[Tally]:
        """Adds to the figures of one invariant, and to its time."""
        began = time.perf_counter()
        yield self.tallies[name]
        self._seconds[name] += time.perf_counter() - began

    def figures(self) -> list[Figure]:
        """A figure for each invariant."""
        return [
            Figure(
                name=name,
                checked=tally.checked,
                wrong=tally.wrong,
                seconds=round(self._seconds[name], 3),
                applies=tally.applies,
            )
            for name, tally in self.tallies.items()
        ]

    def sentences(self) -> dict[str, list[str]]:
        """The first sentences about what is wrong, by invariant."""
        return {name: list(t.sentences) for name, t in self.tallies.items() if t.sentences}


def check_invariants(
    *, at: datetime, progress: Progress = lambda _done, _of: None, alerts: bool = True
) -> IntegrityRun:
    """Looks at everything as of one moment, and writes a run down; answers it.

    With `alerts` a broken invariant, or a proof that ends in an error (which is raised on), is
    told to the operators. Safe while people submit; not for two at once (`ccgather.ops.jobs`).
    """
    _forget_old_runs(at=at)
    run = IntegrityRun.objects.create(at=at, started_at=clock.now())
    findings = Findings()
    try:
        _look(findings=findings, at=at, progress=progress)
        held = has_held(findings.figures())
        run.outcome = IntegrityRun.Outcome.HELD if held else IntegrityRun.Outcome.BROKEN
    except BaseException:
        run.outcome = IntegrityRun.Outcome.FAILED
        raise
    finally:
        run.ended_at = clock.now()
        run.figures = [_json(figure) for figure in findings.figures()]
        run.disagreements = findings.sentences()
        run.save()
        if alerts and run.outcome != IntegrityRun.Outcome.HELD:
            alert(run=run, figures=findings.figures(), sentences=findings.sentences())
    return run


def _look(*, findings: Findings, at: datetime, progress: Progress) -> None:
    seed = at.toordinal()
    done = steps = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, steps)

    with one_moment():
        parts = batches()
        windows = current_windows()
        steps = len(parts) * (len(BY_PERSON) + len(OF_PEOPLE)) + 1 + len(windows) + 5
        for people in parts:
            for name in BY_PERSON:
                _check_sums(findings=findings, name=name, people=people, at=at)
                step()
            for name, check in OF_PEOPLE.items():
                with findings.of(name) as tally:
                    check(tally=tally, people=people)
                step()
        _check_sums(findings=findings, name="tallies", people=EVERYBODY, at=at)
        step()
        for window in windows:
            with findings.of("ranks") as tally:
                check_ranks(tally=tally, window=window)
            step()
        with findings.of("badges") as tally:
            check_badges(tally=tally, size=SAMPLE, seed=seed)
        step()
    with findings.of("ranks") as tally:
        check_midnight_ranks(tally=tally)
    step()
    with findings.of("snapshots") as tally:
        check_snapshots(tally=tally)
    step()
    with findings.of("profiles") as tally:
        check_profiles(tally=tally, size=SAMPLE, seed=seed, at=at)
    step()
    with findings.of("copy") as tally:
        check_copy(tally=tally, size=SAMPLE, seed=seed)
    step()


def _check_sums(*, findings: Findings, name: str, people: People, at: datetime) -> None:
    with findings.of(name) as tally:
        for found in sum_findings(name=name, people=people, today=at.date()):
            tally.add(found=found)
        tally.add(checked=_counted(name=name, people=people))


def _counted(*, name: str, people: People) -> int:
    if name == "tallies":
        places = BoardTally.objects.values("board", "window_start", "country_code")
        return places.distinct().count()
    model = COUNTED[name]
    rows = model.objects.all()  # type: ignore[attr-defined]
    if people.first is not None:
        rows = rows.filter(user_id__gte=people.first)
    if people.before is not None:
        rows = rows.filter(user_id__lt=people.before)
    return int(rows.count())


def _forget_old_runs(*, at: datetime) -> None:
    IntegrityRun.objects.filter(at__lt=at - KEPT).delete()


def _json(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "checked": figure.checked,
        "wrong": figure.wrong,
        "seconds": figure.seconds,
        "applies": figure.applies,
    }
