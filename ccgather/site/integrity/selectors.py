"""What the public is told of the nightly proof: figures, never names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ccgather.site.integrity.catalogue import INVARIANTS, Invariant
from ccgather.site.integrity.rules.outcomes import Figure, State, state_of
from leaderboard.models import IntegrityRun

SHOWN_RUNS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedInvariant:
    """An invariant and its figure in the last run; None where that run did not look at it."""

    invariant: Invariant
    figure: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One run that ended: `at` is the moment it looked at, `outcome` held, broken or failed."""

    at: datetime
    seconds: float
    outcome: State
    checked: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The last run that ended, invariant by invariant, and the runs before it, newest first."""

    state: State
    last: Proof | None
    invariants: tuple[ProvedInvariant, ...]
    runs: tuple[Proof, ...]


def integrity(*, at: datetime) -> Integrity:
    """What can be said at that moment. One query."""
    ended = IntegrityRun.objects.exclude(outcome=IntegrityRun.Outcome.RUNNING)
    rows = list(ended.defer("disagreements").order_by("-at", "-pk")[:SHOWN_RUNS])
    runs = tuple(_proof(row) for row in rows)
    last = runs[0] if runs else None
    figures = {figure.name: figure for figure in _figures(rows[0])} if rows else {}
    return Integrity(
        state=state_of(
            outcome=last.outcome.value if last else None, last_at=last.at if last else None, at=at
        ),
        last=last,
        invariants=tuple(
            ProvedInvariant(invariant=invariant, figure=figures.get(invariant.name))
            for invariant in INVARIANTS
        ),
        runs=runs,
    )


def _proof(row: IntegrityRun) -> Proof:
    figures = _figures(row)
    ended_at = row.ended_at or row.started_at
    return Proof(
        at=row.at,
        seconds=(ended_at - row.started_at).total_seconds(),
        outcome=State(row.outcome),
        checked=sum(figure.checked for figure in figures),
        wrong=sum(figure.wrong for figure in figures),
    )


def _figures(row: IntegrityRun) -> Sequence[Figure]:
    return [Figure(**figure) for figure in row.figures]
