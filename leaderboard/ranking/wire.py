"""Redis commands as bytes, packed here: a rebuild sends millions of entries, and a client library
would spend more time on each than Redis does."""

from collections import defaultdict
from collections.abc import Iterator

MEMBERS_A_COMMAND = 500
"""Redis serves nobody else while it runs a command: this many entries take about a millisecond."""


def command(*parts: bytes) -> bytes:
    """One command in the Redis protocol."""
    head = b"*%d\r\n" % len(parts)
    return head + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def entry(value: int, member: bytes) -> bytes:
    """Score and member of somebody who has `value` (above 0)."""
    score = b"-%d" % value
    return b"$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(score), score, len(member), member)


def add(key: bytes, entries: list[bytes]) -> bytes:
    """ZADD of packed entries."""
    head = b"*%d\r\n$4\r\nZADD\r\n$%d\r\n%b\r\n" % (2 + 2 * len(entries), len(key), key)
    return head + b"".join(entries)


class Writes:
    """Entries to set and to remove, gathered by board."""

    def __init__(self) -> None:
        self._values: defaultdict[bytes, dict[bytes, int]] = defaultdict(dict)
        self._gone: defaultdict[bytes, dict[bytes, None]] = defaultdict(dict)

    def put(self, key: bytes, member: bytes, value: int) -> None:
        """This person has `value` on that board, whatever else is said of them."""
        self._values[key][member] = value

    def drop(self, key: bytes, member: bytes) -> None:
        """This person is not on that board, unless `put` there."""
        self._gone[key][member] = None

    def commands(self) -> Iterator[bytes]:
        """ZREM and ZADD, at most `MEMBERS_A_COMMAND` entries each."""
        for key, gone in self._gone.items():
            values = self._values.get(key, {})
            members = [member for member in gone if member not in values]
            for first in range(0, len(members), MEMBERS_A_COMMAND):
                yield command(b"ZREM", key, *members[first : first + MEMBERS_A_COMMAND])
        for key, values in self._values.items():
            entries = [entry(value, member) for member, value in values.items()]
            for first in range(0, len(entries), MEMBERS_A_COMMAND):
                yield add(key, entries[first : first + MEMBERS_A_COMMAND])
