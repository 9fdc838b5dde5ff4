"""What a day with a coding agent leaves in its log, from requests up.

Each request reads the whole conversation so far, most of it from a cache, and adds an answer and
the results of tools; a full context is compacted and grows again. Everything that a log says of a
day, classes, messages and hours, follows from its sessions, so that it hangs together as in life.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, sqrt
from random import Random
from typing import Literal

from benchmarks.trust.story import Cell
from ccgather.site.demo.market import MODELS, Model
from submissions.report import UsageRow

Caching = Literal["written", "automatic", "partial", "none"]
"""Written: cache writes are counted (Claude). Automatic: cached reads in steps of 128 tokens, no
writes (Codex). Partial: some requests find a cache. None: every request pays for all it reads."""

MAX_SESSIONS = 48
HOURS = 24


@dataclass(frozen=True, slots=True)
class Tool:
    """A client id, how many people have it, its lines of models and what its logs say."""

    client: str
    weight: float
    lines: tuple[str, ...]
    caching: Caching
    context: int = 190_000
    says_reasoning: bool = False


TOOLS = (
    Tool("claude", 100, ("opus", "sonnet", "haiku", "fable"), "written"),
    Tool("codex", 55, ("codex", "gpt"), "automatic", 260_000, says_reasoning=True),
    Tool("opencode", 16, ("sonnet", "glm", "kimi", "grok", "deepseek"), "written", 180_000),
    Tool("gemini", 14, ("gemini", "flash"), "partial", 700_000, says_reasoning=True),
    Tool("qwen", 3, ("qwen",), "partial", 240_000),
    Tool("roocode", 4, ("sonnet", "gemini", "deepseek"), "written", 160_000),
    Tool("droid", 4, ("opus", "gpt"), "written", 180_000),
)
LOCAL = Tool("opencode", 0, ("local",), "none", 60_000)

LINE_WEIGHTS = {"opus": 6, "sonnet": 5, "haiku": 1.5, "fable": 0.8, "codex": 6, "gpt": 3}
LOCAL_MODELS = (
    "qwen3-coder:30b", "qwen3-coder-next-80b-q4_k_m", "gpt-oss:120b", "devstral-small-2:24b",
    "llama-4-scout-local", "glm-4.7-flash-mlx-8bit", "my-finetune-v3", "lmstudio/gemma-4-31b",
)  # fmt: skip
UNPRICED = (
    Model("qwen3.5-coder-plus", "alibaba", "qwen", date(2026, 2, 1), 2),
    Model("qwen4-coder", "alibaba", "qwen", date(2026, 8, 12), 2),
)
PREVIEWS = (("stealth-owl-alpha", date(2026, 9, 9)), ("claude-opus-6-preview", date(2026, 11, 3)))
"""Names that no table has on the day they come out."""

_BY_LINE: dict[str, list[Model]] = {}
for _model in (*MODELS, *UNPRICED):
    _BY_LINE.setdefault(_model.line, []).append(_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How one person works with one tool. Token figures are medians a request or a session."""

    tool: Tool
    lines: tuple[tuple[str, float], ...]
    local_model: str
    lag_days: int
    stays_behind: bool
    start: float
    growth: float
    answer: float
    typed: float
    session: float
    spread: float
    context: float
    resumes: float
    helpers: float
    cached: float
    reasons: float
    hour_writes: float
    day_drift: float


def habit_of(rng: Random, tool: Tool, *, careful: bool = False) -> Habit:
    """A person's way with a tool, drawn once. `careful` people keep sessions long and warm."""
    lines = list(tool.lines)
    rng.shuffle(lines)
    lines.sort(key=lambda line: -LINE_WEIGHTS.get(line, 2) * rng.uniform(0.3, 1.0))
    count = min(len(lines), rng.choice((1, 1, 2, 2, 3)))
    shares = [1.0, rng.uniform(0.05, 0.6), rng.uniform(0.02, 0.3)]
    answer = 210 * exp(rng.gauss(0, 0.45))
    return Habit(
        tool=tool,
        lines=tuple(zip(lines[:count], shares, strict=False)),
        local_model=rng.choice(LOCAL_MODELS),
        lag_days=0 if rng.random() < 0.25 else rng.randint(0, 30),
        stays_behind=rng.random() < 0.08,
        start=22_000 * exp(rng.gauss(0, 0.35)),
        growth=answer + 650 * exp(rng.gauss(0, 0.5)),
        answer=answer,
        typed=rng.choice((3.0, 4.0, 6.0, 9.0, 40.0, 120.0)) * exp(rng.gauss(0, 0.4)),
        session=(90 if careful else 38) * exp(rng.gauss(0, 0.45)),
        spread=rng.uniform(0.5, 1.1),
        context=tool.context * rng.uniform(0.55, 0.98),
        resumes=0.01 if careful else 0.03 * exp(rng.gauss(0, 0.8)),
        helpers=rng.choice((0.0, 0.0, 0.1, 0.25, 0.5)),
        cached=rng.uniform(0.35, 0.9) if tool.caching == "partial" else rng.uniform(0.9, 0.995),
        reasons=rng.uniform(0.2, 0.75),
        hour_writes=rng.choice((0.0, 0.0, 0.0, 0.4, 1.0)),
        day_drift=rng.uniform(0.05, 0.35),
    )


def model_on(habit: Habit, line: str, day: date, rng: Random) -> tuple[str, str]:
    """Name and provider of the model of a line that this person uses on a day."""
    if line == "local":
        return habit.local_model, "local"
    known = [
        model for model in _BY_LINE[line] if model.since + timedelta(days=habit.lag_days) <= day
    ]
    out = [model for model in _BY_LINE[line] if model.since <= day]
    known = known or out[:1]
    if not known:  # before the first of its line was out
        return ("gpt-5", "openai") if line in ("codex", "gpt") else ("claude-sonnet-4", "anthropic")
    newest = known[-1]
    if len(known) > 1 and (habit.stays_behind or rng.random() < 0.04):
        newest = known[-2]
    return newest.name, newest.provider


@dataclass(slots=True)
class _Sum:
    """What was burned on one model of one tool so far."""

    input: float = 0
    output: float = 0
    read: float = 0
    written: float = 0
    reasoning: float = 0
    messages: int = 0


def day_of(
    rng: Random,
    *,
    habit: Habit,
    day: date,
    requests: int,
    hours: Sequence[float],
    log: int,
    tell_hours: bool,
    extra_model: str = "",
) -> Cell:
    """The log of one day with about that many requests. `hours` are 24 weights."""
    sums: dict[tuple[str, str], _Sum] = {}
    at_hour = [0] * HOURS
    drift = exp(rng.gauss(0, habit.day_drift))
    left = max(1, requests)
    longest = max(1, left // MAX_SESSIONS)
    while left > 0:
        size = max(1, round(habit.session * exp(rng.gauss(0, habit.spread))), longest)
        size = min(size, left)
        left -= size
        helper = rng.random() < habit.helpers
        line = _line(rng, habit, helper=helper)
        model = (extra_model, "unknown") if extra_model else model_on(habit, line, day, rng)
        into = sums.setdefault(model, _Sum())
        _session(rng, habit, size, into, drift=drift, helper=helper)
        if tell_hours:
            _spread(rng, hours, size, at_hour)
    rows = tuple(
        _row(rng, habit, day, name, provider, found)
        for (name, provider), found in sorted(sums.items())
    )
    return Cell(
        client=habit.tool.client,
        day=day,
        rows=rows,
        hours=tuple(at_hour) if tell_hours else None,
        log=log,
    )


def _line(rng: Random, habit: Habit, *, helper: bool) -> str:
    if helper and len(habit.lines) > 1:
        return habit.lines[-1][0]
    draw = rng.random() * sum(share for _, share in habit.lines)
    for line, share in habit.lines:
        draw -= share
        if draw <= 0:
            return line
    return habit.lines[0][0]


def _session(
    rng: Random, habit: Habit, size: int, into: _Sum, *, drift: float, helper: bool
) -> None:
    """Adds one session of `size` requests: a saw-tooth of contexts between start and full."""
    start = habit.start * exp(rng.gauss(0, 0.3)) * (0.6 if helper else 1.0)
    grown = max(60.0, habit.growth * drift * exp(rng.gauss(0, 0.5)))
    tooth = max(2, int((habit.context - start) / grown))
    full, rest = divmod(size, tooth)
    read = full * (tooth * start + grown * tooth * (tooth - 1) / 2)
    read += rest * start + grown * rest * (rest - 1) / 2
    mean = read / size
    resumes = sum(rng.random() < habit.resumes for _ in range(min(size, 60))) * max(1, size // 60)
    answer = habit.answer * sqrt(drift) * exp(rng.gauss(0, 0.8 / sqrt(size) + 0.15))
    output = max(1.0, answer * size * rng.uniform(0.9, 1.1))
    into.messages += size
    caching = habit.tool.caching
    if habit.tool.says_reasoning:
        into.reasoning += output * habit.reasons
        into.output += output * (1 - habit.reasons)
    else:
        into.output += output
    if caching == "written":
        cold = start * (full + (1 if rng.random() < 0.7 else 0.2))
        missed = min(read * 0.9, resumes * mean)
        into.written += size * grown + cold + missed
        into.read += max(0.0, read - cold * 0.7 - missed)
        into.input += size * habit.typed * exp(rng.gauss(0, 0.6))
    elif caching in ("automatic", "partial"):
        share = min(0.998, max(0.0, habit.cached + rng.gauss(0, 0.02 + 0.15 / size)))
        if caching == "automatic":
            share = min(share, max(0.0, 1 - (grown + 64) * size / max(read, 1)))
        into.read += read * share
        into.input += read * (1 - share) + size * grown
    else:
        into.input += read + size * grown


def _spread(rng: Random, weights: Sequence[float], size: int, at_hour: list[int]) -> None:
    """A session's messages over its hours: people type, robots run, about 120 an hour."""
    hour = rng.choices(range(HOURS), weights=weights)[0]
    left = size
    while left > 0:
        now = min(left, rng.randint(60, 400) if size < 3_000 else size // 8 + 1)
        at_hour[hour % HOURS] += now
        left -= now
        hour += 1


def _row(rng: Random, habit: Habit, day: date, name: str, provider: str, found: _Sum) -> UsageRow:
    read = int(found.read)
    if habit.tool.caching == "automatic":
        read = read // 128 * 128
    written = int(found.written)
    hour = int(written * habit.hour_writes * rng.uniform(0.9, 1.0))
    return UsageRow(
        day=day,
        client=habit.tool.client,
        model=name,
        provider=provider,
        input_tokens=max(1, int(found.input)),
        output_tokens=max(1, int(found.output)),
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=int(found.reasoning),
        cache_write_1h_tokens=hour if habit.tool.client == "claude" else 0,
        messages=found.messages,
    )
