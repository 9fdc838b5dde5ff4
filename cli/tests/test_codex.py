"""Codex CLI's rollouts: which events are a response, whose it is, and what it burned."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from corpora import codex, rough

from ccgather_cli.machine import Machine
from ccgather_cli.readers import codex as readers_codex
from ccgather_cli.readers.codex import READER
from corpus_runs import (
    Sums,
    check_appending,
    check_changes,
    check_resuming,
    check_truth,
    scanned,
    sums,
)

DAY = "2026-05-02"
MODEL = "gpt-5.2-codex"
PARENT, CHILD = "019de800-0000-7000-8000-000000000001", "019de900-0000-7000-8000-000000000002"
PARENT_TURN, CHILD_TURN = (
    "019de801-0000-7000-8000-00000000000a",
    "019de901-0000-7000-8000-00000000000b",
)
Numbers = tuple[int, int, int, int, int]
A: Numbers = (300, 140, 5, 90, 30)
B: Numbers = (500, 200, 0, 10, 10)
C: Numbers = (70, 0, 0, 7, 0)


def plus(*parts: Numbers) -> Numbers:
    return tuple(map(sum, zip(*parts, strict=True)))  # type: ignore[return-value]


def usage(numbers: Numbers) -> dict[str, Any]:
    whole, read, written, output, reasoning = numbers
    return {
        "input_tokens": whole,
        "cached_input_tokens": read,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": whole + output,
    }


def line(kind: str, payload: Any, at: str = "10:00:00", day: str = DAY) -> dict[str, Any]:
    return {"timestamp": f"{day}T{at}.000Z", "type": kind, "payload": payload}


def count(
    total: Numbers | None, last: Numbers | None, at: str = "10:00:00", day: str = DAY, **more: Any
) -> dict[str, Any]:
    info: dict[str, Any] = {"model_context_window": 272_000, **more}
    if total is not None:
        info["total_token_usage"] = usage(total)
    if last is not None:
        info["last_token_usage"] = usage(last)
    return line("event_msg", {"type": "token_count", "info": info, "rate_limits": {}}, at, day)


def turn(model: str = MODEL, turn_id: str | None = None, at: str = "10:00:00") -> dict[str, Any]:
    payload = {"model": model, "cwd": "/x"}
    return line("turn_context", payload if turn_id is None else {**payload, "turn_id": turn_id}, at)


def meta(thread: str = PARENT, at: str = "10:00:00", **more: Any) -> dict[str, Any]:
    payload = {"id": thread, "timestamp": f"{DAY}T{at}.000Z", "model_provider": "openai", **more}
    return line("session_meta", payload, at)


def burned(*parts: Numbers) -> tuple[int, ...]:
    whole, read, written, output, reasoning = plus(*parts)
    return (whole - read - written, output - reasoning, read, written, reasoning, len(parts))


class Codex:
    """A home with rollouts."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.folder = machine.home / ".codex" / "sessions" / "2026" / "05" / "02"

    def rollout(self, *lines: Any, name: str = "a", folder: Path | None = None) -> Path:
        path = (folder or self.folder) / f"rollout-{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            b"".join(
                (text if isinstance(text, bytes) else rough.dense(text)) + b"\n" for text in lines
            )
        )
        return path

    def sums(self) -> Sums:
        return sums(self.machine, "codex")

    def counted(self) -> tuple[int, ...]:
        found = self.sums()
        assert set(found) <= {(DAY, MODEL)}
        return found.get((DAY, MODEL), (0, 0, 0, 0, 0, 0))


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


def test_a_rollout_that_stands_in_both_folders_counts_once(logs: Codex) -> None:
    lines = (meta(), turn(), count(A, A))
    logs.rollout(*lines, count(plus(A, B), B))
    logs.rollout(*lines, folder=logs.machine.home / ".codex" / "archived_sessions")
    assert logs.counted() == burned(A, B)


def test_equal_numbers_at_one_moment_in_two_threads_are_two_responses(logs: Codex) -> None:
    logs.rollout(meta(PARENT), turn(), count(A, A), name="a")
    logs.rollout(meta(CHILD), turn(), count(A, A), name="b")
    assert logs.counted() == burned(A, A)


@pytest.mark.parametrize("stamped", [False, True])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_a_forks_history_counts_once_and_its_own_part_fully(
    logs: Codex, stamped: bool, named: bool, names: tuple[str, str]
) -> None:
    turn_id = PARENT_TURN if named else None
    history = [
        meta(),
        turn(turn_id=turn_id),
        count(A, A, "10:00:10"),
        count(plus(A, B), B, "10:00:20"),
    ]
    copied = [json.loads(json.dumps(each)) for each in history]
    if stamped:
        for each in copied:
            each["timestamp"] = f"{DAY}T11:00:00.000Z"
    logs.rollout(*history, count(plus(A, B, C), C, "12:00:00"), name=names[0])
    logs.rollout(
        meta(CHILD, "11:00:00", forked_from_id=PARENT),
        *copied,
        turn(turn_id=CHILD_TURN if named else None, at="11:00:05"),
        count(plus(A, B, A), A, "11:00:09"),
        name=names[1],
    )
    assert logs.counted() == burned(A, B, C, A)


def test_a_sub_agent_that_begins_empty_is_all_its_own(logs: Codex) -> None:
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": PARENT, "depth": 1}}}
    logs.rollout(meta(), turn(turn_id=PARENT_TURN), count(A, A), name="a")
    logs.rollout(
        meta(CHILD, source=spawn),
        turn(turn_id=CHILD_TURN),
        count(B, B),
        count(plus(B, C), C),
        name="b",
    )
    assert logs.counted() == burned(A, B, C)


def test_a_childs_totals_that_begin_anew_count(logs: Codex) -> None:
    logs.rollout(meta(), turn(turn_id=PARENT_TURN), count(A, A), count(plus(A, B), B), name="a")
    logs.rollout(
        meta(CHILD, "11:00:00", forked_from_id=PARENT),
        meta(),
        turn(turn_id=PARENT_TURN),
        count(A, A, "11:00:00"),
        count(plus(A, B), B, "11:00:00"),
        turn(turn_id=CHILD_TURN),
        count(A, A, "11:00:10"),
        name="b",
    )
    assert logs.counted() == burned(A, B, A)


def test_below_the_start_ordinal_is_history(logs: Codex) -> None:
    lines = [
        meta(CHILD, "11:00:00", subagent_history_start_ordinal=3),
        turn(),
        count(A, A, "11:00:01"),
        count(plus(A, B), B, "11:00:02"),
    ]
    logs.rollout(*({**each, "ordinal": place} for place, each in enumerate(lines)))
    assert logs.counted() == burned(B)


def test_a_boundary_behind_the_end_of_a_migrated_file_does_not_hide_its_records(
    logs: Codex,
) -> None:
    record = {"thread_id": CHILD, "session_id": CHILD, "response_id": "r1", "usage": usage(A)}
    lines = [
        meta(CHILD, subagent_history_start_ordinal=99),
        turn(),
        line("token_usage_record", record),
        count(A, A),
    ]
    logs.rollout(*({**each, "ordinal": place} for place, each in enumerate(lines)))
    assert logs.counted() == burned(A)


def test_history_whose_original_is_gone_counts_on_its_own_day_once(logs: Codex) -> None:
    history = (meta(), turn(turn_id=PARENT_TURN), count(A, A, "09:00:10", day="2026-05-01"))
    for number in (1, 2):
        child = f"019de90{number}-0000-7000-8000-000000000002"
        logs.rollout(
            meta(child, "11:00:00", forked_from_id=PARENT),
            *history,
            turn(turn_id=CHILD_TURN[:7] + "f" + CHILD_TURN[8:]),
            count(plus(A, B), B, f"11:00:1{number}"),
            name=str(number),
        )
    found = logs.sums()
    assert found["2026-05-01", MODEL] == burned(A)


def test_history_stamped_anew_whose_original_is_gone_has_no_day(logs: Codex) -> None:
    logs.rollout(
        meta(CHILD, "11:00:00", forked_from_id=PARENT),
        {**meta(), "timestamp": f"{DAY}T11:00:00.000Z"},
        turn(turn_id=PARENT_TURN),
        count(A, A, "11:00:00"),
        turn(turn_id=CHILD_TURN),
        count(plus(A, B), B, "11:00:10"),
    )
    assert logs.counted() == burned(B)


def test_a_fork_of_a_fork_counts_each_part_once(logs: Codex) -> None:
    grandchild, late = (
        "019dea00-0000-7000-8000-000000000003",
        "019dea01-0000-7000-8000-00000000000c",
    )
    first = [meta(), turn(turn_id=PARENT_TURN), count(A, A, "10:00:10")]
    second = [
        meta(CHILD, "11:00:00", forked_from_id=PARENT),
        *first,
        turn(turn_id=CHILD_TURN, at="11:00:05"),
        count(plus(A, B), B, "11:00:10"),
    ]
    third = [
        meta(grandchild, "12:00:00", forked_from_id=CHILD),
        *second,
        turn(turn_id=late, at="12:00:05"),
        count(plus(A, B, C), C, "12:00:10"),
    ]
    for name, lines in (("a", third), ("b", first), ("c", second)):
        logs.rollout(*lines, name=name)
    assert logs.counted() == burned(A, B, C)


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
