"""Honest people, as wild as real ones: what they burn, on which machines, and how they send it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from random import Random

from benchmarks.trust.agents import (
    LOCAL,
    PREVIEWS,
    TOOLS,
    Habit,
    day_of,
    habit_of,
)
from benchmarks.trust.sending import (
    EVER,
    Cadence,
    cadence_of,
    moments_of,
    scaled,
    sends_of,
    settle_truth,
    tells_of,
)
from benchmarks.trust.story import Cell, Logs, Person, Send, Tells
from submissions.report import UsageRow

END = date(2026, 11, 15)
DAYS = 120
MOST_DAY_COST = 4_300
"""Dollars; what is over the hard limit is for a person to look at, honest or not."""

KINDS: Mapping[str, float] = {
    "regular": 24, "heavy": 9, "monster": 1.5, "weekender": 8, "ci_robot": 4, "cache_heavy": 6,
    "traveller": 5, "several_devices": 8, "local_models": 4, "returning": 4, "reinstaller": 4,
    "job_changer": 4, "whole_history": 5, "student": 7, "hackathon": 2.5, "team": 2,
    "early_adopter": 2, "better_reader": 2, "synced_folder": 1.5,
}  # fmt: skip
LEVELS: Mapping[str, tuple[float, float]] = {
    "regular": (150, 0.8), "heavy": (1_300, 0.6), "monster": (5_000, 0.6),
    "weekender": (120, 0.8), "ci_robot": (700, 0.9), "cache_heavy": (450, 0.7),
    "traveller": (200, 0.7), "several_devices": (260, 0.8), "local_models": (160, 0.9),
    "returning": (150, 0.9), "reinstaller": (180, 0.8), "job_changer": (40, 0.7),
    "whole_history": (170, 1.0), "student": (9, 0.7), "hackathon": (40, 0.7), "team": (200, 0.6),
    "early_adopter": (250, 0.7), "better_reader": (180, 0.8), "synced_folder": (180, 0.8),
}  # fmt: skip
"""Requests on an active day: median over people, and how far people of a kind lie apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one person lives: what a day of theirs depends on."""

    kind: str
    tame: bool
    first: date
    last: date
    level: float
    workday: float
    weekend: float
    wobble: float
    growth: float
    zone: int
    owl: int
    habits: tuple[tuple[str, Habit, float], ...]
    """(device, way with a tool, how often)."""
    tells_hours: bool
    step: date | None = None
    step_factor: float = 1.0
    away: frozenset[date] = frozenset()
    wild: Mapping[date, float] | None = None


def weights_of(life: Life, day: date) -> list[float]:
    """When they work, by UTC hour."""
    if life.kind == "ci_robot":
        return [1.0] * 24
    zone = life.zone
    if life.kind == "traveller" and life.step and day >= life.step:
        zone += 9
    local = [0.02] * 7 + [0.2, 0.7, 1, 1.2, 1.1, 0.6, 0.9, 1.2, 1.2, 1.1, 0.9, 0.5]
    local += [0.4, 0.6, 0.6, 0.4, 0.15]
    return [local[(hour + zone - life.owl) % 24] for hour in range(24)]


def logs_of(rng: Random, life: Life) -> Logs:
    """Everything that a life leaves on its machines."""
    logs: Logs = {device: {} for device, _, _ in life.habits}
    span = max(1, (life.last - life.first).days)
    for number in range(span + 1):
        day = life.first + timedelta(days=number)
        chance = life.weekend if day.weekday() >= 5 else life.workday
        wild = (life.wild or {}).get(day)
        if (rng.random() >= chance or day in life.away) and wild is None:
            continue
        requests = life.level * exp(life.growth * number / span + rng.gauss(0, life.wobble))
        if life.step and day >= life.step:
            requests *= life.step_factor
        if not life.tame and rng.random() < 0.03:
            requests *= rng.uniform(2, 6)
        requests = wild if wild is not None else requests
        for cell, device in _cells(rng, life, day, requests):
            logs[device][cell.client, day] = cell
    return logs


def _cells(rng: Random, life: Life, day: date, requests: float) -> list[tuple[Cell, str]]:
    used = [
        (device, habit, often * rng.uniform(0.4, 1.6))
        for device, habit, often in life.habits
        if rng.random() < often
    ] or [life.habits[0]]
    whole = sum(often for _, _, often in used)
    for _ in range(12):
        cells: dict[tuple[str, str], tuple[Cell, str]] = {}
        for device, habit, often in used:
            cell = day_of(
                rng,
                habit=habit,
                day=day,
                requests=max(1, round(requests * often / whole)),
                hours=weights_of(life, day),
                log=rng.getrandbits(52) | 1,
                tell_hours=life.tells_hours,
                extra_model=_preview(rng, life, day),
            )
            cells[device, cell.client] = (cell, device)
        found = list(cells.values())
        cost = sum(cell.cost for cell, _ in found) / 1e6 if requests > 2_000 else 0
        if cost <= MOST_DAY_COST:
            break
        requests *= 0.95 * MOST_DAY_COST / cost
    return found


def _preview(rng: Random, life: Life, day: date) -> str:
    if life.kind != "early_adopter":
        return ""
    for name, since in reversed(PREVIEWS):
        if since <= day <= since + timedelta(days=25) and rng.random() < 0.4:
            return name
    return ""


def life_of(rng: Random, *, kind: str, tells: Tells, tame: bool, name: str) -> Life:
    """Draws a life of that kind."""
    level, spread = LEVELS[kind]
    begin = END - timedelta(days=DAYS - 1)
    joined = begin + timedelta(days=round(rng.uniform(0, 0.75) * DAYS))
    past = rng.randint(3, 30)
    if kind == "whole_history":
        past = rng.randint(90, 320)
    gone = joined + timedelta(days=rng.randint(20, 90)) if rng.random() < 0.2 else END
    last = min(END, gone) if kind != "returning" else END
    length = (last - joined).days
    robot = kind == "ci_robot"
    workday = 1.0 if robot else rng.uniform(0.45, 0.98)
    weekend = 1.0 if robot else workday * rng.choice((0.1, 0.2, 0.5, 0.9))
    if kind == "weekender":
        workday, weekend = 0.06, 0.9
    if kind == "student":
        workday, weekend = 0.25, 0.2
    first = joined - timedelta(days=past)
    steps = {"job_changer": rng.uniform(5, 20), "traveller": 1.0}
    away: set[date] = set()
    if kind == "returning":
        start = rng.randint(5, 25)
        first = joined - timedelta(days=120)
        away = {first + timedelta(days=start + n) for n in range(rng.randint(60, 100))}
    median = level * exp(rng.gauss(0, spread * (0.7 if tame else 1.0)))
    return Life(
        kind=kind,
        tame=tame,
        first=first,
        last=last,
        level=median,
        workday=workday,
        weekend=weekend,
        wobble=rng.uniform(0.05, 0.25) if robot else rng.uniform(0.35, 0.6 if tame else 1.0),
        growth=rng.gauss(0.3, 0.25 if tame else 0.7),
        zone=rng.choice((-8, -6, -5, 0, 1, 2, 3, 5, 8, 9, 10, 12)),
        owl=rng.choice((0, 0, 0, 2, 4, -2)),
        habits=_habits(rng, kind=kind, tells=tells, name=name),
        tells_hours=tells.hours,
        step=joined + timedelta(days=rng.randint(5, max(6, length))) if kind in steps else None,
        step_factor=steps.get(kind, 1.0),
        away=frozenset(away),
        wild=_wild(rng, kind=kind, first=first, last=last),
    )


def _wild(rng: Random, *, kind: str, first: date, last: date) -> dict[date, float]:
    """Days that are nothing like the others: requests of each."""
    length = (last - first).days + 1
    if kind == "hackathon":
        start = first + timedelta(days=rng.randrange(length))
        days = [start + timedelta(days=n) for n in range(rng.choice((1, 2, 2, 3)))]
        return {day: rng.uniform(1_500, 7_000) for day in days if day <= last}
    if kind == "monster":
        days = [first + timedelta(days=rng.randrange(length)) for _ in range(rng.randint(2, 25))]
        return {day: rng.uniform(15_000, 75_000) for day in days}
    return {}


def _habits(
    rng: Random, *, kind: str, tells: Tells, name: str
) -> tuple[tuple[str, Habit, float], ...]:
    tools = list(TOOLS[:1] if rng.random() < 0.55 else TOOLS[:2])
    if rng.random() < 0.4:
        tools.append(rng.choices(TOOLS[2:], weights=[tool.weight for tool in TOOLS[2:]])[0])
    if rng.random() < 0.18:
        tools = [TOOLS[1]]
    if kind == "local_models":
        tools = [LOCAL, *tools[: rng.randint(0, 1)]]
    if tells.wire == "ccusage":
        tools = tools[:1] if tools[0].client in ("claude", "codex") else [TOOLS[0]]
    if kind == "cache_heavy":
        tools = [tool for tool in tools if tool.caching == "written"] or [TOOLS[0]]
    machines = 1
    if kind == "several_devices":
        machines = rng.choice((2, 2, 3, 4))
    elif rng.random() < 0.12:
        machines = 2
    habits = []
    for machine in range(machines):
        for place, tool in enumerate(tools):
            habit = habit_of(rng, tool, careful=kind == "cache_heavy")
            if tool is LOCAL:
                habit = replace(habit, lines=(("local", 1.0),))
            often = (1.0 if machine == 0 else rng.uniform(0.2, 0.7)) * (
                1.0 if place == 0 else rng.uniform(0.15, 0.8)
            )
            habits.append((f"{name}-machine-{machine}", habit, often))
    return tuple(habits)


def honest_person(seed: str, *, kind: str, name: str, tame: bool) -> Person:
    """Somebody of that kind with all their reports."""
    rng = Random(f"{seed}:{name}")
    tells = tells_of(rng)
    life = life_of(rng, kind=kind, tells=tells, tame=tame, name=name)
    logs = logs_of(rng, life)
    cadence: Cadence = "once" if kind == "whole_history" else cadence_of(rng)
    joined = min(END, life.first + timedelta(days=rng.randint(3, 30)))
    if kind == "whole_history":
        joined = life.last
    if kind == "returning":
        joined = life.first + timedelta(days=120)
    joined = max(joined, END - timedelta(days=DAYS - 1))
    moments = moments_of(
        rng, cadence=cadence, first=joined, last=min(END, life.last + timedelta(days=3)),
        zone=life.zone,
    )  # fmt: skip
    retention = 30 if rng.random() < 0.75 and kind not in ("whole_history", "returning") else EVER
    sends = sends_of(rng, logs=logs, tells=tells, moments=moments, retention=retention)
    sends = _AFTER.get(kind, _nothing)(rng, sends, logs, life)
    person = Person(name=name, kind=kind, sends=sends)
    return settle_truth(person, true_logs=None)


def _nothing(_rng: Random, sends: list[Send], _logs: Logs, _life: Life) -> list[Send]:
    return sends


def _reinstalled(rng: Random, sends: list[Send], _logs: Logs, _life: Life) -> list[Send]:
    """From some day the same logs come from a new machine, the old ones with them."""
    if len(sends) < 2:
        return [*sends, *(_from(send, hours=30, suffix="-new") for send in sends)]
    since = rng.randrange(1, len(sends))
    return [*sends[:since], *(_from(send, hours=0, suffix="-new") for send in sends[since:])]


def _from(send: Send, *, hours: int, suffix: str) -> Send:
    return replace(send, at=send.at + timedelta(hours=hours), device=send.device + suffix)


def _synced(rng: Random, sends: list[Send], _logs: Logs, _life: Life) -> list[Send]:
    """Two machines share the folder of logs: each sends everything, a little later."""
    twice = [
        part
        for send in sends
        for part in (send, _from(send, hours=rng.randint(1, 14), suffix="-too"))
    ]
    return sorted(twice, key=lambda send: send.at)


def _travelled(rng: Random, sends: list[Send], _logs: Logs, life: Life) -> list[Send]:
    """Who sends local days finds them cut elsewhere after a flight."""
    part = rng.uniform(0.1, 0.5)
    return [
        replace(send, cells=_cut_elsewhere(send.cells, part))
        if send.tells.wire in ("ccusage", "tokscale") and life.step and send.at.date() >= life.step
        else send
        for send in sends
    ]


def _cut_elsewhere(cells: tuple[Cell, ...], part: float) -> tuple[Cell, ...]:
    """A part of each day is booked on the next one."""
    by_place = {(cell.client, cell.day): cell for cell in cells}
    moved = []
    for cell in cells:
        before = by_place.get((cell.client, cell.day - timedelta(days=1)))
        models = {row.model: scaled(row, 1 - part) for row in cell.rows}
        for row in before.rows if before else ():
            late = replace(scaled(row, part), day=cell.day)
            mine = models.get(row.model)
            models[row.model] = late if mine is None else added(mine, late)
        moved.append(replace(cell, rows=tuple(models.values()), hours=None, log=0))
    return tuple(moved)


def added(first: UsageRow, second: UsageRow) -> UsageRow:
    """Two rows of one model as one."""
    return replace(
        first,
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cache_read_tokens=first.cache_read_tokens + second.cache_read_tokens,
        cache_write_tokens=first.cache_write_tokens + second.cache_write_tokens,
        reasoning_tokens=first.reasoning_tokens + second.reasoning_tokens,
        cache_write_1h_tokens=first.cache_write_1h_tokens + second.cache_write_1h_tokens,
        messages=first.messages + second.messages,
    )


def _read_better(rng: Random, sends: list[Send], _logs: Logs, _life: Life) -> list[Send]:
    """A newer release of the collector finds more in the same logs, the old days' too."""
    since = rng.randrange(len(sends)) if sends else 0
    found = rng.uniform(1.03, 1.5)
    return [
        send
        if number < since
        else replace(
            send,
            parser_version=2,
            cells=tuple(
                replace(
                    cell,
                    rows=tuple(
                        replace(row, output_tokens=int(row.output_tokens * found) + 1)
                        for row in cell.rows
                    ),
                )
                for cell in send.cells
            ),
        )
        for number, send in enumerate(sends)
    ]


_AFTER: Mapping[str, Callable[[Random, list[Send], Logs, Life], list[Send]]] = {
    "reinstaller": _reinstalled,
    "synced_folder": _synced,
    "traveller": _travelled,
    "better_reader": _read_better,
}


def honest_people(*, count: int, seed: str, tame: bool) -> list[Person]:
    """That many, the kinds in their proportions."""
    whole = sum(KINDS.values())
    kinds: list[str] = []
    for kind, weight in KINDS.items():
        kinds += [kind] * max(1, round(count * weight / whole))
    Random(f"{seed}:kinds").shuffle(kinds)
    kinds = (kinds + ["regular"] * count)[:count]
    people = [
        honest_person(seed, kind=kind, name=f"h{number:05d}", tame=tame)
        for number, kind in enumerate(kinds)
    ]
    return [person for person in people if person.sends]
