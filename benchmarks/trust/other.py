"""A second world, drawn much more simply: what somebody else's simulator of people might look like.

A day is a log-normal total, split by shares that belong to the person (fixed, or noisy by day) and
rounded down; messages are absent or proportional; most people send one report with everything.
Cheats are plain transforms of such histories. It shares no drawing with `agents`, so that signals
which only know that world's people are found out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random

from benchmarks.trust.sending import EVER, scaled, sends_of, settle_truth
from benchmarks.trust.story import Cell, Logs, Person, Send, Tells
from submissions.report import UsageRow
from submissions.rules.pricing import cost_of

END = date(2026, 11, 15)
DAYS = 120
BEGIN = END - timedelta(days=DAYS - 1)
MOST_DAY_COST = 4_500_000_000

MODELS = (
    ("claude", "claude-opus-4-8", "anthropic"), ("claude", "claude-sonnet-5", "anthropic"),
    ("claude", "claude-opus-5", "anthropic"), ("claude", "claude-haiku-4-5", "anthropic"),
    ("codex", "gpt-5.5-codex", "openai"), ("codex", "gpt-5.4", "openai"),
    ("gemini", "gemini-3.1-pro-preview", "google"), ("opencode", "glm-5", "zai"),
)  # fmt: skip
LOCAL_NAMES = ("llama-home:70b", "qwen-local", "mystery-model", "deepseek-r2-distill:14b")

KINDS: Mapping[str, float] = {
    "plain": 30, "heavy": 10, "giant": 2, "weekender": 8, "ci_robot": 5, "cache_heavy": 8,
    "two_devices": 6, "resender": 6, "returning": 5, "local": 5, "traveller": 5, "growing": 5,
    "tiny": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How a person's tokens split; `noise` is by day. `per_message` 0: not told."""

    models: tuple[tuple[str, str, str], ...]
    weights: tuple[float, ...]
    cached: float
    output: float
    written: float
    reasoning: float
    noise: float
    per_message: float


def mix_of(rng: Random, *, kind: str) -> Mix:
    """Shares drawn once; half the people keep them to the digit."""
    own = rng.sample(MODELS, rng.choice((1, 1, 2, 3)))
    client = own[0][0]
    own = [model for model in own if model[0] == client]
    cached = rng.uniform(0.9, 0.98)
    if kind == "local":
        own = [("opencode", rng.choice(LOCAL_NAMES), "local")]
        cached = 0.0
    if kind == "cache_heavy":
        cached = rng.uniform(0.97, 0.985)
    return Mix(
        models=tuple(own),
        weights=tuple(rng.uniform(0.2, 1.0) for _ in own),
        cached=cached,
        output=rng.uniform(0.08, 0.4),
        written=rng.choice((0.0, rng.uniform(0.2, 0.8))),
        reasoning=rng.choice((0.0, 0.0, rng.uniform(0.1, 0.5))),
        noise=rng.choice((0.0, 0.0, 0.02, 0.1, 0.3)),
        per_message=rng.choice((0.0, 20_000.0, 50_000.0, rng.uniform(10_000, 150_000))),
    )


def cell_of(rng: Random, mix: Mix, *, day: date, total: float) -> Cell:
    """One day of a person; its cost is kept below what anybody's must be."""
    rows = []
    for (client, model, provider), weight in zip(mix.models, mix.weights, strict=True):
        part = total * weight / sum(mix.weights)
        wobble = [exp(rng.gauss(0, mix.noise)) if mix.noise else 1.0 for _ in range(3)]
        fresh = part * (1 - mix.cached) * wobble[0]
        output = min(fresh * 0.9, fresh * mix.output * wobble[1])
        written = (fresh - output) * min(0.95, mix.written * wobble[2])
        rows.append(
            UsageRow(
                day=day,
                client=client,
                model=model,
                provider=provider,
                input_tokens=int(fresh - output - written),
                output_tokens=int(output * (1 - mix.reasoning)) + 1,
                cache_read_tokens=int(max(0.0, part - fresh)) if mix.cached else 0,
                cache_write_tokens=int(written),
                reasoning_tokens=int(output * mix.reasoning),
                messages=1 + int(part / mix.per_message) if mix.per_message else 0,
            )
        )
    cost = sum(cost_of(row) or 0 for row in rows)
    if cost > MOST_DAY_COST:
        rows = [scaled(row, MOST_DAY_COST / cost) for row in rows]
    return Cell(client=mix.models[0][0], day=day, rows=tuple(rows), log=rng.getrandbits(52) | 1)


def history_of(rng: Random, *, kind: str, mix: Mix) -> dict[tuple[str, date], Cell]:
    """120 days of log-normal totals."""
    centre = {"heavy": 18.6, "giant": 20.5, "tiny": 12.0}.get(kind, 16.3) + rng.gauss(0, 1.0)
    spread = rng.uniform(0.3, 1.1)
    chance = rng.uniform(0.4, 0.97)
    start = rng.randint(0, 40)
    pause = (rng.randint(20, 40), rng.randint(60, 100)) if kind == "returning" else (0, 0)
    log: dict[tuple[str, date], Cell] = {}
    for number in range(start, DAYS):
        day = BEGIN + timedelta(days=number)
        weekend = day.weekday() >= 5
        works = chance * (0.3 if weekend else 1.0)
        if kind == "weekender":
            works = 0.9 if weekend else 0.05
        if kind == "ci_robot":
            works, spread = 1.0, min(spread, 0.12)
        if rng.random() > works or pause[0] <= number < pause[1]:
            continue
        total = exp(centre + rng.gauss(0, spread) + (number / 60 if kind == "growing" else 0))
        if kind == "giant" and rng.random() < 0.15:
            total = rng.uniform(2e9, 6.7e9)
        cell = cell_of(rng, mix, day=day, total=max(500.0, min(total, 6.7e9)))
        log[cell.client, day] = cell
    return log


def moments_of_one(rng: Random) -> list[datetime]:
    """Once at the end as a rule; else every month or every ten days."""
    step = rng.choice((EVER, EVER, EVER, 40, 21))
    last = datetime(END.year, END.month, END.day, 12, tzinfo=UTC) + timedelta(hours=10)
    number, moments = 0, []
    while number * step < DAYS:
        moments.append(last - timedelta(days=number * step, minutes=rng.randint(0, 600)))
        number += 1
    return sorted(moments)


def honest_of(seed: str, *, kind: str, name: str) -> Person:
    """Somebody with all their reports."""
    rng = Random(f"{seed}:other:{name}")
    mix = mix_of(rng, kind=kind)
    log = history_of(rng, kind=kind, mix=mix)
    tells = Tells(
        messages=mix.per_message > 0, evidence=mix.per_message > 0 and rng.random() < 0.3,
        cost_factor=rng.choice((None, None, 1.0, 0.0)),
    )  # fmt: skip
    logs: Logs = {f"{name}-a": log}
    if kind == "two_devices":
        second = history_of(rng, kind=kind, mix=mix)
        logs[f"{name}-b"] = second
    sends = sends_of(rng, logs=logs, tells=tells, moments=moments_of_one(rng), retention=EVER)
    if kind == "resender" and sends:
        last = sends[-1]
        sends.append(replace(last, at=last.at + timedelta(hours=1), device=f"{name}-new"))
    return settle_truth(Person(name=name, kind=kind, sends=sends), true_logs=None)


Log = dict[tuple[str, date], Cell]
Folk = Sequence[Person]
Transform = Callable[[Random, Log, Folk], Log]


def _each(
    log: Mapping[tuple[str, date], Cell], factor: Callable[[date], float]
) -> dict[tuple[str, date], Cell]:
    return {
        key: replace(cell, rows=tuple(_times(row, factor(cell.day)) for row in cell.rows))
        for key, cell in log.items()
    }


def _times(row: UsageRow, factor: float) -> UsageRow:
    if factor == 1:
        return row
    return replace(
        row,
        input_tokens=int(row.input_tokens * factor),
        output_tokens=int(row.output_tokens * factor),
        cache_read_tokens=int(row.cache_read_tokens * factor),
        cache_write_tokens=int(row.cache_write_tokens * factor),
        reasoning_tokens=int(row.reasoning_tokens * factor),
        messages=int(row.messages * factor),
    )


def _middle(rng: Random) -> date:
    return BEGIN + timedelta(days=rng.randint(45, 75))


def _fabricate(rng: Random, _log: Log, _honest: Folk) -> Log:
    mix = mix_of(rng, kind="plain")
    centre = rng.uniform(18.5, 20.5)
    cells = [
        cell_of(rng, mix, day=BEGIN + timedelta(days=n), total=exp(rng.gauss(centre, 0.4)))
        for n in range(DAYS)
    ]
    return {(cell.client, cell.day): cell for cell in cells}


def _inflate(rng: Random, log: Log, _honest: Folk) -> Log:
    factor, since = rng.choice((4, 5, 8, 10, rng.uniform(4, 15))), _middle(rng)
    return _each(log, lambda day: factor if day >= since else 1)


def _constant(rng: Random, log: Log, _honest: Folk) -> Log:
    factor = rng.uniform(4, 12)
    return _each(log, lambda _day: factor)


def _ramp(rng: Random, log: Log, _honest: Folk) -> Log:
    end = rng.uniform(6, 12)
    return _each(log, lambda day: end ** ((day - BEGIN).days / DAYS))


def _copy(rng: Random, log: Log, honest: Folk) -> Log:
    own = sum(cell.tokens for cell in log.values())
    able = [person for person in honest if person.true_tokens > 5 * own] or honest
    return {
        (cell.client, cell.day): cell for cell in max(
            rng.sample(able, min(3, len(able))), key=lambda person: person.true_tokens
        ).sends[-1].cells
    }  # fmt: skip


def _copy_jitter(rng: Random, log: Log, honest: Folk) -> Log:
    off = rng.uniform(0.01, 0.05)
    return {
        key: replace(
            cell,
            rows=tuple(_times(row, rng.uniform(1 - off, 1 + off)) for row in cell.rows),
            log=rng.getrandbits(52) | 1,
        )
        for key, cell in _copy(rng, log, honest).items()
    }


def _copy_shift(rng: Random, log: Log, honest: Folk) -> Log:
    shift = timedelta(days=-rng.choice((1, 3, 7)))
    return {
        (cell.client, cell.day + shift): cell.on(cell.day + shift)
        for cell in _copy(rng, log, honest).values()
    }


def _swap(rng: Random, log: Log, _honest: Folk) -> Log:
    part = rng.uniform(0.3, 0.8)

    def swap(row: UsageRow) -> UsageRow:
        moved = int(row.cache_read_tokens * part)
        return replace(
            row,
            cache_read_tokens=row.cache_read_tokens - moved,
            output_tokens=row.output_tokens + moved,
        )

    return {
        key: replace(cell, rows=tuple(swap(row) for row in cell.rows)) for key, cell in log.items()
    }


def _replay(rng: Random, log: Log, _honest: Folk) -> Log:
    best = sorted(log.values(), key=lambda cell: -cell.tokens)[:3]
    since = _middle(rng)
    found = dict(log)
    for number in range((END - since).days + 1):
        day = since + timedelta(days=number)
        cell = replace(rng.choice(best).on(day), log=rng.getrandbits(52) | 1)
        found[cell.client, day] = cell
    return found


def _back_date(rng: Random, log: Log, _honest: Folk) -> Log:
    cells = list(log.values())
    found = dict(log)
    for ago in range(1, rng.randint(300, 900)):
        day = BEGIN - timedelta(days=ago)
        cell = rng.choice(cells).on(day)
        factor = rng.uniform(0.8, 3.0)
        found[cell.client, day] = replace(
            cell, rows=tuple(_times(row, factor) for row in cell.rows), log=rng.getrandbits(52) | 1
        )
    return found


def _invent(rng: Random, log: Log, _honest: Folk) -> Log:
    name = rng.choice(("claude-opus-9", "gpt-8", "super-model-x"))
    factor = rng.uniform(5, 15)
    return {
        key: replace(
            cell,
            rows=(*cell.rows, replace(_times(cell.rows[0], factor), model=name, provider="x")),
        )
        for key, cell in log.items()
    }


def _round(rng: Random, log: Log, _honest: Folk) -> Log:
    factor, step = rng.uniform(5, 15), rng.choice((1_000, 10_000, 1_000_000))

    def near(row: UsageRow) -> UsageRow:
        row = _times(row, factor)
        return replace(
            row,
            input_tokens=max(step, round(row.input_tokens / step) * step),
            output_tokens=max(step, round(row.output_tokens / step) * step),
            cache_read_tokens=round(row.cache_read_tokens / step) * step,
            cache_write_tokens=round(row.cache_write_tokens / step) * step,
            reasoning_tokens=0,
        )

    return {
        key: replace(cell, rows=tuple(near(row) for row in cell.rows)) for key, cell in log.items()
    }


TRANSFORMS: Mapping[str, tuple[Transform, bool]] = {
    "fabricated": (_fabricate, True), "inflated": (_inflate, True),
    "constant_multiple": (_constant, False), "slow_ramp": (_ramp, False), "copied": (_copy, True),
    "copied_jittered": (_copy_jitter, True), "copied_shifted": (_copy_shift, True),
    "swapped_classes": (_swap, True), "replayed": (_replay, True),
    "back_dated": (_back_date, True), "invented_models": (_invent, True),
    "round_numbers": (_round, True),
}  # fmt: skip


def cheat_of_other(seed: str, *, kind: str, number: int, honest: list[Person]) -> Person:
    """One cheat with all their reports."""
    name = f"o-{kind}-{number:03d}"
    rng = Random(f"{seed}:{name}")
    mix = mix_of(rng, kind="plain")
    log = history_of(rng, kind="plain", mix=mix)
    act, leaves_trace = TRANSFORMS[kind]
    tells = Tells(messages=mix.per_message > 0, evidence=False)
    moments = moments_of_one(rng)
    if kind.startswith("copied"):
        moments = [moments[-1] + timedelta(days=rng.randint(2, 4))]
    sends: list[Send] = sends_of(
        rng, logs={f"{name}-a": act(rng, log, honest)}, tells=tells, moments=moments,
        retention=EVER,
    )  # fmt: skip
    person = Person(name=name, kind=kind, cheats=True, leaves_trace=leaves_trace, sends=sends)
    settle_truth(person, true_logs={f"{name}-a": log})
    person.true_tokens = sum(cell.tokens for cell in log.values())
    person.true_cost = sum(cell.cost for cell in log.values())
    return person


def other_world(*, people: int, each: int, seed: str) -> tuple[list[Person], list[Person]]:
    """Honest people and cheats."""
    kinds: list[str] = []
    whole = sum(KINDS.values())
    for kind, weight in KINDS.items():
        kinds += [kind] * max(1, round(people * weight / whole))
    kinds = (kinds + ["plain"] * people)[:people]
    honest = [
        honest_of(seed, kind=kind, name=f"p{number:05d}") for number, kind in enumerate(kinds)
    ]
    honest = [person for person in honest if person.sends]
    cheats = [
        cheat_of_other(seed, kind=kind, number=number, honest=honest)
        for kind in TRANSFORMS
        for number in range(each)
    ]
    return honest, [person for person in cheats if person.sends]
