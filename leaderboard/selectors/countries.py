"""What each country burned, and where it stands among the others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Sum

from ccgather.ui.countries import COUNTRIES, is_country
from leaderboard.errors import UnknownCountryError
from leaderboard.models import WORLD, BoardTally
from leaderboard.rules.boards import Window, period_name_of, window_named
from leaderboard.services.clock import board_clock


class CountryOrder(StrEnum):
    """What countries are ordered by."""

    TOKENS = "tokens"
    COST = "cost"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryRow:
    """One country on a board: its ranked people, their tokens, the cost of those who show it,
    and its share in 0..1 of the world's, by the order asked for."""

    code: str
    name: str
    people: int
    tokens: int
    cost_microusd: int
    rank: int
    share: float


@dataclass(frozen=True, slots=True)
class _Sums:
    people: int = 0
    tokens: int = 0
    cost_microusd: int = 0

    def by(self, order: CountryOrder) -> int:
        """What countries are compared by."""
        return {
            CountryOrder.TOKENS: self.tokens,
            CountryOrder.COST: self.cost_microusd,
            CountryOrder.PEOPLE: self.people,
        }[order]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryBoard:
    """Every country that somebody stands for, and the world.

    `elsewhere` is what people burned who tell no country: with it the rows add up to `world`.
    Its rank is 0.
    """

    rows: tuple[CountryRow, ...]
    elsewhere: CountryRow
    world: CountryRow
    period: str
    window: Window
    order: CountryOrder
    updated_at: datetime

    def of(self, code: str) -> CountryRow:
        """The row of a country; with rank 0 and nothing else when nobody stands for it."""
        found = (row for row in self.rows if row.code == code)
        return next(found, None) or _row(code, _Sums(), rank=0, whole=0, order=self.order)


def countries(*, period: str, order: CountryOrder, at: datetime) -> CountryBoard:
    """Every country on one board, ranked; two queries. Raises UnknownPeriodError.

    Ties go to more people, then to the code.
    """
    today = board_clock(at=at).current_day
    window = window_named(period=period, today=today)
    sums = _sums_of(window=window)
    world = sums.pop(WORLD, _Sums())
    ranked = sorted(sums, key=lambda code: (-sums[code].by(order), -sums[code].people, code))
    rows = tuple(
        _row(code, sums[code], rank=rank, whole=world.by(order), order=order)
        for rank, code in enumerate(ranked, start=1)
    )
    told = [sums[code] for code in ranked]
    untold = _Sums(
        world.people - sum(s.people for s in told),
        world.tokens - sum(s.tokens for s in told),
        world.cost_microusd - sum(s.cost_microusd for s in told),
    )
    return CountryBoard(
        rows=rows,
        elsewhere=_row("", untold, rank=0, whole=world.by(order), order=order),
        world=_row("", world, rank=0, whole=world.by(order), order=order),
        period=period_name_of(window, today=today),
        window=window,
        order=order,
        updated_at=at,
    )


def country_code_of(*, text: str) -> str:
    """The code that an address names, in capitals. Raises UnknownCountryError."""
    code = text.upper()
    if not is_country(code):
        raise UnknownCountryError
    return code


def _sums_of(*, window: Window) -> dict[str, _Sums]:
    rows = (
        BoardTally.objects.filter(board=window.board.value, window_start=window.start)
        .values_list("country_code")
        .annotate(Sum("people_by_tokens"), Sum("tokens"), Sum("cost_microusd"))
        .order_by()
    )
    sums = {code: _Sums(people, tokens, cost) for code, people, tokens, cost in rows}
    return {code: found for code, found in sums.items() if found.people > 0}


def _row(code: str, sums: _Sums, *, rank: int, whole: int, order: CountryOrder) -> CountryRow:
    return CountryRow(
        code=code,
        name=COUNTRIES.get(code, code),
        people=sums.people,
        tokens=sums.tokens,
        cost_microusd=sums.cost_microusd,
        rank=rank,
        share=sums.by(order) / whole if whole else 0.0,
    )
