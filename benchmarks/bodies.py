"""Reports to send: native bodies, as the command-line program writes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

HISTORY_DAYS = 1_000
TOOLS = (
    ("claude", ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-6")),
    ("codex", ("gpt-5-codex", "gpt-5.1", "gpt-5.2", "gpt-5.3-codex")),
    ("gemini", ("gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-pro-preview")),
)
"""Eleven rows a day: with `HISTORY_DAYS`, 11,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a native report: a total, split as agents split it."""

    day: date
    client: str
    model: str
    tokens: int

    def as_json(self) -> dict[str, object]:
        """In the words of the native format."""
        output = self.tokens // 60
        written = self.tokens // 25
        fresh = self.tokens // 50
        return {
            "day": self.day.isoformat(),
            "client": self.client,
            "model": self.model,
            "input": fresh,
            "output": output,
            "cacheRead": self.tokens - output - written - fresh,
            "cacheWrite": written,
            "messages": 1 + self.tokens // 80_000,
        }


def body_of(rows: Sequence[Row], *, device: str) -> bytes:
    """The report of those rows."""
    body = {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": "0.1.0"},
        "device": {"id": device},
        "rows": [row.as_json() for row in rows],
        "totals": {"tokens": sum(row.tokens for row in rows)},
    }
    return json.dumps(body, separators=(",", ":")).encode()


def long_history(*, today: date, total: int) -> list[Row]:
    """11,000 rows that come to about `total` tokens: the longest history worth measuring."""
    models = [(client, model) for client, names in TOOLS for model in names]
    each = max(total // (HISTORY_DAYS * len(models)), 100)
    return [
        Row(
            day=today - timedelta(days=HISTORY_DAYS - 1 - ago),
            client=client,
            model=model,
            tokens=each + (ago * 31 + place * 17) % (each // 2 + 1),
        )
        for ago in range(HISTORY_DAYS)
        for place, (client, model) in enumerate(models)
    ]


def with_one_day_more(rows: Sequence[Row], *, today: date) -> list[Row]:
    """The same history after some more work today: one slice has grown, or is new."""
    client = rows[0].client
    grown = [
        replace(row, tokens=row.tokens + 12_345)
        if row.day == today and row.client == client
        else row
        for row in rows
    ]
    if grown != list(rows):
        return grown
    return [*rows, Row(day=today, client=client, model=rows[0].model, tokens=12_345)]
