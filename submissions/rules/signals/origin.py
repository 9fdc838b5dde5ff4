"""Usage that cannot have come from where it says, or came at a time when it should not."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from math import exp, log

from submissions.rules.holds import MICROUSD
from submissions.rules.merge import SliceKey
from submissions.rules.model_calendar import model_out_on, tool_out_on
from submissions.rules.signals.scales import median_of, ramp
from submissions.rules.signals.specs import Figures, Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View

LOGS_KEPT = timedelta(days=35)
"""Most tools delete their logs after a month."""
FEW_PEOPLE = 2
MAKERS_NAMES = re.compile(r"(?:^|/)(?:claude-|gpt-\d|gemini-\d|o\d+(?:-|$)|grok-\d)", re.ASCII)


def model_before_release(*, view: View, limits: Limits) -> Iterator[Found]:
    """A model on a day before anybody could use it.

    Release days are a short list of what is certain, and later versions of a line are never older
    than earlier ones; some days are allowed for those who tested it. Where a report has several
    such days, the rest of its old history is in doubt as well.
    """
    margin = timedelta(days=limits["margin_days"])
    false: dict[SliceKey, Figures] = {}
    for item in view.facts.slices:
        for row in item.models:
            since = model_out_on(row.model)
            if since and item.day < since - margin and row.counts.total_tokens > 0:
                false[item.key] = {"model": row.model, "since": since.isoformat()}
    yield from _with_old_history(view, false, days=limits["days"])


def tool_before_release(*, view: View, limits: Limits) -> Iterator[Found]:
    """History of a tool older than the tool.

    Where a report has several such days, the rest of its old history is in doubt as well.
    """
    margin = timedelta(days=limits["margin_days"])
    false: dict[SliceKey, Figures] = {}
    for item in view.facts.slices:
        since = tool_out_on(item.client)
        if since and item.day < since - margin:
            false[item.key] = {"since": since.isoformat()}
    yield from _with_old_history(view, false, days=limits["days"])


def _with_old_history(
    view: View, false: Mapping[SliceKey, Figures], *, days: float
) -> Iterator[Found]:
    for key, figures in false.items():
        yield Found(key, 1.0, figures)
    if len(false) < days:
        return
    figures = next(iter(false.values()))
    kept = view.facts.at.date() - LOGS_KEPT
    for item in view.large:
        if item.day < kept and item.key not in false:
            yield Found(item.key, 1.0, figures)


def model_of_nobody(*, view: View, limits: Limits) -> Iterator[Found]:
    """A model by its name of a large maker, without a price, that nobody else has used for days.

    A release is used by many within days, so on a site with enough people a name that stays
    alone is made up, or a company's own name for a model.
    """
    cohort = view.facts.cohort
    everybody = cohort.figures.get(("", "", "total"))
    if everybody is None or everybody.people < limits["people"]:
        return
    most = max(FEW_PEOPLE, everybody.people * limits["part"])
    days: defaultdict[str, set[date]] = defaultdict(set)
    for item in view.large:
        for row in item.models:
            if row.cost_microusd is None and MAKERS_NAMES.search(row.model):
                days[row.model].add(item.day)
    first = {model: min(found) for model, found in days.items()}
    at = view.facts.at.date()
    for item in view.large:
        for row in item.models:
            name, total = row.model, row.counts.total_tokens
            if name not in first or cohort.models.get(name, 0) > most:
                continue
            if total * 3 < item.counts.total_tokens or not row.counts.cache_read_tokens:
                continue
            strength = ramp((at - first[name]).days, low=limits["days"] / 2, high=limits["days"])
            yield Found(item.key, max(0.4, strength), {"model": name, "tokens": total})


def unknown_model(*, view: View, limits: Limits) -> Iterator[Found]:
    """A model that has no price and that nobody else uses, with more than one machine computes.

    New models and local ones are unknown too, so the name itself says nothing. What counts is the
    size: a machine under a desk reads some hundred million tokens a day at most.
    """
    for item in view.large:
        for row in item.models:
            if row.cost_microusd is not None or MAKERS_NAMES.search(row.model):
                continue
            if view.facts.cohort.models.get(row.model, 0) > 1:
                continue
            total = row.counts.total_tokens
            # A cache that is billed apart is a cloud's: there, a tenth is much already.
            limit = limits["tokens"] / (10 if row.counts.cache_read_tokens else 1)
            if total > limit:
                strength = 0.4 + 0.6 * ramp(log(total / limit), low=0, high=2.5)
                yield Found(item.key, strength, {"model": row.model, "tokens": total})


def reported_cost_far(*, view: View, limits: Limits) -> Iterator[Found]:
    """The sender's own cost far from the list price of the same tokens.

    Plans, discounts and old price tables make them differ; a tool that reports none says nothing.
    """
    for item in view.large:
        told, cost = item.reported_cost_microusd, item.cost_microusd
        if not told or told < MICROUSD or cost < MICROUSD:
            continue
        off = abs(log(told / cost))
        strength = ramp(off, low=log(limits["times"]), high=2 * log(limits["times"]))
        if strength:
            yield Found(
                item.key, strength,
                {"told_usd": round(told / MICROUSD, 2), "cost_usd": round(cost / MICROUSD, 2)},
            )  # fmt: skip


def _grown(view: View) -> list[tuple[SliceKey, float]]:
    """Large slices of days that were over when they were last sent, and by how much they grew
    since."""
    at = view.facts.at.date()
    found = []
    for item in view.large:
        before = view.facts.replaced.get(item.key)
        if before is None or before.first_seen_at is None or not before.counts.total_tokens:
            continue
        was_over = before.first_seen_at.date() > item.day
        times = item.counts.total_tokens / before.counts.total_tokens
        if was_over and (at - item.day).days >= 2 and times > 1:
            found.append((item.key, times))
    return found


def old_day_grows(*, view: View, limits: Limits) -> Iterator[Found]:
    """A day that was over when it was last sent, and has grown by a multiple since.

    Logs of a past day do not grow. A newer parser that finds more, and logs brought over from
    another machine, do this honestly.
    """
    grown = _grown(view)
    many = sum(times > limits["times"] for _key, times in grown)
    for key, times in grown:
        strength = ramp(log(times), low=log(limits["times"]) / 2, high=log(limits["times"]) * 3)
        if strength:
            strength = max(strength, 0.6) if many >= limits["days"] else strength
            yield Found(key, strength, {"times": round(times, 2), "days": many})


def old_days_grow_alike(*, view: View, limits: Limits) -> Iterator[Found]:
    """Several past days that have grown since they were sent, all by the same factor.

    What a newer parser finds differs from day to day, and so does what another machine held.
    """
    grown = [(key, log(times)) for key, times in _grown(view) if times >= limits["times"]]
    if len(grown) < limits["days"]:
        return
    logs = sorted(value for _key, value in grown)
    centre = median_of(logs)
    alike = [key for key, value in grown if abs(value - centre) < limits["off"]]
    if len(alike) < max(limits["days"], 0.7 * len(grown)):
        return
    for key in alike:
        yield Found(key, 1.0, {"times": round(exp(centre), 3), "days": len(alike)})


SPECS = (
    SignalSpec(
        code="model_before_release", title="A model before it existed", family="origin",
        weight=1.2, proof=True,
        sentence="{model} came out on {since}; this day is earlier.",
        clears="A new report with the right dates and names.",
        rule=model_before_release,
        thresholds=(
            Threshold(name="margin_days", default=10, minimum=0, maximum=365,
                      sentence="Days before its release on which a model may be used."),
            Threshold(name="days", default=4, minimum=1, maximum=1000,
                      sentence="Such days from which all old history of the report is in doubt."),
        ),
    ),
    SignalSpec(
        code="tool_before_release", title="History older than the tool", family="origin",
        weight=1.2, proof=True,
        sentence="The tool came out on {since}; this day is earlier.",
        clears="A new report with the right dates.",
        rule=tool_before_release,
        thresholds=(
            Threshold(name="margin_days", default=45, minimum=0, maximum=3650,
                      sentence="Days before its release on which a tool may be used."),
            Threshold(name="days", default=4, minimum=1, maximum=1000,
                      sentence="Such days from which all old history of the report is in doubt."),
        ),
    ),
    SignalSpec(
        code="unknown_model", title="Much of a model that nobody knows", family="origin",
        weight=0.28,
        sentence="{tokens:,} tokens of {model}, which has no price and which nobody else uses.",
        clears="Others who use it, or a price for it.",
        rule=unknown_model,
        thresholds=(
            Threshold(name="tokens", default=300e6, minimum=1e6, maximum=1e13,
                      sentence="Tokens a day that one machine may compute."),
        ),
    ),
    SignalSpec(
        code="model_of_nobody", title="A release that nobody else has", family="origin",
        weight=1.05, proof=True,
        sentence="{tokens:,} tokens of {model}, which nobody else uses and which has no price.",
        clears="Others who use it, a price for it, or the model's own name in a new report.",
        rule=model_of_nobody,
        thresholds=(
            Threshold(name="people", default=100, minimum=2, maximum=1e9,
                      sentence="People on the site from which a release would be used by others."),
            Threshold(name="part", default=0.004, minimum=0, maximum=1,
                      sentence="Part of the people who may use it and it still counts as nobody."),
            Threshold(name="days", default=16, minimum=1, maximum=365,
                      sentence="Days after which others would use a release."),
        ),
    ),
    SignalSpec(
        code="reported_cost_far", title="Another price than the list's", family="origin",
        weight=0.15,
        sentence="Your tool says ${told_usd:,.2f}, the list price is ${cost_usd:,.2f}.",
        clears="Nothing needs to be done: it never holds a day by itself.",
        rule=reported_cost_far,
        thresholds=(
            Threshold(name="times", default=4, minimum=1.1, maximum=1000,
                      sentence="Times the list price before it is noticed."),
        ),
    ),
    SignalSpec(
        code="old_day_grows", title="A past day that grows", family="origin", weight=0.6,
        sentence="This day was over when you sent it, and is now {times} times as large.",
        clears="A reviewer who sees where the logs come from.",
        rule=old_day_grows,
        thresholds=(
            Threshold(name="times", default=1.6, minimum=1.05, maximum=100,
                      sentence="Times what was sent before it is noticed."),
            Threshold(name="days", default=4, minimum=1, maximum=1000,
                      sentence="Days that grow together before it speaks louder."),
        ),
    ),
    SignalSpec(
        code="old_days_grow_alike", title="Past days that grow alike", family="origin",
        weight=1.1, proof=True,
        sentence="{days} days that were over have all grown to {times} times what you sent.",
        clears="A reviewer who sees where that comes from, or a new report from the logs.",
        rule=old_days_grow_alike,
        thresholds=(
            Threshold(name="times", default=1.08, minimum=1.01, maximum=100,
                      sentence="Times what was sent from which a day has grown."),
            Threshold(name="off", default=0.01, minimum=0.0001, maximum=1,
                      sentence="How far apart the logarithms of those factors may be."),
            Threshold(name="days", default=5, minimum=2, maximum=1000,
                      sentence="Days that grow alike before it is noticed."),
        ),
    ),
)  # fmt: skip
