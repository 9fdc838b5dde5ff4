"""Values of the environment that are more than a word: parsed, or refused by name.

Plain functions from text to values; each raises `ImproperlyConfigured` with the variable's name
and never repeats a value that may hold a password.
"""

import ipaddress
import secrets
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Origin(NamedTuple):
    """A scheme, host and port, without a path."""

    scheme: str
    host: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"


def origin(name: str, value: str) -> Origin:
    """`https://host[:port]`, nothing behind it but a slash."""
    parts = urlsplit(value)
    try:
        well_formed = parts.port is None or parts.port > 0
    except ValueError:
        well_formed = False
    if (
        not well_formed
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path.rstrip("/")
        or parts.query
        or parts.username
    ):
        message = f"{name} must be like https://example.org, without a path; it is {value!r}"
        raise ImproperlyConfigured(message)
    return Origin(parts.scheme, parts.netloc)


def address(name: str, value: str) -> str:
    """An http(s) address with an optional path, without the slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"{name} must be an http or https address; it is {value!r}"
        raise ImproperlyConfigured(message)
    return value.rstrip("/")


def networks(name: str, values: list[str]) -> tuple[Network, ...]:
    """Addresses and CIDR ranges."""
    found: list[Network] = []
    for value in values:
        try:
            found.append(ipaddress.ip_network(value.strip()))
        except ValueError as error:
            message = f"{name} must list addresses or ranges like 10.0.0.0/8: {error}"
            raise ImproperlyConfigured(message) from error
    return tuple(found)


def is_loopback(host: str) -> bool:
    """Whether a bind address is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def database(name: str, value: str) -> dict[str, Any]:
    """A `postgresql://` address as an entry of Django's DATABASES."""
    if not value.startswith(("postgresql://", "postgres://")):
        message = f"{name} must start with postgresql:// (PostgreSQL is the only database)"
        raise ImproperlyConfigured(message)
    try:
        found: dict[str, Any] = dict(conninfo_to_dict(value))
    except psycopg.ProgrammingError as error:
        message = f"{name} is not a PostgreSQL address: {error}"
        raise ImproperlyConfigured(message) from error
    if not found.get("dbname"):
        message = f"{name} names no database: postgresql://user:password@host/DATABASE"
        raise ImproperlyConfigured(message)
    entry = {
        "NAME": found.pop("dbname"),
        "USER": found.pop("user", ""),
        "PASSWORD": found.pop("password", ""),
        "HOST": found.pop("host", ""),
        "PORT": str(found.pop("port", "")),
    }
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": found}


def redis(name: str, value: str) -> str:
    """A `redis://`, `rediss://` or `unix://` address; empty when there is none."""
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        message = f"{name} must start with redis://, rediss:// or unix://"
        raise ImproperlyConfigured(message)
    return value


def mailer(name: str, value: str) -> dict[str, Any]:
    """`smtp[s]://user:password@host:port?timeout=10` as a mailer; `console:` prints mail.

    `smtp` uses STARTTLS (port 587) unless `?starttls=0`, `smtps` TLS from the start (port 465).
    """
    parts = urlsplit(value)
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    query = dict(parse_qsl(parts.query))
    try:
        port, timeout = parts.port, int(query.pop("timeout", "10"))
        starttls = parts.scheme == "smtp" and {"0": False, "1": True}[query.pop("starttls", "1")]
    except (ValueError, KeyError) as error:
        message = f"{name} has a port, timeout or starttls that cannot be read"
        raise ImproperlyConfigured(message) from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or query:
        message = f"{name} must be like smtps://user:password@mail.example.org or console:"
        raise ImproperlyConfigured(message)
    options = {
        "host": parts.hostname,
        "port": port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": starttls,
        "use_ssl": parts.scheme == "smtps",
        "timeout": timeout,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def both_or_neither(**pair: str) -> bool:
    """Whether a pair of variables is set; half a pair is an error that names the other half."""
    missing = [name for name, value in pair.items() if not value]
    if missing and len(missing) < len(pair):
        present = ", ".join(name for name in pair if name not in missing)
        message = f"{present} is set, {', '.join(missing)} is not; they belong together"
        raise ImproperlyConfigured(message)
    return not missing


def kept_secret(path: Path) -> str:
    """The secret in a file that only we can read, made at the first use."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        path.hardlink_to(draft)  # of two processes at once, one wins and both read its secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
