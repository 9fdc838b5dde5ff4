"""A cheat in the making, and the arithmetic that cheats share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from benchmarks.trust.people import Life
from benchmarks.trust.sending import Rewriting
from benchmarks.trust.story import Cell, Logs, Person, Tells
from submissions.report import UsageRow


@dataclass(slots=True, kw_only=True)
class Draft:
    """A cheat in the making: the honest life underneath and what a strategy needs to know."""

    rng: Random
    name: str
    life: Life
    tells: Tells
    true: Logs
    joined: date
    honest: Sequence[Person]
    claimed: Logs
    moments: list[datetime]
    retention: int = 30
    rewriting: Rewriting | None = None

    @property
    def device(self) -> str:
        """Their first machine."""
        return next(iter(self.true))

    def since(self) -> date:
        """A day in the middle of what they send, from which they cheat."""
        span = max(2, (self.life.last - self.joined).days)
        return self.joined + timedelta(days=self.rng.randint(span // 5, span * 3 // 5))

    def change(self, change: Callable[[Cell], Cell], *, since: date | None = None) -> None:
        """Claims something else of each true log, of those from a day on."""
        self.claimed = {
            device: {
                key: change(cell) if since is None or cell.day >= since else cell
                for key, cell in log.items()
            }
            for device, log in self.true.items()
        }


def some_of(moments: list[datetime], most: int = 7) -> list[datetime]:
    """At most that many, spread over the whole time, the first and the last among them."""
    step = max(1, -(-(len(moments) - 1) // (most - 1)))
    return [*moments[:-1:step], moments[-1]]


def multiplied(row: UsageRow, factor: float, *, messages: bool) -> UsageRow:
    """Every count times a factor, as a script would do it."""
    return replace(
        row,
        input_tokens=round(row.input_tokens * factor),
        output_tokens=round(row.output_tokens * factor),
        cache_read_tokens=round(row.cache_read_tokens * factor),
        cache_write_tokens=round(row.cache_write_tokens * factor),
        reasoning_tokens=round(row.reasoning_tokens * factor),
        cache_write_1h_tokens=round(row.cache_write_1h_tokens * factor),
        messages=round(row.messages * factor) if messages else row.messages,
    )


def times(factor: float, *, messages: bool) -> Callable[[Cell], Cell]:
    def change(cell: Cell) -> Cell:
        hours = cell.hours
        if messages and hours:
            hours = tuple(int(count * factor) for count in hours)
        return replace(
            cell,
            rows=tuple(multiplied(row, factor, messages=messages) for row in cell.rows),
            hours=hours,
        )

    return change


def scaled_apart(rng: Random, row: UsageRow, spread: float) -> UsageRow:
    """Each count times a factor of its own near 1."""
    off = [1 + rng.uniform(-spread, spread) for _ in range(5)]
    return replace(
        row,
        input_tokens=int(row.input_tokens * off[0]),
        output_tokens=int(row.output_tokens * off[1]),
        cache_read_tokens=int(row.cache_read_tokens * off[2]),
        cache_write_tokens=int(row.cache_write_tokens * off[3]),
        reasoning_tokens=int(row.reasoning_tokens * off[4]),
        cache_write_1h_tokens=int(row.cache_write_1h_tokens * off[3] * (1 - spread)),
        messages=max(1, round(row.messages * off[1])) if row.messages else 0,
    )
