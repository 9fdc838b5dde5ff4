"""Addresses of servers: one spelling each, and which of them may be sent a token."""

import ipaddress
from urllib.parse import urlsplit

from ccgather_cli.errors import UsageError


def server_address(text: str) -> str:
    """One spelling of a server's address, without a slash at its end.

    Without a scheme it is https, or http on this machine itself. Raises `UsageError`.
    """
    text = text.strip()
    if "://" not in text:
        host = _host(f"http://{text}")
        text = f"{'http' if is_loopback(host) else 'https'}://{text}"
    host = _host(text)
    parts = urlsplit(text)
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise UsageError(f"{text} is no http or https address.")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError("A server's address has no user name, no query and no fragment.")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme.lower()}://{host}{port}{parts.path.rstrip('/')}"


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as problem:
        raise UsageError(f"{address} is no address: {problem}.") from problem
    host = parts.hostname or ""
    if any(letter.isspace() or not letter.isprintable() for letter in host):
        raise UsageError(f"{address!r} is no address.")
    return host


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name alone: no name is looked up."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_line(server: str, *, allowed: bool) -> None:
    """Raise `UsageError` if a token would travel to `server` for everyone on the way to read."""
    parts = urlsplit(server)
    if parts.scheme == "http" and not is_loopback(parts.hostname or "") and not allowed:
        raise UsageError(
            f"{server} is not encrypted: anyone on the way could read your token. Use https, or "
            "give --insecure-http if you trust the whole network in between."
        )
