"""What the figures of a run amount to, and whether the proof itself is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LATE_AFTER = timedelta(hours=26)
"""The proof runs every night; so long after the last one somebody should look why."""


class State(StrEnum):
    """What can be said of the site's numbers. The value is part of the HTTP contract."""

    NEVER = "never"
    HELD = "held"
    BROKEN = "broken"
    FAILED = "failed"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What became of one invariant: so many things checked, so many of them wrong.

    `applies` is false for what this site does not have (yet), such as a separate ranking.
    """

    name: str
    checked: int
    wrong: int
    seconds: float
    applies: bool = True


def has_held(figures: Sequence[Figure]) -> bool:
    """Whether nothing was wrong anywhere."""
    return not any(figure.wrong for figure in figures)


def state_of(*, outcome: str | None, last_at: datetime | None, at: datetime) -> State:
    """Of the last run that ended, its outcome and moment; None for none.

    What was found wrong stays said, however long ago; that all was well goes stale.
    """
    if outcome is None or last_at is None:
        return State.NEVER
    if outcome == State.BROKEN:
        return State.BROKEN
    if at - last_at > LATE_AFTER:
        return State.OVERDUE
    return State(outcome)
