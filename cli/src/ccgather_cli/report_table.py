"""Reports as tables."""

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccgather_cli.pricing import plain_name, price_table_version
from ccgather_cli.reading.tally import Counts
from ccgather_cli.reporting import Line
from ccgather_cli.terminal import clean

_WIDE_COLUMNS = 118
"""From here on numbers are written out; narrower terminals get 12.3M."""
_NAMES_FROM = 96
"""From here on there is room for names beside the numbers."""

_NAMES_SHOWN = 3
_LINES_SHOWN = 60
_HEADINGS = {
    "daily": ("Day",),
    "weekly": ("Week",),
    "monthly": ("Month",),
    "models": ("Model", "Tool"),
    "clients": ("Tool",),
    "sessions": ("Tool", "Session"),
    "blocks": ("From (UTC)", "To"),
}
_UNITS = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))
Value = Callable[[Counts], int]


def show_lines(console: Console, kind: str, lines: Sequence[Line], total: Line) -> None:
    """A table with a total, and below it what the costs are made of."""
    is_wide = console.width >= _WIDE_COLUMNS
    number = _full if is_wide else short
    table = Table(box=SIMPLE_HEAD, show_footer=True, pad_edge=False, padding=(0, 1))
    for place, heading in enumerate(_HEADINGS[kind]):
        table.add_column(
            heading, footer="Total" if place == 0 else "", no_wrap=True, overflow="ellipsis"
        )
    extra = _extra_column(kind, is_wide=is_wide) if console.width >= _NAMES_FROM else ""
    if extra:
        table.add_column(extra, overflow="fold", style="dim")
    columns = _columns(total.counts)
    for heading, value in columns:
        table.add_column(
            heading if is_wide else heading.replace(" ", "\n"),
            footer=number(value(total.counts)),
            justify="right",
            no_wrap=True,
        )
    table.add_column("Cost", footer=_cost(total), justify="right", no_wrap=True)
    shown = _shown(kind, lines)
    for line in shown:
        cells = [Text(clean(_label(kind, label, is_wide=is_wide))) for label in line.labels]
        if extra:
            cells.append(Text(clean(_names(line) if extra == "Models" else _tools(line))))
        cells.extend(Text(number(value(line.counts))) for _, value in columns)
        table.add_row(*cells, _cost(line))
    console.print(table)
    if len(shown) < len(lines):
        console.print(f"{len(lines) - len(shown):,} older lines are left out; --json has them all.")
    console.print(f"Costs at list price ({price_table_version()}); days are UTC.", style="dim")
    if total.unpriced:
        console.print(f"{short(total.unpriced)} tokens have no known price.", style="dim")


def short(count: int) -> str:
    """12,345,678 as 12.3M."""
    for size, unit in _UNITS:
        if count >= size:
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 99.95 else f"{scaled:.0f}{unit}"
    return str(count)


def _full(count: int) -> str:
    return f"{count:,}"


def _columns(total: Counts) -> list[tuple[str, Value]]:
    columns: list[tuple[str, Value]] = [
        ("Input", lambda counts: counts.input),
        ("Output", lambda counts: counts.output),
        ("Cache write", lambda counts: counts.cache_write),
        ("Cache read", lambda counts: counts.cache_read),
        ("Tokens", lambda counts: counts.total),
    ]
    if total.reasoning:
        columns.insert(2, ("Reasoning", lambda counts: counts.reasoning))
    return columns


def _extra_column(kind: str, *, is_wide: bool) -> str:
    if kind == "models":
        return ""
    return "Models" if is_wide or kind in ("clients", "sessions") else "Tools"


def _shown(kind: str, lines: Sequence[Line]) -> Sequence[Line]:
    """Sessions come newest first, everything by time oldest first: the newest stay."""
    if kind in ("sessions", "models", "clients"):
        return lines[:_LINES_SHOWN]
    return lines[-_LINES_SHOWN:]


def _label(kind: str, label: str, *, is_wide: bool) -> str:
    if kind == "models" and not is_wide:
        return plain_name(label)
    return label.replace("T", " ").removesuffix(":00Z") if kind == "blocks" else label


def _tools(line: Line) -> str:
    return ", ".join(sorted(line.clients))


def _names(line: Line) -> str:
    names = sorted({plain_name(model) for model in line.models})
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _cost(line: Line) -> str:
    cost = line.shown_cost
    return "–" if cost is None else f"${cost:,.2f}"
