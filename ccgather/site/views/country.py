"""A country: what its people burned together, and who burned it."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from ccgather.ops import clock
from ccgather.site import board_links
from ccgather.site.board_links import country_href_of
from ccgather.site.views.home import PODIUM, pinned_row, shown_rows
from ccgather.ui.pages import render_public
from leaderboard import selectors
from leaderboard.rules.boards import Metric
from leaderboard.selectors.countries import CountryOrder, countries, country_code_of
from leaderboard.shapes import BoardQuery

ORDER = {
    Metric.TOKENS: CountryOrder.TOKENS,
    Metric.COST: CountryOrder.COST,
    Metric.DAYS: CountryOrder.TOKENS,
}
"""By what a country is ranked among the others while its people are ordered so."""


@require_safe
@conditional_page
def country(request: HttpRequest, code: str) -> HttpResponse:
    """Its sums, its rank among countries, and its board; `?period=&sort=&page=&around=`."""
    at = clock.now()
    code = country_code_of(text=code)
    query = replace(board_links.board_query_of(request.GET.dict()), country=code)
    viewer = request.user if isinstance(request.user, User) else None
    board = selectors.board_page(query=query, viewer=viewer, at=at)
    world = countries(period=board.period, order=ORDER[query.metric], at=at)
    podium_size = PODIUM if board.page == 1 else 0
    context = {
        "board": board,
        "query": query,
        "code": code,
        "row": world.of(code),
        "world": world,
        "order": ORDER[query.metric].value,
        "podium": shown_rows(board, board.rows[:podium_size]),
        "rows": shown_rows(board, board.rows[podium_size:]),
        "pinned": pinned_row(board),
        "periods": board_links.period_choices(
            query=query, window=board.window, period=board.period, href=country_href_of
        ),
        "metrics": board_links.metric_choices(query=query, href=country_href_of),
        "pages": board_links.page_choices(
            query=query, page=board.page, total_pages=board.total_pages, href=country_href_of
        ),
        "previous_href": _page_href(query, board.page - 1),
        "next_href": _page_href(query, board.page + 1),
        "first_href": _page_href(query, 1),
        "own_href": board_links.own_href(
            query=query, username=board.own.username, href=country_href_of
        )
        if board.own
        else None,
        "first_place": (board.page - 1) * board.limit + 1,
        "last_place": (board.page - 1) * board.limit + len(board.rows),
    }
    return render_public(request, "site/country.html", context, fragment="board")


def _page_href(query: BoardQuery, page: int) -> str:
    return board_links.page_href(query=query, page=page, href=country_href_of)
