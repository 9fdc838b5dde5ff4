"""Why a rank moved: counted causes that add up to the difference, in one sentence and a list.

Two orders are compared, that of a past midnight and the present one. Whoever is above somebody now
and was not then has passed them or come; whoever was above and is not now was passed or has left.
Nobody else counts, so the four numbers make the difference, whatever happened in between.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What somebody did to the rank. The value is part of the HTTP contract."""

    YOU_PASSED = "you_passed"
    LEFT = "left"
    PASSED_YOU = "passed_you"
    CAME = "came"

    @property
    def direction(self) -> int:
        """Places that one person of this kind moves: +1 is up."""
        return 1 if self in (Kind.YOU_PASSED, Kind.LEFT) else -1


class Cause(StrEnum):
    """Why usage or standing changed. Each is somebody's: yours or theirs."""

    GROWTH = "growth"
    RELEASE = "release"
    CORRECTION = "correction"
    REJECTION = "rejection"
    DELETION = "deletion"
    REPRICING = "repricing"
    REBUILD = "rebuild"
    NEWCOMER = "newcomer"
    SHOWN = "shown"
    READMITTED = "readmitted"
    HIDDEN = "hidden"
    EXCLUDED = "excluded"
    GONE = "gone"


_LEDGER = {
    "submission": (Cause.GROWTH, Cause.CORRECTION),
    "correction": (Cause.GROWTH, Cause.CORRECTION),
    "repricing": (Cause.REPRICING, Cause.REPRICING),
    "review": (Cause.RELEASE, Cause.REJECTION),
    "deletion": (Cause.GROWTH, Cause.DELETION),
    "rebuild": (Cause.REBUILD, Cause.REBUILD),
}
"""What a change in the ledger is called when it added usage, and when it took some away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passer:
    """Somebody who may be named. Their usage is not told."""

    username: str
    display_name: str
    avatar_url: str
    country_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """So many people who did the same for the same reason. `is_yours`: the reason is one's own
    change, not theirs. `named` are some of them."""

    kind: Kind
    cause: Cause
    is_yours: bool
    people: int
    named: tuple[Passer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChange:
    """What one cause did to one's own tokens; 0 for what moved costs only."""

    cause: Cause
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The two orders as far as they concern one person.

    A rank is None where they did not or do not stand. `absence` says why they stand nowhere now:
    hidden, excluded or gone (nothing counts).
    """

    rank_then: int | None
    rank_now: int | None
    tokens_then: int
    tokens_now: int
    groups: tuple[Group, ...] = ()
    own: tuple[OwnChange, ...] = ()
    absence: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One counted cause: `places` is signed, up is positive."""

    kind: Kind
    cause: Cause
    is_yours: bool
    people: int
    places: int
    sentence: str
    named: tuple[Passer, ...]

    @property
    def unnamed(self) -> int:
        """How many of the people are not named."""
        return self.people - len(self.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankStory:
    """`since` is the day at whose end the comparison begins. `change` is positive for up, None
    where there is nothing to compare; then there are no lines."""

    since: date
    rank_then: int | None
    rank_now: int | None
    tokens_then: int
    tokens_now: int
    change: int | None
    sentence: str
    lines: tuple[Line, ...]
    own: tuple[OwnChange, ...]


def own_changes_of(*, changes: Sequence[tuple[str, int]], difference: int) -> tuple[OwnChange, ...]:
    """The ledger's (cause, tokens added) summed by cause; what it does not explain is growth or
    correction by its sign, so that the parts always make the `difference`."""
    sums: dict[Cause, int] = {}
    for name, tokens in changes:
        up, down = _LEDGER[name]
        cause = up if tokens >= 0 else down
        sums[cause] = sums.get(cause, 0) + tokens
    rest = difference - sum(sums.values())
    if rest:
        cause = Cause.GROWTH if rest > 0 else Cause.CORRECTION
        sums[cause] = sums.get(cause, 0) + rest
    repriced = Cause.REPRICING in sums
    order = list(Cause)
    return tuple(
        OwnChange(cause=cause, tokens=tokens)
        for cause, tokens in sorted(sums.items(), key=lambda item: order.index(item[0]))
        if tokens or (repriced and cause is Cause.REPRICING)
    )


def main_cause_of(*, own: Sequence[OwnChange], up: bool) -> Cause:
    """What did most in one direction; growth or correction where nothing is known."""
    fallback = Cause.GROWTH if up else Cause.CORRECTION
    towards = [change for change in own if (change.tokens > 0) is up and change.tokens]
    if not towards:
        return fallback
    return max(towards, key=lambda change: abs(change.tokens)).cause


def ledger_cause_of(*, name: str, up: bool) -> Cause:
    """What the ledger's word means for somebody whose usage went that way."""
    return _LEDGER[name][0 if up else 1]


def rank_story_of(
    *, movement: Movement, since: date, tokens_words: Callable[[int], str]
) -> RankStory:
    """The story of a movement. Raises ValueError when its groups do not make the difference."""
    then, now = movement.rank_then, movement.rank_now
    change = None if then is None or now is None else then - now
    groups = sorted((group for group in movement.groups if group.people), key=_order_of)
    lines = tuple(_line_of(group) for group in groups)
    if sum(line.places for line in lines) != (change or 0):
        message = f"{movement} does not add up"
        raise ValueError(message)
    return RankStory(
        since=since,
        rank_then=then,
        rank_now=now,
        tokens_then=movement.tokens_then,
        tokens_now=movement.tokens_now,
        change=change,
        sentence=_sentence_of(movement, lines, tokens_words),
        lines=lines,
        own=movement.own,
    )


def _order_of(group: Group) -> tuple[int, bool, int]:
    return list(Kind).index(group.kind), not group.is_yours, -group.people


def _line_of(group: Group) -> Line:
    return Line(
        kind=group.kind,
        cause=group.cause,
        is_yours=group.is_yours,
        people=group.people,
        places=group.kind.direction * group.people,
        sentence=_line_sentence_of(group),
        named=group.named,
    )


_YOURS = {
    (Kind.YOU_PASSED, Cause.GROWTH): "You passed {people} by what you burned",
    (Kind.YOU_PASSED, Cause.RELEASE): "You passed {people} when held usage of yours was released",
    (Kind.YOU_PASSED, Cause.REBUILD): "You passed {people} when your sums were counted anew",
    (Kind.PASSED_YOU, Cause.CORRECTION): "{People} passed you when your usage was corrected",
    (Kind.PASSED_YOU, Cause.REJECTION): "{People} passed you when usage of yours was rejected",
    (Kind.PASSED_YOU, Cause.DELETION): "{People} passed you when you deleted usage",
    (Kind.PASSED_YOU, Cause.REBUILD): "{People} passed you when your sums were counted anew",
}
_THEIRS = {
    (Kind.YOU_PASSED, Cause.CORRECTION): "{People} fell behind you when their usage was corrected",
    (Kind.YOU_PASSED, Cause.REJECTION): "{People} fell behind you when their usage was rejected",
    (Kind.YOU_PASSED, Cause.DELETION): "{People} fell behind you by deleting usage",
    (Kind.YOU_PASSED, Cause.REBUILD): "{People} fell behind you when sums were counted anew",
    (Kind.PASSED_YOU, Cause.GROWTH): "{People} passed you by what they burned",
    (Kind.PASSED_YOU, Cause.RELEASE): "{People} passed you when held usage was released",
    (Kind.PASSED_YOU, Cause.REBUILD): "{People} passed you when sums were counted anew",
    (Kind.CAME, Cause.NEWCOMER): "{People} {is} new on the board, ahead of you",
    (Kind.CAME, Cause.SHOWN): "{People} came back on the board, ahead of you",
    (Kind.CAME, Cause.READMITTED): "{People} {was} let back on the board, ahead of you",
    (Kind.CAME, Cause.RELEASE): "{People} came on the board when held usage was released",
    (Kind.LEFT, Cause.HIDDEN): "{People} ahead of you hid from the board",
    (Kind.LEFT, Cause.EXCLUDED): "{People} ahead of you {was} taken off the board",
    (Kind.LEFT, Cause.REJECTION): "{People} ahead of you {has} no usage left that counts",
    (Kind.LEFT, Cause.GONE): "{People} ahead of you deleted what they had sent",
}
_FALLBACK = {
    Kind.YOU_PASSED: "You passed {people}",
    Kind.LEFT: "{People} ahead of you left the board",
    Kind.PASSED_YOU: "{People} passed you",
    Kind.CAME: "{People} came on the board, ahead of you",
}


def _line_sentence_of(group: Group) -> str:
    words = (_YOURS if group.is_yours else _THEIRS).get(
        (group.kind, group.cause), _FALLBACK[group.kind]
    )
    return f"{_filled(words, group.people)}."


def _filled(words: str, people: int) -> str:
    one = people == 1
    counted = counted_people(people)
    return words.format(
        people=counted,
        People=counted,
        **{"is": "is" if one else "are"},
        was="was" if one else "were",
        has="has" if one else "have",
    )


def counted_people(people: int) -> str:
    """`1 person`, `1,204 people`."""
    return "1 person" if people == 1 else f"{people:,} people"


def _sentence_of(
    movement: Movement, lines: Sequence[Line], tokens_words: Callable[[int], str]
) -> str:
    then, now = movement.rank_then, movement.rank_now
    if now is None:
        before = "You stood on no board" if then is None else f"You stood at #{then:,}"
        return f"{before}, and stand on none now: {_ABSENCES[movement.absence or Cause.GONE]}."
    if then is None:
        return f"You came on the board, and stand at #{now:,}."
    moved = f"You stayed at #{now:,}" if then == now else f"You went from #{then:,} to #{now:,}"
    clauses = [*_own_clauses(movement, lines, tokens_words), *_other_clauses(lines)]
    return f"{moved}: {'; '.join(clauses)}." if clauses else f"{moved}: nobody moved past anybody."


_ABSENCES = {
    Cause.HIDDEN: "your profile is hidden",
    Cause.EXCLUDED: "what you sent waits for review",
    Cause.GONE: "nothing of yours counts",
}


def _own_clauses(
    movement: Movement, lines: Sequence[Line], tokens_words: Callable[[int], str]
) -> list[str]:
    """What one did oneself, and whom one passed or let pass by it."""
    clauses = []
    passed = sum(line.people for line in lines if line.is_yours and line.places > 0)
    let_pass = sum(line.people for line in lines if line.is_yours and line.places < 0)
    up, down = (main_cause_of(own=movement.own, up=is_up) for is_up in (True, False))
    tokens = {change.cause: change.tokens for change in movement.own}
    for cause, words in _OWN_WORDS.items():
        amount = tokens.get(cause, 0)
        if not amount and not (passed and cause is up) and not (let_pass and cause is down):
            continue
        clause = words.format(tokens=f"{tokens_words(abs(amount))} tokens" if amount else "usage")
        if passed and cause is up:
            clause += f" and passed {counted_people(passed)}"
        if let_pass and cause is down:
            clause += f", and {counted_people(let_pass)} passed you"
        clauses.append(clause)
    return clauses


_OWN_WORDS = {
    Cause.GROWTH: "you burned {tokens}",
    Cause.RELEASE: "you got {tokens} released that had been held",
    Cause.REBUILD: "you had {tokens} counted anew",
    Cause.CORRECTION: "a correction took {tokens} off your count",
    Cause.REJECTION: "a review took {tokens} off your count",
    Cause.DELETION: "you deleted {tokens}",
}


def _other_clauses(lines: Sequence[Line]) -> list[str]:
    theirs = [line for line in lines if not line.is_yours]

    def people(kind: Kind, *causes: Cause) -> int:
        return sum(
            line.people
            for line in theirs
            if line.kind is kind and (not causes or line.cause in causes)
        )

    new = people(Kind.CAME, Cause.NEWCOMER)
    back = people(Kind.CAME) - new
    counts = (
        (people(Kind.YOU_PASSED), "{people} fell behind you"),
        (people(Kind.PASSED_YOU), "{people} passed you"),
        (new, "{people} {is} new ahead of you"),
        (back, "{people} came back ahead of you"),
        (people(Kind.LEFT), "{people} ahead of you left the board"),
    )
    return [_filled(words, number) for number, words in counts if number]
