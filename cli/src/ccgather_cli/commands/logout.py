"""`ccgather logout`: the token stops working, then it is removed from this machine."""

from argparse import ArgumentParser, Namespace

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import current_credentials, forget_credentials, stored_credentials
from ccgather_cli.errors import DONE, CliError, NotLoggedInError
from ccgather_cli.site import TRIES

SUMMARY = "revoke this machine's token, then forget it"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--local",
        action="store_true",
        help="remove the token from this machine even if the site cannot be told",
    )
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Revoke on the site, then forget here; without `--local` never the second alone."""
    machine, terminal = context.machine, context.terminal
    credentials = current_credentials(machine)
    with context.site(
        credentials.server, token=credentials.token, insecure_http=arguments.insecure_http
    ) as site:
        revoked = True
        try:
            site.ask("POST", "/api/auth/logout", body=b"{}", tries=1 if arguments.local else TRIES)
        except NotLoggedInError:
            pass  # the site does not know the token any more: what we wanted
        except CliError as problem:
            if not arguments.local:
                raise CliError(
                    f"{problem.message} You are still logged in.",
                    details=(
                        "Try again later, or `ccgather logout --local` to forget the token here;",
                        "it then works until you revoke it in the site's settings.",
                    ),
                ) from problem
            terminal.note(problem.message)
            revoked = False
    stored = stored_credentials(machine)
    if stored is not None and stored.token == credentials.token:
        forget_credentials(machine)
    if credentials.from_environment:
        terminal.note("The token in CCGATHER_TOKEN is revoked; take it out of the environment.")
    elif revoked:
        terminal.note(f"You are logged out of {credentials.server}.")
    else:
        terminal.note("The token is gone from this machine. Revoke it in the site's settings:")
        terminal.note(f"  {credentials.server}/settings")
    if not credentials.from_environment:
        _mention_autosubmit(context)
    return DONE


def _mention_autosubmit(context: Context) -> None:
    """A schedule without a login fails at every run."""
    from ccgather_cli.scheduling.plan import kept_plan  # noqa: PLC0415

    if kept_plan(context.machine).is_on:
        context.terminal.note(
            "Autosubmit is still on and cannot send any more: `ccgather autosubmit disable` "
            "switches it off."
        )
