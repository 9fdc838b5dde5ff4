"""The bodies of simulated reports, in the format that the person's collector writes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

from benchmarks.trust.story import Cell, Send, told
from submissions.report import UsageRow
from submissions.rules.evidence import EVIDENCE_VERSION, SKETCH_SIZE

Json = dict[str, object]

_FEW = 2_000
"""Messages of a log whose hashes are drawn one by one."""


def body_of(send: Send) -> tuple[bytes, str]:
    """The body, and the query that goes with it."""
    rows = [told(row, send.tells) for cell in send.cells for row in cell.rows]
    if send.tells.wire == "tokscale":
        return _bytes(_tokscale(send, rows)), ""
    if send.tells.wire == "ccusage":
        return _bytes(_ccusage(rows)), f"?client={send.cells[0].client}"
    if send.tells.wire == "token_tracker":
        return _bytes(_token_tracker(rows)), ""
    return _bytes(_native(send, rows)), ""


def _bytes(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _native(send: Send, rows: Sequence[UsageRow]) -> Json:
    body: Json = {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": f"0.{send.parser_version}.0"},
        "device": {"id": send.device.rjust(8, "-")},
        "scan": {
            "fullHistory": send.full_history,
            "parserVersions": dict.fromkeys((row.client for row in rows), send.parser_version),
        },
        "rows": [_native_row(row) for row in rows],
        "totals": {"tokens": sum(row.total_tokens for row in rows)},
    }
    if send.tells.hours:
        body["hourly"] = [
            {"day": cell.day.isoformat(), "client": cell.client, "counts": list(cell.hours)}
            for cell in send.cells
            if cell.hours and sum(cell.hours) <= cell.messages
        ]
    if send.tells.evidence:
        body["evidence"] = {
            "version": EVIDENCE_VERSION,
            "k": SKETCH_SIZE,
            "sketches": [_sketch(cell) for cell in send.cells if cell.log and cell.messages],
        }
    return body


def _native_row(row: UsageRow) -> Json:
    found: Json = {
        "day": row.day.isoformat(),
        "client": row.client,
        "model": row.model,
        "provider": row.provider,
        "input": row.input_tokens,
        "output": row.output_tokens,
        "cacheRead": row.cache_read_tokens,
        "cacheWrite": row.cache_write_tokens,
        "reasoning": row.reasoning_tokens,
        "messages": row.messages,
    }
    if row.cache_write_1h_tokens:
        found["cacheWrite1h"] = row.cache_write_1h_tokens
    if row.reported_cost_microusd is not None:
        found["costUsd"] = row.reported_cost_microusd / 1e6
    return found


def _sketch(cell: Cell) -> Json:
    hashes = message_hashes(log=cell.log, messages=cell.messages, part=cell.part)
    return {
        "day": cell.day.isoformat(),
        "client": cell.client,
        "messages": cell.messages,
        "hashes": [f"{value:016x}" for value in hashes],
    }


def message_hashes(*, log: int, messages: int, part: float) -> list[int]:
    """The smallest hashes of that many messages of a log, of which `part` had been written.

    The hashes of a whole log are the points of one random process, so that the sketch of a part
    holds those of the whole that fall into it.
    """
    draw = Random(log)
    whole = max(messages, round(messages / part))
    wanted = min(SKETCH_SIZE, messages)
    points: list[tuple[float, float]]
    if whole <= _FEW:
        points = sorted((draw.random(), draw.random()) for _ in range(whole))
    else:  # the smallest of many, drawn one after the other
        points, at = [], 0.0
        for _ in range(round(SKETCH_SIZE / part) + 200):
            at += draw.expovariate(1) / whole
            points.append((at, draw.random()))
    inside = [point for point in points if point[1] < part]
    if len(inside) < wanted or whole <= SKETCH_SIZE:
        inside = sorted(points, key=lambda point: point[1])[:messages]
    return sorted({int(value * 2**64) for value, _ in inside})[:wanted]


def _tokscale(send: Send, rows: Sequence[UsageRow]) -> Json:
    days = _by_day(rows)
    return {
        "meta": {
            "version": "4.17.0",
            "dateRange": {"start": min(days).isoformat(), "end": max(days).isoformat()},
        },
        "device": {"id": send.device.rjust(8, "-")},
        "scanScope": {"parserVersions": {}, "fullHistory": send.full_history},
        "summary": {"totalTokens": sum(row.total_tokens for row in rows), "totalCost": 0},
        "contributions": [
            {
                "date": day.isoformat(),
                "totals": {"tokens": sum(row.total_tokens for row in found), "cost": 0},
                "clients": [_tokscale_row(row) for row in found],
            }
            for day, found in sorted(days.items())
        ],
    }


def _tokscale_row(row: UsageRow) -> Json:
    return {
        "client": row.client,
        "modelId": row.model,
        "providerId": row.provider,
        "tokens": {
            "input": row.input_tokens,
            "output": row.output_tokens,
            "cacheRead": row.cache_read_tokens,
            "cacheWrite": row.cache_write_tokens,
            "reasoning": row.reasoning_tokens,
        },
        "cost": (row.reported_cost_microusd or 0) / 1e6,
        "messages": row.messages,
    }


def _ccusage(rows: Sequence[UsageRow]) -> Json:
    return {
        "daily": [
            {
                "date": day.isoformat(),
                **_ccusage_counts(found),
                "totalTokens": sum(row.total_tokens for row in found),
                "totalCost": _dollars(found),
                "modelsUsed": [row.model for row in found],
                "modelBreakdowns": [
                    {
                        "modelName": row.model,
                        **_ccusage_counts([row]),
                        "cost": _dollars([row]),
                    }
                    for row in found
                ],
            }
            for day, found in sorted(_by_day(rows).items())
        ]
    }


def _ccusage_counts(rows: Sequence[UsageRow]) -> dict[str, int]:
    return {
        "inputTokens": sum(row.input_tokens for row in rows),
        "outputTokens": sum(row.output_tokens for row in rows),
        "cacheCreationTokens": sum(row.cache_write_tokens for row in rows),
        "cacheReadTokens": sum(row.cache_read_tokens for row in rows),
    }


def _dollars(rows: Iterable[UsageRow]) -> float:
    return sum(row.reported_cost_microusd or 0 for row in rows) / 1e6


def _token_tracker(rows: Sequence[UsageRow]) -> Json:
    days = _by_day(rows)
    counts = {
        day: {
            "inputTokens": sum(row.input_tokens for row in found),
            "outputTokens": sum(row.output_tokens + row.reasoning_tokens for row in found),
            "count": sum(row.total_tokens for row in found),
        }
        for day, found in days.items()
    }
    sums = {
        name: sum(found[name] for found in counts.values())
        for name in ("inputTokens", "outputTokens", "count")
    }
    spent = sums["inputTokens"] + sums["outputTokens"]
    return {
        "data": {
            "contributions": [
                {
                    "date": day.isoformat(),
                    **counts[day],
                    "sources": _sums(found, "client"),
                    "models": _sums(found, "model"),
                    "providers": _sums(found, "provider"),
                }
                for day, found in sorted(days.items())
            ],
            "summary": {
                "totalTokens": spent,
                "inputTokens": sums["inputTokens"],
                "outputTokens": sums["outputTokens"],
                "cacheReadTokens": sums["count"] - spent,
            },
            "dateRange": {"start": min(days).isoformat(), "end": max(days).isoformat()},
        },
        "cliVersion": "1.2.0",
    }


def _sums(rows: Iterable[UsageRow], name: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[getattr(row, name)] += row.total_tokens
    return dict(found)


def _by_day(rows: Iterable[UsageRow]) -> dict[date, list[UsageRow]]:
    days: dict[date, list[UsageRow]] = defaultdict(list)
    for row in rows:
        days[row.day].append(row)
    return dict(days)
