"""The board: who burns how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from ccgather.ops import clock
from ccgather.site import board_links
from ccgather.ui.charts.parts import WIDTH, width_of
from ccgather.ui.countries import COUNTRIES
from ccgather.ui.formats import band_bounds_of
from ccgather.ui.pages import render_public, wants_fragment
from leaderboard import selectors
from leaderboard.rules.boards import Metric
from leaderboard.shapes import BoardPage, BoardRow
from news.selectors.stories import latest_stories

PODIUM = 3
STRIP = 3
"""Stories that the front page names."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page shows it. The bar beneath its number ends at 1000, is `burn_width` wide
    and has a heat of 2..4, all beside the largest of the rows it stands among."""

    row: BoardRow
    is_own: bool
    burn_width: float
    burn_heat: int

    @property
    def burn_from(self) -> float:
        """Where the bar begins."""
        return WIDTH - self.burn_width


@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """One page of one board, for anybody; `?period=&sort=&country=&page=&around=`."""
    at = clock.now()
    query = board_links.board_query_of(request.GET.dict())
    viewer = request.user if isinstance(request.user, User) else None
    board = selectors.board_page(query=query, viewer=viewer, at=at)
    podium_size = PODIUM if board.page == 1 else 0
    earlier, later = board_links.neighbours_of(
        query=query, window=board.window, today=selectors.current_day(at=at)
    )
    context = {
        "board": board,
        "query": query,
        "podium": shown_rows(board, board.rows[:podium_size]),
        "rows": shown_rows(board, board.rows[podium_size:]),
        "pinned": pinned_row(board),
        "periods": board_links.period_choices(
            query=query, window=board.window, period=board.period
        ),
        "metrics": board_links.metric_choices(query=query),
        "pages": board_links.page_choices(
            query=query, page=board.page, total_pages=board.total_pages
        ),
        "previous_href": board_links.page_href(query=query, page=board.page - 1),
        "next_href": board_links.page_href(query=query, page=board.page + 1),
        "first_href": board_links.page_href(query=query, page=1),
        "own_href": board_links.own_href(query=query, username=board.own.username)
        if board.own
        else None,
        "first_place": (board.page - 1) * board.limit + 1,
        "last_place": (board.page - 1) * board.limit + len(board.rows),
        "earlier_href": earlier,
        "later_href": later,
        "countries": COUNTRIES,
        "live_href": board_links.live_href(query=query, page=board.page),
        "latest": () if wants_fragment(request) else latest_stories(limit=STRIP),
    }
    return render_public(request, "site/home.html", context, fragment="board")


def shown_rows(board: BoardPage, rows: Sequence[BoardRow]) -> tuple[ShownRow, ...]:
    """Some rows of a board, each with its bar beside the largest of them."""
    own = board.own.user_id if board.own else None
    amounts = [shown_amount_of(row, metric=board.metric) for row in rows]
    largest = max(amounts, default=0)
    return tuple(
        _shown(row, amount=amount, largest=largest, is_own=row.user_id == own)
        for row, amount in zip(rows, amounts, strict=True)
    )


def pinned_row(board: BoardPage) -> ShownRow | None:
    """The viewer's row when it stands on another page."""
    if board.own is None or _is_among(board.own, board.rows):
        return None
    return _shown(board.own, amount=0, largest=0, is_own=True)


def shown_amount_of(row: BoardRow, *, metric: Metric) -> int:
    """What the bar of a row may tell: the metric, or the foot of its band for who shows ranges."""
    amount = {
        Metric.TOKENS: row.tokens,
        Metric.COST: row.cost_microusd or 0,
        Metric.DAYS: row.active_days,
    }[metric]
    return band_bounds_of(amount)[0] if row.shows_ranges else amount


def _shown(row: BoardRow, *, amount: int, largest: int, is_own: bool) -> ShownRow:
    # Whole steps, so that a row is the same while its place and numbers are.
    width = round(width_of(value=amount, largest=largest))
    heat = 2 + min(2, int(3 * width / WIDTH))
    return ShownRow(row=row, is_own=is_own, burn_width=width, burn_heat=heat)


def _is_among(row: BoardRow, rows: Sequence[BoardRow]) -> bool:
    return any(other.user_id == row.user_id for other in rows)
