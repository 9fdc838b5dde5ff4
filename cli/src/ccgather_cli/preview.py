"""The table that a person sees before anything is sent."""

from collections.abc import Callable, Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccgather_cli.reading.tally import Counts, Slot, Tally
from ccgather_cli.terminal import clean

_DAYS_SHOWN = 31
"""More days than this are shown as months."""


def show_preview(console: Console, tally: Tally) -> None:
    """Sums a day (or a month), then sums a model."""
    days = {slot.day for slot, _ in tally}
    if len(days) > _DAYS_SHOWN:
        periods, label = _grouped(tally, lambda slot: slot.day[:7]), "Month"
    else:
        periods, label = _grouped(tally, lambda slot: slot.day), "Day"
    tools = {slot.client for slot, _ in tally}
    models = _grouped(
        tally, lambda slot: slot.model if len(tools) == 1 else f"{slot.client} · {slot.model}"
    )
    ranked = sorted(models.items(), key=lambda item: (-item[1].total, item[0]))
    console.print(_table(label, sorted(periods.items()), total=tally.total()))
    console.print(_table("Model", ranked, total=None))


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


def _table(label: str, lines: Iterable[tuple[str, Counts]], *, total: Counts | None) -> Table:
    lines = list(lines)
    reasoning = any(counts.reasoning for _, counts in lines)
    table = Table(box=SIMPLE_HEAD, show_footer=total is not None, pad_edge=False, padding=(0, 1))
    table.add_column(label, footer="Total", overflow="fold")
    columns: list[tuple[str, Callable[[Counts], int]]] = [
        ("Input", lambda counts: counts.input),
        ("Output", lambda counts: counts.output),
        ("Cache write", lambda counts: counts.cache_write),
        ("Cache read", lambda counts: counts.cache_read),
        ("Total", lambda counts: counts.total),
    ]
    if reasoning:
        columns.insert(2, ("Reasoning", lambda counts: counts.reasoning))
    for heading, value in columns:
        footer = f"{value(total):,}" if total is not None else ""
        table.add_column(heading, footer=footer, justify="right", overflow="fold")
    for name, counts in lines:
        table.add_row(Text(clean(name)), *(f"{value(counts):,}" for _, value in columns))
    return table
