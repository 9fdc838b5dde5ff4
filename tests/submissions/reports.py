"""Reports for tests, in few words."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from submissions.report import DeviceClaim, UsageReport, UsageRow

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
MODEL = "claude-opus-4-5"


def row(
    day: date = TODAY,
    tokens: int = 100,
    *,
    client: str = "claude",
    model: str = MODEL,
    **counts: Any,
) -> UsageRow:
    """A row of `tokens` input tokens, or of the counts given."""
    fields = {"input_tokens": 0, "output_tokens": 0} | (counts or {"input_tokens": tokens})
    return UsageRow(day=day, client=client, model=model, provider="anthropic", **fields)


def report(
    rows: Iterable[UsageRow],
    *,
    device: str | None = None,
    day_basis: str = "utc",
    parser: int | None = None,
    full: bool = False,
    collector: str = "ccgather",
) -> UsageReport:
    """A native report of those rows."""
    ordered = tuple(sorted(rows, key=lambda r: (r.day, r.client, r.model, r.provider)))
    return UsageReport(
        wire_format="native",
        day_basis=day_basis,  # type: ignore[arg-type]
        collector=collector,
        collector_version="0.1.0",
        source="cli",
        rows=ordered,
        device=DeviceClaim(key=device) if device else None,
        parser_versions={r.client: parser for r in ordered} if parser is not None else {},
        full_history=full,
    )


def native_body(rows: Iterable[UsageRow], *, device: str | None = None) -> bytes:
    """The native wire body of those rows."""
    rows = list(rows)
    body: dict[str, object] = {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": "0.1.0"},
        "rows": [
            {
                "day": r.day.isoformat(),
                "client": r.client,
                "model": r.model,
                "provider": r.provider,
                "input": r.input_tokens,
                "output": r.output_tokens,
                "cacheRead": r.cache_read_tokens,
                "cacheWrite": r.cache_write_tokens,
                "reasoning": r.reasoning_tokens,
                "messages": r.messages,
            }
            for r in rows
        ],
        "totals": {"tokens": sum(r.total_tokens for r in rows)},
    }
    if device:
        body["device"] = {"id": device}
    return json.dumps(body).encode()
