"""Which days of the past are kept, and how they are drawn."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ccgather.errors import InvalidInputError

DAILY_DAYS = 400
"""So long every day is kept: a chart of a year has each of its days, and a margin."""


def is_kept(*, day: date, today: date) -> bool:
    """Whether a day's snapshot stays: each of the last `DAILY_DAYS`; before them the Sundays, with
    which weeks end, and the last days of months.

    A month is thinned as a whole, when its last day is old enough.
    """
    month_end = month_after(day) - timedelta(days=1)
    return (today - month_end).days <= DAILY_DAYS or day.weekday() == 6 or day == month_end


def day_asked_for(text: str | None) -> date | None:
    """The day that `since` in an address names, None for none. Raises InvalidInputError."""
    if not text:
        return None
    try:
        if len(text) == len("2026-11-20"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInputError(
        "There is no such day.", details=(f"since: {text[:40]!r} is not a day as 2026-11-20",)
    )


def month_after(day: date) -> date:
    """The first day of the month after the one that holds `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def ranks_between(
    *, ranks: Mapping[date, int], first: date, last: date
) -> list[tuple[date, int | None]]:
    """A pair for each day first..last, None where the person stood on no board."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [(day, ranks.get(day)) for day in days]


def ranks_by_week(ranks: Sequence[tuple[date, int | None]]) -> list[tuple[date, int | None]]:
    """The last known rank of each ISO week, named by its Monday; None for a week without one."""
    weeks: dict[date, int | None] = {}
    for day, rank in ranks:
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday) if rank is None else rank
    return list(weeks.items())
