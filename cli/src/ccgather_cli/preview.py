"""The table that a person sees before anything is sent."""

from collections.abc import Callable, Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ccgather_cli.pricing import plain_name
from ccgather_cli.reading.tally import Counts, Slot, Tally
from ccgather_cli.report_table import short
from ccgather_cli.terminal import clean

_DAYS_SHOWN = 31
"""More days than this are shown as months."""

_ANY_COLUMNS = 1000
"""Room enough to ask a table how much it wants."""


def show_preview(console: Console, tally: Tally) -> None:
    """Sums a day (or a month), then sums a model."""
    days = {slot.day for slot, _ in tally}
    if len(days) > _DAYS_SHOWN:
        periods, label = _grouped(tally, lambda slot: slot.day[:7]), "Month"
    else:
        periods, label = _grouped(tally, lambda slot: slot.day), "Day"
    several = len({slot.client for slot, _ in tally}) > 1
    models = _grouped(
        tally,
        lambda slot: f"{slot.client} · " * several + plain_name(slot.model),
    )
    ranked = sorted(models.items(), key=lambda item: (-item[1].total, item[0]))
    tables = _tables(label, periods, ranked, tally, number=lambda count: f"{count:,}")
    room = console.options.update(width=_ANY_COLUMNS)
    if any(Measurement.get(console, room, table).maximum > console.width for table in tables):
        tables = _tables(label, periods, ranked, tally, number=short)
    for table in tables:
        console.print(table)


def summary_of(tally: Tally) -> str:
    """The report in one line."""
    days = sorted({slot.day for slot, _ in tally})
    total = tally.total()
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return (
        f"{total.total:,} tokens in {total.messages:,} "
        f"{'response' if total.messages == 1 else 'responses'} on {len(days):,} "
        f"{'day' if len(days) == 1 else 'days'} ({span})"
    )


def _grouped(tally: Tally, key: Callable[[Slot], str]) -> dict[str, Counts]:
    groups: dict[str, Counts] = {}
    for slot, counts in tally:
        groups.setdefault(key(slot), Counts()).add(counts)
    return groups


def _tables(
    label: str,
    periods: dict[str, Counts],
    models: list[tuple[str, Counts]],
    tally: Tally,
    *,
    number: Callable[[int], str],
) -> list[Table]:
    return [
        _table(label, sorted(periods.items()), total=tally.total(), number=number),
        _table("Model", models, total=None, number=number),
    ]


def _table(
    label: str,
    lines: Iterable[tuple[str, Counts]],
    *,
    total: Counts | None,
    number: Callable[[int], str],
) -> Table:
    lines = list(lines)
    reasoning = any(counts.reasoning for _, counts in lines)
    table = Table(box=SIMPLE_HEAD, show_footer=total is not None, pad_edge=False, padding=(0, 1))
    table.add_column(label, footer="Total", no_wrap=True, overflow="ellipsis")
    columns: list[tuple[str, Callable[[Counts], int]]] = [
        ("Input", lambda counts: counts.input),
        ("Output", lambda counts: counts.output),
        ("Cache\nwrite", lambda counts: counts.cache_write),
        ("Cache\nread", lambda counts: counts.cache_read),
        ("Total", lambda counts: counts.total),
    ]
    if reasoning:
        columns.insert(2, ("Reasoning", lambda counts: counts.reasoning))
    for heading, value in columns:
        footer = number(value(total)) if total is not None else ""
        table.add_column(heading, footer=footer, justify="right", no_wrap=True)
    for name, counts in lines:
        table.add_row(Text(clean(name)), *(number(value(counts)) for _, value in columns))
    return table
