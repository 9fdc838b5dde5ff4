"""Reading what somebody asks of the news."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccgather.errors import InvalidInputError
from news.rules.summaries import CATEGORIES

MAX_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsQuery:
    """A category ("" for all), a tool ("" for all), words ("" for none), a page and its size."""

    category: str
    tool: str
    query: str
    page: int
    limit: int


def news_query_of(params: Mapping[str, str], *, limit: int = 20) -> NewsQuery:
    """The query in an address. Raises InvalidInputError, which names each parameter."""
    problems: list[str] = []
    category = params.get("category", "")
    if category and category not in CATEGORIES:
        problems.append(f"category: {category[:40]!r} is none of {', '.join(CATEGORIES)}")
    page = _whole(params, "page", 1, 100_000, problems)
    size = _whole(params, "limit", limit, MAX_LIMIT, problems)
    if problems:
        raise InvalidInputError("There are no such news.", details=problems)
    return NewsQuery(
        category=category,
        tool=params.get("tool", "")[:40].replace("\x00", ""),
        query=params.get("q", "").strip()[:100],
        page=page,
        limit=size,
    )


def _whole(
    params: Mapping[str, str], name: str, default: int, most: int, problems: list[str]
) -> int:
    text = params.get(name, "")
    if not text:
        return default
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most and len(text) < 10:
        return int(text)
    problems.append(f"{name}: must be a whole number from 1 to {most}; it is {text[:20]!r}")
    return default
