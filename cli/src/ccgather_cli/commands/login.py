"""`ccgather login`: the device flow, or a token that the person already has."""

import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from ccgather_cli.arguments import add_insecure_http
from ccgather_cli.context import Context
from ccgather_cli.credentials import Credentials, is_token, keep_credentials, server_for_login
from ccgather_cli.device import name_at_login, name_device
from ccgather_cli.errors import (
    DONE,
    CliError,
    NotLoggedInError,
    SiteError,
    UnreachableError,
    UsageError,
)
from ccgather_cli.site import Answer, Site

SUMMARY = "sign this machine in to a board"
DESCRIPTION = """\
Shows a code, opens the page on which you confirm it, and keeps the token it
gets, readable by you alone."""
EXAMPLES = """\
examples:
  ccgather login --server https://board.example
  ccgather login --token - < token.txt   a token from the site's settings"""

_FROM_STANDARD_INPUT = "-"
_SLOWEST_INTERVAL = 60


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--server", metavar="URL", help="the site to sign in to")
    parser.add_argument(
        "--token",
        metavar="TOKEN",
        help="use this token instead of the browser; `-` reads it from standard input, "
        "so that it does not show in the list of processes",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--device-name", metavar="NAME", help="what to call this machine (default: its host name)"
    )
    add_insecure_http(parser)


def run(arguments: Namespace, context: Context) -> int:
    """Sign in and keep the token."""
    machine, terminal = context.machine, context.terminal
    server = server_for_login(machine, arguments.server)
    if arguments.device_name is not None:
        name_device(machine, arguments.device_name)
    token = arguments.token
    if token == _FROM_STANDARD_INPUT:
        token = terminal.read_line()
    if token is not None and not is_token(token):
        raise UsageError("That is no token.")
    if token is None:
        with context.site(server, insecure_http=arguments.insecure_http) as site:
            token = _token_of_device(site, arguments, context)
    with context.site(server, token=token, insecure_http=arguments.insecure_http) as site:
        username = _username(site)
    keep_credentials(machine, Credentials(server=server, token=token, username=username))
    terminal.note(f"You are logged in to {server} as {username}.")
    if machine.variable("CCGATHER_TOKEN"):
        terminal.note("CCGATHER_TOKEN is set and is used instead, as long as it is.")
    _tell_what_is_next(server, arguments, context)
    return DONE


def _tell_what_is_next(server: str, arguments: Namespace, context: Context) -> None:
    from ccgather_cli.sending import UPGRADE, refuse_old_version  # noqa: PLC0415
    from ccgather_cli.site_config import site_config  # noqa: PLC0415

    config = site_config(context, server, insecure_http=arguments.insecure_http)
    try:
        refuse_old_version(server, config)
    except CliError as problem:
        context.terminal.note(problem.message)
        return
    if config.has_newer:
        context.terminal.note(f"There is a newer ccgather, {config.latest_version}. {UPGRADE}")
    context.terminal.note("Next: `ccgather submit` shows the sums of this machine and sends them.")


def _username(site: Site) -> str:
    """Whose token it is; also the proof that it works."""
    try:
        answer = site.ask("GET", "/api/auth/token")
    except NotLoggedInError as problem:
        raise NotLoggedInError(f"{site.server} does not know this token.") from problem
    user = answer.content.get("user")
    name = user.get("username") if isinstance(user, Mapping) else None
    if not isinstance(name, str) or not name:
        raise CliError(f"{site.server} did not say whose token this is.")
    return name


def _token_of_device(site: Site, arguments: Namespace, context: Context) -> str:
    terminal = context.terminal
    body = json.dumps({"deviceName": name_at_login(context.machine)}).encode()
    asked = site.ask("POST", "/api/auth/device", body=body).content
    code, shown = _text(asked, "deviceCode"), _text(asked, "userCode")
    address, lasts = _text(asked, "verificationUrl"), _seconds(asked, "expiresIn")
    link = asked.get("verificationUrlComplete")
    terminal.note(f"Open {address} and enter the code\n\n    {shown}\n")
    if not arguments.no_browser and terminal.can_ask:
        _open_browser(link if isinstance(link, str) and link else address, context)
    terminal.note(f"Waiting for you to confirm it (the code holds for {lasts // 60} minutes) …")
    return _polled(site, context, code=code, lasts=lasts, interval=_seconds(asked, "interval"))


def _polled(site: Site, context: Context, *, code: str, lasts: int, interval: int) -> str:
    """The token, once the person has confirmed the code.

    Waits are counted by what was asked for and by the clock, whichever is further, so that a
    machine that sleeps in between stops as well.
    """
    body = json.dumps({"deviceCode": code}).encode()
    started, waited = time.monotonic(), 0.0
    pause = float(min(max(interval, 1), _SLOWEST_INTERVAL))
    while max(waited, time.monotonic() - started) < lasts:
        context.pause(pause)
        waited += pause
        try:
            answer = site.send("POST", "/api/auth/device/poll", body=body)
        except UnreachableError as problem:
            if not problem.passing:
                raise
            continue
        except SiteError as problem:
            if problem.status < 500 and problem.status != 429:
                raise
            pause = min(pause + 5, _SLOWEST_INTERVAL)
            continue
        if answer.status == 429 or answer.status >= 500:
            pause = min(max(pause + 5, answer.retry_after or 0), _SLOWEST_INTERVAL)
            continue
        token = _confirmed(answer)
        if token:
            return token
    raise CliError("The code expired before it was confirmed. Run `ccgather login` again.")


def _confirmed(answer: Answer) -> str:
    """The token in a poll's answer, "" while the person has not decided."""
    if answer.status >= 300:
        raise answer.error()
    status, token = answer.content.get("status"), answer.content.get("token")
    if status == "pending":
        return ""
    if status == "complete" and isinstance(token, str) and is_token(token):
        return token
    if status == "expired":
        raise CliError("The code was denied or has expired. Run `ccgather login` again.")
    raise CliError("The site confirmed the code in a way that this version does not understand.")


def _text(content: Mapping[str, object], key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise CliError(f"The site's answer has no {key}. Is the address that of a CCGather site?")
    return value


def _seconds(content: Mapping[str, object], key: str) -> int:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CliError(f"The site's answer has no {key}. Is the address that of a CCGather site?")
    return value


def _open_browser(address: str, context: Context) -> None:
    """Show the page, where there is a desktop; a text browser would take the terminal over."""
    machine = context.machine
    desktop = machine.variable("DISPLAY") or machine.variable("WAYLAND_DISPLAY")
    if machine.system == "linux" and not desktop:
        return
    if not address.startswith(("https://", "http://")):
        return
    import webbrowser  # noqa: PLC0415

    try:
        webbrowser.open(address)
    except (webbrowser.Error, OSError):
        context.terminal.note("The browser did not open; the address above works anywhere.")
