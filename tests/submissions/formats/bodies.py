"""The example bodies of `contract/`, and small ones to spoil."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from submissions.errors import ReportInvalidError
from submissions.formats import read_report
from submissions.report import UsageReport

CONTRACT = Path(__file__).resolve().parents[3] / "contract"
EXAMPLES = CONTRACT / "examples"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

Body = dict[str, Any]


def example(name: str) -> Body:
    """One example of the contract, decoded."""
    found: Body = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    return found


def all_examples() -> list[str]:
    """The names of all example bodies; the vectors of the evidence's hashes are none."""
    names = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*.json")}
    return sorted(names - {"evidence-vectors.json"})


def read(body: object, *, client: str | None = None, at: datetime = NOON) -> UsageReport:
    """`read_report` of a body given as JSON values."""
    return read_report(body=json.dumps(body).encode(), at=at, client=client)


def faults_of(body: object, *, client: str | None = None) -> tuple[str, ...]:
    """Every reason for which `body` is refused."""
    with pytest.raises(ReportInvalidError) as refusal:
        read(body, client=client)
    return refusal.value.details


def class_sums(report: UsageReport) -> dict[str, int]:
    """The tokens of a report by class."""
    return {
        "input": sum(row.input_tokens for row in report.rows),
        "output": sum(row.output_tokens for row in report.rows),
        "cacheRead": sum(row.cache_read_tokens for row in report.rows),
        "cacheWrite": sum(row.cache_write_tokens for row in report.rows),
        "reasoning": sum(row.reasoning_tokens for row in report.rows),
    }


def native() -> Body:
    """A small sound native report."""
    return {
        "schema": "ccgather-report/1",
        "collector": {"name": "ccgather", "version": "0.1.0"},
        "device": {"id": "cc_0123456789abcdef", "name": "laptop"},
        "rows": [
            native_row(day="2026-11-18", input=10, output=5, cacheRead=7, cacheWrite=8),
            native_row(day="2026-11-19", input=1, output=2, reasoning=3),
        ],
        "totals": {"tokens": 36, "input": 11, "output": 7},
    }


def native_row(**changes: object) -> Body:
    """A row of 0 tokens, changed."""
    row = {
        "day": "2026-11-19",
        "client": "claude",
        "model": "claude-opus-4-5",
        "provider": "anthropic",
        "input": 0,
        "output": 0,
    }
    return row | changes


def tokscale_day(date: str = "2026-11-19", **changes: object) -> Body:
    """A sound tokscale day of 60 tokens, changed."""
    day: Body = {
        "date": date,
        "totals": {"tokens": 60, "cost": 0.5, "messages": 1},
        "intensity": 1,
        "tokenBreakdown": tokens(10, 20, 15, 5, 10),
        "clients": [
            {
                "client": "claude",
                "modelId": "claude-opus-4-5",
                "providerId": "anthropic",
                "tokens": tokens(10, 20, 15, 5, 10),
                "cost": 0.5,
                "messages": 1,
            }
        ],
    }
    return day | changes


def tokens(*counts: int) -> dict[str, int]:
    """The five classes in tokscale's order."""
    names = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
    return dict(zip(names, counts, strict=True))


def tokscale(*days: Body) -> Body:
    """A tokscale body of these days."""
    return {
        "meta": {"version": "4.17.0", "dateRange": {"start": "2026-11-01", "end": "2026-11-20"}},
        "device": {"id": "dev_0123456789abcdef"},
        "summary": {"totalTokens": sum(day["totals"]["tokens"] for day in days)},
        "contributions": list(days),
    }


def single_day() -> Body:
    """A sound single-day body."""
    return {
        "date": "2026-11-19",
        "inputTokens": 10,
        "outputTokens": 20,
        "cacheReadTokens": 30,
        "cacheWriteTokens": 40,
        "totalTokens": 100,
        "costUsd": 0.25,
        "primaryModel": "claude-opus-4-5",
        "source": "hook",
    }


def tracker_day(**changes: object) -> Body:
    """A sound day of a Token Tracker document."""
    day: Body = {
        "date": "2026-11-19",
        "count": 100,
        "intensity": 2,
        "providers": {"anthropic": 70, "openai": 30},
        "sources": {"claude": 60, "opencode": 40},
        "models": {"claude-opus-4-5": 70, "gpt-5.1": 30},
        "cost": 1.0,
        "inputTokens": 50,
        "outputTokens": 30,
    }
    return day | changes


def tracker(*days: Body, **summary: object) -> Body:
    """A Token Tracker document of these days."""
    spent_in = sum(day["inputTokens"] for day in days)
    spent_out = sum(day["outputTokens"] for day in days)
    sums = {
        "totalTokens": spent_in + spent_out,
        "inputTokens": spent_in,
        "outputTokens": spent_out,
        "totalCost": 1.0,
    }
    return {
        "data": {
            "contributions": list(days),
            "summary": sums | summary,
            "dateRange": {"start": "2026-11-01", "end": "2026-11-20"},
        },
        "cliVersion": "1.2.0",
    }


def ccusage_columns(*counts: int, total: int | None = None) -> Body:
    """Input, output, cache creation and cache read, with their total."""
    names = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
    columns: Body = dict(zip(names, counts, strict=True))
    return columns | {"totalTokens": sum(counts) if total is None else total}


def ccusage_model(name: str, *counts: int) -> Body:
    """One entry of `modelBreakdowns`."""
    columns = ccusage_columns(*counts)
    del columns["totalTokens"]
    return {"modelName": name, "cost": 0.1} | columns


def ccusage_day(date: str = "2026-11-19", **changes: object) -> Body:
    """A sound ccusage day of one model."""
    day = {
        "date": date,
        **ccusage_columns(10, 20, 30, 40),
        "totalCost": 0.1,
        "modelsUsed": ["claude-opus-4-5"],
        "modelBreakdowns": [ccusage_model("claude-opus-4-5", 10, 20, 30, 40)],
    }
    return day | changes


def ccusage(*days: Body) -> Body:
    """A ccusage report of these days."""
    return {
        "daily": list(days),
        "totals": {
            name: sum(day[name] for day in days)
            for name in (
                "inputTokens",
                "outputTokens",
                "cacheCreationTokens",
                "cacheReadTokens",
                "totalTokens",
            )
        },
    }
