"""Signing in and out, and where the token is kept."""

import json
import stat
import sys

import pytest

from ccgather_cli.machine import Machine
from command import Command
from loopback_site import (
    COMPLETE,
    CONFIG,
    DEVICE,
    TOKEN,
    WHOSE,
    LoopbackSite,
    answers,
    half,
    hangs_up,
    refuses,
    sends,
)

POLL = "/api/auth/device/poll"
PENDING = answers({"status": "pending"})
TOO_FAST = answers({"success": False, "error": "slow_down", "status": "pending"}, 429)


@pytest.fixture
def device_site(site: LoopbackSite) -> LoopbackSite:
    site.on("/api/auth/device", answers(DEVICE))
    site.on(POLL, answers(COMPLETE))
    return site


def kept(machine: Machine) -> dict[str, str]:
    content = json.loads((machine.config_dir / "credentials.json").read_text())
    assert isinstance(content, dict)
    return content


def test_the_device_flow_shows_the_code_waits_and_keeps_the_token(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    device_site.on(POLL, PENDING, PENDING, answers(COMPLETE))
    ran = ccgather("login", "--server", device_site.url)
    assert ran.code == 0
    assert "BCDF-GHJK" in ran.err
    assert "as alice" in ran.err
    assert ran.pauses == [5, 5, 5]
    assert kept(ccgather.machine) == {
        "server": device_site.url,
        "username": "alice",
        "token": TOKEN,
    }
    asked = device_site.asked("/api/auth/device")[0]
    assert set(asked.json) == {"deviceName"}
    assert asked.json["deviceName"]
    assert device_site.asked(POLL)[0].json == {"deviceCode": DEVICE["deviceCode"]}


def test_polling_slows_down_when_the_site_says_so(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    device_site.on(POLL, TOO_FAST, PENDING, TOO_FAST, answers(COMPLETE))
    assert ccgather("login", "--server", device_site.url).pauses == [5, 10, 10, 15]


def test_a_retry_after_of_the_poll_is_honoured(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    device_site.on(POLL, refuses(429, "slow_down", "Slow", Retry_After="30"), answers(COMPLETE))
    assert ccgather("login", "--server", device_site.url).pauses == [5, 30]


@pytest.mark.parametrize(
    "hiccup", [hangs_up, half(COMPLETE), sends(b"<html>502</html>", 502), refuses(500, "x", "y")]
)
def test_a_hiccup_while_polling_does_not_end_the_login(
    ccgather: Command, device_site: LoopbackSite, hiccup: object
) -> None:
    device_site.on(POLL, hiccup, answers(COMPLETE))  # type: ignore[arg-type]
    assert ccgather("login", "--server", device_site.url).code == 0


def test_a_denied_or_expired_code_ends_the_login(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    device_site.on(POLL, PENDING, answers({"status": "expired"}))
    ran = ccgather("login", "--server", device_site.url)
    assert ran.code == 1
    assert "expired" in ran.err
    assert not (ccgather.machine.config_dir / "credentials.json").exists()


def test_polling_stops_when_the_code_has_run_out(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    device_site.on("/api/auth/device", answers({**DEVICE, "expiresIn": 12}))
    device_site.on(POLL, PENDING)
    ran = ccgather("login", "--server", device_site.url)
    assert ran.code == 1
    assert ran.pauses == [5, 5, 5]
    assert "expired before it was confirmed" in ran.err


@pytest.mark.parametrize("missing", ["deviceCode", "userCode", "verificationUrl", "interval"])
def test_an_answer_without_what_the_flow_needs_is_named(
    ccgather: Command, device_site: LoopbackSite, missing: str
) -> None:
    rest = {key: value for key, value in DEVICE.items() if key != missing}
    device_site.on("/api/auth/device", answers(rest))
    ran = ccgather("login", "--server", device_site.url)
    assert ran.code == 1
    assert missing in ran.err


def test_a_given_token_is_proved_and_kept(ccgather: Command, site: LoopbackSite) -> None:
    assert ccgather("login", "--server", site.url, "--token", TOKEN).code == 0
    assert site.asked("/api/auth/token")[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert kept(ccgather.machine)["token"] == TOKEN


def test_a_token_can_come_from_standard_input(ccgather: Command, site: LoopbackSite) -> None:
    ran = ccgather("login", "--server", site.url, "--token", "-", typed=f"{TOKEN}\n")
    assert ran.code == 0
    assert kept(ccgather.machine)["token"] == TOKEN


def test_a_token_that_the_site_does_not_know_is_not_kept(
    ccgather: Command, site: LoopbackSite
) -> None:
    site.on("/api/auth/token", refuses(401, "unauthorized", "No"))
    ran = ccgather("login", "--server", site.url, "--token", TOKEN)
    assert ran.code == 3
    assert not (ccgather.machine.config_dir / "credentials.json").exists()


@pytest.mark.parametrize("text", ["", "with space in it", "new\nline-in-it", "tt_ünïcödé-token"])
def test_what_cannot_be_a_token_is_refused_before_anything_is_sent(
    ccgather: Command, site: LoopbackSite, text: str
) -> None:
    assert ccgather("login", "--server", site.url, "--token", text).code == 2
    assert not site.seen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_token_is_readable_by_its_owner_alone(alice: Command) -> None:
    folder = alice.machine.config_dir
    path = folder / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    path.chmod(0o644)
    assert alice("whoami").code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {entry.name for entry in folder.iterdir()} == {"credentials.json", "site.json"}


def test_no_command_prints_the_token(alice: Command, site: LoopbackSite) -> None:
    for words in (("whoami",), ("whoami", "--json"), ("submit", "--yes"), ("logout",)):
        ran = alice(*words)
        assert TOKEN not in ran.out + ran.err
    assert site.seen


def test_a_token_does_not_travel_on_an_open_line(ccgather: Command) -> None:
    ran = ccgather("login", "--server", "http://board.example", "--token", TOKEN)
    assert ran.code == 2
    assert "not encrypted" in ran.err
    other = ccgather.with_environment(CCGATHER_TOKEN=TOKEN, CCGATHER_URL="http://10.0.0.1")
    assert other("whoami").code == 2


def test_the_open_line_can_be_allowed(ccgather: Command) -> None:
    words = ("login", "--server", "http://board.invalid:1", "--token", TOKEN, "--insecure-http")
    ran = ccgather(*words)
    assert ran.code == 1
    assert "not encrypted" not in ran.err


def test_whoami_tells_person_site_and_token(alice: Command, site: LoopbackSite) -> None:
    ran = alice("whoami")
    assert ran.code == 0
    assert f"alice on {site.url}" in ran.out
    assert "laptop, made 2026-05-01" in ran.out
    assert json.loads(alice("whoami", "--json").out) == WHOSE


def test_whoami_without_a_login_is_exit_3(ccgather: Command) -> None:
    ran = ccgather("whoami")
    assert ran.code == 3
    assert "ccgather login" in ran.err


def test_a_revoked_token_is_exit_3(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/auth/token", refuses(401, "unauthorized", "No"))
    assert alice("whoami").code == 3


def test_the_environment_wins_over_the_login(alice: Command, site: LoopbackSite) -> None:
    other = "tt_" + "c1c1" * 12
    assert alice.with_environment(CCGATHER_TOKEN=other, CCGATHER_URL=site.url)("whoami").code == 0
    assert site.seen[0].headers["Authorization"] == f"Bearer {other}"


def test_a_kept_token_is_never_sent_to_another_server(alice: Command, site: LoopbackSite) -> None:
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    ran = alice.with_environment(CCGATHER_URL=elsewhere)("whoami")
    assert ran.code == 3
    assert not site.seen


def test_logout_revokes_and_forgets(alice: Command, site: LoopbackSite) -> None:
    ran = alice("logout")
    assert ran.code == 0
    assert site.asked("/api/auth/logout")[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert not (alice.machine.config_dir / "credentials.json").exists()
    assert alice("logout").code == 3


def test_logout_forgets_a_token_that_the_site_does_not_know(
    alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/auth/logout", refuses(401, "unauthorized", "No"))
    assert alice("logout").code == 0
    assert not (alice.machine.config_dir / "credentials.json").exists()


def test_logout_keeps_the_token_while_the_site_cannot_be_told(
    alice: Command, site: LoopbackSite
) -> None:
    site.on("/api/auth/logout", hangs_up)
    ran = alice("logout")
    assert ran.code == 1
    assert "still logged in" in ran.err
    assert kept(alice.machine)["token"] == TOKEN


def test_logout_local_forgets_the_token_all_the_same(alice: Command, site: LoopbackSite) -> None:
    site.on("/api/auth/logout", hangs_up)
    ran = alice("logout", "--local")
    assert ran.code == 0
    assert "Revoke it" in ran.err
    assert not (alice.machine.config_dir / "credentials.json").exists()


def test_logout_of_the_environments_token_keeps_the_other_login(
    alice: Command, site: LoopbackSite
) -> None:
    other = "tt_" + "c1c1" * 12
    ran = alice.with_environment(CCGATHER_TOKEN=other, CCGATHER_URL=site.url)("logout")
    assert ran.code == 0
    assert "environment" in ran.err
    assert kept(alice.machine)["token"] == TOKEN


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"server": "http://x", "token": 5}', "\xff"])
def test_a_damaged_login_is_named_and_no_traceback(ccgather: Command, content: str) -> None:
    path = ccgather.machine.config_dir / "credentials.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode("latin-1"))
    ran = ccgather("whoami")
    assert ran.code == 1
    assert "credentials.json" in ran.err


def test_a_device_name_of_the_persons_own_is_sent_instead_of_the_hosts(
    ccgather: Command, device_site: LoopbackSite
) -> None:
    assert ccgather("login", "--server", device_site.url, "--device-name", " The  box ").code == 0
    assert device_site.asked("/api/auth/device")[0].json == {"deviceName": "The box"}


def test_after_the_login_the_next_step_is_told(ccgather: Command, site: LoopbackSite) -> None:
    ran = ccgather("login", "--server", site.url, "--token", TOKEN)
    assert "Next: `ccgather submit`" in ran.err
    assert "newer" not in ran.err


def test_at_the_login_a_site_that_wants_a_newer_program_is_heard(
    ccgather: Command, site: LoopbackSite
) -> None:
    site.on("/api/config", answers({**CONFIG, "minCliVersion": "99.0"}))
    ran = ccgather("login", "--server", site.url, "--token", TOKEN)
    assert ran.code == 0
    assert "wants ccgather 99.0 or newer" in ran.err
    assert "Next:" not in ran.err
    site.on("/api/config", answers({**CONFIG, "latestCliVersion": "99.1"}))
    ran = ccgather("login", "--server", site.url, "--token", TOKEN)
    assert "There is a newer ccgather, 99.1." in ran.err
    assert "Next:" in ran.err


def test_a_logout_says_that_autosubmit_is_still_on(alice: Command) -> None:
    assert alice("autosubmit", "enable", "--hook").code == 0
    ran = alice("logout")
    assert ran.code == 0
    assert "ccgather autosubmit disable" in ran.err
    assert alice("autosubmit", "disable").code == 0


def test_a_logout_without_autosubmit_does_not_mention_it(alice: Command) -> None:
    assert "utosubmit" not in alice("logout").err
