"""The world: every country, and how much of everything is its people's."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.ops import clock
from ccgather.site.board_links import PERIODS, Choice
from ccgather.ui.charts.parts import WIDTH, width_of
from ccgather.ui.pages import render_public
from leaderboard.api.queries import country_order_of
from leaderboard.rules.boards import (
    CALENDAR_BOARDS,
    FIRST_YEAR,
    Board,
    Window,
    period_name_of,
    window_of,
)
from leaderboard.selectors.countries import CountryBoard, CountryOrder, CountryRow
from leaderboard.selectors.countries import countries as country_board

ORDERS = (
    (CountryOrder.TOKENS, "Tokens"),
    (CountryOrder.COST, "Cost"),
    (CountryOrder.PEOPLE, "People"),
)


@dataclass(frozen=True, slots=True)
class ShownCountry:
    """A country's row; the bar of its share beside the largest is `width` of 1000, `heat` 2..4."""

    row: CountryRow
    width: float

    @property
    def heat(self) -> int:
        """The warmer the larger."""
        return 2 + min(2, int(3 * self.width / WIDTH))


@require_safe
@conditional_page
def countries(request: HttpRequest) -> HttpResponse:
    """Every country that somebody stands for; `?period=&sort=`."""
    params = request.GET.dict()
    order = country_order_of(params)
    at = clock.now()
    board = country_board(period=params.get("period") or Board.ALL.value, order=order, at=at)
    largest = max((share_of(row) for row in (*board.rows, board.elsewhere)), default=0)
    context = {
        "board": board,
        "rows": [shown(row, largest=largest) for row in board.rows],
        "elsewhere": shown(board.elsewhere, largest=largest) if board.elsewhere.people else None,
        "periods": period_choices(board),
        "orders": order_choices(board),
        "earlier_href": neighbour_href(board, forward=False),
        "later_href": neighbour_href(board, forward=True),
    }
    return render_public(request, "site/countries.html", context, fragment="world")


def share_of(row: CountryRow) -> int:
    """A share in millionths, as bars compare whole numbers."""
    return round(row.share * 1_000_000)


def shown(row: CountryRow, *, largest: int) -> ShownCountry:
    """A row with its bar."""
    return ShownCountry(row=row, width=width_of(value=share_of(row), largest=largest))


def href_of(*, period: str, order: CountryOrder) -> str:
    """The address of the world, defaults left out."""
    given = {}
    if period != Board.ALL.value:
        given["period"] = period
    if order is not CountryOrder.TOKENS:
        given["sort"] = order.value
    return f"/countries?{urlencode(given)}" if given else "/countries"


def period_choices(board: CountryBoard) -> tuple[Choice, ...]:
    """A link to each board."""
    return tuple(
        Choice(
            key=choice.value,
            label=label,
            href=href_of(period=choice.value, order=board.order),
            is_current=choice is board.window.board,
        )
        for choice, label in PERIODS
    )


def order_choices(board: CountryBoard) -> tuple[Choice, ...]:
    """A link to each order."""
    return tuple(
        Choice(
            key=order.value,
            label=label,
            href=href_of(period=board.period, order=order),
            is_current=order is board.order,
        )
        for order, label in ORDERS
    )


def neighbour_href(board: CountryBoard, *, forward: bool) -> str | None:
    """The address of the week or month before or after; None where there is none."""
    window = board.window
    if window.board not in CALENDAR_BOARDS:
        return None
    day = window.end + timedelta(days=1) if forward else window.start - timedelta(days=1)
    today = board.updated_at.date()
    if day > today or day.year < FIRST_YEAR:
        return None
    return _window_href(window_of(board=window.board, day=day), board=board, today=today)


def _window_href(window: Window, *, board: CountryBoard, today: date) -> str:
    return href_of(period=period_name_of(window, today=today), order=board.order)
