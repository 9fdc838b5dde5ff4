"""The addresses of the board: what a query string asks for, and how one is written.

A default is left out of an address, so that every view of the board has one address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from ccgather.errors import InvalidInputError
from ccgather.ui.countries import is_country
from leaderboard.rules.boards import (
    CALENDAR_BOARDS,
    FIRST_YEAR,
    Board,
    Metric,
    Window,
    period_name_of,
    window_of,
)
from leaderboard.shapes import BoardQuery

MAX_PAGE = 1_000_000_000
"""Beyond this a page number is nonsense, and its offset no longer a sensible number."""

PERIODS = (
    (Board.ALL, "All time"),
    (Board.TODAY, "Today"),
    (Board.LAST_7_DAYS, "7 days"),
    (Board.LAST_30_DAYS, "30 days"),
    (Board.WEEK, "Week"),
    (Board.MONTH, "Month"),
)
METRICS = ((Metric.TOKENS, "Tokens"), (Metric.COST, "Cost"), (Metric.DAYS, "Active days"))


Href = Callable[[BoardQuery], str]
"""How the address of a part of a board is written."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several links, of which one may be the current."""

    key: str
    label: str
    href: str
    is_current: bool


def board_query_of(params: Mapping[str, str]) -> BoardQuery:
    """The part of a board that a query string asks for. Raises InvalidInputError, naming every
    wrong field; whether a period names a board is for the board to say."""
    details: list[str] = []
    metric = Metric.TOKENS
    if sort := params.get("sort"):
        try:
            metric = Metric(sort)
        except ValueError:
            details.append(f"sort: {sort[:40]!r} is none of {', '.join(Metric)}")
    country = params.get("country", "").upper()
    if country and not is_country(country):
        details.append(f"country: {country[:40]!r} is no ISO 3166-1 alpha-2 code")
    page = params.get("page") or "1"
    if not (page.isascii() and page.isdecimal() and len(page) < 12 and 1 <= int(page) <= MAX_PAGE):
        details.append(f"page: {page[:40]!r} is no whole number from 1 to {MAX_PAGE}")
    if details:
        raise InvalidInputError("This address asks for something there is not.", details=details)
    return BoardQuery(
        period=params.get("period") or Board.ALL.value,
        metric=metric,
        country=country or None,
        page=int(page),
        around=params.get("around") or None,
    )


def href_of(query: BoardQuery) -> str:
    """The address of a part of a board."""
    return _href(query, path="/", fixed=())


def country_href_of(query: BoardQuery) -> str:
    """The address of a part of a country's board, on the country's own page."""
    return _href(query, path=f"/countries/{query.country}", fixed=("country",))


def _href(query: BoardQuery, *, path: str, fixed: tuple[str, ...]) -> str:
    default = BoardQuery()
    asked = {
        "period": query.period,
        "sort": query.metric.value,
        "country": query.country,
        "page": query.page,
        "around": query.around,
    }
    usual = {
        "period": default.period,
        "sort": default.metric.value,
        "country": default.country,
        "page": default.page,
        "around": default.around,
    }
    given = {
        name: value for name, value in asked.items() if value != usual[name] and name not in fixed
    }
    return f"{path}?{urlencode(given)}" if given else path


def period_choices(
    *, query: BoardQuery, window: Window, period: str, href: Href = href_of
) -> tuple[Choice, ...]:
    """A link to each board; a past week or month is the current choice of its kind."""
    return tuple(
        Choice(
            key=board.value,
            label=label,
            href=href(replace(query, period=board.value, page=1, around=None)),
            is_current=board is window.board
            and (board.value == period or board in CALENDAR_BOARDS),
        )
        for board, label in PERIODS
    )


def metric_choices(*, query: BoardQuery, href: Href = href_of) -> tuple[Choice, ...]:
    """A link to each order."""
    return tuple(
        Choice(
            key=metric.value,
            label=label,
            href=href(replace(query, metric=metric, page=1, around=None)),
            is_current=metric is query.metric,
        )
        for metric, label in METRICS
    )


def page_choices(
    *, query: BoardQuery, page: int, total_pages: int, href: Href = href_of
) -> tuple[Choice | None, ...]:
    """Links to the first, the last and the pages around the current one; None is a gap."""
    near = {1, total_pages, *range(page - 1, page + 2)}
    shown = sorted(number for number in near if 1 <= number <= total_pages)
    choices: list[Choice | None] = []
    before = 0
    for number in shown:
        if number - before > 1:
            choices.append(None)
        before = number
        choices.append(
            Choice(
                key=str(number),
                label=str(number),
                href=page_href(query=query, page=number, href=href),
                is_current=number == page,
            )
        )
    return tuple(choices)


def page_href(*, query: BoardQuery, page: int, href: Href = href_of) -> str:
    """The address of another page of the same board."""
    return href(replace(query, page=page, around=None))


def live_href(*, query: BoardQuery, page: int) -> str:
    """The address of the stream of the same part of the board."""
    return "/live/board" + page_href(query=query, page=page).removeprefix("/")


def neighbours_of(
    *, query: BoardQuery, window: Window, today: date
) -> tuple[str | None, str | None]:
    """The addresses of the week or month before and after; None where there is none."""
    if window.board not in CALENDAR_BOARDS:
        return (None, None)
    before = window_of(board=window.board, day=window.start - timedelta(days=1))
    after = window_of(board=window.board, day=window.end + timedelta(days=1))
    earlier = _period_href(query, before, today) if before.end.year >= FIRST_YEAR else None
    later = _period_href(query, after, today) if after.start <= today else None
    return (earlier, later)


def _period_href(query: BoardQuery, window: Window, today: date) -> str:
    period = period_name_of(window, today=today)
    return href_of(replace(query, period=period, page=1, around=None))


def own_href(*, query: BoardQuery, username: str, href: Href = href_of) -> str:
    """The address of the page of the same board that holds a person."""
    return href(replace(query, page=1, around=username))
