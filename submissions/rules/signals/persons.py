"""A person's days together against other people's: what each day hides in its own variation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, sqrt

from submissions.rules.signals.facts import Cohort, SliceFacts
from submissions.rules.signals.measures import measures_of
from submissions.rules.signals.scales import median_of, ramp
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import Day, View

RECENT_DAYS = 60
LEAST_SPREAD = 0.15
FARTHEST = 6.0
FEWEST_MEASURES = 3
MIX = (
    "spoken_share", "input_share", "written_share", "fresh_share", "reasoning_share",
    "tokens_per_message", "spoken_per_message", "cost_per_token",
)  # fmt: skip
GRAIN = 128
"""OpenAI's caches hold prompts in steps of so many tokens, and bill them so."""
LEAST_READ = 100_000
MOST_OF_DAYS = 0.6


@dataclass(frozen=True, slots=True)
class Person:
    """One tool of a person: a judged slice that tells the family, and the median of each measure
    over the recent large days."""

    item: SliceFacts
    family: str
    medians: Mapping[str, float]
    days: int


def _persons(view: View, *, fewest: float) -> Iterator[Person]:
    for client, days in view.by_client.items():
        item = next((item for item in view.large if item.client == client), None)
        if item is None:
            continue
        large = [d for d in days[-RECENT_DAYS:] if d.counts.total_tokens >= view.floor_tokens]
        if len(large) < fewest:
            continue
        row = max(item.models, key=lambda row: row.counts.total_tokens)
        if row.cost_microusd is None:
            continue  # local models run in ways of their own, and names are no families there
        yield Person(item, row.family, _medians(large), len(large))


def _medians(days: list[Day]) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for day in days:
        for name, value in measures_of(counts=day.counts, cost_microusd=None).items():
            values.setdefault(name, []).append(value)
    return {
        name: median_of(sorted(found))
        for name, found in values.items()
        if len(found) * 2 > len(days)
    }


def _distance(person: Person, measure: str, cohort: Cohort) -> float | None:
    """Spreads above the cohort of the same tool and family; None where nobody can tell."""
    figure = cohort.figures.get((person.item.client, person.family, measure))
    value = person.medians.get(measure)
    if figure is None or value is None:
        return None
    return (value - figure.centre) / max(figure.spread, LEAST_SPREAD)


def unlike_people(*, view: View, limits: Limits) -> Iterator[Found]:
    """A mix that is odd in several ways at once, over many days: shares of all classes and tokens
    a message together, each against other people's medians.

    An unusual way of working does this honestly, so it holds nothing alone.
    """
    if not view.facts.cohort.figures:
        return
    for person in _persons(view, fewest=limits["days"]):
        far = [_distance(person, measure, view.facts.cohort) for measure in MIX]
        squares = [min(abs(value), FARTHEST) ** 2 for value in far if value is not None]
        if len(squares) < FEWEST_MEASURES:
            continue
        apart = sqrt(sum(squares) / len(squares))
        strength = ramp(apart, low=limits["spreads"], high=limits["spreads"] + 0.8)
        yield from _all_of(view, person, strength, {"spreads": round(apart, 2)})


def heavy_account(*, view: View, limits: Limits) -> Iterator[Found]:
    """A usual day that only few people with the same tool and family of models have.

    Somebody is always among the heaviest.
    """
    if not view.facts.cohort.figures:
        return
    for person in _persons(view, fewest=limits["days"]):
        far = _distance(person, "total", view.facts.cohort)
        if far is None:
            continue
        figures = {
            "spreads": round(far, 2), "usual_tokens": round(exp(person.medians["total"]))
        }  # fmt: skip
        strength = ramp(far, low=limits["spreads"], high=limits["spreads"] + 1)
        yield from _all_of(view, person, strength, figures)


def cache_without_steps(*, view: View, limits: Limits) -> Iterator[Found]:
    """Cache reads that are no multiples of 128, with a tool where everybody's are.

    OpenAI's caches hold prompts in steps of 128 tokens, so a day's reads are a multiple too.
    Counts that were made up or multiplied are not. It speaks only where many people use the tool
    and none of them has other counts, and about most days of somebody's: a collector that divides
    days, or a reseller without steps, is seen in several people and ends it.
    """
    cohort = view.facts.cohort
    for person in _persons(view, fewest=limits["days"]):
        figure = cohort.figures.get((person.item.client, person.family, "cache_steps"))
        if figure is None or figure.people < limits["people"]:
            continue
        if figure.centre < 1 or figure.spread > 0 or figure.within > 0:
            continue
        recent = view.by_client[person.item.client][-RECENT_DAYS:]
        reads = [(day.key, day.counts.cache_read_tokens) for day in recent]
        telling = [(key, read % GRAIN) for key, read in reads if read >= LEAST_READ]
        odd = {key for key, rest in telling if rest}
        if len(odd) < max(limits["days"], MOST_OF_DAYS * len(telling)):
            continue
        strength = ramp(len(odd), low=limits["days"] - 2, high=limits["days"])
        for item in view.large:
            if item.key in odd and not any(row.estimated for row in item.models):
                yield Found(item.key, strength, {"days": len(odd)})


def _all_of(
    view: View, person: Person, strength: float, figures: Mapping[str, float | int | str]
) -> Iterator[Found]:
    if strength > 0:
        for item in view.large:
            if item.client == person.item.client:
                yield Found(item.key, strength, figures)


SPECS = (
    SignalSpec(
        code="unlike_people", title="Odd in several ways", family="mix", weight=0.28,
        sentence="Your days lie {spreads} spreads from other people's, in all measures together.",
        clears="A reviewer who sees how you work.",
        rule=unlike_people,
        thresholds=(
            Threshold(name="spreads", default=2.5, minimum=0.5, maximum=20,
                      sentence="Spreads from other people's, all measures together."),
            Threshold(name="days", default=8, minimum=3, maximum=1000,
                      sentence="Large days with a tool before it is looked at."),
        ),
    ),
    SignalSpec(
        code="heavy_account", title="Among the heaviest", family="size", weight=0.45,
        sentence="Your usual day of {usual_tokens:,} tokens is one that few people have.",
        clears="A reviewer who sees how you work, or a clean history.",
        rule=heavy_account,
        thresholds=(
            Threshold(name="spreads", default=1.4, minimum=0.5, maximum=20,
                      sentence="Spreads above other people's median."),
            Threshold(name="days", default=8, minimum=3, maximum=1000,
                      sentence="Large days with a tool before it is looked at."),
        ),
    ),
    SignalSpec(
        code="cache_without_steps", title="Cache reads without their steps", family="digits",
        weight=1.05, proof=True,
        sentence="On {days} days the cache reads are no multiples of 128, as everybody's are.",
        clears="A new report from the logs themselves.",
        rule=cache_without_steps,
        thresholds=(
            Threshold(name="days", default=4, minimum=2, maximum=1000,
                      sentence="Such days before it is noticed."),
            Threshold(name="people", default=20, minimum=3, maximum=1e9,
                      sentence="People who use the tool before it may speak."),
        ),
    ),
)  # fmt: skip
