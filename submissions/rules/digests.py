"""Fingerprints of what was reported, over values and not over bytes of a body."""

import struct
from collections.abc import Iterable
from hashlib import blake2b, sha256
from uuid import UUID

from submissions.report import UsageReport, UsageRow

SLICE_DIGEST_BYTES = 16


def usage_digest_of(rows: Iterable[UsageRow]) -> bytes:
    """16 bytes over models and token classes: equal for one log read by two collectors."""
    totals: dict[str, list[int]] = {}
    for row in rows:
        sums = totals.setdefault(row.model, [0] * 5)
        for index, count in enumerate(_classes(row)):
            sums[index] += count
    return _digest16(sorted((model, *sums) for model, sums in totals.items()))


def content_digest_of(rows: Iterable[UsageRow]) -> bytes:
    """16 bytes over everything that is stored of the rows."""
    return _digest16(sorted(_content(row) for row in rows))


def report_digest_of(*, report: UsageReport, device_id: UUID, mode: str) -> bytes:
    """32 bytes over all that decides what a report does: the same again changes nothing."""
    hasher = sha256()
    header = (
        str(device_id),
        mode,
        report.day_basis,
        report.full_history,
        sorted(report.parser_versions.items()),
    )
    hasher.update(repr(header).encode())
    for row in sorted((row.day.isoformat(), row.client, *_content(row)) for row in report.rows):
        hasher.update(repr(row).encode())
    if report.evidence is not None:
        hasher.update(f"evidence {report.evidence.salt_id}".encode())
        for key, sketch in sorted(report.evidence.sketches.items(), key=lambda item: item[0]):
            hasher.update(repr((key, sketch.messages)).encode() + sketch.hashes)
    if report.hours:
        hasher.update(b"hours")
        for key, counts in sorted(report.hours.items(), key=lambda item: item[0]):
            hasher.update(repr(key).encode() + struct.pack(f">{len(counts)}I", *counts))
    return hasher.digest()


def _digest16(values: Iterable[object]) -> bytes:
    hasher = blake2b(digest_size=SLICE_DIGEST_BYTES)
    for value in values:
        hasher.update(repr(value).encode())
    return hasher.digest()


def _classes(row: UsageRow) -> tuple[int, ...]:
    return (
        row.input_tokens,
        row.output_tokens,
        row.cache_read_tokens,
        row.cache_write_tokens,
        row.reasoning_tokens,
    )


def _content(row: UsageRow) -> tuple[str | int | bool, ...]:
    return (
        row.model,
        row.provider,
        *_classes(row),
        row.cache_write_1h_tokens,
        row.long_input_tokens,
        row.long_output_tokens,
        row.long_cache_read_tokens,
        row.long_cache_write_tokens,
        row.messages,
        -1 if row.reported_cost_microusd is None else row.reported_cost_microusd,
        row.estimated,
    )
