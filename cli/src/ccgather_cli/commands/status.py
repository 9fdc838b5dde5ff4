"""`ccgather status`: where you stand, and whether this machine's reports arrive."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials, current_credentials
from ccgather_cli.errors import DONE
from ccgather_cli.history import last_arrived, last_failed
from ccgather_cli.unsent import unsent_reports

if TYPE_CHECKING:
    from ccgather_cli.site import Answer
    from ccgather_cli.stats import Stats

SUMMARY = "your rank and level, and whether your reports arrive"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Ask the site, and look into this machine's own notes."""
    credentials = current_credentials(context.machine)
    with context.site(
        credentials.server, token=credentials.token, insecure_http=arguments.insecure_http
    ) as site:
        answer = site.ask("GET", "/api/me/stats")
    from ccgather_cli.stats import stats_of  # noqa: PLC0415  (what `--help` does without)

    stats = stats_of(answer)
    if arguments.json:
        context.terminal.print(json.dumps(_document(answer, context, credentials)))
        return DONE
    for label, text in _lines(stats, context, credentials):
        if text:
            context.terminal.show(text, label=label, column=14)
    return DONE


def _lines(stats: "Stats", context: Context, credentials: Credentials) -> Iterator[tuple[str, str]]:
    from ccgather_cli.outcome import (  # noqa: PLC0415
        held_text,
        level_text,
        next_text,
        rank_text,
    )

    name = stats.username or credentials.username
    yield "Account", f"{name} on {credentials.server}" if name else credentials.server
    yield "Rank", rank_text(stats.rank)
    yield "Next", next_text(stats.rank)
    yield "Level", level_text(stats.level)
    yield "Burned", _burned(stats)
    yield "Held", held_text(stats.held_days or 0, credentials.server)
    yield "Profile", stats.profile_url or ""
    yield from _reports(stats, context, credentials)


def _burned(stats: "Stats") -> str:
    if stats.total_tokens is None:
        return ""
    cost = f" · ${stats.total_cost:,.2f}" if stats.total_cost is not None else ""
    devices = stats.device_count or 0
    where = f" · {devices} {'device' if devices == 1 else 'devices'}" if devices else ""
    return f"{stats.total_tokens:,} tokens{cost}{where}"


def _reports(
    stats: "Stats", context: Context, credentials: Credentials
) -> Iterator[tuple[str, str]]:
    arrived = last_arrived(context.machine)
    if arrived is not None and arrived.server == credentials.server:
        yield "Last upload", f"{_moment(arrived.at)} from this machine"
    elif stats.last_submitted_at:
        yield "Last upload", f"{_moment(stats.last_submitted_at)}, not from this machine"
    else:
        yield "Last upload", "none yet; run `ccgather submit`"
    failed = last_failed(context.machine)
    if failed is not None and failed.server == credentials.server:
        yield "Trouble", f"{_moment(failed.at)}: {failed.problem}"
    waiting = len(unsent_reports(context.machine, server=credentials.server))
    if waiting:
        noun = "report waits" if waiting == 1 else "reports wait"
        yield "Unsent", f"{waiting} {noun} for the next `ccgather submit`"
    yield from _autosubmit(stats, context)


def _autosubmit(stats: "Stats", context: Context) -> Iterator[tuple[str, str]]:
    from ccgather_cli.scheduling.state import planned_state  # noqa: PLC0415

    state = planned_state(context.machine)
    if state is None:
        yield "Autosubmit", "off (`ccgather autosubmit enable`)"
        return
    yield "Autosubmit", state.when() or "does not run"
    if stats.auto_sync_enabled is False:
        yield "", "switched off for all your machines in the site's settings"
    for trouble in state.troubles:
        yield "Trouble", trouble


def _moment(text: str) -> str:
    """`2026-05-02T10:00:00+00:00` as `2026-05-02 10:00 UTC`."""
    return f"{text[:16].replace('T', ' ')} UTC"


def _document(answer: "Answer", context: Context, credentials: Credentials) -> dict[str, object]:
    arrived, failed = last_arrived(context.machine), last_failed(context.machine)
    return {
        **answer.content,
        "server": credentials.server,
        "thisMachine": {
            "lastArrivedAt": arrived.at if arrived else None,
            "lastFailedAt": failed.at if failed else None,
            "problem": failed.problem if failed else None,
            "unsent": len(unsent_reports(context.machine, server=credentials.server)),
        },
    }
