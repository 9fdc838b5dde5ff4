"""`ccgather graph`: the days of a year as a heatmap on the terminal."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_clients
from ccgather_cli.context import Context
from ccgather_cli.errors import DONE

if TYPE_CHECKING:
    from rich.text import Text

SUMMARY = "a heatmap of the days on which you burned tokens"

_MOST_WEEKS = 53
_LEFT = 5
_CELLS = ("·", "░", "▒", "▓", "█")
_COLOURS = ("grey37", "#7a3b12", "#b8561b", "#ea7a2a", "#ffb454")
_DAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--weeks", type=int, default=0, help="how many (default: what fits)")
    add_clients(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Read, and draw."""
    from ccgather_cli.report_table import short  # noqa: PLC0415
    from ccgather_cli.reporting import daily_totals  # noqa: PLC0415
    from ccgather_cli.scan import scan  # noqa: PLC0415

    with (
        context.terminal.progress("Reading logs") as progress,
        scan(context.machine, started=progress.started, clients=arguments.client) as found,
    ):
        progress.done()
    console = context.terminal.out
    fitting = max(4, min(_MOST_WEEKS, (console.width - _LEFT) // 2))
    weeks = max(1, min(arguments.weeks, _MOST_WEEKS)) if arguments.weeks > 0 else fitting
    today = context.at.date().isoformat()
    columns = daily_totals(found.tally, last=today, weeks=weeks)
    for line in _drawing(columns):
        console.print(line, overflow="ignore", no_wrap=True, crop=False)
    days = [(day, tokens) for column in columns for day, tokens in column if tokens]
    if not days:
        console.print("No usage was found; `ccgather doctor` says where it looked.")
        return DONE
    best = max(days, key=lambda item: item[1])
    total = sum(tokens for _, tokens in days)
    noun = "day" if len(days) == 1 else "days"
    console.print(
        f"{short(total)} tokens on {len(days)} {noun}; the most on {best[0]}: {short(best[1])}."
    )
    return DONE


def _drawing(columns: list[list[tuple[str, int]]]) -> "list[Text]":
    from rich.text import Text  # noqa: PLC0415

    from ccgather_cli.reporting import heat_of  # noqa: PLC0415

    heat = heat_of([tokens for column in columns for _, tokens in column])
    lines = [Text(_months(columns), style="dim")]
    for weekday, name in enumerate(_DAYS):
        line = Text(f"{name:<{_LEFT}}", style="dim")
        for column in columns:
            if weekday < len(column):
                degree = heat(column[weekday][1])
                line.append(f"{_CELLS[degree]} ", style=_COLOURS[degree])
        lines.append(line)
    legend = Text(f"{'':<{_LEFT}}less ", style="dim")
    for cell, colour in zip(_CELLS, _COLOURS, strict=True):
        legend.append(f"{cell} ", style=colour)
    legend.append("more", style="dim")
    return [*lines, legend]


def _months(columns: list[list[tuple[str, int]]]) -> str:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    text = " " * _LEFT
    for number, column in enumerate(columns):
        place = _LEFT + number * 2
        first = next((day for day, _ in column if day.endswith("-01")), None)
        if first is not None and len(text) <= place:
            text = f"{text:<{place}}{names[int(first[5:7]) - 1]} "
    return text.rstrip()
