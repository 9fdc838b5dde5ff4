"""Codebuff's chats: where an answer's numbers can be, and what they mean."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import codebuff

from ccgather_cli.machine import Machine
from ccgather_cli.readers.codebuff import READER
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import Sums, check_changes, check_truth, scanned, sums

DAY, MODEL = "2026-05-02", "claude-opus-4-5"
FIGURES = (10, 50, 600, 70, 0, 1)
ONE: Sums = {(DAY, MODEL): FIGURES}
CHAT = "2026-05-01T10-00-00.000Z"

Write = Callable[..., Path]


def usage(fresh: int = 10) -> dict[str, Any]:
    return {
        "inputTokens": fresh,
        "outputTokens": 50,
        "cacheReadInputTokens": 600,
        "cacheCreationInputTokens": 70,
    }


def answer(name: Any = "ai-1", **more: Any) -> dict[str, Any]:
    metadata = more.pop("metadata", {"model": MODEL, "usage": usage()})
    at = "2026-05-02T11:00:00.000Z"
    return {"id": name, "variant": "ai", "timestamp": at, "metadata": metadata, **more}


def run_state(*requests: Any) -> dict[str, Any]:
    """Metadata with the history of these requests."""
    history = [
        {"role": "assistant", "providerOptions": {"codebuff": {"usage": each, "model": MODEL}}}
        for each in requests
    ]
    agent = {"messageHistory": [{"role": "user"}, *history, {"role": "assistant"}]}
    return {"runState": {"sessionState": {"mainAgentState": agent}}}


@pytest.fixture
def write(home: Path) -> Write:
    def write_chat(
        *messages: Any, chat: str = CHAT, root: str = ".config/manicode/projects", at: str = "p"
    ) -> Path:
        path = home / root / at / "chats" / chat / "chat-messages.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(list(messages)))
        return path

    return write_chat


@pytest.fixture
def counted(machine: Machine) -> Callable[[], Sums]:
    return lambda: sums(machine, "codebuff")


Counted = Callable[[], Sums]


def times(count: int) -> Sums:
    return {(DAY, MODEL): tuple(count * value for value in FIGURES)}


def test_an_answer_gives_its_four_classes(write: Write, counted: Counted) -> None:
    write({"id": "user-1", "variant": "user", "metadata": {"usage": usage()}}, answer())
    assert counted() == ONE


@pytest.mark.parametrize(
    "metadata",
    [
        {"model": MODEL, "codebuff": {"usage": usage()}},
        {"codebuff": {"usage": usage(), "model": MODEL}},
        {"model": MODEL, "usage": usage(), "codebuff": {"usage": usage()}},
        {"model": MODEL, "usage": {"inputTokens": 10}, "codebuff": {"usage": usage()}},
        {"usage": {**usage(), "model": MODEL}},
        run_state(usage()),
    ],
)
def test_the_numbers_may_be_in_several_places_and_count_once(
    write: Write, counted: Counted, metadata: Any
) -> None:
    write(answer(metadata=metadata))
    assert counted() == ONE


def test_all_requests_of_an_answer_count(write: Write, counted: Counted) -> None:
    write(answer(metadata=run_state(usage(1), usage(2), usage(2))))
    assert counted() == {(DAY, MODEL): (5, 150, 1800, 210, 0, 3)}


def test_a_history_repeats_the_answers_before(write: Write, counted: Counted) -> None:
    write(
        answer("ai-1", metadata=run_state(usage(1))),
        answer("ai-2", metadata={"model": MODEL, "usage": usage(2)}),
        answer("ai-3", metadata=run_state(usage(1), usage(2), usage(4))),
    )
    assert counted() == {(DAY, MODEL): (7, 150, 1800, 210, 0, 3)}


def test_a_history_with_two_models_counts_for_each(write: Write, counted: Counted) -> None:
    metadata = run_state(usage(), usage())
    history = metadata["runState"]["sessionState"]["mainAgentState"]["messageHistory"]
    history[2]["providerOptions"]["codebuff"]["model"] = "gpt-5"
    write(answer(metadata=metadata))
    assert counted() == {**ONE, (DAY, "gpt-5"): FIGURES}


@pytest.mark.parametrize(
    ("told", "figures"),
    [
        (
            {
                "prompt_tokens": 700,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 600},
                "completion_tokens_details": {"reasoning_tokens": 20},
            },
            (100, 30, 600, 0, 20, 1),
        ),
        (
            {
                "promptTokens": 700,
                "completionTokens": 50,
                "promptTokensDetails": {"cachedTokens": 900},
            },
            (0, 50, 700, 0, 0, 1),
        ),
        (
            {"inputTokens": 700, "outputTokens": 50, "cachedInputTokens": 600},
            (100, 50, 600, 0, 0, 1),
        ),
        (
            {
                "input_tokens": "10",
                "output_tokens": 50,
                "cache_read_input_tokens": 600,
                "cache_creation_input_tokens": None,
            },
            (10, 50, 600, 0, 0, 1),
        ),
    ],
)
def test_keys_of_other_interfaces_are_read_as_they_are_meant(
    write: Write, counted: Counted, told: Any, figures: tuple[int, ...]
) -> None:
    write(answer(metadata={"model": MODEL, "usage": told}))
    assert counted() == {(DAY, MODEL): figures}


def flags_of(path: Path) -> list[int]:
    log = log_file(path)
    facts = Facts("codebuff")
    assert log is not None
    READER.extract(log, facts, start=0, progressed=lambda _: None)
    return [row[FLAGS] for row in facts.rows]


@pytest.mark.parametrize(
    ("chat", "day"), [(CHAT, "2026-05-01"), ("a chat", "2026-01-01"), ("", "2026-01-01")]
)
def test_a_time_without_a_day_is_the_chats_else_the_files(
    write: Write, counted: Counted, chat: str, day: str
) -> None:
    path = write(answer(timestamp="11:00 AM"), chat=chat)
    os.utime(path, (1_767_225_600,) * 2)
    assert counted() == {(day, MODEL): FIGURES}
    assert flags_of(path) == [ESTIMATE]


def test_a_chat_in_two_projects_counts_once(write: Write, counted: Counted) -> None:
    write(answer("ai-1"), answer("ai-2"))
    write(answer("ai-1"), at="q")
    assert counted() == times(2)


def test_the_same_id_in_two_chats_is_two_answers(write: Write, counted: Counted) -> None:
    write(answer())
    write(answer(), chat="2026-05-01T11-00-00.000Z")
    assert counted() == times(2)


def test_answers_without_ids_are_told_apart_by_their_place(write: Write, counted: Counted) -> None:
    write(answer(None), answer(None))
    assert counted() == times(2)


def test_credits_without_tokens_are_nothing(write: Write, machine: Machine) -> None:
    write(answer(metadata={}, credits=5), answer("ai-2", metadata=None, credits=5))
    assert sums(machine, "codebuff") == {}
    assert scanned(machine, "codebuff").tools[0].records == 0


def test_a_broken_message_costs_that_message(write: Write, machine: Machine) -> None:
    write(answer("a"), 7, answer("b", metadata=[1]), answer("c", metadata={"usage": 5}), answer())
    assert sums(machine, "codebuff") == times(2)
    assert scanned(machine, "codebuff").skipped == {"a message in a shape that is not known": 2}


def test_a_chat_that_ends_in_the_middle_counts_up_to_there(write: Write, counted: Counted) -> None:
    path = write(answer("a"), answer("b"))
    path.write_bytes(path.read_bytes()[:-20])
    assert counted() == ONE


@pytest.mark.parametrize("channel", ["manicode", "manicode-dev", "manicode-staging"])
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_every_channel_is_read_on_every_system(
    write: Write, home: Path, channel: str, system: Any
) -> None:
    write(answer(), root=f".config/{channel}/projects")
    assert sums(Machine(home, {}, system), "codebuff") == ONE


def test_the_environment_names_another_folder(write: Write, home: Path) -> None:
    write(answer(), root="moved/projects")
    machine = Machine(home, {"CODEBUFF_DATA_DIR": str(home / "moved")}, "linux")
    assert sums(machine, "codebuff") == ONE


@pytest.mark.parametrize("seed", range(12))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "codebuff", codebuff.generate, seed, codebuff.TRAPS)


@pytest.mark.parametrize("trap", codebuff.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "codebuff", codebuff.generate, 1, [trap])


@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, seed: int) -> None:
    check_changes(machine, "codebuff", codebuff.generate, seed, ".json")
