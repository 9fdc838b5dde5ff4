"""What pages and endpoints of this app show, as frozen values.

Tokens are integers, costs integers of micro-dollars (`*_microusd`), None where a person hides
them. Days are UTC dates, moments aware UTC datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from leaderboard.rules.badges.catalogue import Badge
from leaderboard.rules.boards import Metric, Window
from leaderboard.rules.levels import LevelProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What part of which board is wanted. `country` is ISO 3166-1 alpha-2 or None for the world;
    `around` asks for the page that holds that person."""

    period: str = "all"
    metric: Metric = Metric.TOKENS
    country: str | None = None
    page: int = 1
    limit: int = 25
    around: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBadge:
    """A badge somebody holds. `country_code` is where it was earned, "" nowhere in particular;
    `place` where it stands beside the name (1 is first), None when it is not shown there."""

    badge: Badge
    earned_at: datetime
    country_code: str
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One person on a board. `rank_change` is positive for up, None for new or not applicable;
    `badges` are those the person chose to show."""

    rank: int
    rank_change: int | None
    user_id: UUID
    username: str
    display_name: str
    avatar_url: str
    country_code: str
    level: LevelProgress
    primary_model: str
    top_provider: str
    top_client: str
    tokens: int
    cost_microusd: int | None
    active_days: int
    shows_ranges: bool
    last_submission_at: datetime | None
    badges: tuple[HeldBadge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStats:
    """The filtered board as a whole: people on it, their tokens, their shown cost."""

    people: int
    tokens: int
    cost_microusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """One page of a board. `own` is the viewer's row, also when it is on another page."""

    rows: tuple[BoardRow, ...]
    own: BoardRow | None
    page: int
    limit: int
    total: int
    total_pages: int
    period: str
    window: Window
    metric: Metric
    country: str | None
    stats: BoardStats
    updated_at: datetime

    @property
    def has_more(self) -> bool:
        """Whether a page follows."""
        return self.page < self.total_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUsage:
    """A person's counted usage of one day; the mappings are tokens by name, descending."""

    day: date
    tokens: int
    cost_microusd: int | None
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    intensity: int
    providers: Mapping[str, int]
    clients: Mapping[str, int]
    models: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Lifetime counted usage."""

    tokens: int
    cost_microusd: int | None
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    active_days: int
    current_streak: int
    longest_streak: int
    unpriced_tokens: int
    best_day: date | None
    best_day_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole: `name` burned `tokens`, `share` of all in 0..1."""

    name: str
    tokens: int
    cost_microusd: int | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person's public page. `is_own` when the viewer is the person (who sees it also hidden)."""

    user_id: UUID
    username: str
    display_name: str
    avatar_url: str
    country_code: str
    timezone: str
    created_at: datetime
    last_submission_at: datetime | None
    first_submission_at: datetime | None
    level: LevelProgress
    rank_world: int | None
    rank_country: int | None
    primary_model: str
    totals: Totals
    days: tuple[DayUsage, ...]
    by_provider: tuple[Share, ...]
    by_client: tuple[Share, ...]
    by_model: tuple[Share, ...]
    shows_ranges: bool
    is_visible: bool
    is_excluded: bool
    is_own: bool
    badges: tuple[HeldBadge, ...] = ()
