"""The one shape every wire format is turned into.

Everything after `submissions.formats` knows only these types. They are frozen values: no Django,
no clock, no input or output.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

WireFormat = Literal["native", "tokscale", "token_tracker", "single_day", "ccusage"]
DayBasis = Literal["utc", "local"]
Source = Literal["cli", "hook", "api", "upload"]

MAX_COUNT = 2**53 - 1
"""The largest integer that survives a JSON reader which uses doubles."""

HASH_BYTES = 8
"""One hash of an evidence sketch."""

HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What one tool burned on one model on one day.

    The five token classes are disjoint; their sum is the total. Counts are integers in
    0..MAX_COUNT. `cache_write_1h_tokens` is a part of `cache_write_tokens`. The `long_*` fields
    are parts of the class of the same name, billed at the model's long-context price.
    `reported_cost_microusd` is the client's own figure, recorded and never ranked.
    `estimated` marks rows that reproduce sums which the format only gives separately.
    """

    day: date
    client: str
    model: str
    provider: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cache_write_1h_tokens: int = 0
    long_input_tokens: int = 0
    long_output_tokens: int = 0
    long_cache_read_tokens: int = 0
    long_cache_write_tokens: int = 0
    messages: int = 0
    reported_cost_microusd: int | None = None
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        """input + output + cache read + cache write + reasoning."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
            + self.reasoning_tokens
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceClaim:
    """How a report names the machine it comes from; `key` is unique to one collector."""

    key: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSketch:
    """The smallest hashes of the ids of one client's messages on one day.

    `hashes` are unsigned 64-bit integers, big-endian, ascending and unique, one after the other;
    `messages` is how many ids they were drawn from.
    """

    messages: int
    hashes: bytes

    def values(self, limit: int | None = None) -> tuple[int, ...]:
        """The hashes as integers, or the smallest `limit` of them."""
        count = len(self.hashes) // HASH_BYTES
        count = count if limit is None else min(limit, count)
        return struct.unpack_from(f">{count}Q", self.hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The sketches of a report by (client, day), each of which has a row.

    `salt_id` names the salt that the ids were hashed with; "" where the sender does not say, and
    then it is the site's present one.
    """

    sketches: Mapping[tuple[str, date], EvidenceSketch]
    salt_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A statement of what one machine saw, as of the moment it was made.

    `rows` has at most one row a (day, client, model, provider), sorted by those.
    `day_basis` says whose days they are: UTC, or the sender's own zone.
    `parser_versions` maps a client to the version of the code that read its logs;
    `full_history` says that the scan behind it was complete, so that a newer parser version may
    lower a day. `warnings` are sentences for the sender. `hours` are 24 counts of messages by
    (client, day), where the sender tells them.
    """

    wire_format: WireFormat
    day_basis: DayBasis
    collector: str
    collector_version: str
    source: Source
    rows: tuple[UsageRow, ...]
    device: DeviceClaim | None = None
    parser_versions: Mapping[str, int] = field(default_factory=dict)
    full_history: bool = False
    warnings: tuple[str, ...] = ()
    evidence: Evidence | None = None
    hours: Mapping[tuple[str, date], tuple[int, ...]] = field(default_factory=dict)

    @property
    def total_tokens(self) -> int:
        """The sum over all rows."""
        return sum(row.total_tokens for row in self.rows)

    @property
    def salt_id(self) -> str:
        """The salt of its evidence; "" without any, or where the sender does not say."""
        return self.evidence.salt_id if self.evidence else ""

    def sketch_of(self, key: tuple[str, date]) -> EvidenceSketch | None:
        """The sketch of that (client, day), if there is one."""
        return self.evidence.sketches.get(key) if self.evidence else None

    def days(self) -> tuple[date, ...]:
        """The days that the report names, ascending."""
        return tuple(sorted({row.day for row in self.rows}))

    def clients(self) -> tuple[str, ...]:
        """The tools that the report names, ascending."""
        return tuple(sorted({row.client for row in self.rows}))
