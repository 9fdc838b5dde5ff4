"""A report that cannot be sent is kept, told about, and sent once."""

import json
from pathlib import Path

import pytest

from ccgather_cli.unsent import FOLDER, MOST
from claude_logs import ClaudeLogs, assistant
from command import Command
from loopback_site import (
    ACCEPTED,
    CONFIG,
    LoopbackSite,
    Play,
    answers,
    half,
    hangs_up,
    refuses,
    sends,
)

GOOD = answers(ACCEPTED)


@pytest.fixture
def transcript(logs: ClaudeLogs) -> Path:
    return logs.session(assistant())


def kept(command: Command) -> list[Path]:
    return sorted((command.machine.config_dir / FOLDER).glob("*.json"))


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (refuses(500, "internal", "Oh no"), 1),
        (refuses(503, "unavailable", "Later", Retry_After="600"), 1),
        (refuses(429, "rate_limited", "Too many", Retry_After="1800"), 1),
        (refuses(409, "upload_in_progress", "Another upload"), 1),
        (refuses(401, "unauthorized", "No"), 3),
        (sends(b"<html>portal</html>", 200, Content_Type="text/html"), 1),
        (sends(b"<html>Bad Gateway</html>", 502, Content_Type="text/html"), 1),
        (answers({"welcome": "to the hotel's network"}), 1),
        (half(ACCEPTED), 1),
        (hangs_up, 1),
    ],
    ids=["500", "503", "429", "409", "401", "HTML", "HTML 502", "portal", "half", "hang-up"],
)
def test_what_could_not_be_sent_is_kept_and_sent_once(
    trouble: Play, code: int, alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/submit", trouble)
    ran = alice("submit", "--yes")
    assert ran.code == code
    assert "kept on this machine" in ran.err
    assert "ccgather submit" in ran.err
    assert len(kept(alice)) == 1
    site.seen.clear()
    site.on("/api/submit", GOOD)
    assert alice("submit", "--yes").code == 0
    assert len(site.asked("/api/submit")) == 1
    assert not kept(alice)
    assert alice("submit", "--yes").code == 0
    assert len(site.asked("/api/submit")) == 2


@pytest.mark.usefixtures("transcript")
def test_a_site_that_is_away_costs_no_report(alice: Command, site: LoopbackSite) -> None:
    site.stop()
    try:
        ran = alice("submit", "--yes")
    finally:
        site.start()
    assert ran.code == 1
    assert "could not be reached" in ran.err
    assert len(kept(alice)) == 1


def test_what_the_logs_do_not_say_any_more_goes_out_before_the_new_report(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs, transcript: Path
) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    alice("submit", "--yes")
    transcript.unlink()
    logs.session(assistant("m9", "r9", at="2026-05-03T10:00:00Z"))
    site.seen.clear()
    site.on("/api/submit", GOOD)
    ran = alice("submit", "--yes")
    assert ran.code == 0
    assert "Sent the report that was kept" in ran.err
    days = [[row["day"] for row in sent.json["rows"]] for sent in site.asked("/api/submit")]
    assert days == [["2026-05-02"], ["2026-05-03"]]
    assert not kept(alice)


@pytest.mark.usefixtures("transcript")
def test_a_report_that_the_site_refuses_for_itself_is_not_kept(
    alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/submit", refuses(400, "validation_failed", "2 problems", "day one"))
    assert alice("submit", "--yes").code == 1
    assert not kept(alice)


def test_a_kept_report_that_is_refused_for_itself_is_dropped_and_named(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs, transcript: Path
) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    alice("submit", "--yes")
    transcript.unlink()
    logs.session(assistant("m9", "r9", at="2026-05-03T10:00:00Z"))
    site.on("/api/submit", refuses(400, "validation_failed", "Not like that"), GOOD)
    ran = alice("submit", "--yes")
    assert ran.code == 0
    assert "was refused: Not like that" in ran.err
    assert not kept(alice)


@pytest.mark.usefixtures("transcript")
def test_a_report_for_another_site_stays_for_that_one(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    alice("submit", "--yes")
    path = kept(alice)[0]
    path.write_text(json.dumps({**json.loads(path.read_text()), "server": "https://other.example"}))
    site.on("/api/submit", GOOD)
    site.seen.clear()
    assert alice("submit", "--yes").code == 0
    assert len(site.asked("/api/submit")) == 1
    assert kept(alice) == [path]


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"body": "AAAA", "server": "x"}'])
def test_a_damaged_kept_report_stops_nothing(
    damage: bytes, alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    alice("submit", "--yes")
    kept(alice)[0].write_bytes(damage)
    site.on("/api/submit", GOOD)
    assert alice("submit", "--yes").code == 0


@pytest.mark.usefixtures("transcript")
def test_the_same_report_is_kept_once_however_often_it_fails(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    alice("submit", "--yes")
    later = Command(alice.machine, alice.at.replace(hour=13))
    later("submit", "--yes")
    assert len(kept(alice)) == 1
    for number in range(MOST + 3):
        for path in logs.projects.rglob("*.jsonl"):
            path.unlink()
        logs.session(assistant(f"n{number}", "r", at=f"2026-04-{number + 1:02}T10:00:00Z"))
        Command(alice.machine, alice.at.replace(minute=number))("submit", "--yes")
    assert len(kept(alice)) == MOST


@pytest.mark.usefixtures("transcript")
def test_a_site_that_wants_a_newer_program_is_told_nothing_and_the_report_is_kept(
    alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/config", answers({**CONFIG, "minCliVersion": "99.0"}))
    ran = alice("submit", "--yes")
    assert ran.code == 1
    assert "99.0 or newer" in ran.err
    assert "uv tool upgrade ccgather" in ran.err
    assert not site.asked("/api/submit")
    assert len(kept(alice)) == 1


@pytest.mark.usefixtures("transcript")
def test_a_newer_program_is_mentioned(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/config", answers({**CONFIG, "latestCliVersion": "99.1.0"}))
    ran = alice("submit", "--yes")
    assert ran.code == 0
    assert "newer ccgather, 99.1.0" in ran.err
    assert "newer" not in alice("submit", "--yes", "--quiet").err
