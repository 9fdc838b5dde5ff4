"""The native format: its faults, each named where it is, and what becomes of its rows."""

import json
from datetime import UTC, date, datetime

import pytest

from submissions.errors import EmptyReportError
from submissions.formats import read_report
from tests.submissions.formats.bodies import NOON, Body, faults_of, native, native_row, read


def spoiled(**changes: object) -> Body:
    """A native report whose first row is changed; its totals are left out."""
    body = native()
    body["rows"][0] |= changes
    row = body["rows"][0]
    if all(type(row.get(k, 0)) is int for k in ("input", "output", "cacheRead", "cacheWrite")):
        body["totals"] = {
            "tokens": sum(
                row.get(name, 0)
                for row in body["rows"]
                for name in ("input", "output", "cacheRead", "cacheWrite", "reasoning")
            )
        }
    return body


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"input": -5}, "rows[0].input: -5 is negative"),
        ({"input": 2**53}, "rows[0].input: 9007199254740992 is more than 9007199254740991"),
        ({"cacheRead": True}, "rows[0].cacheRead: true is not an integer"),
        ({"cacheRead": 7.0}, "rows[0].cacheRead: 7.0 is not an integer"),
        ({"cacheRead": "7"}, 'rows[0].cacheRead: "7" is a string, not an integer'),
        ({"cacheRead": None}, "rows[0].cacheRead: null is not an integer"),
        ({"day": "2026-02-30"}, "rows[0].day: 2026-02-30 is not a day of the calendar"),
        ({"day": "18.11.2026"}, 'rows[0].day: "18.11.2026" is not a date written YYYY-MM-DD'),
        ({"day": "٢٠٢٦-11-18"}, 'rows[0].day: "٢٠٢٦-11-18" is not a date written YYYY-MM-DD'),
        (
            {"day": "2026-11-22"},
            "rows[0].day: 2026-11-22 is in the future; the latest possible day is 2026-11-21",
        ),
        ({"day": "2019-12-31"}, "rows[0].day: 2019-12-31 is before 2020-01-01"),
        ({"model": "a\x00b"}, 'rows[0].model: "a\\u0000b" has control characters or'),
        ({"model": "\ud800"}, 'rows[0].model: "\\ud800" has control characters or'),
        ({"model": "a\u202eb"}, 'rows[0].model: "a\\u202eb" has control characters or'),
        ({"model": "   "}, "rows[0].model: empty"),
        ({"model": "m" * 201}, "rows[0].model: 201 characters, at most 200"),
        ({"model": "İ" * 200}, "rows[0].model: more than 200 characters in lower case"),
        ({"model": 7}, "rows[0].model: 7 is not a string"),
        ({"client": "Claude Code"}, 'rows[0].client: "Claude Code" is not a client id'),
        ({"client": "c\n"}, 'rows[0].client: "c\\n" is not a client id'),
        ({"provider": []}, "rows[0].provider: an array is not a string"),
        ({"provider": "p" * 97}, "rows[0].provider: 97 characters, at most 96"),
        ({"cacheWrite1h": 9}, "rows[0].cacheWrite1h: 9 is more than cacheWrite, 8"),
        (
            {"longContext": {"input": 11}},
            "rows[0].longContext.input: 11 is more than input, 10",
        ),
        (
            {"longContext": {"output": 6}},
            "rows[0].longContext.output: 6 is more than output + reasoning, 5",
        ),
        ({"longContext": []}, "rows[0].longContext: an array is not an object"),
        ({"costUsd": -0.5}, "rows[0].costUsd: -0.5 is negative"),
        ({"costUsd": "1"}, 'rows[0].costUsd: "1" is not a number'),
        ({"costUsd": True}, "rows[0].costUsd: true is not a number"),
        ({"costUsd": 1e10}, "rows[0].costUsd: 10000000000.0 is more than 1000000000 dollars"),
        ({"messages": -1}, "rows[0].messages: -1 is negative"),
    ],
)
def test_a_fault_in_a_row_is_the_only_one_named(changes: Body, reason: str) -> None:
    consequences = ("totals", "the report adds up")
    faults = [f for f in faults_of(spoiled(**changes)) if not f.startswith(consequences)]
    assert len(faults) == 1
    assert faults[0].startswith(reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema": "ccgather-report/2"}, 'schema: "ccgather-report/2" is not "ccgather-report/1"'),
        ({"collector": None}, "collector: missing"),
        ({"collector": {"name": "X", "version": "1"}}, 'collector.name: "X" is not a collector'),
        ({"collector": {"name": "x", "version": ""}}, 'collector.version: "" is not a version'),
        ({"device": {"id": "short"}}, 'device.id: "short" is not a device id'),
        ({"device": {"id": "12345678", "name": " "}}, "device.name: empty"),
        ({"device": {"id": "12345678", "name": "\x1b[0m"}}, "device.name: "),
        ({"source": "upload"}, 'source: "upload" is not "cli", "hook" or "api"'),
        ({"source": []}, 'source: an array is not "cli", "hook" or "api"'),
        ({"dayBasis": "mars"}, 'dayBasis: "mars" is neither "utc" nor "local"'),
        ({"scan": {"fullHistory": 1}}, "scan.fullHistory: 1 is neither true nor false"),
        ({"scan": {"parserVersions": {"claude": -1}}}, "scan.parserVersions.claude: -1 is neg"),
        ({"scan": []}, "scan: an array is not an object"),
        ({"totals": None}, "totals: missing"),
        ({"totals": {}}, "totals.tokens: missing"),
        ({"totals": {"tokens": 35}}, "totals.tokens: 35, but the rows add up to 36"),
        (
            {"totals": {"tokens": 36, "input": 12}},
            "totals.input: 12, but the rows add up to 11",
        ),
        (
            {"totals": {"tokens": 36, "messages": 1}},
            "totals.messages: 1, but the rows add up to 0",
        ),
        ({"rows": {}}, "rows: an object is not an array"),
        ({"rows": None}, "rows: missing"),
    ],
)
def test_a_fault_beside_the_rows_is_named(changes: Body, reason: str) -> None:
    assert faults_of(native() | changes)[0].startswith(reason)


def test_a_row_that_is_no_object_hides_no_other_fault() -> None:
    body = native()
    body["rows"] += [5, native_row(day="2026-11-17", output=-1), None]
    body["totals"] = {"tokens": 35}
    assert faults_of(body) == (
        "rows[2]: 5 is not an object",
        "rows[3].output: -1 is negative",
        "rows[4]: null is not an object",
    )


def test_a_body_with_ten_different_faults_names_all_ten() -> None:
    body = native()
    body["schema"] = "ccgather-report/9"
    body["collector"]["version"] = "not a version"
    body["device"]["id"] = "?"
    body["rows"] = [
        native_row(input=-5),
        native_row(day="2026-13-01", output=1),
        native_row(day="2027-01-01", output=1),
        native_row(client="Claude", output=1),
        native_row(model="", output=1),
        native_row(model="m2", output=1, costUsd="free"),
        native_row(model="m3", output=1.5),
        native_row(model="m4", cacheWrite=1, cacheWrite1h=2),
        native_row(model="m2", output=2),
    ]
    body["totals"] = {"tokens": 1000}
    faults = faults_of(body)
    for start in (
        "schema",
        "collector.version",
        "device.id",
        "rows[0].input",
        "rows[1].day",
        "rows[2].day",
        "rows[3].client",
        "rows[4].model",
        "rows[5].costUsd",
        "rows[6].output",
        "rows[7].cacheWrite1h",
        "rows[8]: a second row",
        "totals.tokens",
    ):
        assert sum(fault.startswith(start) for fault in faults) == 1, start
    assert len(faults) == 13


def test_more_faults_than_are_worded_are_still_counted() -> None:
    body = native()
    body["rows"] = [native_row(input=-1, output=-1) for _ in range(2_000)]
    faults = faults_of(body)
    # two a row, one for each repeated row, and the totals' three
    assert len(faults) == 2 * 2_000 + 1_999 + 3


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            [native_row(model=f"m{i % 400}", client=f"c{i // 400}") for i in range(20_001)],
            "20,001 rows in one report, at most 20,000",
        ),
        (
            [
                native_row(day=date.fromordinal(date(2022, 1, 1).toordinal() + i).isoformat())
                for i in range(1_101)
            ],
            "1,101 days in one report, at most 1,100",
        ),
        ([native_row(client=f"c{i}") for i in range(65)], "65 clients in one report, at most 64"),
        ([native_row(model=f"m{i}") for i in range(501)], "501 models in one report, at most 500"),
        (
            [native_row(model=f"m{i}", input=2**53 - 1) for i in range(2)],
            "the report adds up to 18014398509481982 tokens, at most 9007199254740991",
        ),
    ],
)
def test_a_report_has_an_extent(rows: list[Body], reason: str) -> None:
    faults = faults_of(native() | {"rows": rows, "totals": {"tokens": 0}})
    assert reason in faults


def test_the_largest_report_is_accepted() -> None:
    rows = [
        native_row(
            day=date.fromordinal(date(2025, 1, 1).toordinal() + i % 40).isoformat(),
            model=f"m{i // 40}",
            output=1,
        )
        for i in range(20_000)
    ]
    assert len(read(native() | {"rows": rows, "totals": {"tokens": 20_000}}).rows) == 20_000


def test_rows_of_one_model_under_two_names_fall_together() -> None:
    body = native()
    body["rows"] = [
        native_row(model="claude-opus-4-5-20251101", input=1, messages=2, costUsd=0.5),
        native_row(model="anthropic/claude-opus-4.5", output=2, messages=1, costUsd=0.25),
        native_row(model="Claude-Opus-4-5", cacheRead=4),
    ]
    body["totals"] = {"tokens": 7}
    (row,) = read(body).rows
    assert (row.model, row.input_tokens, row.output_tokens) == ("claude-opus-4-5", 1, 2)
    assert (row.cache_read_tokens, row.messages) == (4, 3)
    assert row.reported_cost_microusd == 750_000


def test_a_row_without_tokens_makes_no_active_day() -> None:
    body = native()
    body["rows"].append(native_row(day="2026-11-01", messages=3))
    assert date(2026, 11, 1) not in read(body).days()


@pytest.mark.parametrize("rows", [[], [native_row(messages=3)]])
def test_a_report_without_a_token_is_empty(rows: list[Body]) -> None:
    with pytest.raises(EmptyReportError):
        read(native() | {"rows": rows, "totals": {"tokens": 0}})


def test_what_the_report_says_of_itself_is_kept() -> None:
    report = read(
        native()
        | {
            "source": "hook",
            "dayBasis": "local",
            "scan": {"fullHistory": True, "parserVersions": {"claude": 4, "codex": 2}},
        }
    )
    assert (report.collector, report.collector_version) == ("ccgather", "0.1.0")
    assert (report.source, report.day_basis, report.full_history) == ("hook", "local", True)
    assert report.parser_versions == {"claude": 4}
    assert report.device is not None
    assert (report.device.key, report.device.name) == ("cc_0123456789abcdef", "laptop")


def test_a_caller_knows_better_where_a_report_came_from() -> None:
    body = json.dumps(native()).encode()
    assert read_report(body=body, at=NOON, source="upload").source == "upload"


def test_a_device_may_have_an_emoji_in_its_name() -> None:
    body = native()
    body["device"]["name"] = " Anna’s 👩‍💻 "
    device = read(body).device
    assert device is not None
    assert device.name == "Anna’s 👩‍💻"


@pytest.mark.parametrize(
    ("basis", "at", "latest"),
    [
        ("utc", datetime(2026, 11, 20, 9, 59, tzinfo=UTC), "2026-11-20"),
        ("utc", datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "2026-11-21"),
        ("local", datetime(2026, 11, 20, 9, 59, tzinfo=UTC), "2026-11-21"),
        ("local", datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "2026-11-22"),
    ],
)
def test_the_latest_day_is_that_of_the_zone_furthest_ahead(
    basis: str, at: datetime, latest: str
) -> None:
    following = date.fromordinal(date.fromisoformat(latest).toordinal() + 1).isoformat()
    body = native() | {"dayBasis": basis, "totals": {"tokens": 1}}
    assert read(body | {"rows": [native_row(day=latest, input=1)]}, at=at).rows
    with pytest.raises(Exception, match="1 problem"):
        read(body | {"rows": [native_row(day=following, input=1)]}, at=at)


def test_a_message_counts_the_problems() -> None:
    with pytest.raises(Exception, match=r"^1 problem in this report$"):
        read(native() | {"totals": {"tokens": 1}})
