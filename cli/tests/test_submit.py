"""Sending the sums: what goes out, what comes back, what the exit code says."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ccgather_cli.commands import all_commands
from claude_logs import OPUS, SECRETS, ClaudeLogs, assistant, progress, usage, user
from command import Command
from fake_tools import FakeTools
from loopback_site import ACCEPTED, COMPLETE, DEVICE, TOKEN, LoopbackSite, answers, refuses

CONTRACT = Path(__file__).parents[2] / "contract" / "report-1.schema.json"


@pytest.fixture
def history(logs: ClaudeLogs) -> ClaudeLogs:
    """Two days on one model."""
    logs.session(
        user(),
        assistant("m1", "r1"),
        assistant("m2", "r2", at="2026-05-01T10:00:00Z", tokens=usage(fresh=250_000)),
        progress(assistant("m3", "r3")),
    )
    return logs


def strict(schema: Any) -> Any:
    """The contract without room for keys that it does not name: ours must all be in it."""
    if isinstance(schema, dict):
        conditions = ("if", "else")  # what other versions of a part may look like
        closed = {k: v if k in conditions else strict(v) for k, v in schema.items()}
        if "properties" in closed:
            closed["additionalProperties"] = False
        return closed
    return [strict(each) for each in schema] if isinstance(schema, list) else schema


@pytest.mark.usefixtures("history")
def test_a_report_says_what_the_contract_says(alice: Command, site: LoopbackSite) -> None:
    assert alice("submit", "--yes").code == 0
    sent = site.asked("/api/submit")[0]
    report = sent.json
    jsonschema.validate(report, strict(json.loads(CONTRACT.read_text())))
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"
    assert report["scan"] == {"fullHistory": True, "parserVersions": {"claude": 1}}
    assert report["dayBasis"] == "utc"
    assert report["source"] == "cli"
    assert "hourly" not in report
    assert report["rows"] == [
        {
            "day": "2026-05-01",
            "client": "claude",
            "model": OPUS,
            "provider": "anthropic",
            "input": 250_000,
            "output": 90,
            "cacheRead": 600,
            "cacheWrite": 70,
            "cacheWrite1h": 20,
            "longContext": {
                "input": 250_000,
                "output": 90,
                "cacheRead": 600,
                "cacheWrite": 70,
            },
            "messages": 1,
        },
        {
            "day": "2026-05-02",
            "client": "claude",
            "model": OPUS,
            "provider": "anthropic",
            "input": 6,
            "output": 180,
            "cacheRead": 1200,
            "cacheWrite": 140,
            "cacheWrite1h": 40,
            "messages": 2,
        },
    ]
    assert report["totals"]["tokens"] == sum(
        row["input"] + row["output"] + row["cacheRead"] + row["cacheWrite"]
        for row in report["rows"]
    )


@pytest.mark.usefixtures("history")
def test_no_prompt_path_or_project_leaves_the_machine(
    ccgather: Command, site: LoopbackSite, home: Path, tmp_path: Path
) -> None:
    """Every command there is, with everything switched on that sends more."""
    ccgather = ccgather.with_environment(PATH=FakeTools.make(tmp_path / "tools", "crontab").path)
    site.on("/api/auth/device", answers(DEVICE))
    site.on("/api/auth/device/poll", answers(COMPLETE))
    site.on("/api/me/stats", answers({"totalTokens": 1, "autoSyncEnabled": True}))
    called = set()
    for words in (
        "device name box",
        f"login --server {site.url} --no-browser",
        "whoami",
        "hourly on",
        "submit --yes",
        "submit --yes --force",
        "submit --dry-run",
        "status",
        "report sessions",
        "graph",
        "doctor",
        "autosubmit enable",
        "autosubmit enable --hook",
        "autosubmit run",
        "autosubmit status",
        "autosubmit disable",
        "completion bash",
        "logout",
    ):
        assert ccgather(*words.split()).code == 0, words
        called.add(words.split()[0])
    assert called == set(all_commands())
    traffic = b"\n".join(request.raw for request in site.seen).decode()
    assert len(site.asked("/api/submit")) == 3
    assert "sketches" in traffic
    assert '"hourly"' in traffic
    assert OPUS in traffic  # the sums did go out, so the search below looks at the right thing
    for secret in (*SECRETS, str(home), "msg_", "req_", "8f14e45f"):
        assert secret not in traffic


@pytest.mark.usefixtures("history")
def test_a_dry_run_prints_exactly_the_bytes_that_are_sent(
    alice: Command, site: LoopbackSite
) -> None:
    dry = alice("submit", "--dry-run")
    assert dry.code == 0
    assert dry.err == ""
    assert [(asked.method, asked.path) for asked in site.seen] == [("GET", "/api/config")]
    assert "Authorization" not in site.seen[0].headers
    assert alice("submit", "--yes").code == 0
    assert dry.out.encode() == site.asked("/api/submit")[0].content


@pytest.mark.usefixtures("history")
def test_a_dry_run_needs_no_login(ccgather: Command) -> None:
    ran = ccgather("submit", "--dry-run")
    assert ran.code == 0
    assert json.loads(ran.out)["schema"] == "ccgather-report/1"


@pytest.mark.usefixtures("history")
def test_the_device_id_is_random_made_once_and_kept(alice: Command) -> None:
    first, second = (json.loads(alice("submit", "--dry-run").out)["device"] for _ in range(2))
    assert first == second
    assert set(first) == {"id"}
    assert first["id"].startswith("cg_")
    assert len(first["id"]) == 35


@pytest.mark.usefixtures("history")
def test_a_device_name_that_the_person_set_is_in_the_report(
    ccgather: Command, site: LoopbackSite
) -> None:
    words = ("login", "--server", site.url, "--token", TOKEN, "--device-name", "The box")
    assert ccgather(*words).code == 0
    assert json.loads(ccgather("submit", "--dry-run").out)["device"]["name"] == "The box"


@pytest.mark.usefixtures("history")
def test_without_a_terminal_it_never_asks(alice: Command, site: LoopbackSite) -> None:
    ran = alice("submit", typed="y\n")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert not site.seen


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("typed", ["\n", "n\n", "", "perhaps\n"])
def test_anything_but_yes_sends_nothing(alice: Command, site: LoopbackSite, typed: str) -> None:
    ran = alice("submit", typed=typed, terminal=True)
    assert ran.code == 1
    assert "Nothing was sent" in ran.err
    assert not site.seen


@pytest.mark.usefixtures("history")
def test_the_preview_comes_before_the_question_and_yes_sends(
    alice: Command, site: LoopbackSite
) -> None:
    ran = alice("submit", typed="y\n", terminal=True)
    assert ran.code == 0
    assert "2026-05-01" in ran.out
    assert "252,286" in ran.out
    assert f"Send to {site.url} as alice? [y/N]" in ran.err
    assert len(site.asked("/api/submit")) == 1


def test_many_days_are_shown_by_the_month(alice: Command, logs: ClaudeLogs) -> None:
    days = [f"2026-{month:02}-{day:02}T10:00:00Z" for month in (3, 4) for day in range(1, 31)]
    logs.session(*(assistant(f"m{n}", f"r{n}", at=at) for n, at in enumerate(days)))
    ran = alice("submit", "--yes")
    assert "2026-03 " in ran.out
    assert "2026-03-01" not in ran.out


@pytest.mark.usefixtures("history")
def test_the_answer_is_told_in_full(alice: Command) -> None:
    told = alice("submit", "--yes").out
    for part in (
        "Submission recorded",
        "1,234,567 tokens · $12.50 · 45 active days",
        "#12 in the world (▲ 3), #2 in your country (▼ 1); this report moved you up 4 places",
        "bob is 4,321 tokens ahead",
        "████████████░░░░░░░░ 63 %, 99,000 tokens to the next",
        "2026-05-02 claude: 100 → 763 (more usage)",
        "https://board.example/u/alice",
    ):
        assert part in told


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("status", "code"), [("verified", 0), ("flagged", 4), ("pending", 4)])
def test_the_exit_code_tells_a_hold(
    alice: Command, site: LoopbackSite, status: str, code: int
) -> None:
    sentence = "Ten times more than on any day before."
    hold = {
        "day": "2026-05-02",
        "client": "claude",
        "reasons": [{"code": "x", "sentence": sentence}],
    }
    content = {**ACCEPTED, "status": status, "held": [hold], "warnings": ["mind the gap"]}
    site.on("/api/submit", answers(content))
    ran = alice("submit", "--yes")
    assert ran.code == code
    assert f"2026-05-02 claude: {sentence}" in ran.out
    assert f"Why, and what would clear it: {site.url}/settings/held" in ran.out
    assert "mind the gap" in ran.out
    assert alice("submit", "--yes", "--quiet").code == code


@pytest.mark.usefixtures("history")
def test_an_unchanged_report_says_so(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", answers({**ACCEPTED, "mode": "unchanged", "changes": []}))
    assert "Nothing new" in alice("submit", "--yes").out


@pytest.mark.usefixtures("history")
def test_the_sites_words_cannot_steer_the_terminal(alice: Command, site: LoopbackSite) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m[red]x[/red]"
    site.on("/api/submit", answers({**ACCEPTED, "message": evil, "warnings": [evil]}))
    ran = alice("submit", "--yes", terminal=True)
    assert not any(control in ran.out for control in ("\x1b]", "\x1b[2J", "\x07", "\x9b"))
    assert "[red]x[/red]" in ran.out
    site.on("/api/submit", refuses(400, "validation_failed", evil, evil))
    assert "\x1b" not in alice("submit", "--yes", terminal=True).err


@pytest.mark.usefixtures("history")
def test_of_many_changes_the_newest_are_told(alice: Command, site: LoopbackSite) -> None:
    changes = [
        {"day": f"2026-04-{day:02}", "client": "claude", "before": 0, "after": 1, "why": "new"}
        for day in range(1, 31)
    ]
    site.on("/api/submit", answers({**ACCEPTED, "changes": changes}))
    told = alice("submit", "--yes").out
    assert "2026-04-30 claude" in told
    assert "2026-04-20 claude" not in told
    assert "and 20 more" in told


@pytest.mark.usefixtures("history")
def test_force_asks_the_site_to_replace(alice: Command, site: LoopbackSite) -> None:
    assert alice("submit", "--yes", "--force").code == 0
    assert site.seen[-1].path == "/api/submit?mode=replace"
    assert alice("submit", "--yes").code == 0
    assert site.seen[-1].path == "/api/submit"


@pytest.mark.usefixtures("history")
def test_json_prints_the_answer_and_nothing_else(alice: Command) -> None:
    assert json.loads(alice("submit", "--yes", "--json").out) == ACCEPTED


@pytest.mark.usefixtures("history")
def test_quiet_prints_nothing_when_all_is_well(alice: Command) -> None:
    ran = alice("submit", "--yes", "--quiet")
    assert (ran.out, ran.err) == ("", "")


@pytest.mark.usefixtures("history")
def test_chosen_days_are_no_full_history(ccgather: Command) -> None:
    for words in (("--since", "2026-05-02"), ("--since", "2026-05-02", "--until", "2026-05-02")):
        report = json.loads(ccgather("submit", "--dry-run", *words).out)
        assert [row["day"] for row in report["rows"]] == ["2026-05-02"]
        assert report["scan"]["fullHistory"] is False
    report = json.loads(ccgather("submit", "--dry-run", "--until", "2026-05-01").out)
    assert [row["day"] for row in report["rows"]] == ["2026-05-01"]


@pytest.mark.usefixtures("history")
def test_days_that_make_no_sense_are_usage_errors(ccgather: Command) -> None:
    ran = ccgather("submit", "--dry-run", "--since", "2026-05-03", "--until", "2026-05-02")
    assert ran.code == 2
    with pytest.raises(SystemExit) as ended:
        ccgather("submit", "--dry-run", "--since", "last week")
    assert ended.value.code == 2


def test_without_any_usage_nothing_is_sent_and_the_places_are_named(
    alice: Command, site: LoopbackSite
) -> None:
    ran = alice("submit", "--yes")
    assert ran.code == 1
    assert str(alice.machine.home / ".claude" / "projects") in ran.err
    assert not site.seen
    assert alice("submit", "--dry-run").out == ""


def test_days_that_cannot_be_are_left_out_and_named(alice: Command, logs: ClaudeLogs) -> None:
    logs.session(
        assistant("m1", "r1", at="2026-05-04T01:00:00Z"),  # already, east of the date line
        assistant("m2", "r2", at="2026-05-05T01:00:00Z"),
        assistant("m3", "r3", at="2031-01-01T01:00:00Z"),
        assistant("m4", "r4", at="1970-01-02T01:00:00Z"),
    )
    ran = alice("submit", "--dry-run")
    assert [row["day"] for row in json.loads(ran.out)["rows"]] == ["2026-05-04"]
    assert "Left out: 1970-01-02, 2026-05-05, 2031-01-01." in ran.err


def test_a_scan_that_could_not_read_everything_is_no_full_history(
    ccgather: Command, history: ClaudeLogs
) -> None:
    loop = history.projects / "loop.jsonl"
    loop.symlink_to(loop)
    ran = ccgather("submit", "--dry-run")
    assert json.loads(ran.out)["scan"]["fullHistory"] is False
    assert "loop.jsonl" in ran.err


@pytest.mark.usefixtures("history")
def test_submit_without_a_login_is_exit_3(ccgather: Command) -> None:
    assert ccgather("submit", "--yes").code == 3
