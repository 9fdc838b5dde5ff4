"""Token Tracker documents: three sums a day become rows that reproduce all three."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.formats.token_tracker import cells_of
from submissions.report import UsageReport
from tests.submissions.formats.bodies import (
    Body,
    class_sums,
    example,
    faults_of,
    read,
    tracker,
    tracker_day,
)


def sums_by(report: UsageReport, name: str) -> dict[str, int]:
    """The tokens of a report by one attribute of its rows."""
    sums: Counter[str] = Counter()
    for row in report.rows:
        sums[getattr(row, name)] += row.total_tokens
    return dict(sums)


def test_rows_reproduce_the_three_sums_and_the_classes() -> None:
    report = read(tracker(tracker_day()))
    assert sums_by(report, "client") == {"claude": 60, "opencode": 40}
    assert sums_by(report, "model") == {"claude-opus-4-5": 70, "gpt-5.1": 30}
    assert sums_by(report, "provider") == {"anthropic": 70, "openai": 30}
    sums = {"input": 50, "output": 30, "cacheRead": 20, "cacheWrite": 0, "reasoning": 0}
    assert class_sums(report) == sums
    assert all(row.estimated for row in report.rows)
    assert sum(row.reported_cost_microusd or 0 for row in report.rows) == 1_000_000


def test_a_model_goes_to_its_maker() -> None:
    rows = read(tracker(tracker_day())).rows
    assert {(row.model, row.provider) for row in rows} == {
        ("claude-opus-4-5", "anthropic"),
        ("gpt-5.1", "openai"),
    }


def test_maps_without_the_cache_share_it_out() -> None:
    day = tracker_day(
        providers={"anthropic": 80}, sources={"claude": 80}, models={"claude-opus-4-5": 80}
    )
    report = read(tracker(day))
    assert report.total_tokens == 100
    assert class_sums(report)["cacheRead"] == 20


def test_a_day_without_maps_is_of_the_default_client_and_an_unknown_model() -> None:
    day = tracker_day(providers={}, sources={}, models={})
    (row,) = read(tracker(day), client="amp").rows
    assert (row.client, row.model, row.provider) == ("amp", "unknown", "unknown")
    assert row.total_tokens == 100


def test_cache_that_only_the_summary_names_is_warned_of_and_not_counted() -> None:
    report = read(tracker(tracker_day(), cacheCreationTokens=7, cacheReadTokens=25))
    assert report.total_tokens == 100
    assert [warning.split(":")[0] for warning in report.warnings] == [
        "The summary names 7 cache write tokens and no day does",
        "The summary names 25 cache read tokens, the days 20",
    ]


def test_cache_that_the_days_name_is_no_warning() -> None:
    assert read(tracker(tracker_day(), cacheReadTokens=20)).warnings == ()


def test_version_and_basis() -> None:
    report = read(example("token-tracker.json"))
    assert (report.collector, report.collector_version) == ("token-tracker", "1.2.0")
    assert (report.day_basis, report.source) == ("local", "cli")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            tracker(tracker_day(count=79)),
            (
                "data.contributions[0] (2026-11-19): count is 79, less than inputTokens + "
                "outputTokens, 80"
            ),
        ),
        (
            tracker(tracker_day(models={"claude-opus-4-5": 99})),
            (
                "data.contributions[0] (2026-11-19): models add up to 99, count says 100, "
                "inputTokens + outputTokens is 80"
            ),
        ),
        (
            tracker(tracker_day(sources={"claude": -60, "opencode": 160})),
            'data.contributions[0].sources["claude"]: -60 is negative',
        ),
        (
            tracker(tracker_day(sources={"Claude Code": 100})),
            'data.contributions[0].sources: "Claude Code" is not a client id',
        ),
        (
            tracker(tracker_day(models=[])),
            "data.contributions[0].models: an array is not an object",
        ),
        (tracker(tracker_day(), tracker_day()), "data.contributions[1]: 2026-11-19 occurs twice"),
        (tracker(tracker_day(date="2026-12-24")), "data.contributions[0].date: 2026-12-24 is in"),
        (tracker(tracker_day(cost=-1)), "data.contributions[0].cost: -1 is negative"),
        (
            tracker(tracker_day(), totalTokens=100),
            "data.summary.totalTokens: 100, but the days add up to 80",
        ),
        (
            tracker(tracker_day(), inputTokens=49),
            "data.summary.inputTokens: 49, but the days add up to 50",
        ),
        (
            tracker(
                tracker_day(
                    count=2_000,
                    inputTokens=2_000,
                    outputTokens=0,
                    models={f"m{number}": 1 for number in range(2_000)},
                    sources={"claude": 2_000},
                    providers={},
                )
            ),
            "data.contributions[0].models: 2,000 names, at most 1,000",
        ),
        (tracker(tracker_day()) | {"cliVersion": 12}, "cliVersion: 12 is not a version"),
    ],
)
def test_a_fault_is_named(body: Body, reason: str) -> None:
    assert any(fault.startswith(reason) for fault in faults_of(body)), faults_of(body)


def test_a_date_range_in_the_future_is_a_fault() -> None:
    body = tracker(tracker_day())
    body["data"]["dateRange"]["end"] = "2026-12-31"
    assert faults_of(body)[0].startswith("data.dateRange.end: 2026-12-31 is in the future")


@st.composite
def three_maps(draw: st.DrawFn) -> tuple[dict[str, int], ...]:
    """Three maps of names that people have, with the same sum."""
    total = draw(st.integers(1, 10**12))
    names = (
        ["claude", "codex", "opencode", "gemini", "amp"],
        ["claude-opus-4-5", "claude-haiku-4-5", "gpt-5.1", "gemini-3-pro", "glm-4.6", "weird"],
        ["anthropic", "openai", "google", "zai", "openrouter"],
    )
    maps = []
    for pool in names:
        chosen = draw(st.lists(st.sampled_from(pool), min_size=1, unique=True))
        cuts = sorted(draw(st.integers(0, total)) for _ in chosen[1:])
        edges = [0, *cuts, total]
        parts = [after - before for before, after in itertools.pairwise(edges)]
        maps.append(dict(zip(chosen, parts, strict=True)))
    return tuple(maps)


@given(three_maps(), st.data())
@settings(deadline=None)
def test_any_three_sums_are_reproduced(
    maps: tuple[dict[str, int], ...], data: st.DataObject
) -> None:
    sources, models, providers = maps
    total = sum(sources.values())
    spent = data.draw(st.integers(0, total))
    written = data.draw(st.integers(0, spent))
    day = tracker_day(
        count=total,
        inputTokens=spent - written,
        outputTokens=written,
        sources=sources,
        models=models,
        providers=providers,
    )
    report = read(tracker(day))
    for name, expected in (("client", sources), ("model", models), ("provider", providers)):
        assert sums_by(report, name) == {key: value for key, value in expected.items() if value}
    sums = class_sums(report)
    assert (sums["input"], sums["output"]) == (spent - written, written)
    assert sum(row.reported_cost_microusd or 0 for row in report.rows) == 1_000_000


@given(three_maps())
@settings(deadline=None)
def test_cells_have_no_zeros(maps: tuple[dict[str, int], ...]) -> None:
    sources, models, providers = maps
    cells = cells_of(sources=sources, models=models, providers=providers)
    assert all(tokens > 0 for tokens in cells.values())
    assert sum(cells.values()) == sum(sources.values())
