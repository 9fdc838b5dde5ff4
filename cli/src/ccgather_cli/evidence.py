"""What lets the site see the same log twice, and hours: both told as counts, never as text.

A sketch of a tool's day is the smallest hashes of the ids of its responses, salted for one site
(`docs/evidence.md`). Hours are only sent by people who switched them on.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest

from ccgather_cli.reading.facts import LINK, MESSAGES, SECOND, Facts, Row
from ccgather_cli.reading.interface import LogFile
from ccgather_cli.reading.timestamps import DAY_SECONDS, day_of

VERSION = 1
_MOST_HASHES = 64


@dataclass(frozen=True)
class Salting:
    """What a site hashes with: `salt` its bytes, `salt_id` their short name, `k` how many."""

    salt: bytes
    salt_id: str
    k: int


@dataclass(frozen=True)
class Sketch:
    """The smallest hashes of a tool's UTC day, ascending, out of `messages` different ids."""

    day: str
    client: str
    messages: int
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Hours:
    """Responses of a tool's UTC day by hour, 00 to 23."""

    day: str
    client: str
    counts: tuple[int, ...]


Rows = Iterable[tuple[str, LogFile, Facts, Row]]


def links_by_day(rows: Rows) -> dict[tuple[str, str], set[int]]:
    """The links of what counts, by (day, client)."""
    links: dict[tuple[int, str], set[int]] = defaultdict(set)
    for client, _, _, row in rows:
        if row[LINK]:
            links[row[SECOND] // DAY_SECONDS, client].add(row[LINK])
    return {(day_of(day * DAY_SECONDS), client): own for (day, client), own in links.items()}


def sketches_of(links: dict[tuple[str, str], set[int]], salting: Salting) -> list[Sketch]:
    """A sketch of every day that has ids, in the order of the days."""
    size = min(salting.k, _MOST_HASHES)
    return [
        Sketch(day, client, len(own), _smallest(own, salting.salt, size))
        for (day, client), own in sorted(links.items())
    ]


def hash_of(link: int, salt: bytes) -> str:
    """A link as the site of `salt` sees it: 16 hexadecimal digits."""
    return blake2b(link.to_bytes(8, "big"), key=salt, digest_size=8).hexdigest()


def _smallest(links: Iterable[int], salt: bytes, size: int) -> tuple[str, ...]:
    # Equal lengths: the order of the digits is the order of the numbers.
    return tuple(nsmallest(size, {hash_of(link, salt) for link in links}))


def hours_of(rows: Rows) -> list[Hours]:
    """Responses by hour, for every day and tool."""
    counts: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * 24)
    for client, _, _, row in rows:
        day, second = divmod(row[SECOND], DAY_SECONDS)
        counts[day, client][second // 3600] += row[MESSAGES]
    return [
        Hours(day_of(day * DAY_SECONDS), client, tuple(each))
        for (day, client), each in sorted(counts.items())
    ]
