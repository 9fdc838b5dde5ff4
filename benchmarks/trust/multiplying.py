"""Cheats that claim more of what they have: multiples, ramps, round numbers, other classes."""

from dataclasses import replace
from datetime import timedelta
from math import exp

from benchmarks.trust.draft import Draft, multiplied, times
from benchmarks.trust.fabricating import fabricated_logs, invented, mean_person_logs
from benchmarks.trust.story import Cell
from submissions.report import UsageRow


def fabricated(draft: Draft) -> None:
    """Days drawn from a plausible distribution, ten to a hundred times their own size."""
    draft.claimed = fabricated_logs(
        draft.rng, device=draft.device, first=draft.life.first, last=draft.life.last
    )


def fabricated_means(draft: Draft) -> None:
    """Days drawn around what the public board shows of others, per message and in mix."""
    draft.claimed = mean_person_logs(
        draft.rng,
        device=draft.device,
        first=draft.life.first,
        last=draft.life.last,
        honest=draft.honest,
    )


def multiplied_whole(draft: Draft) -> None:
    """From some day, everything times 4 to 12, in whole numbers."""
    draft.change(
        times(draft.rng.randint(4, 12), messages=draft.rng.random() < 0.5), since=draft.since()
    )


def multiplied_real(draft: Draft) -> None:
    """From some day, everything times 4 to 20, and not in whole numbers."""
    draft.change(
        times(draft.rng.uniform(4, 20), messages=draft.rng.random() < 0.5), since=draft.since()
    )


def constant_multiple(draft: Draft) -> None:
    """Everything from the first day times 4 to 15, messages too."""
    draft.change(times(draft.rng.uniform(4, 15), messages=True))


def slow_ramp(draft: Draft) -> None:
    """Everything times a factor that grows from 1 to 6 to 15 over the weeks, messages too."""
    end, span = draft.rng.uniform(6, 15), max(1, (draft.life.last - draft.life.first).days)

    def change(cell: Cell) -> Cell:
        part = (cell.day - draft.life.first).days / span
        return times(end**part, messages=True)(cell)

    draft.change(change)


def swapped_classes(draft: Draft) -> None:
    """Cache reads told as output and input: the same tokens, many times the cost."""
    part = draft.rng.uniform(0.15, 0.6)
    to_output = draft.rng.uniform(0.3, 1.0)

    def swap(row: UsageRow) -> UsageRow:
        moved = int(row.cache_read_tokens * part * draft.rng.uniform(0.85, 1.15))
        moved = min(moved, row.cache_read_tokens)
        spoken = int(moved * to_output)
        return replace(
            row,
            cache_read_tokens=row.cache_read_tokens - moved,
            output_tokens=row.output_tokens + spoken,
            input_tokens=row.input_tokens + moved - spoken,
        )

    since = draft.since() if draft.rng.random() < 0.5 else None
    draft.change(
        lambda cell: replace(cell, rows=tuple(swap(row) for row in cell.rows)), since=since
    )


def invented_models(draft: Draft) -> None:
    """Large usage of models that do not exist, beside the true one."""
    names = draft.rng.sample(
        ("claude-opus-7", "gpt-7-codex", "gemini-5-ultra", "claude-titan-1", "o9-max",
         "turbo-coder-900b", "agi-preview"),
        draft.rng.randint(1, 3),
    )  # fmt: skip
    factor = draft.rng.uniform(5, 20)
    draft.change(lambda cell: invented(draft.rng, cell, names, factor), since=draft.since())


def round_numbers(draft: Draft) -> None:
    """Numbers that a person thinks of: large, and round in thousands or more."""
    factor = draft.rng.uniform(5, 20)
    step = draft.rng.choice((1_000, 5_000, 10_000, 100_000))

    def rounded(row: UsageRow) -> UsageRow:
        row = multiplied(row, factor, messages=True)
        return replace(
            row,
            input_tokens=_near(row.input_tokens, step),
            output_tokens=_near(row.output_tokens, step),
            cache_read_tokens=_near(row.cache_read_tokens, step),
            cache_write_tokens=_near(row.cache_write_tokens, step),
            reasoning_tokens=_near(row.reasoning_tokens, step),
            cache_write_1h_tokens=0,
        )

    draft.change(
        lambda cell: replace(cell, rows=tuple(rounded(row) for row in cell.rows)),
        since=draft.since(),
    )


def _near(count: int, step: int) -> int:
    return round(count / step) * step


def sleepless(draft: Draft) -> None:
    """Every day full, at every hour, without a pause: a machine that claims to talk all day."""
    rng = draft.rng
    busiest = sorted(
        (cell for log in draft.true.values() for cell in log.values()),
        key=lambda cell: -cell.tokens,
    )[:5]
    since = draft.since()
    draft.claimed = {device: dict(log) for device, log in draft.true.items()}
    target = exp(rng.gauss(19.8, 0.5))
    for number in range((draft.life.last - since).days + 1):
        day = since + timedelta(days=number)
        base = rng.choice(busiest).on(day)
        factor = target * rng.uniform(0.93, 1.07) / max(1, base.tokens)
        rows = tuple(multiplied(row, factor, messages=True) for row in base.rows)
        count = sum(row.messages for row in rows)
        hours = tuple(count // 24 for _ in range(24)) if draft.tells.hours else None
        draft.claimed[draft.device][base.client, day] = replace(
            base, rows=rows, hours=hours, log=rng.getrandbits(52) | 1
        )


def forged_evidence(draft: Draft) -> None:
    """Days ten times as large, with hashes made up so that they look as if each was backed."""
    factor = draft.rng.uniform(6, 18)
    draft.tells = replace(draft.tells, wire="native", messages=True, evidence=True)

    def change(cell: Cell) -> Cell:
        return replace(times(factor, messages=True)(cell), log=draft.rng.getrandbits(52) | 1)

    draft.change(change, since=draft.since())


def top_at_once(draft: Draft) -> None:
    """A new account whose first report puts it at the top, with a month of enormous days."""
    top = max(person.true_tokens for person in draft.honest)
    whole = sum(cell.tokens for log in draft.true.values() for cell in log.values())
    factor = top * draft.rng.uniform(0.5, 1.2) / max(1, whole)
    days = max(1, sum(len(log) for log in draft.true.values()))
    factor = min(factor, 2.5e9 * days / max(1, whole))
    draft.change(times(factor, messages=draft.rng.random() < 0.7))
