"""Every invariant there is: its name, what it says in public, and what is counted in its figure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One thing that must always be true. `unit` is what its figure counts; `is_sample` says that
    the figure is of some, drawn anew each night, and not of all."""

    name: str
    title: str
    sentence: str
    unit: str
    is_sample: bool = False


INVARIANTS = (
    Invariant(
        name="slices",
        title="Slices",
        sentence="Every slice (one machine, one tool, one day) has the tokens and the cost of the "
        "models in it, and the five kinds of tokens of a model make its total.",
        unit="slices",
    ),
    Invariant(
        name="days",
        title="Days",
        sentence="Every person’s day is the sum of that day’s slices that count: no more, no less.",
        unit="days",
    ),
    Invariant(
        name="accounts",
        title="Lifetimes",
        sentence="Every person’s lifetime total, first day, last day and number of active days "
        "are those of their days.",
        unit="people",
    ),
    Invariant(
        name="standings",
        title="Standings",
        sentence="On every board, a person has what their days inside its window add up to, under "
        "the country and the visibility they chose. Past weeks and months, which are final, have "
        "no more than that.",
        unit="standings",
    ),
    Invariant(
        name="tallies",
        title="Boards’ totals",
        sentence="The people, tokens and cost that a board or a country says it has are those of "
        "the people on it.",
        unit="totals",
    ),
    Invariant(
        name="uncounted",
        title="What does not count",
        sentence="Nothing that waits for review, was not accepted, counts elsewhere or was read "
        "by a release in quarantine is in any sum.",
        unit="slices that do not count",
    ),
    Invariant(
        name="holds",
        title="What waits",
        sentence="Everything that waits for review is in an open case of its owner, and each open "
        "case has what waits and what it would add, no more and no less.",
        unit="slices that wait",
    ),
    Invariant(
        name="decided",
        title="What was decided",
        sentence="Everything that a reviewer approved or did not accept has its line in the "
        "ledger.",
        unit="decided slices",
    ),
    Invariant(
        name="excluded",
        title="Who is excluded",
        sentence="Nobody who is excluded stands on any board, of now or of the past.",
        unit="people",
    ),
    Invariant(
        name="windows",
        title="Longer is never less",
        sentence="Nobody has more today than in 7 days, in 7 days than in 30, or on any board "
        "than in all.",
        unit="standings",
    ),
    Invariant(
        name="ranks",
        title="Ranks",
        sentence="On every current board, by tokens, cost and days, in the world and in each "
        "country, the ranks are 1 to n: each held once, by everybody who stands there, in the one "
        "order.",
        unit="ranks",
    ),
    Invariant(
        name="copy",
        title="The fast copy",
        sentence="Ranks that are read from Redis are the ranks of the database.",
        unit="ranks",
        is_sample=True,
    ),
    Invariant(
        name="profiles",
        title="Profiles",
        sentence="A profile shows the same tokens, days and rank as the board.",
        unit="profiles",
        is_sample=True,
    ),
    Invariant(
        name="snapshots",
        title="Last midnight",
        sentence="The last daily snapshot has exactly who stood there at midnight, with what they "
        "had then, worked out again backwards from now.",
        unit="people",
    ),
    Invariant(
        name="badges",
        title="Badges",
        sentence="Badges that were earned by usage are still covered by it, and each badge’s "
        "count of holders is right.",
        unit="badges",
        is_sample=True,
    ),
)

BY_NAME = {invariant.name: invariant for invariant in INVARIANTS}
