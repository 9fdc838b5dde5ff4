"""Who is logged in, and where: the environment first, then the file that `login` wrote.

A token belongs to the server that gave it. The one in the file is never sent anywhere else.
"""

import re
from dataclasses import dataclass

from ccgather_cli.addresses import server_address
from ccgather_cli.errors import CliError, NotLoggedInError
from ccgather_cli.kept_files import forget, keep, read_kept, tighten
from ccgather_cli.machine import Machine

DEFAULT_SERVER = "http://127.0.0.1:8000"
"""Where `login` goes when nobody says otherwise."""

FILE_NAME = "credentials.json"
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


@dataclass(frozen=True)
class Credentials:
    """A token and the server it belongs to. `username` is "" where nobody has asked yet."""

    server: str
    token: str
    username: str = ""
    from_environment: bool = False

    def __repr__(self) -> str:
        return f"Credentials(server={self.server!r}, username={self.username!r})"


def is_token(text: str) -> bool:
    """Whether a text can stand in a header as a token."""
    return _TOKEN.fullmatch(text) is not None


def server_for_login(machine: Machine, named: str | None) -> str:
    """The server to log in to: the one named, else the environment's, else the last one."""
    if named:
        return server_address(named)
    if machine.variable("CCGATHER_URL"):
        return server_address(machine.variable("CCGATHER_URL"))
    stored = stored_credentials(machine)
    return stored.server if stored else DEFAULT_SERVER


def stored_credentials(machine: Machine) -> Credentials | None:
    """What `login` kept on this machine."""
    path = machine.config_dir / FILE_NAME
    content = read_kept(path)
    if content is None:
        return None
    tighten(path)
    server, token, username = (content.get(key) for key in ("server", "token", "username"))
    if not isinstance(server, str) or not isinstance(token, str) or not is_token(token):
        raise CliError(f"{path} is damaged. Run `ccgather login` again.")
    name = username if isinstance(username, str) else ""
    return Credentials(server=server_address(server), token=token, username=name)


def current_credentials(machine: Machine) -> Credentials:
    """The login to use now. Raises `NotLoggedInError`."""
    token = machine.variable("CCGATHER_TOKEN")
    named = machine.variable("CCGATHER_URL")
    if token:
        if not is_token(token):
            raise NotLoggedInError("CCGATHER_TOKEN does not hold a token.")
        server = server_for_login(machine, named)
        return Credentials(server=server, token=token, from_environment=True)
    stored = stored_credentials(machine)
    if stored is None:
        raise NotLoggedInError("You are not logged in. Run `ccgather login` first.")
    if named and server_address(named) != stored.server:
        raise NotLoggedInError(
            f"You are logged in to {stored.server}, and CCGATHER_URL says "
            f"{server_address(named)}. Run `ccgather login` for that one, or set CCGATHER_TOKEN."
        )
    return stored


def keep_credentials(machine: Machine, credentials: Credentials) -> None:
    """Replace the login that is kept on this machine."""
    content: dict[str, object] = {
        "server": credentials.server,
        "username": credentials.username,
        "token": credentials.token,
    }
    keep(machine.config_dir / FILE_NAME, content)


def forget_credentials(machine: Machine) -> bool:
    """Remove the login from this machine; whether there was one."""
    return forget(machine.config_dir / FILE_NAME)
