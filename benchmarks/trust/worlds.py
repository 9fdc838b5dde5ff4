"""The two worlds of people: one from the logs of their agents up, one from daily totals."""

from benchmarks.trust.cheats import cheats
from benchmarks.trust.other import other_world
from benchmarks.trust.people import honest_people
from benchmarks.trust.story import Person


def world_of(*, world: str, people: int, each: int, seed: str, profile: str) -> list[Person]:
    """Honest people first, then cheats."""
    if world == "other":
        honest, cheating = other_world(people=people, each=each, seed=seed)
        return [*honest, *cheating]
    tame = profile == "tame"
    honest = honest_people(count=people, seed=seed, tame=tame)
    return [*honest, *cheats(each=each, seed=seed, honest=honest, tame=tame)]
