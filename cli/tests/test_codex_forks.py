"""Codex CLI's forks, copies and sub-agents: whose a response is, and that it counts once."""

import json

import pytest

from ccgather_cli.machine import Machine
from codex_rollouts import (
    CHILD,
    CHILD_TURN,
    DAY,
    MODEL,
    PARENT,
    PARENT_TURN,
    A,
    B,
    C,
    Codex,
    burned,
    count,
    line,
    meta,
    plus,
    turn,
    usage,
)


@pytest.fixture
def logs(machine: Machine) -> Codex:
    return Codex(machine)


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
