"""How slices reach the database: whole, by COPY, so that a long history is written in one go."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from submissions.models import SUM_COLUMNS
from submissions.report import EvidenceSketch, UsageRow
from submissions.rules.holds import HoldReason
from submissions.rules.merge import SliceKey
from submissions.rules.pricing import cost_of
from submissions.services.copying import copy_rows
from submissions.services.parts import SliceParts, write_parts
from submissions.services.stored import hold_json

SLICE_COLUMNS = (
    "id",
    "user_id",
    "device_id",
    "client",
    "day",
    "state",
    "not_counted",
    "digest",
    "content_digest",
    "day_basis",
    "messages",
    "reported_cost_microusd",
    "collector",
    "collector_version",
    "parser_version",
    "source",
    "submission_id",
    "updated_at",
    "hold_reasons",
    "hold_weight",
    "approved_tokens",
    "exact_key",
    "shape_key",
    *SUM_COLUMNS,
)
ROW_COLUMNS = (
    "slice_id",
    "model",
    "provider",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cache_write_1h_tokens",
    "long_input_tokens",
    "long_output_tokens",
    "long_cache_read_tokens",
    "long_cache_write_tokens",
    "messages",
    "reported_cost_microusd",
    "cost_microusd",
    "price_version",
    "estimated",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedSlice:
    """A slice of a report with what its rows cost (micro-dollars, None without a price)."""

    client: str
    day: date
    rows: tuple[UsageRow, ...]
    costs: tuple[int | None, ...]
    digest: bytes
    content_digest: bytes

    @property
    def total_tokens(self) -> int:
        """The sum over its rows."""
        return sum(row.total_tokens for row in self.rows)

    @property
    def cost_microusd(self) -> int:
        """The sum of the rows that have a price."""
        return sum(cost for cost in self.costs if cost is not None)

    @property
    def unpriced_tokens(self) -> int:
        """Tokens of the rows without one."""
        pairs = zip(self.rows, self.costs, strict=True)
        return sum(row.total_tokens for row, cost in pairs if cost is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the slices of one report come from; `salt_id` is of the salt of its sketches."""

    user_id: UUID
    device_id: UUID
    submission_id: UUID
    day_basis: str
    collector: str
    collector_version: str
    parser_versions: dict[str, int]
    source: str
    at: datetime
    price_version: str
    salt_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceToWrite:
    """A slice version to store; `replaces` is the id of the version whose place it takes.

    With reasons to hold it, it waits. `approved_tokens` is what a reviewer approved of the version
    before; `keys` are its exact and its shape key.
    """

    priced: PricedSlice
    replaces: int | None
    hold: tuple[HoldReason, ...] = ()
    hold_weight: float = 0.0
    approved_tokens: int | None = None
    keys: tuple[int | None, int | None] = (None, None)
    sketch: EvidenceSketch | None = None
    hours: tuple[int, ...] | None = None


def price_slice(
    *, client: str, day: date, rows: Sequence[UsageRow], digest: bytes, content_digest: bytes
) -> PricedSlice:
    """The slice with the list price of each row."""
    return PricedSlice(
        client=client,
        day=day,
        rows=tuple(rows),
        costs=tuple(cost_of(row) for row in rows),
        digest=digest,
        content_digest=content_digest,
    )


def write_slices(*, slices: Sequence[SliceToWrite], provenance: Provenance) -> dict[SliceKey, int]:
    """Stores each slice whole, under the id of the version it replaces; their ids."""
    if not slices:
        return {}
    delete_slices(ids=[item.replaces for item in slices if item.replaces is not None])
    fresh = _new_ids(sum(item.replaces is None for item in slices))
    with connection.cursor() as cursor:
        numbered = [
            (next(fresh) if item.replaces is None else item.replaces, item) for item in slices
        ]
        copy_rows(
            cursor=cursor,
            table="submissions_slice",
            columns=SLICE_COLUMNS,
            rows=(_slice_values(number, item, provenance) for number, item in numbered),
        )
        copy_rows(
            cursor=cursor,
            table="submissions_slicerow",
            columns=ROW_COLUMNS,
            rows=(
                _row_values(number, row, cost, provenance.price_version)
                for number, item in numbered
                for row, cost in zip(item.priced.rows, item.priced.costs, strict=True)
            ),
        )
    write_parts(
        parts=[
            SliceParts(slice_id=number, day=item.priced.day, sketch=item.sketch, hours=item.hours)
            for number, item in numbered
        ],
        salt_id=provenance.salt_id,
    )
    return {(item.priced.client, item.priced.day): number for number, item in numbered}


def delete_slices(*, ids: Sequence[int]) -> None:
    """Removes slice versions with their rows, sketches and hours."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH
              rows AS (DELETE FROM submissions_slicerow WHERE slice_id = ANY(%(ids)s)),
              sketches AS (DELETE FROM submissions_evidencesketch WHERE slice_id = ANY(%(ids)s)),
              hours AS (DELETE FROM submissions_slicehours WHERE slice_id = ANY(%(ids)s))
            DELETE FROM submissions_slice WHERE id = ANY(%(ids)s)
            """,
            {"ids": list(ids)},
        )


def _new_ids(count: int) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('submissions_slice', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return iter([row[0] for row in cursor.fetchall()])


def _slice_values(number: int, item: SliceToWrite, provenance: Provenance) -> tuple[object, ...]:
    priced = item.priced
    rows = priced.rows
    reported = [r.reported_cost_microusd for r in rows if r.reported_cost_microusd is not None]
    return (
        number,
        provenance.user_id,
        provenance.device_id,
        priced.client,
        priced.day,
        "pending" if item.hold else "accepted",
        "",
        priced.digest,
        priced.content_digest,
        provenance.day_basis,
        sum(row.messages for row in rows),
        sum(reported) if reported else None,
        provenance.collector,
        provenance.collector_version,
        provenance.parser_versions.get(priced.client),
        provenance.source,
        provenance.submission_id,
        provenance.at,
        json.dumps(hold_json(reasons=item.hold)) if item.hold else "[]",
        item.hold_weight,
        item.approved_tokens,
        *item.keys,
        sum(row.input_tokens for row in rows),
        sum(row.output_tokens for row in rows),
        sum(row.cache_read_tokens for row in rows),
        sum(row.cache_write_tokens for row in rows),
        sum(row.reasoning_tokens for row in rows),
        priced.total_tokens,
        priced.cost_microusd,
        priced.unpriced_tokens,
    )


def _row_values(
    number: int, row: UsageRow, cost: int | None, price_version: str
) -> tuple[object, ...]:
    return (
        number,
        row.model,
        row.provider,
        row.input_tokens,
        row.output_tokens,
        row.cache_read_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
        row.total_tokens,
        row.cache_write_1h_tokens,
        row.long_input_tokens,
        row.long_output_tokens,
        row.long_cache_read_tokens,
        row.long_cache_write_tokens,
        row.messages,
        row.reported_cost_microusd,
        cost,
        price_version,
        row.estimated,
    )
