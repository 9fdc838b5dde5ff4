"""`ccgather doctor`: what was found where, what was left out and why, and what is out of order."""

import json
import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ccgather_cli import __version__
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials, stored_credentials
from ccgather_cli.errors import DONE, FAILED, CliError
from ccgather_cli.history import last_arrived, last_failed
from ccgather_cli.preferences import preferences
from ccgather_cli.unsent import unsent_reports

if TYPE_CHECKING:
    from ccgather_cli.scan import Scan, ToolScan
    from ccgather_cli.scheduling.state import State

SUMMARY = "what was found where, what is left out, and why"
DESCRIPTION = """\
Reads every log and tells what it found, what it left out and why, and what is
out of order. Exit code 1 if something is."""

_PROGRAM_VARIABLES = ("CCGATHER_CONFIG_DIR", "CCGATHER_CACHE_DIR", "CCGATHER_URL")
_LABELS = 14


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--all", action="store_true", help="also where missing tools would be")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument(
        "--forget-cache", action="store_true", help="throw the cache away, read everything anew"
    )


def run(arguments: Namespace, context: Context) -> int:
    """Read everything and tell; 1 if something is out of order."""
    from ccgather_cli.reading.cache import Cache  # noqa: PLC0415
    from ccgather_cli.scan import scan  # noqa: PLC0415
    from ccgather_cli.scheduling.state import planned_state  # noqa: PLC0415

    if arguments.forget_cache:
        Cache(context.machine.cache_dir).forget()
    with (
        context.terminal.progress("Reading logs") as progress,
        scan(context.machine, started=progress.started) as found,
    ):
        progress.done()
    state = planned_state(context.machine)
    troubles = list(_troubles(found, state, context))
    if arguments.json:
        document = {**_document(found, state, context), "problems": troubles}
        context.terminal.print(json.dumps(document, ensure_ascii=False, indent=2))
        return FAILED if troubles else DONE
    context.terminal.print(
        f"ccgather {__version__} on Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}\n"
    )
    _show_tools(found, context, everything=arguments.all)
    context.terminal.print("This machine")
    for label, text in _machine_lines(found, state, context):
        context.terminal.show(text, label=label, column=_LABELS)
    context.terminal.print("")
    if not troubles:
        context.terminal.print("Everything is in order.")
        return DONE
    context.terminal.print("Out of order:")
    for trouble in troubles:
        context.terminal.show(trouble, label="! ", column=4)
    return FAILED


def _show_tools(found: "Scan", context: Context, *, everything: bool) -> None:
    terminal = context.terminal
    here = [tool for tool in found.tools if tool.found.files or tool.found.notes]
    if not here:
        terminal.print("No logs of any tool that is read were found.\n")
    for tool in here:
        terminal.print(f"{tool.reader.name} ({tool.reader.client}){_sums(tool)}")
        for line in _tool_lines(tool, context):
            terminal.show(line)
        terminal.print("")
    missing = [tool for tool in found.tools if tool not in here]
    if everything and missing:
        terminal.print("Not here, and where it would be")
        for tool in missing:
            places = ", ".join(_short(root, context) for root in tool.found.roots)
            terminal.show(places, label=tool.reader.name, column=20)
    elif missing:
        names = ", ".join(tool.reader.name for tool in missing)
        terminal.show(f"Not here: {names} (--all says where they would be).", indent=0)
    if missing:
        terminal.print("")


def _sums(tool: "ToolScan") -> str:
    days = sorted({slot.day for slot, _ in tool.tally})
    if not days:
        return ""
    total = tool.tally.total()
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f": {total.total:,} tokens, {_count(total.messages, 'response')}, {span}"


def _tool_lines(tool: "ToolScan", context: Context) -> Iterator[str]:
    from ccgather_cli.scheduling.environment import moved_by  # noqa: PLC0415

    for root in tool.found.roots:
        below = f"{root}{os.sep}"
        inside = [file for file in tool.found.files if f"{file.path}{os.sep}".startswith(below)]
        there = _count(len(inside), "file") if root.exists() else "not there"
        yield f"{_short(root, context)}: {there}"
    moved = moved_by(tool.reader, context.machine)
    if moved:
        yield f"moved there by {', '.join(sorted(moved))}"
    if tool.estimated:
        yield (
            f"the days of {_count(tool.estimated, 'response')} are estimates: the log has sums only"
        )
    for reason, count in sorted(tool.skipped.items()):
        yield f"left out: {_count(count, 'record')} {reason}"
    yield from tool.found.notes
    files = _count(len(tool.found.files), "file")
    unchanged = f"; {tool.from_cache:,} of {files} unchanged since the last time"
    yield f"read by parser {tool.reader.parser_version}{unchanged if tool.from_cache else ''}"


def _machine_lines(
    found: "Scan", state: "State | None", context: Context
) -> Iterator[tuple[str, str]]:
    machine = context.machine
    yield "Login", _login(context)
    size = found.cache_path.stat().st_size if found.cache_path.is_file() else 0
    yield "Cache", f"{_short(found.cache_path, context)}, {size / 1_000_000:.1f} MB"
    yield "Hours", "sent with every report" if preferences(machine).hourly else "stay here"
    yield "Autosubmit", (state.when() or "does not run") if state is not None else "off"
    arrived = last_arrived(machine)
    if arrived is not None:
        yield "Last report", f"{_moment(arrived.at)} to {arrived.server}"
    for name in _PROGRAM_VARIABLES:
        if machine.variable(name):
            yield "Environment", f"{name}={machine.variable(name)}"


def _login(context: Context) -> str:
    if context.machine.variable("CCGATHER_TOKEN"):
        return "the token in CCGATHER_TOKEN"
    try:
        credentials = stored_credentials(context.machine)
    except CliError:
        return "damaged"
    if credentials is None:
        return "none (`ccgather login`)"
    return f"{credentials.username or 'somebody'} on {credentials.server}"


def _troubles(found: "Scan", state: "State | None", context: Context) -> Iterator[str]:
    for tool in found.tools:
        if tool.looks_changed:
            yield (
                f"{tool.reader.name}: {_count(tool.records, 'response')}, and none in a form that "
                "this version understands. Its log format may have changed: look for a newer "
                "ccgather."
            )
    for problem in found.problems:
        yield f"Could not be read: {problem}"
    if found.cache_trouble:
        yield f"The cache does not work, so every run reads everything: {found.cache_trouble}"
    failed = last_failed(context.machine)
    if failed is not None:
        yield f"The report of {_moment(failed.at)} did not arrive: {failed.problem}"
    waiting = len(unsent_reports(context.machine))
    if waiting:
        noun = "report waits" if waiting == 1 else "reports wait"
        yield f"{waiting} {noun} to be sent: run `ccgather submit`."
    yield from _login_troubles(context)
    if state is not None:
        yield from state.troubles


def _login_troubles(context: Context) -> Iterator[str]:
    """What is wrong with the login, and with this version in the eyes of the site."""
    from ccgather_cli.sending import UPGRADE  # noqa: PLC0415
    from ccgather_cli.site_config import kept_config  # noqa: PLC0415

    try:
        credentials: Credentials | None = stored_credentials(context.machine)
    except CliError as problem:
        yield problem.message
        return
    if credentials is None:
        return
    config = kept_config(context.machine, credentials.server)
    if config.is_too_new:
        yield (
            f"{credentials.server} wants ccgather {config.min_version} or newer, this is "
            f"{__version__}. {UPGRADE}"
        )
    elif config.has_newer:
        yield f"There is a newer ccgather, {config.latest_version}. {UPGRADE}"


def _document(found: "Scan", state: "State | None", context: Context) -> dict[str, object]:
    from ccgather_cli.scheduling.environment import moved_by  # noqa: PLC0415

    arrived = last_arrived(context.machine)
    return {
        "version": __version__,
        "python": sys.version.split()[0],
        "system": context.machine.system,
        "configDir": str(context.machine.config_dir),
        "cache": {"path": str(found.cache_path), "trouble": found.cache_trouble},
        "hourly": preferences(context.machine).hourly,
        "autosubmit": state.when() if state is not None else None,
        "lastArrivedAt": arrived.at if arrived else None,
        "unsent": len(unsent_reports(context.machine)),
        "tools": [
            {
                "client": tool.reader.client,
                "name": tool.reader.name,
                "parserVersion": tool.reader.parser_version,
                "roots": [str(root) for root in tool.found.roots],
                "movedBy": sorted(moved_by(tool.reader, context.machine)),
                "files": len(tool.found.files),
                "unchangedFiles": tool.from_cache,
                "bytesRead": tool.bytes_read,
                "records": tool.records,
                "responses": tool.tally.total().messages,
                "tokens": tool.tally.total().total,
                "estimatedResponses": tool.estimated,
                "skipped": dict(tool.skipped),
                "notes": list(tool.found.notes),
                "problems": list(tool.problems),
                "looksChanged": tool.looks_changed,
            }
            for tool in found.tools
        ],
    }


def _short(path: Path, context: Context) -> str:
    """A path as people write it, from the home folder on."""
    try:
        return f"~{os.sep}{path.relative_to(context.machine.home)}"
    except ValueError:
        return str(path)


def _moment(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
