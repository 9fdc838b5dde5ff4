"""Numbers that no log has: round ones, multiples of one number, and days all alike in proportion.

Only counts that were read are judged, not those that a format's sums were divided into.
"""

from collections.abc import Iterator
from math import exp, gcd, log

from submissions.rules.merge import SliceKey
from submissions.rules.signals.comb import Comb, comb_of
from submissions.rules.signals.facts import ClassCounts, SliceFacts
from submissions.rules.signals.measures import measures_of
from submissions.rules.signals.scales import median_of, quantile_of, ramp, spread_of
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import Day, View

ROUND = 1000
TELLING = 1000
"""Smaller counts are round by chance too often, and say little."""
RECENT_DAYS = 60
MANY_DAYS, LARGER, MORE_EFFORT = 8, 2.5, 4
ENOUGH_EVIDENCE = 16.0
"""Of natural logarithms: one chance in nine million."""


def values_of(counts: ClassCounts) -> tuple[int, ...]:
    """The counts of the classes that are not empty."""
    return tuple(
        value
        for value in (
            counts.input_tokens,
            counts.output_tokens,
            counts.cache_read_tokens,
            counts.cache_write_tokens,
            counts.reasoning_tokens,
        )
        if value
    )


def _read(item: SliceFacts) -> Iterator[ClassCounts]:
    """The counts by model that were read and not divided."""
    return (row.counts for row in item.models if not row.estimated)


def round_numbers(*, view: View, limits: Limits) -> Iterator[Found]:
    """Counts that end in three zeros or more, most of a day's and again and again.

    One count in a thousand does by chance. Six different ones on days where most are such is a
    number that somebody thought of, or a tool that rounds.
    """
    round_days: dict[SliceKey, int] = {}
    seen: set[int] = set()
    for item in view.large:
        values = {v for counts in _read(item) for v in values_of(counts) if v >= TELLING}
        many = {value for value in values if value % ROUND == 0}
        if len(many) >= 2 and len(many) * 2 >= len(values):
            round_days[item.key] = len(many)
            seen |= many
    if not round_days:
        return
    for past in view.facts.history:
        values = {v for v in values_of(past.counts) if v >= TELLING}
        many = {value for value in values if value % ROUND == 0}
        if len(many) * 2 >= len(values):
            seen |= many  # a robot's same day again says nothing more
    strength = ramp(len(seen), low=limits["counts"] - 2, high=limits["counts"])
    for key, count in round_days.items():
        yield Found(key, strength, {"round_counts": count, "in_all": len(seen)})


def common_divisor(*, view: View, limits: Limits) -> Iterator[Found]:
    """Counts that are all multiples of one number, over days on end.

    Input, output and cache writes together: cache reads of some providers come in steps of 128,
    reasoning in steps of 64. By chance a row of counts is even now and then, not for weeks.
    """
    for days in view.by_client.values():
        for run, divisor, values in _runs(days):
            evidence = values * log(divisor)
            if evidence < limits["evidence"]:
                continue
            for day in run:
                if day.judged and day.key in view.large_keys:
                    yield Found(day.key, 1.0, {"divisor": divisor, "counts": values})


def _runs(days: list[Day]) -> Iterator[tuple[list[Day], int, int]]:
    """Days on end whose counts have a common divisor above 1: the days, it, how many counts."""
    run: list[Day] = []
    values: set[int] = set()
    divisor = 0
    for day in days:
        counts = day.counts
        here = {
            value
            for value in (counts.input_tokens, counts.output_tokens, counts.cache_write_tokens)
            if value > 1
        }
        own = gcd(*here)
        both = gcd(divisor, own)
        if both == 1:
            if len(run) > 1:
                yield run, divisor, len(values)
            run, values, both = [], set(), own if own > 1 else 0
        divisor = both
        if divisor > 1:
            run.append(day)
            values |= here  # the same day from a second machine says nothing more
    if len(run) > 1:
        yield run, divisor, len(values)


def multiplied(*, view: View, limits: Limits) -> Iterator[Found]:
    """Counts that all are one factor times whole numbers, rounded: a log that was multiplied.

    Whatever the factor is, such counts leave gaps that the counts of a real log do not. Looked
    for among the smallest counts, where a report has many days and where a day is larger than
    usual.
    """
    if not _worth_a_look(view):
        return
    for days in view.by_client.values():
        for chosen in _stretches(view, days):
            comb = _comb_of(view, chosen)
            if comb and comb.evidence >= limits["evidence"]:
                figures = {"factor": round(comb.factor, 4), "counts": comb.values}
                for day in days:
                    if day.judged and (day in chosen or comb.fits(_counts_of(view, day))):
                        yield Found(day.key, 1.0, figures)
                break


def _comb_of(view: View, chosen: list[Day]) -> Comb | None:
    """With the messages, which may be multiplied too and are small; without; and with sums of
    two models, for the history does not say of what its days are the sums."""
    values = [value for day in chosen for value in _counts_of(view, day)]
    messages = [day.counts.messages for day in chosen]
    comb = comb_of(values=values + messages) if any(messages) else None
    if comb is None:
        effort = 1 if len(view.large) >= MANY_DAYS and not view.grew else MORE_EFFORT
        comb = comb_of(values=values, effort=effort)
    if comb is None and not all(day.judged for day in chosen):
        comb = comb_of(values=values, parts=2)
    return comb


def _worth_a_look(view: View) -> bool:
    """The search costs some milliseconds: most reports are one usual day."""
    if not view.large:
        return False
    if len(view.large) >= MANY_DAYS:
        return True
    return any(
        log(max(1, view.tokens_by_day[day])) > usual.centre + log(LARGER)
        for day, usual in view.usual.items()
    )


def _counts_of(view: View, day: Day) -> list[int]:
    if not day.judged:
        return list(values_of(day.counts))
    item = view.judged[day.key]
    return [value for counts in _read(item) for value in values_of(counts)]


def _stretches(view: View, days: list[Day]) -> Iterator[list[Day]]:
    """Days to look at together: the latest ones, and of many judged days the largest."""
    able = [day for day in days if day.counts.total_tokens >= view.floor_tokens / 10]
    latest = able[-12:]
    if any(day.judged for day in latest):
        yield latest
        yield latest[-5:]
    judged = [day for day in able if day.judged]
    if 1 < len(judged) < len(latest):
        yield judged
    if len(judged) > len(latest):
        yield sorted(judged, key=lambda day: -day.counts.total_tokens)[:10]


def ratios_too_regular(*, view: View, limits: Limits) -> Iterator[Found]:
    """Days of very different size whose classes are in the same proportion, unlike other people's.

    Compared with how much the same ratios vary within one person elsewhere. Somebody who does one
    thing with one prompt does this honestly.
    """
    for client, days in view.by_client.items():
        item = next((item for item in view.large if item.client == client), None)
        if item is None or len(days) < limits["days"]:
            continue
        recent = days[-RECENT_DAYS:]
        sizes = sorted(log(day.counts.total_tokens) for day in recent if day.counts.total_tokens)
        if not sizes or spread_of(sizes, centre=median_of(sizes)) < 0.2:
            continue
        ratios = _spread_ratios(view, item, recent)
        if ratios:
            times = exp(sum(log(ratio) for ratio in ratios) / len(ratios))
            strength = ramp(log(times), low=log(limits["times"]), high=log(4 * limits["times"]))
            if strength:
                for one in view.large:
                    if one.client == client:
                        yield Found(one.key, strength, {"times": round(min(times, 1000.0), 1)})


def _spread_ratios(view: View, item: SliceFacts, days: list[Day]) -> list[float]:
    """How many times more other people's ratios vary than this person's, by measure."""
    if not view.facts.cohort.figures:
        return []
    family = max(item.models, key=lambda row: row.counts.total_tokens).family
    measured = [measures_of(counts=day.counts, cost_microusd=None) for day in days]
    found = []
    for measure in ("spoken_share", "written_share", "input_share", "fresh_share"):
        figure = view.facts.cohort.figure(client=item.client, family=family, measure=measure)
        own = sorted(values[measure] for values in measured if measure in values)
        if figure is None or figure.within < 0.05 or len(own) < len(days) / 2:
            continue
        spread = (quantile_of(own, part=0.84) - quantile_of(own, part=0.16)) / 2
        found.append(figure.within / max(spread, 1e-4))
    return found


SPECS = (
    SignalSpec(
        code="round_numbers", title="Round numbers", family="digits", weight=1.2, proof=True,
        sentence="{round_counts} counts of this day end in three zeros; so do {in_all} in all.",
        clears="A new report from the logs themselves.",
        rule=round_numbers,
        thresholds=(
            Threshold(name="counts", default=6, minimum=3, maximum=1000,
                      sentence="Round counts on round days before it speaks at full strength."),
        ),
    ),
    SignalSpec(
        code="common_divisor", title="Multiples of one number", family="digits", weight=1.2,
        proof=True,
        sentence="{counts} counts in a row are multiples of {divisor}.",
        clears="A new report from the logs themselves.",
        rule=common_divisor,
        thresholds=(
            Threshold(name="evidence", default=22, minimum=10, maximum=1000,
                      sentence="Evidence (natural logarithm of how unlikely) before it speaks."),
        ),
    ),
    SignalSpec(
        code="multiplied", title="Multiplied counts", family="digits", weight=1.2, proof=True,
        sentence="{counts} counts are all {factor} times whole numbers, rounded.",
        clears="A new report from the logs themselves.",
        rule=multiplied,
        thresholds=(
            Threshold(name="evidence", default=ENOUGH_EVIDENCE, minimum=8, maximum=1000,
                      sentence="Evidence (natural logarithm of how unlikely) before it speaks."),
        ),
    ),
    SignalSpec(
        code="ratios_too_regular", title="Days all alike in proportion", family="digits",
        weight=0.15,
        sentence="From day to day your mix varies {times} times less than other people's.",
        clears="A reviewer who sees what runs there.",
        rule=ratios_too_regular,
        thresholds=(
            Threshold(name="days", default=10, minimum=3, maximum=1000,
                      sentence="Days with a tool before it is looked at."),
            Threshold(name="times", default=4, minimum=1.5, maximum=1000,
                      sentence="Times less variation than others' before it is noticed."),
        ),
    ),
)  # fmt: skip
