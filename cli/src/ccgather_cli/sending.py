"""From the logs to the site: what `submit` and `autosubmit` share."""

import gzip
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ccgather_cli import __version__
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials
from ccgather_cli.device import this_device
from ccgather_cli.errors import (
    CliError,
    NotLoggedInError,
    NoUsageError,
    SiteError,
    UnreachableError,
)
from ccgather_cli.history import note_attempt
from ccgather_cli.kept_files import forget
from ccgather_cli.preferences import preferences
from ccgather_cli.site import Answer, Site
from ccgather_cli.unsent import Unsent, is_covered, keep_unsent, unsent_reports

if TYPE_CHECKING:
    from ccgather_cli.evidence import Hours
    from ccgather_cli.reading.tally import Tally
    from ccgather_cli.scan import Scan
    from ccgather_cli.site_config import SiteConfig

UPGRADE = "Upgrade it (`uv tool upgrade ccgather` or `pipx upgrade ccgather`)."

_AHEAD_OF_UTC = timedelta(hours=14)
"""How far ahead of UTC a clock on Earth can rightly be: no honest day is later."""

_FIRST_DAY = "2020-01-01"
"""No coding agent is older; the site refuses a report with earlier days."""
_DAYS_NAMED = 5


@dataclass
class Read:
    """What the logs say on the chosen days; `links` and `hours` as `evidence` makes them."""

    scan: "Scan"
    tally: "Tally"
    is_everything: bool
    links: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    hours: "list[Hours]" = field(default_factory=list)


def read_logs(
    context: Context,
    *,
    since: str | None = None,
    until: str | None = None,
    clients: Collection[str] = (),
    quiet: bool = False,
) -> Read:
    """Read what is on this machine. Raises `CliError` when there is no usage on those days."""
    from ccgather_cli.evidence import hours_of, links_by_day  # noqa: PLC0415
    from ccgather_cli.scan import scan  # noqa: PLC0415  (loads every reader)

    with (
        context.terminal.progress("Reading logs") as progress,
        scan(context.machine, started=progress.started, clients=clients) as found,
    ):
        links = links_by_day(found.rows())
        hours = hours_of(found.rows()) if preferences(context.machine).hourly else []
    for problem in found.problems:
        context.terminal.note(f"Could not be read: {problem}")
    if not quiet:
        _tell_what_was_left_out(found, context)
    return Read(
        scan=found,
        tally=_chosen(found, context, since=since, until=until),
        is_everything=found.complete and not since and not until and not clients,
        links=links,
        hours=hours,
    )


def body_of(read: Read, context: Context, config: "SiteConfig", *, source: str = "cli") -> bytes:
    """The bytes of the report, before compression."""
    from ccgather_cli.evidence import sketches_of  # noqa: PLC0415
    from ccgather_cli.report import bytes_of, report_of  # noqa: PLC0415

    salting = config.salting
    report = report_of(
        read.tally,
        device=this_device(context.machine),
        full_history=read.is_everything,
        parser_versions=read.scan.parser_versions,
        source=source,
        sketches=sketches_of(read.links, salting) if salting is not None else (),
        salting=salting,
        hours=read.hours,
    )
    return bytes_of(report)


def deliver(
    body: bytes,
    *,
    site: Site,
    credentials: Credentials,
    context: Context,
    config: "SiteConfig",
    replaces: bool = False,
    source: str = "cli",
) -> Answer:
    """Send a report, and before it those that did not arrive earlier.

    What cannot be sent now is kept, and goes out with the next report. Raises `CliError`.
    """
    try:
        refuse_old_version(credentials.server, config)
        covered = _send_kept(body, site, context, replaces=replaces)
        answer = _send(site, body, replaces=replaces)
    except CliError as problem:
        raise keep_for_later(
            problem, body, credentials, context, replaces=replaces, source=source
        ) from problem
    for report in covered:
        forget(report.path)
    note_attempt(context.machine, server=credentials.server, at=context.at, source=source)
    return answer


def deliver_kept(site: Site, context: Context) -> None:
    """Send what earlier runs kept, where the logs have nothing (any more). Raises `CliError`."""
    _send_kept(None, site, context, replaces=False)


def keep_for_later(
    problem: CliError,
    body: bytes,
    credentials: Credentials,
    context: Context,
    *,
    replaces: bool = False,
    source: str = "cli",
) -> CliError:
    """Note that a report did not arrive and keep it, unless it was refused for itself.

    Gives the problem to raise, which says that nothing is lost.
    """
    note_attempt(
        context.machine,
        server=credentials.server,
        at=context.at,
        problem=problem.message,
        source=source,
    )
    if not may_pass(problem):
        return problem
    return _kept(problem, body, credentials, context, replaces=replaces)


def refuse_old_version(server: str, config: "SiteConfig") -> None:
    """Raise `CliError` if the site does not take reports of this version any more."""
    if config.is_too_new:
        raise CliError(
            f"{server} wants ccgather {config.min_version} or newer, this is {__version__}. "
            f"{UPGRADE}"
        )


def _send_kept(body: bytes | None, site: Site, context: Context, *, replaces: bool) -> list[Unsent]:
    """Send what an earlier run kept; gives those that `body` says at least as much as."""
    covered = []
    for report in unsent_reports(context.machine, server=site.server):
        if body is not None and is_covered(report, by=body, replaces=replaces):
            covered.append(report)
            continue
        try:
            _send(site, report.body, replaces=report.replaces)
        except CliError as problem:
            if may_pass(problem):
                raise
            context.terminal.note(f"The report kept on {report.kept_at} was refused: {problem}")
        else:
            context.terminal.note(f"Sent the report that was kept on {report.kept_at}.")
        forget(report.path)
    return covered


def _send(site: Site, body: bytes, *, replaces: bool) -> Answer:
    answer = site.ask(
        "POST",
        "/api/submit?mode=replace" if replaces else "/api/submit",
        body=gzip.compress(body, 6, mtime=0),
        headers={"Content-Encoding": "gzip"},
    )
    if not isinstance(answer.content.get("status"), str):
        # A portal or a proxy that answers everything with a friendly object took nothing.
        raise SiteError(
            f"{site.server} did not answer like a CCGather site. Is the address right?",
            status=answer.status,
        )
    return answer


def may_pass(problem: CliError) -> bool:
    """Whether the same report can arrive later; a report that was refused for itself cannot."""
    if isinstance(problem, SiteError):
        return problem.code not in _FINAL_CODES and problem.status not in (400, 403, 413, 415)
    return isinstance(problem, (UnreachableError, NotLoggedInError, CliError))


_FINAL_CODES = ("validation_failed", "empty_report", "account_suspended")


def _kept(
    problem: CliError, body: bytes, credentials: Credentials, context: Context, *, replaces: bool
) -> CliError:
    """The problem, saying that nothing is lost."""
    keep_unsent(
        context.machine,
        server=credentials.server,
        body=body,
        replaces=replaces,
        at=context.at,
        reason=problem.message,
    )
    problem.details = (
        *problem.details,
        "The report is kept on this machine and goes out with the next `ccgather submit`.",
    )
    return problem


def _tell_what_was_left_out(found: "Scan", context: Context) -> None:
    for reason, count in sorted(found.skipped.items()):
        lines = "line" if count == 1 else "lines"
        context.terminal.note(f"Left out: {count:,} {lines} {reason}.")
    for tool in found.tools:
        if tool.looks_changed:
            context.terminal.note(
                f"{tool.reader.name}: {tool.records:,} responses in a form that this version "
                "does not understand; `ccgather doctor` says more."
            )


def _chosen(found: "Scan", context: Context, *, since: str | None, until: str | None) -> "Tally":
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
    tally = found.tally.between(max(since or _FIRST_DAY, _FIRST_DAY), min(until or last, last))
    if len(tally):
        return tally
    if since or until:
        raise NoUsageError("There is no usage on those days, so nothing was sent.")
    places = [f"{name}: {root}" for name, roots in found.looked_in for root in roots]
    raise NoUsageError("No usage was found, so nothing was sent. Looked in:", details=places)
