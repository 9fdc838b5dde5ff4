"""Every body in `contract/examples/` is accepted, and its totals are the body's own."""

import json

import jsonschema
import pytest

from submissions.errors import ReportInvalidError
from submissions.formats import read_report
from tests.submissions.formats.bodies import (
    CONTRACT,
    EXAMPLES,
    NOON,
    Body,
    all_examples,
    class_sums,
    example,
    native,
)

CODEX = {"ccusage-18-codex-daily.json", "ccusage-20-codex-daily.json"}


def own_sums(name: str, body: Body) -> tuple[int, dict[str, int]]:
    """What a body says of itself: all its tokens, and the classes it names."""
    if "rows" in body:
        totals = dict(body["totals"])
        totals.pop("messages", None)
        return totals.pop("tokens"), totals
    if "contributions" in body:
        classes = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
        days = body["contributions"]
        sums = {key: sum(day["tokenBreakdown"][key] for day in days) for key in classes}
        return body["summary"]["totalTokens"], sums
    if "data" in body:
        summary = body["data"]["summary"]
        tokens = sum(day["count"] for day in body["data"]["contributions"])
        return tokens, {
            "input": summary["inputTokens"],
            "output": summary["outputTokens"],
            "cacheRead": summary["cacheReadTokens"],
        }
    if "date" in body:
        return body["totalTokens"], {
            "input": body["inputTokens"],
            "output": body["outputTokens"],
            "cacheRead": body["cacheReadTokens"],
            "cacheWrite": body["cacheWriteTokens"],
        }
    return own_sums_of_ccusage(name, body["totals"])


def own_sums_of_ccusage(name: str, totals: Body) -> tuple[int, dict[str, int]]:
    cache_read = totals.get("cacheReadTokens", totals.get("cachedInputTokens"))
    if name in CODEX:  # reasoning is inside output
        reasoning = totals["reasoningOutputTokens"]
    else:
        reasoning = totals["totalTokens"] - sum(
            totals[key]
            for key in (
                "inputTokens",
                "outputTokens",
                "cacheCreationTokens",
                "cacheReadTokens",
            )
        )
    return totals["totalTokens"], {
        "input": totals["inputTokens"] - totals.get("cachedInputTokens", 0),
        "output": totals["outputTokens"] - (reasoning if name in CODEX else 0),
        "cacheRead": cache_read,
        "cacheWrite": totals.get("cacheCreationTokens", 0),
        "reasoning": reasoning,
    }


@pytest.mark.parametrize("name", all_examples())
def test_an_example_comes_to_its_own_totals(name: str) -> None:
    report = read_report(body=(EXAMPLES / name).read_bytes(), at=NOON)
    tokens, classes = own_sums(name, example(name))
    assert report.total_tokens == tokens
    assert class_sums(report) == class_sums(report) | classes


@pytest.mark.parametrize("name", all_examples())
def test_the_rows_of_an_example_are_unique_and_sorted(name: str) -> None:
    report = read_report(body=(EXAMPLES / name).read_bytes(), at=NOON)
    keys = [(row.day, row.client, row.model, row.provider) for row in report.rows]
    assert keys == sorted(set(keys))


def test_there_is_an_example_of_each_format() -> None:
    formats = {
        read_report(body=(EXAMPLES / name).read_bytes(), at=NOON).wire_format
        for name in all_examples()
    }
    assert formats == {"native", "tokscale", "token_tracker", "single_day", "ccusage"}


@pytest.mark.parametrize(
    "body",
    [
        example("native-full.json"),
        example("native-minimal.json"),
        example("native-evidence.json"),
        native(),
    ],
)
def test_native_examples_follow_the_schema(body: Body) -> None:
    schema = json.loads((CONTRACT / "report-1.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    checker.check_schema(schema)
    assert list(checker.iter_errors(body)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rows", 0, "input"), -1),
        (("rows", 0, "input"), 2**53),
        (("rows", 0, "client"), "Claude"),
        (("rows", 0, "day"), "2026-02-30"),
        (("rows", 0, "costUsd"), -1),
        (("rows", 0, "model"), ""),
        (("schema",), "ccgather-report/2"),
        (("collector", "name"), "Cc Gather"),
        (("device", "id"), "x"),
        (("source",), "upload"),
        (("dayBasis",), "mars"),
        (("totals", "tokens"), "36"),
    ],
)
def test_the_schema_refuses_what_we_refuse(path: tuple[str | int, ...], value: object) -> None:
    body = native()
    place = body
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    schema = json.loads((CONTRACT / "report-1.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    assert list(checker.iter_errors(body))
    with pytest.raises(Exception, match="problem"):
        read_report(body=json.dumps(body).encode(), at=NOON)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("evidence",), []),
        (("evidence", "version"), "1"),
        (("evidence", "k"), 32),
        (("evidence", "saltId"), "xyz"),
        (("evidence", "sketches"), None),
        (("evidence", "sketches", 0, "messages"), 0),
        (("evidence", "sketches", 0, "day"), "yesterday"),
        (("evidence", "sketches", 0, "hashes", 0), "0"),
        (("evidence", "sketches", 0, "hashes", 1), "A" * 16),
        (("evidence", "sketches", 0, "hashes"), [f"{n:016x}" for n in range(65)]),
        (("hourly",), {}),
        (("hourly", 0, "client"), "Claude"),
        (("hourly", 0, "counts"), [0] * 25),
        (("hourly", 0, "counts", 0), -1),
    ],
)
def test_the_schema_refuses_evidence_and_hours_that_we_refuse(
    path: tuple[str | int, ...], value: object
) -> None:
    body = example("native-evidence.json")
    place = body
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    schema = json.loads((CONTRACT / "report-1.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    assert list(checker.iter_errors(body))
    with pytest.raises(ReportInvalidError):
        read_report(body=json.dumps(body).encode(), at=NOON)


def test_the_schema_lets_evidence_of_another_version_pass() -> None:
    body = example("native-evidence.json")
    body["evidence"] = {"version": 2, "anything": []}
    schema = json.loads((CONTRACT / "report-1.schema.json").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(body)) == []
    assert read_report(body=json.dumps(body).encode(), at=NOON).evidence is None
