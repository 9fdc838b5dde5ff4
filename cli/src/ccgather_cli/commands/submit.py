"""`ccgather submit`: read the logs, show the sums, send them."""

import gzip
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials, current_credentials
from ccgather_cli.device import this_device
from ccgather_cli.errors import DONE, FAILED, CliError, UsageError
from ccgather_cli.site import Answer

if TYPE_CHECKING:
    from ccgather_cli.reading.tally import Tally
    from ccgather_cli.scan import Scan

SUMMARY = "send this machine's daily sums"

_AHEAD_OF_UTC = timedelta(hours=14)
"""How far ahead of UTC a clock on Earth can rightly be: no honest day is later."""

_FIRST_DAY = "2020-01-01"
"""No coding agent is older; the site refuses a report with earlier days."""
_DAYS_NAMED = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--yes", "-y", action="store_true", help="send without asking")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print exactly what would be sent, and send nothing",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace the days in the report even where the site has more tokens for them",
    )
    parser.add_argument("--since", metavar="DAY", type=_day, help="first UTC day, YYYY-MM-DD")
    parser.add_argument("--until", metavar="DAY", type=_day, help="last UTC day, YYYY-MM-DD")
    parser.add_argument("--json", action="store_true", help="print the site's answer as JSON")
    parser.add_argument("--quiet", "-q", action="store_true", help="print nothing but problems")
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Read, preview, confirm, send, tell."""
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise UsageError("--since is after --until.")
    credentials = None
    if not arguments.dry_run:
        if not arguments.yes and not context.terminal.can_ask:
            raise UsageError(
                "There is no terminal to ask on, so nothing was sent. "
                "Give --yes to send without being asked."
            )
        credentials = current_credentials(context.machine)
    found = _scan(context, quiet=arguments.quiet)
    tally = _chosen(found, arguments, context)
    body = _body(found, tally, arguments, context)
    if credentials is None:
        context.terminal.write(body)
        return DONE
    if not _agreed(tally, credentials, arguments, context):
        context.terminal.note("Nothing was sent.")
        return FAILED
    return _told(_sent(body, credentials, arguments, context), arguments, context)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        message = f"{text!r} is no day; write it as 2026-01-31"
        raise ArgumentTypeError(message) from None


def _scan(context: Context, *, quiet: bool) -> "Scan":
    from ccgather_cli.scan import scan  # noqa: PLC0415  (loads every reader)

    with (
        context.terminal.progress("Reading logs") as progress,
        scan(context.machine, started=progress.started) as found,
    ):
        pass
    for problem in found.problems:
        context.terminal.note(f"Could not be read: {problem}")
    if not quiet:
        for reason, count in sorted(found.skipped.items()):
            lines = "line" if count == 1 else "lines"
            context.terminal.note(f"Left out: {count:,} {lines} {reason}.")
    return found


def _chosen(found: "Scan", arguments: Namespace, context: Context) -> "Tally":
    """The days to send. A clock that was wrong once must not stop every report after it."""
    last = (context.at + _AHEAD_OF_UTC).date().isoformat()
    days = {slot.day for slot, _ in found.tally}
    impossible = sorted(day for day in days if not _FIRST_DAY <= day <= last)
    if impossible:
        context.terminal.note(
            f"Left out: {', '.join(impossible[:_DAYS_NAMED])}"
            f"{' and more' if len(impossible) > _DAYS_NAMED else ''}. "
            "The clock was wrong when that was logged."
        )
    since, until = (
        max(arguments.since or _FIRST_DAY, _FIRST_DAY),
        min(arguments.until or last, last),
    )
    tally = found.tally.between(since, until)
    if len(tally):
        return tally
    if arguments.since or arguments.until:
        raise CliError("There is no usage on those days, so nothing was sent.")
    places = [f"{name}: {root}" for name, roots in found.looked_in for root in roots]
    raise CliError("No usage was found, so nothing was sent. Looked in:", details=places)


def _body(found: "Scan", tally: "Tally", arguments: Namespace, context: Context) -> bytes:
    from ccgather_cli.report import bytes_of, report_of  # noqa: PLC0415

    whole = not arguments.since and not arguments.until
    report = report_of(
        tally,
        device=this_device(context.machine),
        full_history=whole and found.complete,
        parser_versions=found.parser_versions,
    )
    return bytes_of(report)


def _agreed(
    tally: "Tally", credentials: Credentials, arguments: Namespace, context: Context
) -> bool:
    from ccgather_cli.preview import show_preview, summary_of  # noqa: PLC0415

    terminal = context.terminal
    if not arguments.quiet and not (arguments.json and arguments.yes):
        show_preview(terminal.notes if arguments.json else terminal.out, tally)
    if arguments.yes:
        return True
    whose = f" as {credentials.username}" if credentials.username else ""
    replacing = " and replace those days" if arguments.force else ""
    terminal.note(f"{summary_of(tally)}.")
    return terminal.confirmed(f"Send to {credentials.server}{whose}{replacing}?")


def _sent(body: bytes, credentials: Credentials, arguments: Namespace, context: Context) -> Answer:
    path = "/api/submit?mode=replace" if arguments.force else "/api/submit"
    with context.site(
        credentials.server, token=credentials.token, insecure_http=arguments.insecure_http
    ) as site:
        return site.ask(
            "POST",
            path,
            body=gzip.compress(body, 6, mtime=0),
            headers={"Content-Encoding": "gzip"},
        )


def _told(answer: Answer, arguments: Namespace, context: Context) -> int:
    from ccgather_cli.outcome import lines_of, outcome_of  # noqa: PLC0415

    outcome = outcome_of(answer.content)
    if arguments.json:
        context.terminal.write(answer.body.rstrip() + b"\n")
    if outcome is None:
        raise CliError(
            "The site took the report, and answered in a way that this version does not "
            "understand. Look at your profile there."
        )
    if not arguments.quiet and not arguments.json:
        context.terminal.print("\n".join(lines_of(outcome)))
    elif outcome.exit_code != DONE:
        context.terminal.note(lines_of(outcome)[0])
    return outcome.exit_code
