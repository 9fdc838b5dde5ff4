"""`ccgather whoami`: whose token this is, and where it works."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import current_credentials
from ccgather_cli.errors import DONE, CliError

SUMMARY = "who is logged in, and where"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="the site's answer as JSON")
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Ask the site, so that a token which has been revoked shows."""
    credentials = current_credentials(context.machine)
    with context.site(
        credentials.server, token=credentials.token, insecure_http=arguments.insecure_http
    ) as site:
        answer = site.ask("GET", "/api/auth/token")
    if arguments.json:
        context.terminal.write(answer.body.rstrip() + b"\n")
        return DONE
    user, token = answer.content.get("user"), answer.content.get("token")
    if not isinstance(user, Mapping) or not isinstance(token, Mapping):
        raise CliError(f"{credentials.server} did not say whose token this is.")
    terminal = context.terminal
    terminal.print(f"{user.get('username')} on {credentials.server}")
    terminal.print(f"token    {token.get('name')}, made {_day(token.get('createdAt'))}")
    expires = token.get("expiresAt")
    terminal.print(f"expires  {_day(expires) if expires else 'never'}")
    if credentials.from_environment:
        terminal.print("from     CCGATHER_TOKEN")
    return DONE


def _day(moment: object) -> str:
    return moment[:10] if isinstance(moment, str) else "at an unknown time"
