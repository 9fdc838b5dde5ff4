"""Droid's sessions: totals whose day has to be told from elsewhere."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpora import droid

from ccgather_cli.machine import Machine
from ccgather_cli.readers.droid import READER
from ccgather_cli.reading.facts import ESTIMATE, FLAGS, Facts
from ccgather_cli.reading.interface import log_file
from corpus_runs import Sums, check_changes, check_truth, scanned, sums

DAY, MODEL = "2026-05-02", "claude-opus-4-5-20251101"
FIGURES = (100, 50, 600, 70, 20, 1)
ONE: Sums = {(DAY, MODEL): FIGURES}
USAGE = {
    "inputTokens": 100,
    "outputTokens": 50,
    "cacheCreationTokens": 70,
    "cacheReadTokens": 600,
    "thinkingTokens": 20,
}
SETTINGS = {
    "model": MODEL,
    "providerLock": "anthropic",
    "providerLockTimestamp": "2026-05-02T10:00:00.000Z",
    "tokenUsage": USAGE,
}
NEW_YEAR = 1_767_225_600

Write = Callable[..., Path]


def said(at: str, role: str = "assistant", text: str = "done") -> str:
    message = {"role": role, "content": [{"type": "text", "text": text}]}
    return json.dumps({"type": "message", "timestamp": at, "message": message}) + "\n"


@pytest.fixture
def write(home: Path) -> Write:
    def write_session(*transcript: str, name: str = "s1", project: str = "-p", **more: Any) -> Path:
        path = home / ".factory/sessions" / project / f"{name}.settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        settings = {**SETTINGS, **more}
        path.write_text(json.dumps({key: value for key, value in settings.items() if value}))
        if transcript:
            (path.parent / f"{name}.jsonl").write_text("".join(transcript))
        os.utime(path, (NEW_YEAR, NEW_YEAR))
        return path

    return write_session


def flags_of(path: Path) -> list[int]:
    log = log_file(path)
    facts = Facts("droid")
    assert log is not None
    READER.extract(log, facts, start=0, progressed=lambda _: None)
    return [row[FLAGS] & ESTIMATE for row in facts.rows]


def test_a_session_gives_five_disjoint_classes(write: Write, machine: Machine) -> None:
    write()
    assert sums(machine, "droid") == ONE


def test_a_session_is_booked_on_the_day_its_provider_was_locked(
    write: Write, machine: Machine
) -> None:
    write(said("2026-05-02T11:00:00.000Z"), said("2026-05-09T11:00:00.000Z"))
    assert sums(machine, "droid") == ONE


def test_an_answer_before_the_lock_is_the_first(write: Write, machine: Machine) -> None:
    write(said("2026-05-01T11:00:00.000Z"), said("2026-05-09T11:00:00.000Z"))
    assert set(sums(machine, "droid")) == {("2026-05-01", MODEL)}


def test_a_question_before_the_lock_is_not_an_answer(write: Write, machine: Machine) -> None:
    write(said("2026-05-01T11:00:00.000Z", "user"), said("2026-05-02T11:00:00.000Z"))
    assert sums(machine, "droid") == ONE


def test_without_a_lock_the_first_answer_counts_and_else_the_file(
    write: Write, machine: Machine
) -> None:
    write(said("2026-05-07T11:00:00.000Z"), name="a", providerLockTimestamp=None)
    write(name="b", providerLockTimestamp=None)
    assert set(sums(machine, "droid")) == {("2026-05-07", MODEL), ("2026-01-01", MODEL)}


def test_the_day_is_exact_for_a_session_of_one_day_and_else_an_estimate(write: Write) -> None:
    one, two = said("2026-05-02T11:00:00.000Z"), said("2026-05-03T11:00:00.000Z")
    assert flags_of(write(one, name="a")) == [0]
    assert flags_of(write(one, two, name="b")) == [ESTIMATE]
    assert flags_of(write(name="c")) == [ESTIMATE]


def test_a_session_that_grows_stays_on_its_day(write: Write, machine: Machine) -> None:
    write(said("2026-05-02T11:00:00.000Z"))
    sums(machine, "droid", use_cache=True)
    grown = {**USAGE, "inputTokens": 5000}
    write(said("2026-05-02T11:00:00.000Z"), said("2026-05-08T11:00:00.000Z"), tokenUsage=grown)
    assert sums(machine, "droid", use_cache=True) == {(DAY, MODEL): (5000, *FIGURES[1:])}


def test_a_transcript_that_changed_is_noticed(write: Write, machine: Machine) -> None:
    path = write(model=None)
    assert set(sums(machine, "droid", use_cache=True)) == {(DAY, "claude-unknown")}
    path.with_name("s1.jsonl").write_text(said("2026-05-02T11:00:00.000Z", text="Model: Kimi K2"))
    assert set(sums(machine, "droid", use_cache=True)) == {(DAY, "kimi-k2")}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (MODEL, MODEL),
        ("gpt-5.1-codex", "gpt-5.1-codex"),
        ("custom:GLM-4.6-[Z.AI]-0", "glm-4-6-0"),
        ("custom:Claude-Opus-4.5-Thinking-[Anthropic]-0", "claude-opus-4-5-thinking-0"),
        ("Claude-Sonnet-4-[Anthropic]", "claude-sonnet-4"),
    ],
)
def test_a_models_name_is_freed_of_the_persons_configuration(
    write: Write, machine: Machine, model: str, name: str
) -> None:
    write(model=model)
    assert sums(machine, "droid") == {(DAY, name): FIGURES}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<system-reminder>\nModel: Claude Opus 4.5 [Anthropic]\nToday", "claude-opus-4-5"),
        ("nothing", "claude-unknown"),
    ],
)
def test_without_a_model_the_transcript_may_name_it(
    write: Write, machine: Machine, text: str, name: str
) -> None:
    write(said("2026-05-02T10:00:00.000Z", "user", text), model=None)
    assert sums(machine, "droid") == {(DAY, name): FIGURES}


@pytest.mark.parametrize(
    ("provider", "name"),
    [("openai", "gpt-unknown"), ("z.ai", "z.ai-unknown"), (None, "unknown")],
)
def test_without_any_model_the_provider_is_all_that_is_known(
    write: Write, machine: Machine, provider: Any, name: str
) -> None:
    write(model=None, providerLock=provider)
    assert sums(machine, "droid") == {(DAY, name): FIGURES}


def test_a_session_in_two_projects_counts_once_with_its_later_total(
    write: Write, machine: Machine
) -> None:
    write(project="-a", tokenUsage={**USAGE, "outputTokens": 1})
    write(project="-b")
    assert sums(machine, "droid") == ONE


def test_a_session_without_answers_and_a_file_that_is_none_give_nothing(
    write: Write, machine: Machine
) -> None:
    write(name="a", tokenUsage=dict.fromkeys(USAGE, 0))
    write(name="b").write_text('{"tokenUsage":{"inputTok')
    assert sums(machine, "droid") == {}
    assert scanned(machine, "droid").skipped == {"not readable as JSON": 1}


def test_a_total_in_other_words_is_told_of(write: Write, machine: Machine) -> None:
    write(tokenUsage={"prompt": 100})
    found = scanned(machine, "droid")
    assert found.skipped == {"a total without numbers that are known": 1}
    assert found.tools[0].looks_changed


def test_another_counters_variable_is_read_in_addition(home: Path) -> None:
    path = home / "moved/s1.settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps(SETTINGS))
    machine = Machine(home, {"DROID_SESSIONS_DIR": str(home / "moved")}, "macos")
    assert sums(machine, "droid") == ONE


@pytest.mark.parametrize("seed", range(10))
def test_a_corpus_with_every_trap_gives_its_truth(machine: Machine, seed: int) -> None:
    check_truth(machine, "droid", droid.generate, seed, droid.TRAPS)


@pytest.mark.parametrize("trap", droid.TRAPS)
def test_each_trap_alone_gives_the_truth(machine: Machine, trap: str) -> None:
    check_truth(machine, "droid", droid.generate, 1, [trap])


@pytest.mark.parametrize("ext", [".settings.json", ".jsonl"])
def test_files_that_come_and_go_and_grow_count_as_if_read_anew(machine: Machine, ext: str) -> None:
    check_changes(machine, "droid", droid.generate, 5, ext)
