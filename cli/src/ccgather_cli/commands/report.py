"""`ccgather report`: what this machine's logs say, without an account and without the network."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_clients, add_days, checked_days
from ccgather_cli.context import Context
from ccgather_cli.errors import DONE

if TYPE_CHECKING:
    from ccgather_cli.reading.tally import Tally
    from ccgather_cli.reporting import Line

SUMMARY = "tables of tokens and costs by day, model, tool, session, …"
DESCRIPTION = """\
Shows what the logs on this machine say, at list prices. Needs no account and
no network. Days are UTC."""

_FIRST, _LAST = "0000-00-00", "9999-99-99"
_KINDS = {
    "daily": "a line a day",
    "weekly": "a line an ISO week",
    "monthly": "a line a month",
    "models": "a line a model",
    "clients": "a line a tool",
    "sessions": "a line a session, the newest first",
    "blocks": "a line a usage window of five hours",
}


EXAMPLES = "kinds:\n" + "\n".join(f"  {name:<10}{text}" for name, text in _KINDS.items())
EXAMPLES += """

examples:
  ccgather report                          every day
  ccgather report monthly --client codex   months of one tool
  ccgather report models --since 2026-11-01
  ccgather report daily --json             for a program"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "kind",
        nargs="?",
        choices=tuple(_KINDS),
        default="daily",
        help="how to sum up, see below (default: daily)",
        metavar="KIND",
    )
    add_days(parser)
    add_clients(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-cache", action="store_true", help="read every log anew")


def run(arguments: Namespace, context: Context) -> int:
    """Read, sum up, show."""
    checked_days(arguments)
    from ccgather_cli.scan import scan  # noqa: PLC0415  (loads every reader)

    since, until = arguments.since or _FIRST, arguments.until or _LAST
    with (
        context.terminal.progress("Reading logs") as progress,
        scan(
            context.machine,
            started=progress.started,
            clients=arguments.client,
            use_cache=not arguments.no_cache,
        ) as found,
    ):
        progress.done()
        tally = found.tally.between(since, until)
        if arguments.kind in ("sessions", "blocks"):
            from ccgather_cli.reporting import by_block, by_session  # noqa: PLC0415

            group = by_session if arguments.kind == "sessions" else by_block
            lines = group(found.rows(), since=since, until=until)
        else:
            lines = _lines(tally, arguments.kind, detailed=arguments.json)
    for problem in found.problems:
        context.terminal.note(f"Could not be read: {problem}")
    _show(lines, tally, arguments, context)
    return DONE


def _lines(tally: "Tally", kind: str, *, detailed: bool) -> "list[Line]":
    from ccgather_cli.reporting import by_label, week_of  # noqa: PLC0415

    if kind in ("daily", "weekly", "monthly"):
        periods: dict[str, Callable[[str], str]] = {
            "daily": str,
            "weekly": week_of,
            "monthly": lambda day: day[:7],
        }
        period = periods[kind]
        if detailed:
            return by_label(tally, lambda slot: (period(slot.day), slot.client, slot.model))
        return by_label(tally, lambda slot: (period(slot.day),))
    if kind == "models":
        lines = by_label(tally, lambda slot: (slot.model, slot.client))
    else:
        lines = by_label(tally, lambda slot: (slot.client,))
    return sorted(lines, key=lambda line: (-line.counts.total, line.labels))


def _show(lines: "list[Line]", tally: "Tally", arguments: Namespace, context: Context) -> None:
    from ccgather_cli.reporting import total_of  # noqa: PLC0415

    total = total_of(tally)
    if arguments.json:
        from ccgather_cli.report_json import document_of  # noqa: PLC0415

        document = document_of(arguments.kind, lines, total)
        context.terminal.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
        return
    if not lines:
        context.terminal.print(
            "No usage on those days."
            if arguments.since or arguments.until
            else "No usage was found; `ccgather doctor` says where it looked."
        )
        return
    from ccgather_cli.report_table import show_lines  # noqa: PLC0415

    show_lines(context.terminal.out, arguments.kind, lines, total)
