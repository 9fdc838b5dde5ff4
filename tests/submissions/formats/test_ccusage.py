"""ccusage reports: whose tokens they are, and nothing lost between a day and its models."""

from datetime import date

import pytest

from submissions.report import UsageRow
from tests.submissions.formats.bodies import (
    Body,
    ccusage,
    ccusage_columns,
    ccusage_day,
    ccusage_model,
    class_sums,
    example,
    faults_of,
    read,
)


def row_of(body: Body, model: str) -> UsageRow:
    """The one row of a model."""
    (row,) = [row for row in read(body).rows if row.model == model]
    return row


def test_days_are_the_senders_own_and_no_version_is_known() -> None:
    report = read(ccusage(ccusage_day()))
    assert (report.collector, report.collector_version) == ("ccusage", "")
    assert (report.day_basis, report.source) == ("local", "api")


@pytest.mark.parametrize(
    ("changes", "query", "client"),
    [
        ({}, None, "claude"),
        ({}, "codex", "codex"),
        ({"metadata": {"agents": ["amp"]}}, "codex", "amp"),
        ({"metadata": {"agents": ["amp", "pi"]}}, "codex", "ccusage"),
        ({"agent": "all"}, "codex", "ccusage"),
        ({"agent": "droid"}, "codex", "droid"),
        ({"agent": "all", "metadata": {"agents": ["goose"]}}, None, "goose"),
    ],
)
def test_the_client_of_a_day(changes: Body, query: str | None, client: str) -> None:
    assert read(ccusage(ccusage_day(**changes)), client=query).clients() == (client,)


def test_agents_are_clients_of_their_own() -> None:
    report = read(example("ccusage-20-several-agents-by-agent.json"))
    assert [(row.client, row.model) for row in report.rows] == [
        ("claude", "claude-opus-4-5"),
        ("gemini", "gemini-2.5-pro"),
        ("pi", "claude-opus-4-5"),
    ]
    assert [row.reasoning_tokens for row in report.rows] == [0, 120, 0]
    assert report.warnings == ()


def test_reasoning_of_several_models_has_no_model() -> None:
    report = read(example("ccusage-20-several-agents.json"))
    unknown = [row for row in report.rows if row.model == "unknown"]
    assert [(row.reasoning_tokens, row.total_tokens) for row in unknown] == [(120, 120)]
    assert len(report.warnings) == 1


def test_a_tools_prefix_is_no_part_of_a_model_and_fast_is() -> None:
    day = ccusage_day(
        **ccusage_columns(30, 0, 0, 0),
        modelBreakdowns=[
            ccusage_model("[pi] claude-opus-4-5", 10, 0, 0, 0),
            ccusage_model("claude-opus-4-5-20251101", 10, 0, 0, 0),
            ccusage_model("claude-opus-4-5-20251101-fast", 10, 0, 0, 0),
        ],
    )
    rows = read(ccusage(day)).rows
    assert [(row.model, row.input_tokens) for row in rows] == [
        ("claude-opus-4-5", 20),
        ("claude-opus-4-5-fast", 10),
    ]


def test_codex_of_20_has_reasoning_inside_output() -> None:
    report = read(example("ccusage-20-codex-daily.json"), client="codex")
    assert report.warnings == ()
    assert class_sums(report) == {
        "input": 1800,
        "output": 680,
        "cacheRead": 200,
        "cacheWrite": 0,
        "reasoning": 120,
    }
    assert sum(row.reported_cost_microusd or 0 for row in report.rows) == 37_500


def test_codex_of_18_also_has_the_cache_inside_input_and_an_american_date() -> None:
    old = read(example("ccusage-18-codex-daily.json"), client="codex")
    new = read(example("ccusage-20-codex-daily.json"), client="codex")
    assert class_sums(old) == class_sums(new)
    assert old.days() == (date(2025, 9, 11),)


def test_a_report_that_names_no_tool_and_has_foreign_models_is_warned_of() -> None:
    assert "?client=" in read(example("ccusage-20-codex-daily.json")).warnings[0]


def test_projects_add_up_and_their_names_are_not_kept() -> None:
    report = read(example("ccusage-18-instances.json"))
    assert [row.input_tokens for row in report.rows] == [280, 10]
    assert "alice" not in repr(report)


def test_the_names_of_projects_are_not_repeated_in_faults() -> None:
    body = example("ccusage-18-instances.json")
    body["projects"]["-home-alice-app"][0]["inputTokens"] = -1
    assert faults_of(body)[0] == "projects[0][0].inputTokens: -1 is negative"
    assert "alice" not in "".join(faults_of(body))


def test_the_same_day_of_two_projects_beside_the_numbers_adds_up() -> None:
    body = ccusage(ccusage_day(project="a"), ccusage_day(project="b"))
    assert read(body).total_tokens == 200


def test_the_older_form_with_data_and_summary_is_read() -> None:
    body = {
        "type": "daily",
        "data": [
            {"date": "2025-06-01", **ccusage_columns(1, 2, 3, 4), "costUSD": 0.5, "models": ["x"]}
        ],
        "summary": {"totalInputTokens": 1, "totalOutputTokens": 2, "totalTokens": 10},
    }
    (row,) = read(body).rows
    assert (row.total_tokens, row.reported_cost_microusd) == (10, 500_000)


def test_a_day_without_numbers_by_model_is_of_its_only_model() -> None:
    (row,) = read(example("ccusage-18-opencode-daily.json")).rows
    assert (row.model, row.total_tokens) == ("claude-sonnet-4-5", 750)


def test_a_day_without_numbers_by_model_and_with_several_has_no_model() -> None:
    day = ccusage_day(modelsUsed=["claude-opus-4-5", "claude-haiku-4-5"])
    del day["modelBreakdowns"]
    report = read(ccusage(day))
    assert [(row.model, row.total_tokens) for row in report.rows] == [("unknown", 100)]
    assert len(report.warnings) == 1


def test_what_models_do_not_explain_is_kept_without_a_model() -> None:
    day = ccusage_day(**ccusage_columns(15, 20, 30, 41))
    report = read(ccusage(day))
    assert report.total_tokens == 106
    assert row_of(ccusage(day), "unknown").input_tokens == 5
    assert row_of(ccusage(day), "unknown").cache_read_tokens == 1
    assert len(report.warnings) == 1


def test_reasoning_beyond_the_columns_goes_to_the_only_model() -> None:
    day = ccusage_day(**ccusage_columns(10, 20, 30, 40, total=107))
    row = row_of(ccusage(day), "claude-opus-4-5")
    assert (row.output_tokens, row.reasoning_tokens) == (20, 7)


def test_reasoning_that_models_name_beside_their_columns_stays_beside() -> None:
    day = ccusage_day(
        **ccusage_columns(10, 20, 30, 40, total=107),
        modelBreakdowns=[
            ccusage_model("gpt-5", 10, 10, 30, 40) | {"reasoningTokens": 4},
            ccusage_model("gpt-5-mini", 0, 10, 0, 0) | {"reasoningTokens": 3},
        ],
    )
    report = read(ccusage(day))
    assert [(row.model, row.reasoning_tokens) for row in report.rows] == [
        ("gpt-5", 4),
        ("gpt-5-mini", 3),
    ]
    assert report.total_tokens == 107


def test_totals_may_be_missing_or_null() -> None:
    body = ccusage(ccusage_day())
    del body["totals"]["totalTokens"]
    assert read(body).total_tokens == 100
    assert read(body | {"totals": None}).total_tokens == 100


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            ccusage(ccusage_day(totalTokens=99)),
            (
                "daily[0]: inputTokens + outputTokens + cacheCreationTokens + cacheReadTokens "
                "is 100, totalTokens says 99"
            ),
        ),
        (
            ccusage(ccusage_day(modelBreakdowns=[ccusage_model("m", 11, 20, 30, 40)])),
            "daily[0]: inputTokens is 10, by model it adds up to 11",
        ),
        (
            ccusage(ccusage_day()) | {"totals": {"inputTokens": 11}},
            "totals.inputTokens: 11, but the days add up to 10",
        ),
        (
            ccusage(ccusage_day()) | {"totals": {"totalTokens": 1}},
            "totals.totalTokens: 1, but the days add up to 100",
        ),
        (ccusage(ccusage_day(), ccusage_day()), "daily[1]: 2026-11-19 occurs twice"),
        (ccusage(ccusage_day("2026-12-01")), "daily[0].date: 2026-12-01 is in the future"),
        (ccusage(ccusage_day("2026-W47")), 'daily[0].date: "2026-W47" is not a date'),
        (ccusage(ccusage_day("Nov 31, 2025")), "daily[0].date: 2025-11-31 is not a day"),
        (ccusage(ccusage_day(agent="Claude Code")), 'daily[0].agent: "Claude Code" is not'),
        (
            ccusage(ccusage_day(modelBreakdowns=[ccusage_model("", 10, 20, 30, 40)])),
            "daily[0].modelBreakdowns[0].modelName: empty",
        ),
        (
            ccusage(ccusage_day(modelBreakdowns=[5])),
            "daily[0].modelBreakdowns[0]: 5 is not an object",
        ),
        (
            ccusage(
                ccusage_day(
                    modelBreakdowns=[
                        ccusage_model("m", 5, 10, 15, 20),
                        ccusage_model("m", 5, 10, 15, 20),
                    ]
                )
            ),
            "daily[0].modelBreakdowns[1]: a second row for 2026-11-19, claude",
        ),
        (
            ccusage(ccusage_day(agents=[{"agent": "claude"} | ccusage_columns(1, 2, 3, 4)])),
            "daily[0] (2026-11-19): the agents add up to 10 tokens, the day to 100",
        ),
        ({"daily": 5}, "daily: 5 is not an array"),
        ({"projects": []}, "projects: an array is not an object"),
        ({"projects": {"a": 5}}, "projects[0]: 5 is not an array"),
        ({"daily": [None]}, "daily[0]: null is not an object"),
        (
            {"daily": [{"date": "2026-11-19", "reasoningOutputTokens": 9, "outputTokens": 1}]},
            "daily[0].reasoningOutputTokens: 9 is more than its column, 1",
        ),
        (
            {"daily": [ccusage_day(agents=[{"agent": "a"}] * 65)]},
            "daily[0].agents: 65 agents, at most 64",
        ),
        (
            {"daily": [ccusage_day(modelBreakdowns=[{}] * 501)]},
            "daily[0]: 501 models in one day, at most 500",
        ),
    ],
)
def test_a_fault_is_named(body: Body, reason: str) -> None:
    assert any(fault.startswith(reason) for fault in faults_of(body)), faults_of(body)


def test_more_rows_than_a_report_may_have_are_refused() -> None:
    models = [ccusage_model(f"m{number}", 1, 0, 0, 0) for number in range(25)]
    days = [
        ccusage_day(
            date.fromordinal(date(2024, 1, 1).toordinal() + number).isoformat(),
            **ccusage_columns(25, 0, 0, 0),
            modelBreakdowns=models,
        )
        for number in range(810)
    ]
    assert faults_of({"daily": days}) == ("20,010 rows in one report, at most 20,000",)
