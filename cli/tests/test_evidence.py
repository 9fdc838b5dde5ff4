"""Sketches and hours: what they are made of, and when they go out."""

import json
from pathlib import Path

import pytest

from ccgather_cli.evidence import Salting, hash_of, sketches_of
from ccgather_cli.reading.facts import link_of
from claude_logs import ClaudeLogs, assistant
from command import Command
from loopback_site import CONFIG, SALT, LoopbackSite, answers, refuses

VECTORS = json.loads(
    (Path(__file__).parents[2] / "contract" / "examples" / "evidence-vectors.json").read_text()
)


@pytest.mark.parametrize("vector", VECTORS["hashes"], ids=lambda vector: vector["value"])
def test_hashes_are_those_of_the_contract(vector: dict[str, str]) -> None:
    link = link_of(vector["client"], vector["id"])
    assert f"{link:016x}" == vector["digest"]
    assert hash_of(link, bytes.fromhex(vector["salt"])) == vector["value"]


def test_a_sketch_is_that_of_the_contract() -> None:
    wanted = VECTORS["sketch"]
    links = {link_of(wanted["client"], f"message-{number}") for number in range(200)}
    salting = Salting(bytes.fromhex(wanted["salt"]), "", 64)
    sketch = sketches_of({("2026-05-02", wanted["client"]): links}, salting)[0]
    assert sketch.messages == 200
    assert list(sketch.hashes) == wanted["hashes"]


def test_a_report_carries_a_sketch_of_each_day(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    logs.session(
        *(assistant(f"m{n}", f"r{n}") for n in range(80)),
        assistant("m1", "r1"),
        assistant("late", "r", at="2026-05-01T10:00:00Z"),
        assistant(None, None),
    )
    assert alice("submit", "--yes").code == 0
    evidence = site.asked("/api/submit")[0].json["evidence"]
    assert (evidence["version"], evidence["k"], evidence["saltId"]) == (1, 64, "37214e53")
    first, second = evidence["sketches"]
    assert (first["day"], first["client"], first["messages"]) == ("2026-05-01", "claude", 1)
    assert first["hashes"] == [hash_of(link_of("claude", "late"), SALT)]
    assert second["messages"] == 80
    assert len(second["hashes"]) == 64
    assert second["hashes"] == sorted(set(second["hashes"]))


def test_only_the_chosen_days_have_sketches(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    logs.session(assistant("m1", "r1"), assistant("m2", "r2", at="2026-05-01T10:00:00Z"))
    assert alice("submit", "--yes", "--since", "2026-05-02").code == 0
    sketches = site.asked("/api/submit")[0].json["evidence"]["sketches"]
    assert [sketch["day"] for sketch in sketches] == ["2026-05-02"]


@pytest.mark.parametrize(
    "evidence",
    [
        None,
        {},
        {"version": 2, "salt": SALT.hex(), "saltId": "x", "k": 64},
        {"version": 1, "salt": "no hexadecimal", "saltId": "x", "k": 64},
        {"version": 1, "salt": "00", "saltId": "x", "k": 64},
        {"version": 1, "salt": SALT.hex(), "saltId": "x", "k": 0},
    ],
)
def test_a_site_without_a_salt_gets_no_sketches(
    evidence: object, alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    site.on("/api/config", answers({**CONFIG, "evidence": evidence}))
    logs.session(assistant())
    assert alice("submit", "--yes").code == 0
    assert "evidence" not in site.asked("/api/submit")[0].json


def test_a_site_that_does_not_tell_is_answered_with_the_salt_it_told_before(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    logs.session(assistant())
    assert alice("submit", "--yes").code == 0
    site.on("/api/config", refuses(500, "internal", "Oh no"))
    assert alice("submit", "--yes").code == 0
    first, second = (sent.json["evidence"] for sent in site.asked("/api/submit"))
    assert first == second


def test_hours_stay_on_the_machine_until_they_are_switched_on(
    alice: Command, site: LoopbackSite, logs: ClaudeLogs
) -> None:
    logs.session(
        assistant("m1", "r1", at="2026-05-02T00:10:00Z"),
        assistant("m2", "r2", at="2026-05-02T23:59:59Z"),
        assistant("m3", "r3", at="2026-05-02T23:00:00Z"),
    )
    assert alice("submit", "--yes").code == 0
    assert alice("hourly", "on").code == 0
    assert "on" in alice("hourly").out
    assert alice("submit", "--yes").code == 0
    assert alice("hourly", "off").code == 0
    assert alice("submit", "--yes").code == 0
    first, second, third = (sent.json for sent in site.asked("/api/submit"))
    assert "hourly" not in first
    assert second["hourly"] == [
        {"day": "2026-05-02", "client": "claude", "counts": [1, *[0] * 22, 2]}
    ]
    assert "hourly" not in third
