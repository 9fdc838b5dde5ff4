"""Which addresses may be asked (trap 26): public ones only, checked after resolving.

A name is resolved once, every address it has is checked, and the connection goes to one of the
addresses that were checked: a name that answers differently a moment later gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection

from news.errors import AddressRefusedError, NameUnknownError

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""(host, port) to the textual addresses of that host; raises OSError for an unknown name."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""IPv6 networks whose addresses hold an IPv4 address that would be asked in the end."""


async def resolved(host: str, port: int) -> list[str]:
    """The system's answer."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


async def pinned_address(
    *, host: str, port: int, resolve: Resolver, allowed_hosts: Collection[str]
) -> str:
    """An address of the host that may be asked.

    `allowed_hosts` are names whose addresses an operator vouches for, private or not. Raises
    AddressRefusedError as soon as one address of the host is not public: who points a name at
    both is up to something. Raises NameUnknownError.
    """
    literal = _literal(host)
    if literal is not None:
        addresses = [str(literal)]
    else:
        try:
            addresses = await resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NameUnknownError(f"{host} has no address.") from error
    if not addresses:
        raise NameUnknownError(f"{host} has no address.")
    if host not in allowed_hosts:
        for text in addresses:
            # A zone ("fe80::1%eth0") only ever belongs to a link-local address.
            if "%" in text or not is_public(ipaddress.ip_address(text)):
                raise AddressRefusedError(f"{host} leads to an address that is not public.")
    return addresses[0]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        # What the C library takes for an address ("0x7f.1", "2130706433") is resolved, and then
        # checked, like a name.
        return None
