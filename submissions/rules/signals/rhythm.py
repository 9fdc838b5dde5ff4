"""Days that no person has. Robots have them honestly, so this family weighs little."""

from collections.abc import Iterator
from datetime import timedelta
from math import log

from submissions.rules.signals.scales import median_of, ramp, spread_of
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View


def no_night(*, view: View, limits: Limits) -> Iterator[Found]:
    """Messages in nearly every hour of day and night, for weeks.

    A robot that builds all night does this honestly.
    """
    told = [item for item in view.facts.slices if item.hours is not None]
    awake = [item for item in told if item.hours and sum(map(bool, item.hours)) >= limits["hours"]]
    if len(awake) >= limits["days"]:
        for item in awake:
            yield Found(item.key, 1.0, {"days": len(awake)})


def no_pause(*, view: View, limits: Limits) -> Iterator[Found]:
    """Every single day for weeks, at nearly the same total.

    A robot that does the same work every day does this honestly.
    """
    days = view.tokens_by_day
    run = 0
    before = None
    longest = 0
    for day in days:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    if longest < limits["days"]:
        return
    sizes = sorted(log(tokens) for tokens in days.values() if tokens > 0)
    spread = spread_of(sizes, centre=median_of(sizes))
    strength = 1 - ramp(spread, low=limits["spread"] / 2, high=limits["spread"])
    if strength > 0:
        for item in view.large:
            yield Found(item.key, strength, {"days": longest, "spread": round(spread, 2)})


SPECS = (
    SignalSpec(
        code="no_night", title="No night", family="rhythm", weight=0.2,
        sentence="There are messages in every hour of {days} days.",
        clears="Nothing needs to be done: it never holds a day by itself.",
        rule=no_night,
        thresholds=(
            Threshold(name="hours", default=23, minimum=12, maximum=24,
                      sentence="Hours with messages that make a day without a night."),
            Threshold(name="days", default=14, minimum=2, maximum=1000,
                      sentence="Such days before it is noticed."),
        ),
    ),
    SignalSpec(
        code="no_pause", title="No pause", family="rhythm", weight=0.2,
        sentence="{days} days on end are nearly the same size.",
        clears="Nothing needs to be done: it never holds a day by itself.",
        rule=no_pause,
        thresholds=(
            Threshold(name="days", default=28, minimum=7, maximum=1000,
                      sentence="Days on end before it is noticed."),
            Threshold(name="spread", default=0.4, minimum=0.01, maximum=5,
                      sentence="How much their logarithms may vary."),
        ),
    ),
)  # fmt: skip
