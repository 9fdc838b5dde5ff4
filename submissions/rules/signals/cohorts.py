"""What usage looks like over everybody: the arithmetic of `Figure`, by people and not by days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from submissions.rules.signals.facts import Cohort, Figure, SliceFacts
from submissions.rules.signals.measures import families_of, measures_of
from submissions.rules.signals.scales import MAD_TO_SIGMA, median_of, quantile_of, spread_of

FEWEST_PEOPLE = 12
"""A smaller cohort is no cohort: one odd person would be a tenth of it."""
EVERYBODY = ("", "")
CohortKey = tuple[str, str, str]


def cohort_of(*, days: Iterable[tuple[str, SliceFacts]]) -> Cohort:
    """The cohort of (person, slice) pairs, and how many people use each model."""
    seen = list(days)
    users: defaultdict[str, set[str]] = defaultdict(set)
    for person, item in seen:
        for row in item.models:
            users[row.model].add(person)
    return Cohort(
        figures=figures_of(days=seen), models={name: len(who) for name, who in users.items()}
    )


def figures_of(*, days: Iterable[tuple[str, SliceFacts]]) -> dict[CohortKey, Figure]:
    """Figures by (client, family, measure), of every cohort that is large enough."""
    values: defaultdict[CohortKey, defaultdict[str, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for person, item in days:
        for family, (counts, cost) in families_of(item).items():
            for measure, value in measures_of(counts=counts, cost_microusd=cost).items():
                for client, kin in ((item.client, family), ("", family), EVERYBODY):
                    values[client, kin, measure][person].append(value)
    return {
        key: figure_of(of_people=of_people)
        for key, of_people in values.items()
        if len(of_people) >= FEWEST_PEOPLE
    }


def figure_of(*, of_people: Mapping[str, list[float]]) -> Figure:
    """One figure from each person's values; everybody weighs the same in centre and spread."""
    medians = []
    withins = []
    every: list[float] = []
    for values in of_people.values():
        ordered = sorted(values)
        centre = median_of(ordered)
        medians.append(centre)
        if len(ordered) >= 3:
            withins.append(spread_of(ordered, centre=centre))
        every.extend(ordered)
    medians.sort()
    every.sort()
    centre = median_of(medians)
    return Figure(
        centre=centre,
        spread=MAD_TO_SIGMA * median_of(sorted(abs(value - centre) for value in medians)),
        within=median_of(sorted(withins)) if withins else 0.0,
        low=quantile_of(every, part=0.001),
        high=quantile_of(every, part=0.999),
        people=len(medians),
        days=len(every),
    )
