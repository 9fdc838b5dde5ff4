"""`ccgather doctor`: what was found where, what was left out and why, and what is out of order."""

import json
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ccgather_cli import __version__
from ccgather_cli.context import Context
from ccgather_cli.credentials import stored_credentials
from ccgather_cli.errors import DONE, FAILED, CliError
from ccgather_cli.history import last_arrived, last_failed
from ccgather_cli.preferences import preferences
from ccgather_cli.unsent import unsent_reports

if TYPE_CHECKING:
    from ccgather_cli.scan import Scan, ToolScan

SUMMARY = "what was found where, what is left out, and why"
DESCRIPTION = """\
Reads every log and tells what it found, what it left out and why, and what is
out of order. Exit code 1 if something is."""

_INDENT = "    "


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--all", action="store_true", help="also the tools that are not here")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument(
        "--forget-cache", action="store_true", help="throw the cache away and read everything"
    )


def run(arguments: Namespace, context: Context) -> int:
    """Read everything and tell; 1 if something is out of order."""
    from ccgather_cli.reading.cache import Cache  # noqa: PLC0415
    from ccgather_cli.scan import scan  # noqa: PLC0415

    if arguments.forget_cache:
        Cache(context.machine.cache_dir).forget()
    with (
        context.terminal.progress("Reading logs") as progress,
        scan(context.machine, started=progress.started) as found,
    ):
        progress.done()
    troubles = list(_troubles(found, context))
    if arguments.json:
        document = {**_document(found, context), "problems": troubles}
        context.terminal.print(json.dumps(document, ensure_ascii=False, indent=2))
        return FAILED if troubles else DONE
    for line in _lines(found, context, everything=arguments.all):
        context.terminal.print(line)
    context.terminal.print("")
    if not troubles:
        context.terminal.print("Everything is in order.")
        return DONE
    context.terminal.print("Out of order:")
    for trouble in troubles:
        context.terminal.print(f"  ! {trouble}")
    return FAILED


def _lines(found: "Scan", context: Context, *, everything: bool) -> Iterator[str]:
    yield (
        f"ccgather {__version__} on Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}"
    )
    yield ""
    here = [tool for tool in found.tools if tool.found.files or tool.found.notes]
    if not here:
        yield "No logs of any tool that is read were found."
    for tool in here:
        yield from _tool_lines(tool)
    missing = [tool for tool in found.tools if tool not in here]
    if everything:
        yield "Not here:"
        for tool in missing:
            yield f"  {tool.reader.name}"
            yield from (f"{_INDENT}{root}" for root in tool.found.roots)
    elif missing:
        names = ", ".join(tool.reader.name for tool in missing)
        yield f"Not here: {names} (--all says where they would be)."
    yield ""
    yield from _machine_lines(found, context)


def _tool_lines(tool: "ToolScan") -> Iterator[str]:
    yield f"{tool.reader.name} ({tool.reader.client}, parser {tool.reader.parser_version})"
    for root in tool.found.roots:
        files = [file for file in tool.found.files if Path(root) in Path(file.path).parents]
        yield f"{_INDENT}{root}: {_files(len(files)) if Path(root).exists() else 'not there'}"
    total = tool.tally.total()
    days = sorted({slot.day for slot, _ in tool.tally})
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        yield f"{_INDENT}{total.messages:,} responses, {total.total:,} tokens, {span}"
    if tool.from_cache:
        yield f"{_INDENT}{_files(tool.from_cache)} unchanged since they were last read"
    if tool.estimated:
        yield f"{_INDENT}the days of {tool.estimated:,} responses are estimates: the log has sums only"
    for reason, count in sorted(tool.skipped.items()):
        yield f"{_INDENT}left out: {count:,} {'record' if count == 1 else 'records'} {reason}"
    for note in tool.found.notes:
        yield f"{_INDENT}{note}"
    yield ""


def _machine_lines(found: "Scan", context: Context) -> Iterator[str]:
    machine = context.machine
    size = found.cache_path.stat().st_size if found.cache_path.is_file() else 0
    yield f"Cache: {found.cache_path} ({size / 1_000_000:.1f} MB)"
    credentials = stored_credentials(machine)
    if machine.variable("CCGATHER_TOKEN"):
        yield "Login: the token in CCGATHER_TOKEN"
    elif credentials is None:
        yield "Login: none (`ccgather login`)"
    else:
        yield f"Login: {credentials.username} on {credentials.server}"
    yield f"Hours: {'sent' if preferences(machine).hourly else 'stay on this machine'}"
    arrived = last_arrived(machine)
    if arrived is not None:
        yield f"Last report that arrived: {arrived.at} ({arrived.server})"


def _troubles(found: "Scan", context: Context) -> Iterator[str]:
    for tool in found.tools:
        if tool.looks_changed:
            yield (
                f"{tool.reader.name}: {tool.records:,} responses, and none in a form that this "
                "version understands. Its log format may have changed: look for a newer ccgather."
            )
    for problem in found.problems:
        yield f"Could not be read: {problem}"
    if found.cache_trouble:
        yield f"The cache does not work, so every run reads everything: {found.cache_trouble}"
    failed = last_failed(context.machine)
    if failed is not None:
        yield f"The last report, {failed.at}, did not arrive: {failed.problem}"
    waiting = len(unsent_reports(context.machine))
    if waiting:
        noun = "report waits" if waiting == 1 else "reports wait"
        yield f"{waiting} {noun} to be sent: run `ccgather submit`."
    try:
        stored_credentials(context.machine)
    except CliError as problem:
        yield problem.message


def _document(found: "Scan", context: Context) -> dict[str, object]:
    return {
        "version": __version__,
        "python": sys.version.split()[0],
        "system": context.machine.system,
        "cache": {"path": str(found.cache_path), "trouble": found.cache_trouble},
        "tools": [
            {
                "client": tool.reader.client,
                "name": tool.reader.name,
                "parserVersion": tool.reader.parser_version,
                "roots": [str(root) for root in tool.found.roots],
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


def _files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"
