"""Who is at the other end of a request, when proxies stand between."""

import ipaddress
from collections.abc import Sequence

from ccgather.ops.environment import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(
    *, connection: str, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> str:
    """The address a request came from.

    `connection` is the peer of the TCP connection, `forwarded_for` the addresses that the hops
    wrote, oldest first. Each is believed only as far as the hop after it is a trusted proxy: what
    stands left of the first untrusted address was written by somebody we do not know.
    """
    hops = list(forwarded_for)
    current = _parsed(connection)
    if current is None:
        return connection
    while hops and _is_trusted(current, trusted):
        earlier = _parsed(hops.pop())
        if earlier is None:
            break
        current = earlier
    return str(current)


def is_trusted(connection: str, trusted: Sequence[Network]) -> bool:
    """Whether the peer of a connection is one of the site's own proxies."""
    address = _parsed(connection)
    return address is not None and _is_trusted(address, trusted)


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted if network.version == address.version)
