"""`ccgather submit`: read the logs, show the sums, send them."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from ccgather_cli.arguments import add_clients, add_days, add_insecure_http, checked_days
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials, current_credentials
from ccgather_cli.errors import DONE, FAILED, CliError, NotLoggedInError, UsageError
from ccgather_cli.site import Answer

if TYPE_CHECKING:
    from ccgather_cli.reading.tally import Tally
    from ccgather_cli.sending import Read
    from ccgather_cli.site_config import SiteConfig

SUMMARY = "look at the sums of this machine, then send them"
DESCRIPTION = """\
Reads the logs, shows the sums, asks, sends them, and says where you stand.
Sending the same again changes nothing. A report that does not arrive is kept
and goes out with the next."""
EXAMPLES = """\
examples:
  ccgather submit             look, then answer y
  ccgather submit --yes       for scripts
  ccgather submit --dry-run   exactly the bytes that would be sent"""


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
    add_days(parser)
    add_clients(parser)
    parser.add_argument("--json", action="store_true", help="print the site's answer as JSON")
    parser.add_argument("--quiet", "-q", action="store_true", help="print nothing but problems")
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Read, preview, confirm, send, tell."""
    checked_days(arguments)
    if arguments.dry_run:
        return _dry_run(arguments, context)
    if not arguments.yes and not context.terminal.can_ask:
        raise UsageError(
            "There is no terminal to ask on, so nothing was sent. "
            "Give --yes to send without being asked."
        )
    credentials = current_credentials(context.machine)
    read = _read(arguments, context)
    if not _agreed(read.tally, credentials, arguments, context):
        context.terminal.note("Nothing was sent.")
        return FAILED
    from ccgather_cli.sending import body_of, deliver  # noqa: PLC0415
    from ccgather_cli.site_config import site_config  # noqa: PLC0415

    insecure = arguments.insecure_http
    config = site_config(context, credentials.server, insecure_http=insecure)
    with context.site(credentials.server, token=credentials.token, insecure_http=insecure) as site:
        answer = deliver(
            body_of(read, context, config),
            site=site,
            credentials=credentials,
            context=context,
            config=config,
            replaces=arguments.force,
        )
    return _told(answer, config, credentials.server, arguments, context)


def _read(arguments: Namespace, context: Context) -> "Read":
    from ccgather_cli.sending import read_logs  # noqa: PLC0415  (loads every reader)

    return read_logs(
        context,
        since=arguments.since,
        until=arguments.until,
        clients=arguments.client,
        quiet=arguments.quiet,
    )


def _dry_run(arguments: Namespace, context: Context) -> int:
    from ccgather_cli.sending import body_of  # noqa: PLC0415
    from ccgather_cli.site_config import SiteConfig, site_config  # noqa: PLC0415

    read = _read(arguments, context)
    try:
        credentials = current_credentials(context.machine)
    except NotLoggedInError:
        config = SiteConfig()
        if not arguments.quiet:
            context.terminal.note(
                "You are not logged in: evidence is salted for a site, and left out here."
            )
    else:
        config = site_config(context, credentials.server, insecure_http=arguments.insecure_http)
    context.terminal.write(body_of(read, context, config))
    return DONE


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


def _told(
    answer: Answer, config: "SiteConfig", server: str, arguments: Namespace, context: Context
) -> int:
    from ccgather_cli.outcome import lines_of, outcome_of  # noqa: PLC0415
    from ccgather_cli.sending import UPGRADE  # noqa: PLC0415

    outcome = outcome_of(answer.content)
    if arguments.json:
        context.terminal.write(answer.body.rstrip() + b"\n")
    if outcome is None:
        raise CliError(
            "The site took the report, and answered in a way that this version does not "
            "understand. Look at your profile there."
        )
    if not arguments.quiet and not arguments.json:
        context.terminal.print("\n".join(lines_of(outcome, server=server)))
    elif outcome.exit_code != DONE:
        context.terminal.note(lines_of(outcome)[0])
    if config.has_newer and not arguments.quiet:
        context.terminal.note(f"There is a newer ccgather, {config.latest_version}. {UPGRADE}")
    return outcome.exit_code
