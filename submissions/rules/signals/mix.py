"""Kinds of tokens, and tokens and messages, that do not go together in the log of any agent."""

from collections.abc import Callable, Iterator
from datetime import date
from math import exp, log

from submissions.rules.signals.facts import ClassCounts, Figure
from submissions.rules.signals.scales import ramp
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import Group, View, usual_of

FEWEST_DAYS = 7
MIX_MEASURES = ("spoken_share", "fresh_share", "written_share", "input_share", "cost_per_token")
WORDS = {
    "spoken_share": "share of output",
    "fresh_share": "share that no cache held",
    "written_share": "share written to a cache",
    "input_share": "share of input",
    "cost_per_token": "price of a token",
}
LEAST_SPREAD = 0.3
UNKNOWN_COHORT = 1.5
BEYOND_ALL = 0.1
"""How far beyond the lowest and highest thousandth of days, as a logarithm."""


def says_more_than_it_reads(*, view: View, limits: Limits) -> Iterator[Found]:
    """Too much output for what was read: an agent that uses a cache reads its own answers again.

    Every answer stays in the conversation and is read with each later request, so with a cache in
    use output and reasoning are a few percent of a day. Tools without a cache are left out, and
    models without a price: a local one runs in ways of its own.
    """
    for group in view.groups:
        counts = group.counts
        total = counts.total_tokens
        if total < limits["floor_tokens"] or not counts.cache_read_tokens:
            continue
        if "cost" not in group.measures:
            continue
        share = counts.spoken_tokens / total
        limit = _spoken_limit(view, group, limits["share"])
        strength = ramp(share, low=0.8 * limit, high=3 * limit)
        if strength:
            yield Found(
                group.item.key, strength,
                {"percent": round(100 * share, 1), "spoken_tokens": counts.spoken_tokens},
            )  # fmt: skip


def _spoken_limit(view: View, group: Group, share: float) -> float:
    """What is much for that tool and family; more where nobody's is known."""
    figure = view.facts.cohort.figures.get((group.item.client, group.family, "spoken_share"))
    if figure is None:
        return UNKNOWN_COHORT * share
    return max(share, exp(figure.centre + 3 * max(figure.spread, LEAST_SPREAD)))


def unlike_cohort(*, view: View, limits: Limits) -> Iterator[Found]:
    """A mix of classes, or a price of a token, that nobody else has with that tool and family.

    On a logarithmic scale, in the people's own spread, and beyond the outermost thousandth of all
    days. An odd habit or an unusual plug-in does this honestly, so it holds nothing alone.
    """
    for group in view.groups:
        best: tuple[float, str, float] | None = None
        for measure in MIX_MEASURES:
            value = group.measures.get(measure)
            figure = view.facts.cohort.figures.get((group.item.client, group.family, measure))
            if value is None or figure is None:
                continue
            far = _distance(value, figure)
            if best is None or far > best[0]:
                best = (far, measure, exp(value - figure.centre))
        if best and best[0] > limits["spreads"]:
            strength = ramp(best[0], low=limits["spreads"] - 1, high=limits["spreads"] + 3)
            yield Found(
                group.item.key, strength, {"measure": WORDS[best[1]], "times": round(best[2], 2)}
            )


def _distance(value: float, figure: Figure) -> float:
    if figure.low - BEYOND_ALL <= value <= figure.high + BEYOND_ALL:
        return 0.0
    return abs(value - figure.centre) / max(figure.spread, figure.within, LEAST_SPREAD)


def unlike_own_mix(*, view: View, limits: Limits) -> Iterator[Found]:
    """A mix of classes unlike one's own days before with the same tool.

    A new model, a plug-in or another way of working does this honestly.
    """

    def spoken(counts: ClassCounts) -> tuple[int, int]:
        return counts.spoken_tokens, counts.total_tokens

    def fresh(counts: ClassCounts) -> tuple[int, int]:
        return counts.fresh_tokens, counts.total_tokens

    for words, parts in (("share of output", spoken), ("share that no cache held", fresh)):
        yield from _jumps(view, parts, least=log(limits["times"]), words=words)


def tokens_without_messages(*, view: View, limits: Limits) -> Iterator[Found]:
    """More tokens a message than in one's own days before: usage grew, and the messages did not.

    Multiplied counts show here when the messages were left as they are. A collector that begins
    to count messages in another way does this honestly.
    """

    def per_message(counts: ClassCounts) -> tuple[int, int]:
        return counts.total_tokens, counts.messages

    yield from _jumps(
        view, per_message, least=log(limits["times"]), words="tokens a message", upwards=True
    )


def _jumps(
    view: View,
    parts: Callable[[ClassCounts], tuple[int, int]],
    *,
    least: float,
    words: str,
    upwards: bool = False,
) -> Iterator[Found]:
    """Judged slices whose ratio of `parts` lies far from the usual one of their tool before."""
    for client, days in view.by_client.items():
        wanted = frozenset(when for tool, when in view.large_keys if tool == client)
        if not wanted:
            continue
        values: dict[date, float] = {}
        for day in days:
            above, below = parts(day.counts)
            if above > 0 and below > 0 and day.counts.total_tokens >= view.floor_tokens / 5:
                values[day.key[1]] = log(above / below)
        for when, usual in usual_of(values, wanted=wanted, least=least).items():
            if usual.days < FEWEST_DAYS:
                continue
            over = values[when] - usual.centre
            over = over if upwards else abs(over)
            spreads = over / max(usual.spread, LEAST_SPREAD / 2)
            strength = ramp(over, low=least, high=least * 2) * ramp(spreads, low=3, high=6)
            if strength:
                times = exp(values[when] - usual.centre)
                yield Found((client, when), strength, {"measure": words, "times": round(times, 2)})


def beyond_context(*, view: View, limits: Limits) -> Iterator[Found]:
    """More tokens a message than any model reads at once, on average over the day.

    The largest windows take one or two million tokens. Where a tool counts what the person typed
    and not each request, a message may stand for many requests.
    """
    yield from _per_message(
        view, limits["tokens"], lambda group: group.counts.total_tokens, steep=3.0
    )


def long_answers(*, view: View, limits: Limits) -> Iterator[Found]:
    """More output a message than any model gives in one answer, on average over the day.

    Models stop after some ten thousands of tokens, and an agent's usual answer has hundreds.
    """
    yield from _per_message(
        view, limits["tokens"], lambda group: group.counts.spoken_tokens, steep=2.0
    )


def _per_message(
    view: View, limit: float, part: Callable[[Group], int], *, steep: float
) -> Iterator[Found]:
    for group in view.groups:
        messages = group.counts.messages
        if messages > 0 and part(group) > limit * messages:
            each = part(group) / messages
            yield Found(
                group.item.key, 0.3 + 0.7 * ramp(log(each / limit), low=0, high=steep),
                {"tokens_a_message": round(each), "messages": messages},
            )  # fmt: skip


def faster_than_speech(*, view: View, limits: Limits) -> Iterator[Found]:
    """More output in a day than a number of models say that speak for all of its 24 hours.

    Counted at 100 tokens a second. Fast hardware and dozens of agents at once do this honestly.
    """
    a_day = 86_400 * 100
    for item in view.large:
        spoken = item.counts.spoken_tokens
        sessions = spoken / a_day
        if sessions > limits["sessions"]:
            yield Found(
                item.key, 0.3 + 0.7 * ramp(log(sessions / limits["sessions"]), low=0, high=2),
                {"spoken_tokens": spoken, "sessions": round(sessions, 1)},
            )  # fmt: skip


def hours_disagree(*, view: View, limits: Limits) -> Iterator[Found]:
    """Hours that do not add up to the day's messages, though both were read from one log.

    Collectors that count the two in different ways do this honestly.
    """
    for item in view.large:
        messages = item.counts.messages
        if item.hours is None or messages < limits["messages"]:
            continue
        told = sum(item.hours)
        off = abs(told - messages) / messages
        if told and off > limits["off"]:
            yield Found(
                item.key, ramp(off, low=limits["off"] / 2, high=4 * limits["off"]),
                {"in_hours": told, "messages": messages},
            )  # fmt: skip


SPECS = (
    SignalSpec(
        code="says_more_than_it_reads", title="Too much output", family="mix", weight=1.1,
        proof=True,
        sentence="{percent} % of this day is output; with a cache it is a few percent.",
        clears="A new report from the logs, or a reviewer who sees why.",
        rule=says_more_than_it_reads,
        thresholds=(
            Threshold(name="share", default=0.08, minimum=0.01, maximum=1,
                      sentence="Part of a cached day that may be output; full at three times it."),
            Threshold(name="floor_tokens", default=3e6, minimum=0, maximum=1e12,
                      sentence="Smaller days are left out."),
        ),
    ),
    SignalSpec(
        code="unlike_cohort", title="A mix that nobody has", family="mix", weight=0.28,
        sentence="The {measure} is {times:,} times what is usual with this tool and model.",
        clears="A reviewer who sees how you work.",
        rule=unlike_cohort,
        thresholds=(
            Threshold(name="spreads", default=4, minimum=1, maximum=50,
                      sentence="Spreads from the cohort's median before it is noticed."),
        ),
    ),
    SignalSpec(
        code="unlike_own_mix", title="A mix unlike one's own", family="mix", weight=0.28,
        sentence="The {measure} is {times:,} times your usual one with this tool.",
        clears="More days like it, or a reviewer who sees what changed.",
        rule=unlike_own_mix,
        thresholds=(
            Threshold(name="times", default=2.2, minimum=1.1, maximum=100,
                      sentence="Times one's usual share before it is noticed."),
        ),
    ),
    SignalSpec(
        code="tokens_without_messages", title="Tokens grew, messages did not", family="mix",
        weight=0.85,
        sentence="The {measure} are {times:,} times your usual ones with this tool.",
        clears="A new report from the logs, or a reviewer who sees what changed.",
        rule=tokens_without_messages,
        thresholds=(
            Threshold(name="times", default=2.2, minimum=1.1, maximum=100,
                      sentence="Times one's usual tokens a message before it is noticed."),
        ),
    ),
    SignalSpec(
        code="beyond_context", title="Messages larger than any window", family="mix", weight=0.5,
        sentence="{messages:,} messages with {tokens_a_message:,} tokens each on average.",
        clears="A new report with every message counted.",
        rule=beyond_context,
        thresholds=(
            Threshold(name="tokens", default=2_200_000, minimum=1000, maximum=1e12,
                      sentence="Tokens a message that a window can hold."),
        ),
    ),
    SignalSpec(
        code="long_answers", title="Answers longer than any", family="mix", weight=0.6,
        sentence="{messages:,} messages with {tokens_a_message:,} tokens of output each.",
        clears="A new report with every message counted.",
        rule=long_answers,
        thresholds=(
            Threshold(name="tokens", default=30_000, minimum=100, maximum=1e9,
                      sentence="Tokens of output a message that are still likely."),
        ),
    ),
    SignalSpec(
        code="faster_than_speech", title="Faster than models speak", family="size", weight=0.4,
        sentence="{spoken_tokens:,} tokens of output: {sessions} models speaking day and night.",
        clears="A reviewer who sees that as many agents ran at once.",
        rule=faster_than_speech,
        thresholds=(
            Threshold(name="sessions", default=12, minimum=1, maximum=1e6,
                      sentence="Models that speak all day at once and are still likely."),
        ),
    ),
    SignalSpec(
        code="hours_disagree", title="Hours and messages disagree", family="mix", weight=0.45,
        sentence="The hours name {in_hours:,} messages, the day {messages:,}.",
        clears="A new report from the logs.",
        rule=hours_disagree,
        thresholds=(
            Threshold(name="off", default=0.1, minimum=0.01, maximum=10,
                      sentence="Part of the messages by which the two may differ."),
            Threshold(name="messages", default=30, minimum=1, maximum=1e6,
                      sentence="Days with fewer messages are left out."),
        ),
    ),
)  # fmt: skip
