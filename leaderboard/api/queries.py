"""Reading the query strings of boards: every fault named, nothing guessed."""

from collections.abc import Mapping

from ccgather.errors import InvalidInputError
from ccgather.ui.countries import COUNTRIES
from leaderboard.rules.boards import Metric
from leaderboard.selectors.countries import CountryOrder
from leaderboard.shapes import BoardQuery

MAX_LIMIT = 100
MAX_PAGE = 10_000_000
USERNAME_LENGTH = 39


def board_query_of(parameters: Mapping[str, str]) -> BoardQuery:
    """The board that a query string asks for. Raises InvalidInputError naming each parameter."""
    faults: list[str] = []
    page = _whole(parameters, "page", default=1, largest=MAX_PAGE, faults=faults)
    limit = _whole(parameters, "limit", default=25, largest=MAX_LIMIT, faults=faults)
    sort = parameters.get("sort") or Metric.TOKENS.value
    if sort not in set(Metric):
        faults.append(f"sort: {sort[:40]!r} is none of tokens, cost, days")
    country = (parameters.get("country") or "").upper() or None
    if country is not None and country not in COUNTRIES:
        faults.append(f"country: {country[:40]!r} is not an ISO 3166-1 alpha-2 code")
    around = (parameters.get("around") or "").strip().removeprefix("@") or None
    if around is not None and (len(around) > USERNAME_LENGTH or "\x00" in around):
        faults.append(f"around: longer than {USERNAME_LENGTH} characters, or not text")
    if faults:
        raise InvalidInputError("This board cannot be shown.", details=faults)
    return BoardQuery(
        period=parameters.get("period") or "all",
        metric=Metric(sort),
        country=country,
        page=page,
        limit=limit,
        around=around,
    )


def country_order_of(parameters: Mapping[str, str]) -> CountryOrder:
    """What countries shall be ordered by. Raises InvalidInputError."""
    sort = parameters.get("sort") or CountryOrder.TOKENS.value
    if sort not in set(CountryOrder):
        raise InvalidInputError(
            "Countries cannot be ordered so.",
            details=[f"sort: {sort[:40]!r} is none of {', '.join(CountryOrder)}"],
        )
    return CountryOrder(sort)


def _whole(
    parameters: Mapping[str, str], name: str, *, default: int, largest: int, faults: list[str]
) -> int:
    text = parameters.get(name)
    if text is None or text == "":
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= largest:
        return int(text)
    faults.append(f"{name}: {text[:40]!r} is not a whole number from 1 to {largest}")
    return default
