"""The single day, as made by hand or by a hook."""

from datetime import date

import pytest

from tests.submissions.formats.bodies import Body, faults_of, read, single_day


def test_a_day_becomes_one_row() -> None:
    report = read(single_day())
    (row,) = report.rows
    assert (row.day, row.client, row.model) == (date(2026, 11, 19), "claude", "claude-opus-4-5")
    assert (row.provider, row.reported_cost_microusd) == ("anthropic", 250_000)
    assert (report.source, report.collector, report.day_basis) == ("hook", "api", "utc")


def test_without_a_model_it_is_unknown() -> None:
    body = single_day()
    del body["primaryModel"]
    (row,) = read(body).rows
    assert (row.model, row.provider) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("stated", "query", "client"),
    [(None, None, "claude"), ("codex", None, "codex"), (None, "amp", "amp"), ("pi", "amp", "pi")],
)
def test_the_client_is_the_bodys_then_the_querys(
    stated: str | None, query: str | None, client: str
) -> None:
    body = single_day() if stated is None else single_day() | {"client": stated}
    assert read(body, client=query).clients() == (client,)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"totalTokens": 99},
            (
                "totalTokens: 99, but inputTokens + outputTokens + cacheReadTokens + "
                "cacheWriteTokens is 100"
            ),
        ),
        ({"source": "upload"}, 'source: "upload" is not "cli", "hook" or "api"'),
        ({"date": "2026-11-22"}, "date: 2026-11-22 is in the future"),
        ({"inputTokens": -1}, "inputTokens: -1 is negative"),
        ({"costUsd": "1"}, 'costUsd: "1" is not a number'),
        ({"client": "Claude"}, 'client: "Claude" is not a client id'),
        ({"primaryModel": 5}, "primaryModel: 5 is not a string"),
    ],
)
def test_a_fault_is_named(changes: Body, reason: str) -> None:
    assert any(fault.startswith(reason) for fault in faults_of(single_day() | changes))


@pytest.mark.parametrize("key", ["inputTokens", "outputTokens", "totalTokens", "costUsd", "source"])
def test_what_is_required_is_missed(key: str) -> None:
    body = single_day()
    del body[key]
    assert f"{key}: missing" in faults_of(body)
