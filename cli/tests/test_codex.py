"""Codex CLI's rollouts: which events are a response, and what it burned."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from corpora import codex

from ccgather_cli.machine import Machine
from ccgather_cli.readers import codex as readers_codex
from ccgather_cli.readers.codex import READER
from codex_rollouts import (
    CHILD,
    DAY,
    MODEL,
    PARENT,
    PARENT_TURN,
    A,
    B,
    C,
    Codex,
    Numbers,
    burned,
    count,
    line,
    meta,
    plus,
    turn,
    usage,
)
from corpus_runs import (
    check_appending,
    check_changes,
    check_resuming,
    check_truth,
    scanned,
    sums,
)


@pytest.fixture
def logs(machine: Machine) -> Codex:
    return Codex(machine)


def test_an_event_gives_five_disjoint_classes(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(A, A))
    assert logs.counted() == (155, 60, 140, 5, 30, 1)


def test_an_event_with_the_total_of_the_one_before_is_a_repeat(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(A, A), count(A, A, "10:00:09"), count(plus(A, B), B))
    assert logs.counted() == burned(A, B)


def test_an_event_without_numbers_is_nothing(logs: Codex) -> None:
    nothing = line("event_msg", {"type": "token_count", "info": None, "rate_limits": {}})
    logs.rollout(meta(), turn(), nothing, count(A, A), nothing)
    assert logs.counted() == burned(A)


def test_a_turn_that_repeats_the_one_before_takes_the_model_back_from_an_event(
    logs: Codex,
) -> None:
    other = count(plus(A, B), B, "10:00:05", model="gpt-5")
    again = turn(at="10:00:07")
    logs.rollout(meta(), turn(), turn(at="10:00:01"), count(A, A), other, again)
    logs.rollout(
        *(meta(CHILD), turn(), turn(at="10:00:01"), count(A, A), other, again),
        count(plus(A, B, C), C, "10:00:09"),
        name="b",
    )
    assert logs.sums() == {
        (DAY, MODEL): burned(A, A, C),
        (DAY, "gpt-5"): burned(B, B),
    }


def test_the_first_event_of_a_resumed_thread_counts_its_last_and_not_its_total(
    logs: Codex,
) -> None:
    logs.rollout(meta(), turn(), count(plus(A, B, C), C))
    assert logs.counted() == burned(C)


def test_old_files_with_only_totals_count_the_differences(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(A, None), count(plus(A, B), None), count(plus(A, B), None))
    assert logs.counted() == burned(A, B)


def test_a_falling_total_without_last_is_a_new_base(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(plus(A, B), None), count(A, None), count(plus(A, C), None))
    assert logs.counted()[0] == burned(plus(A, B), C)[0]
    assert logs.counted()[5] == 2


def test_an_event_with_only_last_counts(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(None, A), count(None, B, "10:00:01"))
    assert logs.counted() == burned(A, B)


def test_zeros_of_a_compaction_are_nothing_and_the_count_begins_anew(logs: Codex) -> None:
    zeros = count((0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    zeros["payload"]["info"]["total_token_usage"]["total_tokens"] = 272_000
    logs.rollout(
        meta(), turn(), count(A, A), zeros, zeros, count(B, B), count(plus(B, A), A, "10:00:05")
    )
    assert logs.counted() == burned(A, B, A)


def test_equal_numbers_before_and_after_a_compaction_in_one_turn_are_two(logs: Codex) -> None:
    zeros = count((0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    logs.rollout(meta(), turn(turn_id=PARENT_TURN), count(A, A), zeros, count(A, A, "10:00:05"))
    assert logs.counted() == burned(A, A)


def test_a_total_that_is_its_own_last_begins_anew(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count(A, A), count(plus(A, B), B), count(C, C))
    assert logs.counted() == burned(A, B, C)


def test_an_old_snapshot_that_comes_late_is_skipped(logs: Codex) -> None:
    logs.rollout(
        meta(),
        turn(),
        count(A, A),
        count(plus(A, B), B),
        count(A, A, "10:00:07"),
        count(plus(A, B, C), C),
    )
    assert logs.counted() == burned(A, B, C)


def test_a_total_slightly_back_that_nobody_saw_before_is_skipped_too(logs: Codex) -> None:
    back = (750, 300, 5, 95, 35)
    logs.rollout(
        meta(),
        turn(),
        count(A, A),
        count(plus(A, B), B),
        count(back, (400, 0, 0, 4, 0)),
        count(plus(A, B, C), C),
    )
    assert logs.counted() == burned(A, B, C)


def test_a_lowered_total_that_the_next_event_goes_on_from_counts(logs: Codex) -> None:
    """As after a compaction that lowers the total without restarting it."""
    big: Numbers = (100_000, 0, 0, 5000, 0)
    low: Numbers = (101_000, 0, 0, 9000, 0)
    logs.rollout(
        meta(),
        turn(),
        count(big, big),
        count(plus(big, A), A),
        count(plus(big, A, B), B),
        count((99_000, 0, 0, 5000, 0), C),
        count(plus((99_000, 0, 0, 5000, 0), B), B),
        count(plus((99_000, 0, 0, 5000, 0), B, low), low),
    )
    assert logs.counted() == burned(big, A, B, C, B, low)


def test_parts_never_exceed_their_wholes(logs: Codex) -> None:
    logs.rollout(meta(), turn(), count((100, 900, 50, 10, 70), (100, 900, 50, 10, 70)))
    assert logs.counted() == (0, 0, 100, 0, 10, 1)


def test_the_model_is_that_of_the_turn_and_an_event_may_name_its_own(logs: Codex) -> None:
    logs.rollout(
        meta(),
        turn("gpt-5.4"),
        count(A, A),
        turn("gpt-5.4-mini"),
        count(plus(A, B), B),
        count(plus(A, B, C), C, model="codex-auto-review"),
    )
    assert {model: row[5] for (_, model), row in logs.sums().items()} == {
        "gpt-5.4": 1,
        "gpt-5.4-mini": 1,
        "codex-auto-review": 1,
    }


def test_before_the_first_turn_the_model_is_the_one_that_follows(logs: Codex) -> None:
    logs.rollout(meta(), count(A, A), turn(), count(plus(A, B), B))
    assert logs.counted() == burned(A, B)


def test_a_file_that_names_no_model_counts_as_unknown(logs: Codex) -> None:
    logs.rollout(meta(), count(A, A))
    assert set(logs.sums()) == {(DAY, "unknown")}


def test_the_provider_is_the_threads(logs: Codex) -> None:
    logs.rollout(meta(model_provider="azure"), turn(), count(A, A))
    found = scanned(logs.machine, "codex")
    assert [slot.provider for slot, _ in found.tally] == ["azure"]


def test_a_record_and_an_event_with_the_same_numbers_are_one_response(logs: Codex) -> None:
    def record(response: str, numbers: Numbers) -> dict[str, Any]:
        payload = {"thread_id": PARENT, "session_id": PARENT, "response_id": response}
        return line("token_usage_record", {**payload, "usage": usage(numbers)})

    logs.rollout(
        meta(),
        turn(),
        count(C, C),  # an older version wrote this one
        record("r1", A),
        count(plus(C, A), A),
        count(plus(C, A, B), B),
        record("r2", B),
        record("r2", B),
        record("r3", C),  # a compaction's own response
        line("compacted", {"latest_token_usage_record": record("r3", C)["payload"]}),
    )
    assert logs.counted() == burned(C, A, B, C)


def test_a_record_that_names_another_thread_is_a_copy(logs: Codex) -> None:
    payload = {"thread_id": CHILD, "session_id": PARENT, "response_id": "r", "usage": usage(A)}
    logs.rollout(meta(), turn(), line("token_usage_record", payload), count(B, B))
    assert logs.counted() == burned(B)


def test_saved_output_counts_a_turn_a_line(logs: Codex) -> None:
    told = {"input_tokens": 300, "cached_input_tokens": 140, "output_tokens": 90}
    done = {"type": "turn.completed", "timestamp": f"{DAY}T10:00:00Z", "model": MODEL}
    lines = ({"type": "thread.started", "thread_id": PARENT}, {**done, "usage": told})
    logs.rollout(*lines, name="run")
    logs.rollout(*lines, name="copy")
    assert logs.counted() == (160, 90, 140, 0, 0, 1)


def test_saved_output_without_a_time_is_named_and_not_counted(logs: Codex) -> None:
    logs.rollout({"type": "turn.completed", "usage": {"input_tokens": 3, "output_tokens": 4}})
    found = scanned(logs.machine, "codex")
    assert found.skipped == {"without a usable time": 1}
    assert found.tools[0].looks_changed


def test_numbers_quoted_in_prose_are_no_usage(logs: Codex) -> None:
    quoted = {"type": "message", "text": json.dumps(count(A, A)), "info": "x", "usage": 7}
    logs.rollout(meta(), turn(), line("response_item", quoted), count(B, B))
    assert logs.counted() == burned(B)


def test_lines_with_spaces_or_in_another_order_count(logs: Codex) -> None:
    backwards = dict(reversed(count(plus(A, B), B).items()))
    logs.rollout(meta(), turn(), json.dumps(count(A, A)).encode(), backwards)
    assert logs.counted() == burned(A, B)


@pytest.mark.parametrize("wrong", [None, "300", 300.0, "300.0"])
def test_numbers_in_other_shapes_count_and_nulls_are_nothing(logs: Codex, wrong: Any) -> None:
    event = count(A, A)
    event["payload"]["info"]["last_token_usage"]["input_tokens"] = wrong
    logs.rollout(meta(), turn(), event)
    expected = burned(A) if wrong is not None else (0, 60, 0, 0, 30, 1)
    assert logs.counted() == expected


def test_six_digits_and_a_missing_zone_are_times(logs: Codex) -> None:
    first, second = count(A, A), count(plus(A, B), B)
    first["timestamp"], second["timestamp"] = f"{DAY}T23:59:59.123456Z", f"{DAY} 10:00:00"
    logs.rollout(meta(), turn(), first, second)
    assert logs.counted() == burned(A, B)


def test_an_event_without_a_time_is_named(logs: Codex) -> None:
    broken = count(A, A)
    del broken["timestamp"]
    logs.rollout(meta(), turn(), broken, count(plus(A, B), B))
    assert logs.counted() == burned(B)
    assert scanned(logs.machine, "codex").skipped == {"without a usable time": 1}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, ".codex"),
        ({"CODEX_HOME": "~/elsewhere"}, "elsewhere"),
        ({"CODEX_HOME": "~/one, ~/two"}, "two"),
    ],
)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_where_rollouts_are(
    home: Path, environment: dict[str, str], folder: str, system: Any
) -> None:
    machine = Machine(home=home, environment=environment, system=system)
    lines = (meta(), turn(), count(A, A))
    Codex(machine).rollout(*lines, folder=home / folder / "archived_sessions")
    assert sums(machine, "codex") == {(DAY, MODEL): burned(A)}


def test_compressed_rollouts_are_named(logs: Codex) -> None:
    path = logs.rollout(meta(), turn(), count(A, A))
    path.with_name("rollout-old.jsonl.zst").write_bytes(b"zstd")
    assert logs.counted() == burned(A)
    notes = scanned(logs.machine, "codex").tools[0].found.notes
    assert notes == ("1 compressed rollouts (*.jsonl.zst) are there and not read",)


def test_a_thread_copied_under_a_new_id_without_a_word_counts_once(logs: Codex) -> None:
    """Lines older than the file they stand in are somebody else's."""
    history = (turn(), count(A, A, "10:00:10"), count(plus(A, B), B, "10:00:20"))
    logs.rollout(meta(), *history, name="a")
    logs.rollout(meta(CHILD, "11:00:00"), *history, count(plus(A, B, C), C, "11:00:10"), name="b")
    assert logs.counted() == burned(A, B, C)


@pytest.mark.parametrize("seed", range(6))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "codex", codex.generate, seed, codex.TRAPS)


@pytest.mark.parametrize("trap", codex.TRAPS)
def test_a_corpus_with_one_trap_gives_its_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "codex", codex.generate, 77, (trap,))


@pytest.mark.parametrize("seed", range(4))
def test_files_that_come_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "codex", codex.generate, seed, ".jsonl")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("head", [4096, 1 << 18])
def test_reading_on_at_any_newline_gives_the_same_facts(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, seed: int, head: int
) -> None:
    monkeypatch.setattr(readers_codex, "_HEAD_BYTES", head)
    traps = set(codex.TRAPS) - {"half_line", "no_end"}
    codex.generate(machine.home, random.Random(seed), sessions=3, traps=traps)
    for path in sorted(machine.home.rglob("*.jsonl")):
        check_resuming(READER, path)


def test_a_rollout_that_grows_counts_at_each_line_as_if_read_anew(machine: Machine) -> None:
    codex.generate(machine.home, random.Random(5), sessions=1, traps=("records", "compaction"))
    check_appending(machine, "codex", next(machine.home.rglob("*.jsonl")))
