"""Reports: sums by day, week, month, model, tool, session and block, with costs."""

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from ccgather_cli.pricing import cost_of, plain_name, price_table_version
from ccgather_cli.reading.tally import Counts
from ccgather_cli.reporting import week_of
from claude_logs import HAIKU, OPUS, ClaudeLogs, assistant, usage
from command import Command

KEYS = ["day", "client", "model", "input", "output", "cacheRead", "cacheWrite", "reasoning"]


@pytest.fixture(autouse=True)
def history(logs: ClaudeLogs) -> None:
    logs.session(
        assistant("m1", "r1", at="2026-05-01T10:00:00Z"),
        assistant("m2", "r2", at="2026-05-01T12:00:00Z", model=HAIKU),
        assistant("m3", "r3", at="2026-05-03T23:59:00Z"),
        assistant("m4", "r4", at="2026-05-04T00:01:00Z", tokens=usage(fresh=300_000)),
        name="project/11111111-aaaa.jsonl",
    )
    logs.session(
        assistant("m5", "r5", at="2026-05-03T10:00:00Z", model="some-new-model"),
        name="project/22222222-bbbb.jsonl",
    )
    logs.session(
        assistant("m6", "r6", at="2026-05-01T16:30:00Z"),
        name="project/11111111-aaaa/subagents/agent-x.jsonl",
    )


def told(ccgather: Command, *words: str) -> Any:
    ran = ccgather("report", *words, "--json")
    assert ran.code == 0
    assert ran.err == ""
    return json.loads(ran.out)


def test_daily_rows_are_a_day_tool_and_model(ccgather: Command) -> None:
    report = told(ccgather, "daily")
    assert list(report["rows"][0]) == [*KEYS, "messages", "costUsd"]
    first = report["rows"][1]
    assert first == {
        "day": "2026-05-01",
        "client": "claude",
        "model": OPUS,
        "input": 6,
        "output": 180,
        "cacheRead": 1200,
        "cacheWrite": 140,
        "reasoning": 0,
        "messages": 2,
        "costUsd": first["costUsd"],
    }
    assert [row["day"] for row in report["rows"]] == ["2026-05-01"] * 2 + [
        "2026-05-03",
        "2026-05-03",
        "2026-05-04",
    ]
    totals = report["totals"]
    for name in ("input", "output", "cacheRead", "cacheWrite", "reasoning", "messages"):
        assert totals[name] == sum(row[name] for row in report["rows"])
    assert totals["unpricedTokens"] == 763
    assert report["prices"] == price_table_version()


def test_daily_is_what_report_means(ccgather: Command) -> None:
    assert told(ccgather) == told(ccgather, "daily")


def test_what_has_no_price_has_no_cost(ccgather: Command) -> None:
    costs = {row["model"]: row["costUsd"] for row in told(ccgather)["rows"]}
    assert costs["some-new-model"] is None
    assert all(cost > 0 for model, cost in costs.items() if model != "some-new-model")


def test_weeks_are_iso_weeks_and_months_are_calendar_months(ccgather: Command) -> None:
    assert {row["week"] for row in told(ccgather, "weekly")["rows"]} == {"2026-W18", "2026-W19"}
    assert {row["month"] for row in told(ccgather, "monthly")["rows"]} == {"2026-05"}
    assert week_of("2027-01-01") == "2026-W53"


def test_models_and_clients_come_with_the_most_tokens_first(ccgather: Command) -> None:
    models = told(ccgather, "models")["rows"]
    assert [row["model"] for row in models] == [OPUS, HAIKU, "some-new-model"]
    assert [row["client"] for row in told(ccgather, "clients")["rows"]] == ["claude"]


def test_sessions_take_their_sub_agents_in_and_come_newest_first(ccgather: Command) -> None:
    sessions = told(ccgather, "sessions")["rows"]
    assert [row["session"] for row in sessions] == ["11111111-aaaa", "22222222-bbbb"]
    assert sessions[0]["messages"] == 5
    assert sessions[0]["firstActivity"] == "2026-05-01T10:00:00Z"
    assert sessions[0]["lastActivity"] == "2026-05-04T00:01:00Z"


def test_blocks_last_five_hours_from_a_full_hour(ccgather: Command) -> None:
    blocks = told(ccgather, "blocks")["rows"]
    assert [(row["start"], row["messages"]) for row in blocks] == [
        ("2026-05-01T10:00:00Z", 2),
        ("2026-05-01T16:00:00Z", 1),
        ("2026-05-03T10:00:00Z", 1),
        ("2026-05-03T23:00:00Z", 2),
    ]
    assert blocks[0]["end"] == "2026-05-01T15:00:00Z"


@pytest.mark.parametrize("kind", ["daily", "models", "sessions", "blocks"])
def test_chosen_days_hold_for_every_kind(ccgather: Command, kind: str) -> None:
    report = told(ccgather, kind, "--since", "2026-05-03", "--until", "2026-05-03")
    assert sum(row["messages"] for row in report["rows"]) == 2
    assert report["totals"]["messages"] == 2


def test_only_the_tools_that_are_asked_for(ccgather: Command) -> None:
    assert told(ccgather, "daily", "--client", "claude")["rows"]
    with pytest.raises(SystemExit) as ended:
        ccgather("report", "--client", "nonsense")
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "kind", ["daily", "weekly", "monthly", "models", "clients", "sessions", "blocks"]
)
def test_every_kind_is_a_table_with_a_total(ccgather: Command, kind: str) -> None:
    ran = ccgather("report", kind)
    assert ran.code == 0
    assert "Total" in ran.out
    assert "$" in ran.out
    assert "genai-prices" in ran.out
    assert "763 tokens have no known price" in ran.out


def test_a_machine_without_logs_says_where_to_look(ccgather: Command, logs: ClaudeLogs) -> None:
    for path in logs.projects.rglob("*.jsonl"):
        path.unlink()
    assert "ccgather doctor" in ccgather("report").out
    assert "ccgather doctor" in ccgather("graph").out
    assert told(ccgather)["rows"] == []
    assert told(ccgather)["totals"]["tokens"] == 0


def test_days_that_make_no_sense_are_usage_errors(ccgather: Command) -> None:
    ran = ccgather("report", "--since", "2026-05-04", "--until", "2026-05-03")
    assert ran.code == 2


def test_a_graph_shows_the_days_and_the_best_of_them(ccgather: Command) -> None:
    later = Command(ccgather.machine, datetime(2026, 5, 6, 12, tzinfo=timezone.utc))
    ran = later("graph", "--weeks", "4")
    assert ran.code == 0
    assert "Mon" in ran.out
    assert "tokens on 3 days; the most on 2026-05-04" in ran.out
    assert "█" in ran.out


@pytest.mark.parametrize(
    ("logged", "plain"),
    [
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("GPT-5-2025-08-07", "gpt-5"),
        ("gemini-2.5-pro", "gemini-2.5-pro"),
        ("some-new-model", "some-new-model"),
    ],
)
def test_a_price_is_looked_up_by_the_plain_name(logged: str, plain: str) -> None:
    assert plain_name(logged) == plain


def test_long_requests_and_one_hour_writes_have_their_own_rates() -> None:
    day, model = "2026-05-02", "claude-sonnet-4-5"
    million = 1_000_000
    base = cost_of(model=model, day=day, counts=Counts(input=million))
    long = cost_of(model=model, day=day, counts=Counts(input=million, long_input=million))
    write = cost_of(model=model, day=day, counts=Counts(cache_write=million))
    hour = cost_of(model=model, day=day, counts=Counts(cache_write=million, cache_write_1h=million))
    assert base is not None
    assert long is not None
    assert write is not None
    assert hour is not None
    assert (base, long) == (3, 6)
    assert hour > write > base
