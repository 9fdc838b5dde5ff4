"""The same usage elsewhere: on other days of the same person, or under another account."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log

from submissions.rules.merge import SliceKey
from submissions.rules.signals.facts import Match, MatchKind, ReportFacts
from submissions.rules.signals.scales import median_of, ramp, spread_of
from submissions.rules.signals.specs import (
    Found,
    Limits,
    SignalSettings,
    SignalSpec,
    Threshold,
)
from submissions.rules.signals.view import Day, View

ALL_BUT_EQUAL = 1.0001
NEARLY = 0.002
ONE_SIZE = 0.001
LARGE_CLASS = 5_000
"""Smaller classes are rounded too coarsely for a thousandth."""
ALWAYS_THE_SAME = 0.85
"""Whose days are the same so often runs something that never varies."""


def same_messages(*, view: View, limits: Limits) -> Iterator[Found]:
    """The same messages under another account, told by their hashed ids.

    Ids are unique: the log is the same one, copied or shared. Who had it clearly first keeps it;
    where nobody did, both wait. A shared machine does this honestly.
    """
    for match in view.facts.matches:
        if match.key not in view.judged:
            continue
        if match.kind == "messages" and match.part >= limits["part"]:
            yield Found(match.key, 1.0, _of_match(match, 1))


def same_counts(*, view: View, limits: Limits) -> Iterator[Found]:
    """The same counts under another account, number by number, on that day or shifted by days.

    Large counts do not meet by chance. One small day may, where a tool says little of it.
    """
    for match, together in _series(view, "counts"):
        item = view.judged.get(match.key)
        if item is None:
            continue
        large = item.counts.total_tokens >= limits["floor_tokens"]
        strength = 1.0 if large or together >= limits["days"] else 0.3
        yield Found(match.key, strength, _of_match(match, together))


def same_shape(*, view: View, limits: Limits) -> Iterator[Found]:
    """A series of days nearly the same as another account's, each count a few percent off.

    One such day is chance. Many, with the same account and the same shift, are a copy with noise;
    then the other days of the report are taken for copies too.
    """
    able = max(1, sum(item.shape_key is not None for item in view.facts.slices))
    whole: tuple[float, dict[str, float | int | str]] = (0.0, {})
    for match, together in _series(view, "shape"):
        part = together / able
        strength = ramp(together, low=limits["days"] - 2, high=limits["days"]) * ramp(
            part, low=limits["part"] / 2, high=limits["part"]
        )
        if strength and match.key in view.judged:
            yield Found(match.key, strength, _of_match(match, together))
        if together >= limits["series_days"] and part >= limits["part"] and strength > whole[0]:
            whole = (strength, _of_match(match, together))
    if whole[0]:
        for item in view.large:
            yield Found(item.key, whole[0], whole[1])


def convincing_matches(*, facts: ReportFacts, settings: SignalSettings) -> tuple[Match, ...]:
    """The matches that make these signals speak at full strength: what the other account is
    asked about. A single day of nearly the same counts is chance."""
    view = View(facts, floor_tokens=0, floor_microusd=0)
    found: list[Match] = []
    for spec in SPECS[:3]:
        limits = settings.limits_of(spec)
        strong = {seen.key for seen in spec.rule(view=view, limits=limits) if seen.strength >= 1}
        kind = KIND_OF[spec.code]
        able = max(1, sum(item.shape_key is not None for item in facts.slices))
        for match, together in _series(view, kind):
            enough = kind != "shape" or (
                together >= limits["days"] and together / able >= limits["part"]
            )
            if match.key in strong and enough and match.part >= limits.get("part", 0):
                found.append(match)
    return tuple(found)


KIND_OF: Mapping[str, MatchKind] = {
    "same_messages": "messages", "same_counts": "counts", "same_shape": "shape",
}  # fmt: skip


def _series(view: View, kind: MatchKind) -> Iterator[tuple[Match, int]]:
    """Matches of a kind, with how many days match the same account at the same shift."""
    chosen = [match for match in view.facts.matches if match.kind == kind]
    together: defaultdict[tuple[str, int], set[SliceKey]] = defaultdict(set)
    for match in chosen:
        together[match.other, match.shift_days].add(match.key)
    for match in chosen:
        yield match, len(together[match.other, match.shift_days])


def _of_match(match: Match, together: int) -> dict[str, float | int | str]:
    return {
        "percent": round(100 * match.part),
        "days": together,
        "shift_days": match.shift_days,
        "who": "the other account had it first" if match.other_first else "neither was first",
    }


def own_day_again(*, view: View, limits: Limits) -> Iterator[Found]:
    """One's own day again on another day, number by number.

    Large counts do not repeat. A robot that does exactly the same every day does this honestly,
    and is left out when nearly all of its days are the same.
    """
    seen: defaultdict[int, list[Day]] = defaultdict(list)
    for day in view.days:
        if day.exact_key is not None:
            seen[day.exact_key].append(day)
    whole = sum(map(len, seen.values()))
    repeats: Counter[SliceKey] = Counter()
    days_of = {key: {day.key[1] for day in days} for key, days in seen.items()}
    most = max((len(days) for days in days_of.values()), default=0)
    if most > ALWAYS_THE_SAME * whole or _always_one_size(view):
        return
    again = sum(len(days) - 1 for days in days_of.values())
    if _stops_at_a_limit(view, [seen[key] for key, found in days_of.items() if len(found) > 1]):
        return
    for key, days in seen.items():
        if len(days_of[key]) < 2:
            continue
        first = min(days_of[key])
        for day in days:
            if day.judged and (day.key[1] != first or not view.is_new_first(day)):
                repeats[day.key] = len(days_of[key])
    for slice_key, times in repeats.items():
        large = view.judged[slice_key].counts.total_tokens >= limits["floor_tokens"]
        strength = 1.0 if again >= limits["days"] and large else 0.15
        yield Found(slice_key, strength, {"times": times, "days": again})


def _always_one_size(view: View) -> bool:
    """Whether days differ by so little that their counts meet by chance."""
    sizes = sorted(log(day.counts.total_tokens) for day in view.days if day.counts.total_tokens)
    return bool(sizes) and spread_of(sizes, centre=median_of(sizes)) < ONE_SIZE


def _stops_at_a_limit(view: View, repeated: list[list[Day]]) -> bool:
    """Whether the repeated days are all of one size, that of the largest, and the other days are
    in the same proportion: a tool or a plan that stops at a limit leaves such days."""
    sizes = [days[0].counts.total_tokens for days in repeated]
    if not sizes:
        return False
    largest = max(day.counts.total_tokens for day in view.days)
    if max(sizes) > min(sizes) * ALL_BUT_EQUAL or min(sizes) * 10 < largest * 9:
        return False
    again = {day.key[1] for days in repeated for day in days}
    others = [day for day in view.days if day.key[1] not in again and day.counts.total_tokens]
    pattern = repeated[0][0]
    return sum(_in_proportion(day, pattern) for day in others) * 2 >= len(others)


def _in_proportion(first: Day, second: Day) -> bool:
    whole, other = first.counts.total_tokens, second.counts.total_tokens
    return all(
        abs(one / whole - two / other) < NEARLY
        for one, two in zip(_classes(first), _classes(second), strict=True)
    )


def own_day_scaled(*, view: View, limits: Limits) -> Iterator[Found]:
    """One's own days again, larger or smaller: the same proportions between all classes to a
    thousandth, on some days and not on others.

    People whose days are always in nearly the same proportion are left out: chance finds pairs
    among them, and more pairs when one looks less closely.
    """
    for days in view.by_client.values():
        able = [day for day in days if _large_classes(day) >= 3]
        repeated = [
            found
            for found in _alike(able, 300.0).values()
            if len({day.key[1] for day in found}) > 1
            and len({day.counts.total_tokens for day in found}) > 1
        ]
        again = sum(len(found) - 1 for found in repeated)
        if again < limits["days"] - 2 or not any(day.judged for some in repeated for day in some):
            continue
        coarse = _alike(able, 40.0)
        single = sum(len(found) == 1 for found in coarse.values())
        if single < max(4, limits["others"] * len(able)):
            continue
        if again < 0.6 * sum(len(found) - 1 for found in coarse.values()):
            continue
        strength = ramp(again, low=limits["days"] - 2, high=limits["days"])
        for found in repeated:
            for day in found[1:]:
                if day.judged:
                    yield Found(day.key, strength, {"times": len(found), "days": again})


def _classes(day: Day) -> tuple[int, ...]:
    counts = day.counts
    return (
        counts.input_tokens, counts.output_tokens, counts.cache_read_tokens,
        counts.cache_write_tokens, counts.reasoning_tokens,
    )  # fmt: skip


def _large_classes(day: Day) -> int:
    return sum(value >= LARGE_CLASS for value in _classes(day))


def _alike(days: Sequence[Day], grid: float) -> dict[tuple[int, ...], list[Day]]:
    """Days whose large classes are in the same proportion, on a logarithmic grid."""
    found: defaultdict[tuple[int, ...], list[Day]] = defaultdict(list)
    for day in days:
        values = _classes(day)
        base = log(max(values))
        shape = tuple(round(grid * (base - log(v))) if v >= LARGE_CLASS else -1 for v in values)
        found[shape].append(day)
    return dict(found)


SPECS = (
    SignalSpec(
        code="same_messages", title="The same messages elsewhere", family="copies", weight=1.5,
        proof=True,
        sentence="{percent} % of this day's messages are under another account too; {who}.",
        clears="The log is yours: say so, and the other account is asked as well.",
        rule=same_messages,
        thresholds=(
            Threshold(name="part", default=0.3, minimum=0.01, maximum=1,
                      sentence="Part of a day's messages that another account must have."),
        ),
    ),
    SignalSpec(
        code="same_counts", title="The same counts elsewhere", family="copies", weight=1.4,
        proof=True,
        sentence="Another account has these counts, number by number ({days} days); {who}.",
        clears="The log is yours: say so, and the other account is asked as well.",
        rule=same_counts,
        thresholds=(
            Threshold(name="floor_tokens", default=1e6, minimum=0, maximum=1e12,
                      sentence="Tokens of a day whose counts are its own."),
            Threshold(name="days", default=3, minimum=1, maximum=1000,
                      sentence="Smaller days that must match together."),
        ),
    ),
    SignalSpec(
        code="same_shape", title="Nearly the same days elsewhere", family="copies", weight=1.2,
        proof=True,
        sentence="{days} days are nearly the same as another account's; {who}.",
        clears="The log is yours: say so, and the other account is asked as well.",
        rule=same_shape,
        thresholds=(
            Threshold(name="days", default=5, minimum=3, maximum=1000,
                      sentence="Days that must nearly match the same account."),
            Threshold(name="series_days", default=8, minimum=3, maximum=1000,
                      sentence="Such days from which the rest of the report is a copy as well."),
            Threshold(name="part", default=0.15, minimum=0, maximum=1,
                      sentence="Part of the report's days that must nearly match."),
        ),
    ),
    SignalSpec(
        code="own_day_again", title="The same day again", family="copies", weight=1.2, proof=True,
        sentence="The same counts, number by number, stand on {times} of your days.",
        clears="A new report from the logs themselves.",
        rule=own_day_again,
        thresholds=(
            Threshold(name="floor_tokens", default=1e6, minimum=0, maximum=1e12,
                      sentence="Tokens of a day whose counts are its own."),
            Threshold(name="days", default=2, minimum=1, maximum=1000,
                      sentence="Repeated days before it speaks at full strength."),
        ),
    ),
    SignalSpec(
        code="own_day_scaled", title="The same day again, scaled", family="copies", weight=1.1,
        proof=True,
        sentence="{times} of your days are in the same proportion to a thousandth.",
        clears="A new report from the logs themselves.",
        rule=own_day_scaled,
        thresholds=(
            Threshold(name="days", default=5, minimum=3, maximum=1000,
                      sentence="Repeated days before it speaks at full strength."),
            Threshold(name="others", default=0.2, minimum=0, maximum=1,
                      sentence="Part of the days that must be unlike any other."),
        ),
    ),
)  # fmt: skip
