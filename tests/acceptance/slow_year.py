"""A year worked out slowly, from the raw rows and from what was done, by rules written once more.

Nothing of the site's rules is imported: windows, order, grace, levels, streaks, badges and ranks
are all said here again, in plain loops over everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

DAY = timedelta(days=1)
NOTHING = (0, 0, 0)
Sums = tuple[int, int, int]
"""(tokens, micro-dollars, days)."""

Row = tuple[date, str, str, int, int]
"""(day, client, model, tokens, micro-dollars) of what counts."""

METRICS = ("tokens", "cost", "days")
EPOCH = date(1970, 1, 1)
LEVEL_FEET = [
    0,
    10**7,
    5 * 10**7,
    2 * 10**8,
    5 * 10**8,
    10**9,
    3 * 10**9,
    10**10,
    3 * 10**10,
    10**11,
]
FAMILIES = {
    "claude-opus-4-5": "opus",
    "claude-sonnet-4-5": "sonnet",
    "claude-haiku-4-5": "haiku",
    "gpt-5": "gpt",
    "gemini-2.5-pro": "gemini",
}


@dataclass(eq=False)
class Someone:
    """A person as the simulation knows them, and what counts of theirs."""

    id: UUID
    name: str
    country: str
    hides_country: bool = False
    hides_cost: bool = False
    is_hidden: bool = False
    is_excluded: bool = False
    first_at: datetime | None = None
    rows: list[Row] = field(default_factory=list)
    days: dict[date, tuple[int, int]] = field(default_factory=dict)
    held_days: set[date] = field(default_factory=set)
    badges: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Badge: (what it rests on, country)."""
    frozen: dict[tuple[str, date], Sums | None] = field(default_factory=dict)
    """What stands in final windows that something happened to since."""

    @property
    def stands(self) -> bool:
        return not (self.is_hidden or self.is_excluded)

    @property
    def shown_country(self) -> str:
        return "" if self.hides_country else self.country

    @property
    def tokens(self) -> int:
        return sum(tokens for tokens, _ in self.days.values())


@dataclass
class Stood:
    """A row of a snapshot."""

    person: Someone
    tokens: int
    cost: int
    country: str
    first_at: datetime
    world: int = 0
    in_country: int | None = None

    @property
    def level(self) -> int:
        return sum(self.tokens >= foot for foot in LEVEL_FEET)


def bounds(board: str, day: date) -> tuple[date, date]:
    """First and last day of the window that a board shows on that day."""
    if board == "all":
        return EPOCH, date(9999, 12, 31)
    if board == "week":
        return day - DAY * day.weekday(), day + DAY * (6 - day.weekday())
    if board == "month":
        first = day.replace(day=1)
        return first, (first + DAY * 31).replace(day=1) - DAY
    return day - DAY * ({"today": 1, "7d": 7, "30d": 30}[board] - 1), day


def is_closed(board: str, first: date, at: datetime) -> bool:
    """Weeks and months, from the third midnight after their last day."""
    return board in ("week", "month") and at.date() > bounds(board, first)[1] + 2 * DAY


def added_up(person: Someone, first: date, last: date) -> Sums:
    inside = [amounts for day, amounts in person.days.items() if first <= day <= last]
    return sum(t for t, _ in inside), sum(c for _, c in inside), len(inside)


class SlowYear:
    """Everybody, and everything that was once worked out."""

    def __init__(self) -> None:
        self.people: dict[UUID, Someone] = {}
        self.snapshots: dict[date, list[Stood]] = {}
        self.gaps: dict[date, int] = {}
        self.ended: dict[date, list[Stood]] = {}
        self.midnight: dict[tuple[str, str, str], dict[UUID, int]] = {}
        self.midnight_windows: dict[str, date] = {}
        self.midnight_countries: dict[UUID, str] = {}
        self.rank_badges_seen: date | None = None
        self._amounts: dict[tuple[str, date, datetime], dict[UUID, Sums]] = {}

    # --- What happens -------------------------------------------------------------------------

    def counts_now(self, person: Someone, rows: list[Row], held: set[date], at: datetime) -> None:
        """After each event: what counts of a person now. Closed windows never gain by it."""
        self._amounts.clear()
        before = dict(person.days)
        closed = {
            (board, bounds(board, day)[0])
            for day in {*before, *(row[0] for row in rows)}
            for board in ("week", "month")
            if is_closed(board, bounds(board, day)[0], at)
        }
        for board, first in closed - person.frozen.keys():
            stood = added_up(person, first, bounds(board, first)[1])
            person.frozen[board, first] = stood if stood[2] else None
        person.rows = rows
        person.held_days = held
        person.days = {}
        for day, _, _, tokens, cost in rows:
            had = person.days.get(day, (0, 0))
            person.days[day] = (had[0] + tokens, had[1] + cost)
        for key in closed:
            stood_then = person.frozen[key]
            now = added_up(person, key[1], bounds(*key)[1])
            if stood_then is not None:
                least = tuple(min(a, b) for a, b in zip(stood_then, now, strict=True))
                person.frozen[key] = (least[0], least[1], least[2]) if now[2] else None
        if before != person.days:
            judge_usage_badges(person)

    def forgets(self, person: Someone) -> None:
        """All data of a person, or the person, was deleted: they leave the past too."""
        person.first_at = None
        for day, rows in self.snapshots.items():
            kept = [row for row in rows if row.person is not person]
            self.gaps[day] = self.gaps.get(day, 0) + len(rows) - len(kept)
            self.snapshots[day] = kept
        for day, rows in self.ended.items():
            self.ended[day] = [row for row in rows if row.person is not person]

    def day_ends(self, day: date) -> None:
        """What stands at this midnight, before anything else happens."""
        standing = [p for p in self.people.values() if p.stands and p.days and p.first_at]
        self.ended[day] = [
            Stood(p, p.tokens, added_up(p, EPOCH, date.max)[1], p.shown_country, p.first_at)
            for p in standing
            if p.first_at
        ]

    def takes_snapshots(self) -> None:
        """Of each day that ended, with whoever is still there."""
        for day in sorted(self.ended):
            rows = sorted(
                self.ended.pop(day), key=lambda row: (-row.tokens, row.first_at, row.person.id)
            )
            counts: dict[str, int] = {}
            for place, row in enumerate(rows, start=1):
                row.world = place
                counts[row.country] = counts.get(row.country, 0) + 1
                row.in_country = counts[row.country] if row.country else None
            self.snapshots[day] = rows
            self.gaps[day] = 0

    def rolls(self, old_day: date, at: datetime) -> None:
        """Where everybody stood on the boards of the old day is what changes are told against."""
        self.midnight = {}
        for board in ("all", "7d", "30d", "week", "month"):
            self.midnight_windows[board] = bounds(board, old_day)[0]
            for metric in METRICS:
                placed = self.board(board, old_day, metric, None, at)
                self.midnight[board, metric, ""] = _places(placed)
                for country in self.countries():
                    placed = self.board(board, old_day, metric, country, at)
                    self.midnight[board, metric, country] = _places(placed)
        self.midnight_countries = {p.id: p.shown_country for p in self.people.values()}

    # --- What is asked ------------------------------------------------------------------------

    def countries(self) -> list[str]:
        return sorted({p.shown_country for p in self.people.values()} - {""})

    def amounts(self, person: Someone, board: str, day: date, at: datetime) -> Sums:
        """What a person has on the board of that day."""
        first, last = bounds(board, day)
        if is_closed(board, first, at) and (board, first) in person.frozen:
            return person.frozen[board, first] or NOTHING
        return added_up(person, first, last)

    def board(
        self, board: str, day: date, metric: str, country: str | None, at: datetime
    ) -> list[tuple[UUID, int]]:
        """Everybody on a board, first place first, with what they have."""
        found = []
        amounts = self._amounts.get((board, day, at))
        if amounts is None:
            amounts = {p.id: self.amounts(p, board, day, at) for p in self.people.values()}
            self._amounts[board, day, at] = amounts
        for person in self.people.values():
            if not person.stands or (metric == "cost" and person.hides_cost):
                continue
            if country is not None and person.shown_country != country:
                continue
            amount = amounts[person.id][METRICS.index(metric)]
            if amount > 0 and person.first_at is not None:
                found.append((-amount, person.first_at, person.id))
        return [(user_id, -amount) for amount, _, user_id in sorted(found)]

    def change(
        self, board: str, metric: str, country: str | None, user_id: UUID, now: int
    ) -> int | None:
        """Places up since the last midnight; of a board that stands where it stood then."""
        then = self.midnight.get((board, metric, country or ""), {}).get(user_id)
        if then is None or (country and self.midnight_countries.get(user_id) != country):
            return None
        return then - now

    # --- Badges of ranks ------------------------------------------------------------------------

    def judges_rank_badges(self) -> None:
        """Every snapshot that was not looked at, in order."""
        days = sorted(self.snapshots)
        for day in [d for d in days if self.rank_badges_seen is None or d > self.rank_badges_seen]:
            rows = self.snapshots[day]
            people = len(rows) + self.gaps[day]
            for row in rows:
                self._judge_ranks(row, people=people, rows=rows)
            since = days[max(0, days.index(day) - 6)]
            worst: dict[UUID, int] = {}
            for past in [d for d in days if since <= d < day]:
                for row in self.snapshots[past]:
                    worst[row.person.id] = max(row.world, worst.get(row.person.id, 0))
            for row in rows:
                if worst.get(row.person.id, 0) - row.world >= 100:
                    _earn(row.person, "rising_star", row.tokens)
            self._judge_first_of_countries(day)
            self.rank_badges_seen = day

    def _judge_ranks(self, row: Stood, *, people: int, rows: list[Stood]) -> None:
        for badge, rank, among in (
            ("top_50", 50, 200),
            ("podium", 3, 50),
            ("global_champion", 1, 50),
        ):
            if row.world <= rank and people >= among:
                _earn(row.person, badge, row.tokens)
        if row.in_country == 1 and sum(other.country == row.country for other in rows) >= 10:
            _earn(row.person, "national_champion", row.tokens, row.country)

    def _judge_first_of_countries(self, day: date) -> None:
        ended = datetime.combine(day + DAY, time(), tzinfo=UTC)
        for country in self.countries():
            holders = [
                p
                for p in self.people.values()
                if p.badges.get("trailblazer", (0, ""))[1] == country
            ]
            if len(holders) >= 10:
                continue
            standing = [
                p
                for p in self.people.values()
                if p.stands and p.days and p.shown_country == country and p.first_at
            ]
            came = [(p.first_at, p.id) for p in standing if p.first_at and p.first_at < ended]
            for _, user_id in sorted(came)[:10]:
                person = self.people[user_id]
                _earn(person, "trailblazer", person.tokens, country)


def _places(placed: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    return {user_id: place for place, (user_id, _) in enumerate(placed, start=1)}


def _earn(person: Someone, badge: str, basis: int, country: str = "") -> None:
    person.badges.setdefault(badge, (basis, country))


def streaks(days: Iterable[date], today: date) -> tuple[int, int]:
    """(current, longest): from the end of each run, day by day back to its beginning."""
    active = set(days)
    runs = []
    for day in active - {day - DAY for day in active}:
        length = 0
        while day - DAY * length in active:
            length += 1
        runs.append(length)
    last = max(active, default=EPOCH)
    current = 0
    if last >= today - DAY:
        while last - DAY * current in active:
            current += 1
    return current, max(runs, default=0)


def judge_usage_badges(person: Someone) -> None:
    """What usage earns, and what it no longer covers."""
    if not person.days:
        person.badges.clear()
        return
    met = dict(_usage_badges(person))
    families = _by_family(person)
    for badge, (is_met, basis) in met.items():
        if is_met:
            person.badges.setdefault(badge, (basis, ""))
    for badge in [b for b in person.badges if b in met and not met[b][0]]:
        basis = person.badges[badge][0]
        if badge in ("opus_connoisseur", "sonnet_master", "haiku_ninja"):
            family = badge.partition("_")[0]
            if families.get(family, 0) >= basis and person.tokens >= 10**7:
                continue
        if badge == "verified_streak" and len(person.days) >= 90:
            continue  # a hold takes nothing
        del person.badges[badge]


def _by_family(person: Someone) -> dict[str, int]:
    families: dict[str, int] = {}
    for _, _, model, tokens, _ in person.rows:
        families[FAMILIES[model]] = families.get(FAMILIES[model], 0) + tokens
    return families


def _usage_badges(person: Someone) -> Iterator[tuple[str, tuple[bool, int]]]:
    """Badge: (is it met, what it rests on)."""
    longest = streaks(person.days, date.max)[1]
    for length in (7, 14, 30, 60, 90, 180, 365):
        yield f"streak_{length}", (longest >= length, longest)
    tokens, cost, _ = added_up(person, EPOCH, date.max)
    for badge, goal in (
        ("first_million", 10**6),
        ("hundred_million", 10**8),
        ("billion_club", 10**9),
        ("ten_billion_club", 10**10),
    ):
        yield badge, (tokens >= goal, tokens)
    yield "big_spender", (cost >= 5_000_000_000, cost)
    yield "whale", (cost >= 10_000_000_000, cost)
    families = _by_family(person)
    for badge, family in (
        ("opus_connoisseur", "opus"),
        ("sonnet_master", "sonnet"),
        ("haiku_ninja", "haiku"),
    ):
        own = families.get(family, 0)
        yield badge, (tokens >= 10**7 and 100 * own // tokens >= 70, own)
    known = sum(amount >= 100_000 for amount in families.values())
    yield "model_explorer", (known >= 3, known)
    tools = len({client for _, client, _, amount, _ in person.rows if amount})
    yield "polyglot", (tools >= 4, tools)
    weekend = sum(day.isoweekday() >= 6 for day in person.days)
    yield "weekend_warrior", (weekend >= 20, weekend)
    last_held = max(person.held_days, default=EPOCH)
    clean = sum(day > last_held for day in person.days)
    yield "verified_streak", (clean >= 90, len(person.days))
