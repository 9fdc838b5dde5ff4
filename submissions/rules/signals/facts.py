"""What signals look at, gathered by `submissions.services.judging` before anything is written.

Frozen values: no Django, no clock. Token counts are integers, costs integers of micro-dollars
(None where there is no price), days are UTC dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from submissions.rules.merge import SliceKey

MatchKind = Literal["messages", "counts", "shape"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """The five disjoint token classes and the messages they came from (0: not said)."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    messages: int = 0

    @property
    def total_tokens(self) -> int:
        """The five classes together."""
        return self.fresh_tokens + self.cache_read_tokens

    @property
    def fresh_tokens(self) -> int:
        """All but what was read from a cache: what caps apply to."""
        return (
            self.input_tokens + self.output_tokens + self.cache_write_tokens + self.reasoning_tokens
        )

    @property
    def spoken_tokens(self) -> int:
        """What a model had to write, one token after the other."""
        return self.output_tokens + self.reasoning_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a slice burned on one model. `family` groups models that behave alike."""

    model: str
    provider: str
    family: str
    counts: ClassCounts
    cost_microusd: int | None
    reported_cost_microusd: int | None
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceFacts:
    """One slice of the report that is judged. `hours` are 24 counts of messages, where told."""

    client: str
    day: date
    counts: ClassCounts
    cost_microusd: int
    reported_cost_microusd: int | None
    models: tuple[ModelFacts, ...]
    exact_key: int | None = None
    shape_key: int | None = None
    hours: tuple[int, ...] | None = None

    @property
    def key(self) -> SliceKey:
        """(client, day)."""
        return (self.client, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSlice:
    """A slice of the same person that counts already (any device), without its models."""

    client: str
    day: date
    device: str
    counts: ClassCounts
    cost_microusd: int
    exact_key: int | None = None
    shape_key: int | None = None
    first_seen_at: datetime | None = None
    hold_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A slice of the report that another account's stored slice repeats.

    `part` is how much of the judged slice the other has too (0 to 1); `other_first` says that the
    other account had it clearly earlier; `shift_days` is the judged day less the other's; `other`
    tells the other accounts apart, and names none of them.
    """

    key: SliceKey
    kind: MatchKind
    part: float
    other_first: bool
    shift_days: int
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """Who sends. `clean_days` are days that counted before this report, without a rejected one;
    `reports_against` how many people's standing reports of the profile there are."""

    first_submission_at: datetime | None
    clean_days: int
    trusted: bool
    reports_against: int = 0
    rejected_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalFacts:
    """How closely the person lands above somebody, now and in earlier reports.

    `gap_tokens` is lifetime tokens after this report less those of the next person below, None
    where nobody is; `people_above` how many people are above; `narrow_before` in how many earlier
    reports they landed narrowly above somebody else; `spacing_tokens` how far neighbours on the
    board lie apart there, None where that is not known.
    """

    total_after: int
    gap_tokens: int | None
    people_above: int
    narrow_before: int
    spacing_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measure over a cohort, on a natural logarithmic scale: see `CohortFigure`."""

    centre: float
    spread: float
    within: float
    low: float
    high: float
    people: int
    days: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """What usage looks like over everybody: figures by (client, family, measure), and how often
    each signal speaks about people whose usage stands (0 to 1, by code)."""

    figures: Mapping[tuple[str, str, str], Figure] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    """How many people counted usage of a model (by its name)."""

    def figure(self, *, client: str, family: str, measure: str) -> Figure | None:
        """The narrowest cohort that is large enough: the tool with the family, the family over
        all tools, everybody."""
        for key in ((client, family, measure), ("", family, measure), ("", "", measure)):
            if key in self.figures:
                return self.figures[key]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything that is known when a report is judged.

    `slices` are those of the report that would change something; `history` what counts already
    and stays, ascending by day; `waiting` what waits for review, with the codes that hold it,
    but for versions that the report replaces; `replaced` the accepted version that a slice would
    replace;
    `device` is the one that sends, as `PastSlice` names it.
    """

    at: datetime
    account: AccountFacts
    slices: tuple[SliceFacts, ...]
    history: tuple[PastSlice, ...]
    waiting: tuple[PastSlice, ...] = ()
    replaced: Mapping[SliceKey, PastSlice]
    cohort: Cohort
    matches: tuple[Match, ...] = ()
    rival: RivalFacts | None = None
    wire_format: str = "native"
    collector: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that looks false. `strength` is 0 to 1; `figures` are what was seen (numbers and
    short strings); `sentence` says it to the owner."""

    code: str
    strength: float
    figures: Mapping[str, float | int | str]
    sentence: str
