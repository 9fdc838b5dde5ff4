"""What a simulated person sends, and what of it is true. Plain values: no Django, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from submissions.report import UsageRow
from submissions.rules.pricing import cost_of

Wire = Literal["native", "tokscale", "ccusage", "token_tracker"]
Place = tuple[str, str, date]
"""(device, client, day)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One tool's log of one day on one machine.

    `log` names the messages behind it: cells with the same one are the same log, whoever sends it.
    `part` is how much of that log had been written (1: the whole day).
    """

    client: str
    day: date
    rows: tuple[UsageRow, ...]
    hours: tuple[int, ...] | None = None
    log: int = 0
    part: float = 1.0

    @property
    def tokens(self) -> int:
        """All classes of all models."""
        return sum(row.total_tokens for row in self.rows)

    @property
    def messages(self) -> int:
        """The answers that were counted."""
        return sum(row.messages for row in self.rows)

    @property
    def cost(self) -> int:
        """List price in micro-dollars; models without a price cost nothing."""
        return sum(cost_of(row) or 0 for row in self.rows)

    def on(self, day: date) -> "Cell":
        """The same log under another day."""
        return replace(self, day=day, rows=tuple(replace(row, day=day) for row in self.rows))


Logs = dict[str, dict[tuple[str, date], Cell]]
"""By device, then by (client, day)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What a person's collector says besides token counts. `cost_factor` is what their price list
    is of ours; 0 where a subscription makes every cost 0."""

    wire: Wire = "native"
    messages: bool = True
    hours: bool = False
    evidence: bool = False
    cost_factor: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One report: when, from which machine, what it holds."""

    at: datetime
    device: str
    cells: tuple[Cell, ...]
    tells: Tells
    full_history: bool = True
    parser_version: int = 1


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with everything they will send, in order of time.

    `kind` is the kind of honest person, or the strategy of a cheat. `true_tokens` and `true_cost`
    are what they really burned of what they sent; `false_tokens` what each place claims too much,
    `false_cost` the same in micro-dollars.
    """

    name: str
    kind: str
    cheats: bool = False
    leaves_trace: bool = True
    sends: list[Send] = field(default_factory=list)
    true_tokens: int = 0
    true_cost: int = 0
    false_tokens: Mapping[Place, int] = field(default_factory=dict)
    false_cost: Mapping[Place, int] = field(default_factory=dict)


def told(row: UsageRow, tells: Tells) -> UsageRow:
    """The row as that person's collector says it."""
    changes: dict[str, int | None] = {}
    if not tells.messages and row.messages:
        changes["messages"] = 0
    if tells.cost_factor is not None:
        changes["reported_cost_microusd"] = round((cost_of(row) or 0) * tells.cost_factor)
    if tells.wire == "ccusage" and row.reasoning_tokens:
        changes |= {
            "output_tokens": row.output_tokens + row.reasoning_tokens,
            "reasoning_tokens": 0,
        }
    return replace(row, **changes) if changes else row  # type: ignore[arg-type]
