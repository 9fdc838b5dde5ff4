"""More than usual: for oneself, for one's tools, for anybody. None of it is proof of anything: all
of these together stay below what holds a day."""

from collections.abc import Iterator
from datetime import date
from math import exp, log

from submissions.rules.holds import MICROUSD
from submissions.rules.merge import SliceKey
from submissions.rules.signals.scales import median_of, ramp, spread_of
from submissions.rules.signals.specs import Figures, Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View

FEWEST_DAYS = 7
MANY_DAYS = 9
"""More days at a level make it no surer: people's days hang together."""
LEAST_SPREAD = 0.45
"""Of logarithms: days of even the steadiest person differ by a half."""


def costly_new_account(*, view: View, limits: Limits) -> Iterator[Found]:
    """A day that costs over $1,000 at list price, from an account with little history.

    Heavy users sign up as well, and bring such days: it only adds to what else is seen.
    """
    clean = view.facts.account.clean_days
    if clean >= limits["clean_days"]:
        return
    for item in view.large:
        cost = item.cost_microusd / MICROUSD
        if cost > limits["cost_usd"]:
            strength = 0.5 + 0.5 * ramp(cost, low=limits["cost_usd"], high=5 * limits["cost_usd"])
            yield Found(item.key, strength, {"cost_usd": round(cost, 2), "clean_days": clean})


def much_fresh(*, view: View, limits: Limits) -> Iterator[Found]:
    """Over 250 million tokens in a day without those read from a cache.

    Cache reads are 90 to 98 % of an agent's tokens and are left out, so that heavy caching is no
    fault. People who run many agents at once come here honestly.
    """
    limit = limits["tokens"]
    for item in view.large:
        fresh = item.counts.fresh_tokens
        if fresh > limit:
            yield Found(
                item.key,
                0.3 + 0.7 * ramp(log(fresh / limit), low=0, high=2.5),
                {"fresh_tokens": fresh},
            )


def growth(*, view: View, limits: Limits) -> Iterator[Found]:
    """A day over ten times one's own usual day, all tools together.

    Usual is the median of the last 60 active days before it, and how much they vary counts too:
    somebody whose days always vary widely has to be further out. A hackathon or a first agent left
    running does this honestly.
    """
    if not view.large:
        return
    for day, usual in view.usual.items():
        tokens = view.tokens_by_day[day]
        if usual.days < FEWEST_DAYS or tokens < limits["floor_tokens"]:
            continue
        over = log(tokens) - usual.centre
        spreads = over / max(usual.spread, LEAST_SPREAD)
        times = log(limits["times"])
        strength = ramp(over, low=times * 0.9, high=times * 2) * ramp(spreads, low=2.5, high=5)
        if strength:
            figures = {"day_tokens": tokens, "usual_tokens": round(exp(usual.centre)),
                       "times": round(exp(over), 1)}  # fmt: skip
            for key in _keys_on(view, day):
                yield Found(key, strength, figures)


def new_level(*, view: View, limits: Limits) -> Iterator[Found]:
    """Days at a new level: several in a row, each a multiple of what was usual before.

    A new job does this honestly, and so do a larger plan and a first agent that works alone.
    """
    days = [(day, log(tokens)) for day, tokens in view.tokens_by_day.items() if tokens > 0]
    if len(days) < 2 * FEWEST_DAYS or not view.large:
        return
    split = _best_split([value for _, value in days])
    if split is None:
        return
    place, before, after, spread = split
    over = after - before
    limit = log(limits["times"])
    sure = over / spread * min(len(days) - place, MANY_DAYS) ** 0.5
    strength = ramp(over, low=limit, high=limit * 2.2) * ramp(sure, low=3, high=6)
    if strength <= 0 or exp(after) < limits["floor_tokens"]:
        return
    since = days[place][0]
    figures: Figures = {"since": since.isoformat(), "usual_tokens": round(exp(before)),
               "new_tokens": round(exp(after)), "times": round(exp(over), 1)}  # fmt: skip
    for item in view.large:
        if item.day >= since and log(item.counts.total_tokens) > before + over / 2:
            yield Found(item.key, strength, figures)


def _best_split(values: list[float]) -> tuple[int, float, float, float] | None:
    """Where the level changes most: place, median before, median after, spread around both."""
    count = len(values)
    least = FEWEST_DAYS
    prefix = [0.0]
    for value in values:
        prefix.append(prefix[-1] + value)
    best, place = 0.0, 0
    for here in range(least, count - 2):
        mean_before = prefix[here] / here
        mean_after = (prefix[count] - prefix[here]) / (count - here)
        gain = (mean_after - mean_before) * (here * (count - here) / count) ** 0.5
        if gain > best:
            best, place = gain, here
    if not place:
        return None
    before, after = sorted(values[:place]), sorted(values[place:])
    low, high = median_of(before), median_of(after)
    spread = max(LEAST_SPREAD, spread_of(before, centre=low), spread_of(after, centre=high))
    return place, low, high, spread


def far_above_cohort(*, view: View, limits: Limits) -> Iterator[Found]:
    """A day far above what people burn with the same tool and family of models.

    Distance is on a logarithmic scale in the people's own spread, and beyond 99.9 % of all days.
    Somebody is always the heaviest user.
    """
    for group in view.groups:
        for measure in ("total", "cost"):
            value = group.measures.get(measure)
            figure = view.facts.cohort.figure(
                client=group.item.client, family=group.family, measure=measure
            )
            if value is None or figure is None:
                continue
            spread = max(figure.spread, 1.0)
            far = (value - figure.centre) / spread
            if far <= limits["spreads"] or value <= figure.high:
                continue
            figures: Figures = {"measure": "tokens" if measure == "total" else "cost",
                       "times": round(exp(value - figure.centre), 1)}  # fmt: skip
            strength = ramp(far, low=limits["spreads"], high=limits["spreads"] + 3)
            yield Found(group.item.key, max(0.15, strength), figures)
            break


def _keys_on(view: View, day: date) -> Iterator[SliceKey]:
    """The judged large slices of a day that carry it: those with at least a fifth of it."""
    whole = view.tokens_by_day[day]
    for item in view.large:
        if item.day == day and item.counts.total_tokens * 5 >= whole:
            yield item.key


SPECS = (
    SignalSpec(
        code="costly_new_account",
        title="A costly day of a new account",
        family="size",
        weight=0.2,
        sentence="This day costs ${cost_usd:,.2f} at list price, and the account is new.",
        clears="Days that stand: the signal stops once the account has a clean history.",
        rule=costly_new_account,
        thresholds=(
            Threshold(name="cost_usd", default=1000, minimum=1, maximum=1e6,
                      sentence="Dollars a day that a new account may cost before it is noticed."),
            Threshold(name="clean_days", default=30, minimum=0, maximum=1000,
                      sentence="Clean days after which an account is no longer new."),
        ),
    ),
    SignalSpec(
        code="much_fresh",
        title="Much that was not cached",
        family="size",
        weight=0.25,
        sentence="{fresh_tokens:,} tokens of this day were not read from a cache.",
        clears="A reviewer who sees that as many agents ran at once.",
        rule=much_fresh,
        thresholds=(
            Threshold(name="tokens", default=250e6, minimum=1e6, maximum=1e12,
                      sentence="Tokens a day, without cache reads, before it is noticed."),
        ),
    ),
    SignalSpec(
        code="growth",
        title="Far above one's usual day",
        family="size",
        weight=0.4,
        sentence="This day is {times:,} times your usual day of {usual_tokens:,} tokens.",
        clears="More days like it: what is usual follows you.",
        rule=growth,
        thresholds=(
            Threshold(name="times", default=10, minimum=2, maximum=1000,
                      sentence="Times one's usual day before it is noticed."),
            Threshold(name="floor_tokens", default=50e6, minimum=0, maximum=1e12,
                      sentence="Smaller days are never unusual."),
        ),
    ),
    SignalSpec(
        code="new_level",
        title="A new level",
        family="size",
        weight=0.55,
        sentence="Since {since} your days are {times:,} times what they were.",
        clears="A reviewer who sees what changed; after two months the new level is the usual one.",
        rule=new_level,
        thresholds=(
            Threshold(name="times", default=2.5, minimum=1.5, maximum=1000,
                      sentence="Times the level before, kept up, before it is noticed."),
            Threshold(name="floor_tokens", default=20e6, minimum=0, maximum=1e12,
                      sentence="Lower levels are never noticed."),
        ),
    ),
    SignalSpec(
        code="far_above_cohort",
        title="Far above everybody with the same tool",
        family="size",
        weight=0.4,
        sentence="The {measure} of this day are {times:,} times what is usual with this tool.",
        clears="A reviewer who sees how you work, or a clean history.",
        rule=far_above_cohort,
        thresholds=(
            Threshold(name="spreads", default=3, minimum=1, maximum=20,
                      sentence="Spreads above the cohort's median before it is noticed."),
        ),
    ),
)  # fmt: skip
