"""The native report, `ccgather-report/1`: all that ever leaves the machine.

It is built from sums, never from lines: a prompt or a path has no way in here.
"""

from collections.abc import Collection, Iterable

import msgspec

from ccgather_cli import __version__
from ccgather_cli.device import Device
from ccgather_cli.evidence import VERSION, Hours, Salting, Sketch
from ccgather_cli.reading.tally import Counts, Slot, Tally

SCHEMA = "ccgather-report/1"


class _Wire(msgspec.Struct, rename="camel", omit_defaults=True):
    """Keys in camelCase; what has its default value is left out."""


class Collector(_Wire):
    """The program that read the logs."""

    name: str
    version: str


class ReportDevice(_Wire):
    """The machine."""

    id: str
    name: str | None = None


class LongContext(_Wire):
    """The parts of the classes that came from requests longer than 200,000 tokens."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class Row(_Wire, kw_only=True):
    """One tool on one model on one UTC day. The five classes are disjoint."""

    day: str
    client: str
    model: str
    provider: str = ""
    input: int
    output: int
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    cache_write_1h: int = msgspec.field(default=0, name="cacheWrite1h")
    long_context: LongContext | None = None
    messages: int = 0


class Totals(_Wire):
    """Sums over the rows."""

    tokens: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    reasoning: int
    messages: int


class SketchRow(_Wire):
    """The smallest salted hashes of the message ids of one tool's UTC day."""

    day: str
    client: str
    messages: int
    hashes: tuple[str, ...]


class Evidence(_Wire):
    """Sketches for one site: `docs/evidence.md`."""

    version: int
    k: int
    salt_id: str
    sketches: list[SketchRow]


class HourRow(_Wire):
    """Responses by UTC hour, 24 of them; only sent by people who switched it on."""

    day: str
    client: str
    counts: tuple[int, ...]


class ScanFacts(_Wire):
    """What the reading behind the rows was."""

    full_history: bool
    parser_versions: dict[str, int]


class Report(_Wire):
    """The whole body."""

    schema: str
    collector: Collector
    device: ReportDevice
    source: str
    day_basis: str
    scan: ScanFacts
    rows: list[Row]
    totals: Totals
    evidence: Evidence | None = None
    hourly: list[HourRow] | None = None


def report_of(
    tally: Tally,
    *,
    device: Device,
    full_history: bool,
    parser_versions: dict[str, int],
    source: str = "cli",
    sketches: Iterable[Sketch] = (),
    salting: Salting | None = None,
    hours: Iterable[Hours] = (),
) -> Report:
    """The report that says `tally`. Rows are in order, so equal logs give equal bytes.

    Sketches and hours of days that the tally does not have are left out.
    """
    total = tally.total()
    days = {(slot.day, slot.client) for slot, _ in tally}
    return Report(
        schema=SCHEMA,
        collector=Collector(name="ccgather", version=__version__),
        device=ReportDevice(id=device.id, name=device.name),
        source=source,
        day_basis="utc",
        scan=ScanFacts(full_history=full_history, parser_versions=parser_versions),
        rows=[_row(slot, counts) for slot, counts in tally],
        totals=Totals(
            tokens=total.total,
            input=total.input,
            output=total.output,
            cache_read=total.cache_read,
            cache_write=total.cache_write,
            reasoning=total.reasoning,
            messages=total.messages,
        ),
        evidence=_evidence(sketches, salting, days) if salting is not None else None,
        hourly=[
            HourRow(each.day, each.client, each.counts)
            for each in hours
            if (each.day, each.client) in days
        ]
        or None,
    )


def _evidence(
    sketches: Iterable[Sketch], salting: Salting, days: Collection[tuple[str, str]]
) -> Evidence | None:
    rows = [
        SketchRow(each.day, each.client, each.messages, each.hashes)
        for each in sketches
        if (each.day, each.client) in days
    ]
    return Evidence(VERSION, salting.k, salting.salt_id, rows) if rows else None


def _row(slot: Slot, counts: Counts) -> Row:
    long_context = LongContext(
        input=counts.long_input,
        output=counts.long_output,
        cache_read=counts.long_cache_read,
        cache_write=counts.long_cache_write,
    )
    return Row(
        day=slot.day,
        client=slot.client,
        model=slot.model,
        provider=slot.provider,
        input=counts.input,
        output=counts.output,
        cache_read=counts.cache_read,
        cache_write=counts.cache_write,
        reasoning=counts.reasoning,
        cache_write_1h=counts.cache_write_1h,
        long_context=long_context if long_context != LongContext() else None,
        messages=counts.messages,
    )


def bytes_of(report: Report) -> bytes:
    """The body as it is sent, before compression, with a newline at its end."""
    return msgspec.json.encode(report) + b"\n"
