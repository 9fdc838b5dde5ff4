"""tokscale's bodies, old and new, and what can be wrong with them."""

import pytest

from tests.submissions.formats.bodies import (
    Body,
    example,
    faults_of,
    read,
    tokens,
    tokscale,
    tokscale_day,
)


def with_row(**changes: object) -> Body:
    """A tokscale body of one day whose row is changed."""
    day = tokscale_day()
    day["clients"][0] |= changes
    return tokscale(day)


def test_the_device_the_parsers_and_the_version_are_kept() -> None:
    report = read(example("wire/tokscale-4.17-submit.json"))
    assert (report.collector, report.collector_version) == ("tokscale", "4.17.0")
    assert (report.day_basis, report.source, report.full_history) == ("local", "cli", True)
    assert report.device is not None
    assert report.device.key == "dev_69ad92077fa44e85b8fdfa33ab82f60c"
    assert report.parser_versions == {"claude": 1, "codex": 1, "gemini": 1, "opencode": 1}


def test_the_old_names_of_clients_are_read() -> None:
    report = read(example("tokscale-1.json"))
    assert report.clients() == ("amp", "claude", "droid", "opencode")
    assert {row.model: row.provider for row in report.rows} == {
        "claude-sonnet-4": "anthropic",
        "gpt-5.1": "openai",
        "claude-opus-4-5": "anthropic",
        "glm-4.6": "zai",
    }


def test_mcp_names_are_dropped_unread() -> None:
    day = tokscale_day(mcpServers=["secret-server"])
    day["clients"][0]["mcpServers"] = {"secret-server": 5}
    report = read(tokscale(day) | {"mcpServers": ["secret-server"]})
    assert "secret-server" not in repr(report)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            tokscale(tokscale_day(totals={"tokens": 100})),
            (
                "contributions[0] (2026-11-19): input + output + cacheRead + cacheWrite "
                "+ reasoning is 60, totals.tokens says 100"
            ),
        ),
        (
            tokscale(tokscale_day(tokenBreakdown=tokens(10, 20, 15, 6, 10))),
            (
                "contributions[0] (2026-11-19): the rows' cacheWrite is 5, "
                "tokenBreakdown.cacheWrite says 6"
            ),
        ),
        (
            tokscale(tokscale_day()) | {"summary": {"totalTokens": 61}},
            "summary.totalTokens: 61, but the days add up to 60",
        ),
        (tokscale(tokscale_day()) | {"summary": None}, "summary: missing"),
        (
            tokscale(tokscale_day(), tokscale_day()),
            "contributions[1]: 2026-11-19 occurs twice",
        ),
        (
            tokscale(tokscale_day("2026-11-23")),
            (
                "contributions[0].date: 2026-11-23 is in the future; the latest possible day is "
                "2026-11-22"
            ),
        ),
        (with_row(tokens=None), "contributions[0].clients[0].tokens: missing"),
        (
            with_row(tokens=tokens(-10, 40, 15, 5, 10)),
            "contributions[0].clients[0].tokens.input: -10 is negative",
        ),
        (with_row(client="Claude"), 'contributions[0].clients[0].client: "Claude" is not'),
        (with_row(modelId=""), "contributions[0].clients[0].modelId: empty"),
        (with_row(cost="free"), 'contributions[0].clients[0].cost: "free" is not a number'),
        (with_row(messages=1.5), "contributions[0].clients[0].messages: 1.5 is not an integer"),
        (
            tokscale({"date": "2026-11-19", "totals": {"tokens": 0}}),
            'contributions[0]: "clients" is missing (before 2.0: "sources")',
        ),
        (
            tokscale(tokscale_day()) | {"device": {"id": ""}},
            'device.id: "" is not a device id',
        ),
        (
            tokscale(tokscale_day())
            | {"meta": {"dateRange": {"start": "2026-11-20", "end": "2026-11-19"}}},
            "meta.dateRange: start 2026-11-20 is after end 2026-11-19",
        ),
        (
            tokscale(tokscale_day()) | {"scanScope": {"fullHistory": "yes"}},
            'scanScope.fullHistory: "yes" is neither true nor false',
        ),
    ],
)
def test_a_fault_is_named(body: Body, reason: str) -> None:
    assert any(fault.startswith(reason) for fault in faults_of(body))


def test_the_same_row_twice_in_a_day_is_a_fault() -> None:
    day = tokscale_day(totals={"tokens": 120}, tokenBreakdown=tokens(20, 40, 30, 10, 20))
    day["clients"] *= 2
    assert faults_of(tokscale(day)) == (
        (
            'contributions[0].clients[1]: a second row for 2026-11-19, claude, "claude-opus-4-5", '
            '"anthropic"'
        ),
    )


def test_a_body_with_ten_different_faults_names_all_ten() -> None:
    body = tokscale(
        tokscale_day("2026-11-10", totals={"tokens": 1}),
        tokscale_day("2026-11-11", tokenBreakdown=tokens(11, 20, 15, 5, 10)),
        tokscale_day("2026-11-31"),
        tokscale_day("2027-11-19"),
        tokscale_day("2026-11-10"),
    )
    bad = [tokscale_day(f"2026-11-1{number}") for number in range(2, 7)]
    bad[0]["clients"][0]["client"] = "No Client"
    bad[1]["clients"][0]["modelId"] = "x\x00"
    bad[2]["clients"][0]["cost"] = -1
    bad[3]["clients"][0]["tokens"]["input"] = "10"
    bad[4]["clients"][0]["messages"] = -2
    body["contributions"] += bad
    body["device"]["id"] = "!"
    body["summary"]["totalTokens"] = 7
    faults = faults_of(body)
    for start in (
        "contributions[0] (2026-11-10): input + output",
        "contributions[1] (2026-11-11): the rows' input is 10",
        "contributions[2].date: 2026-11-31",
        "contributions[3].date: 2027-11-19",
        "contributions[4]: 2026-11-10 occurs twice",
        "contributions[5].clients[0].client",
        "contributions[6].clients[0].modelId",
        "contributions[7].clients[0].cost",
        "contributions[8].clients[0].tokens.input",
        "contributions[9].clients[0].messages",
        "device.id",
        "summary.totalTokens",
    ):
        assert sum(fault.startswith(start) for fault in faults) == 1, start


def test_more_days_than_a_report_may_have_are_refused_unread() -> None:
    assert faults_of(tokscale() | {"contributions": [5] * 2_000})[0] == (
        "contributions: 2,000 days in one report, at most 1,100"
    )


def test_more_rows_than_a_report_may_have_are_refused() -> None:
    day = tokscale_day()
    day["clients"] = [day["clients"][0] | {"modelId": f"m{n}"} for n in range(25_000)]
    assert "25,000 rows in one report, at most 20,000" in faults_of(tokscale(day))
