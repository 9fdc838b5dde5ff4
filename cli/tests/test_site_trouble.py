"""A site that is slow, broken, gone or something else: one sentence each, no traceback."""

import json
from pathlib import Path

import pytest

from ccgather_cli.errors import UnreachableError
from ccgather_cli.site import Site
from claude_logs import ClaudeLogs, assistant
from command import Command
from loopback_site import (
    ACCEPTED,
    TOKEN,
    LoopbackSite,
    Play,
    answers,
    half,
    hangs_up,
    refuses,
    sends,
)

GOOD = answers(ACCEPTED)


@pytest.fixture(autouse=True)
def _history(logs: ClaudeLogs) -> None:
    logs.session(assistant())


@pytest.mark.parametrize(
    "hiccup",
    [
        refuses(500, "internal", "Oh no"),
        refuses(503, "unavailable", "Later", Retry_After="2"),
        sends(b"<html><h1>502 Bad Gateway</h1></html>", 502, Content_Type="text/html"),
        refuses(429, "rate_limited", "Too fast", Retry_After="1"),
        refuses(409, "upload_in_progress", "Another upload"),
        half(ACCEPTED),
        sends(json.dumps(ACCEPTED).encode()[:200]),
        hangs_up,
    ],
    ids=["500", "503", "502 as HTML", "429", "409", "half a body", "half of the JSON", "hang-up"],
)
def test_a_hiccup_is_tried_again(alice: Command, site: LoopbackSite, hiccup: Play) -> None:
    site.on("/api/submit", hiccup, GOOD)
    ran = alice("submit", "--yes")
    assert ran.code == 0
    first, second = site.asked("/api/submit")
    assert first.body == second.body
    assert len(ran.pauses) == 1


def test_four_tries_and_no_more(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", refuses(500, "internal", "Oh no"))
    ran = alice("submit", "--yes")
    assert ran.code == 1
    assert len(site.asked("/api/submit")) == 4
    assert "Oh no" in ran.err
    assert sum(ran.pauses) < 10
    assert ran.pauses == sorted(ran.pauses)


def test_retry_after_is_honoured_and_said(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", refuses(429, "rate_limited", "Too fast.", Retry_After="20"), GOOD)
    ran = alice("submit", "--yes")
    assert ran.code == 0
    assert ran.pauses == [20]
    assert "Trying again in 20 s" in ran.err


def test_a_site_that_wants_more_than_a_minute_is_left(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", refuses(429, "rate_limited", "6 an hour.", Retry_After="1800"))
    ran = alice("submit", "--yes")
    assert ran.code == 1
    assert ran.pauses == []
    assert "come back in 30 minutes" in ran.err


def test_waits_do_not_add_up_to_more_than_a_minute(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", refuses(503, "busy", "Busy.", Retry_After="25"))
    ran = alice("submit", "--yes")
    assert ran.code == 1
    assert ran.pauses == [25, 25]


@pytest.mark.parametrize(
    ("play", "code", "words"),
    [
        (refuses(400, "validation_failed", "2 problems", "day one", "day two"), 1, "day two"),
        (refuses(401, "unauthorized", "No"), 3, "ccgather login"),
        (refuses(403, "account_suspended", "Suspended."), 1, "Suspended."),
        (refuses(413, "body_too_large", "Too large."), 1, "Too large."),
        (sends(b"<html>hello</html>", 200), 1, "did not answer like a CCGather site"),
        (sends(b"<html>not here</html>", 404), 1, "Is the address right?"),
        (sends(b"", 200), 1, "did not answer like a CCGather site"),
        (sends(b"", 308, Location="https://board.example/x"), 1, "https://board.example/x"),
        (answers({"success": True}), 1, "did not answer like a CCGather site"),
        (answers({"status": "verified", "rank": "first"}), 1, "does not understand"),
    ],
)
def test_what_will_not_pass_is_told_at_once(
    alice: Command, site: LoopbackSite, play: Play, code: int, words: str
) -> None:
    site.on("/api/submit", play)
    ran = alice("submit", "--yes")
    assert ran.code == code
    assert words in ran.err
    assert len(site.asked("/api/submit")) == 1
    assert "Traceback" not in ran.err


def test_a_token_does_not_follow_a_redirect(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/submit", sends(b"", 307, Location="/elsewhere"))
    alice("submit", "--yes")
    assert not site.asked("/elsewhere")


def test_a_site_that_is_not_there_is_named(ccgather: Command) -> None:
    ran = ccgather("login", "--server", "http://127.0.0.1:1", "--token", TOKEN)
    assert ran.code == 1
    assert "http://127.0.0.1:1 could not be reached" in ran.err
    assert len(ran.pauses) == 3


def site_at(url: str, *, patience: float = 60.0, deadline: float = 180.0) -> Site:
    return Site(url, pause=lambda _: None, say=lambda _: None, patience=patience, deadline=deadline)


def test_a_silent_site_is_given_up_on(site: LoopbackSite) -> None:
    site.on("/slow", site.silent)
    with site_at(site.url, patience=0.1) as client, pytest.raises(UnreachableError) as problem:
        client.send("GET", "/slow")
    assert "too long" in problem.value.message


def test_a_body_that_trickles_for_ever_is_given_up_on(site: LoopbackSite) -> None:
    site.on("/slow", site.trickling)
    with site_at(site.url, deadline=0.3) as client, pytest.raises(UnreachableError) as problem:
        client.send("GET", "/slow")
    assert "too long" in problem.value.message


def test_an_endless_answer_is_given_up_on(site: LoopbackSite) -> None:
    site.on("/large", sends(b" " * (17 * 1024 * 1024)))
    with site_at(site.url) as client, pytest.raises(UnreachableError) as problem:
        client.send("GET", "/large")
    assert not problem.value.passing


def test_the_config_folder_that_cannot_be_written_is_named(
    ccgather: Command, site: LoopbackSite, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    elsewhere = ccgather.with_environment(CCGATHER_CONFIG_DIR=str(tmp_path / "file" / "folder"))
    ran = elsewhere("login", "--server", site.url, "--token", TOKEN)
    assert ran.code == 1
    assert "credentials.json could not be" in ran.err
