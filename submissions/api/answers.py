"""What the answers of this app's API have in common."""

from datetime import datetime
from typing import Protocol

from rest_framework.request import Request

from ccgather.errors import InvalidInputError


class Paged(Protocol):
    """One page of something."""

    @property
    def page(self) -> int:
        """From 1."""

    @property
    def limit(self) -> int:
        """How many a page has."""

    @property
    def total(self) -> int:
        """How many there are."""

    @property
    def total_pages(self) -> int:
        """At least 0."""

    @property
    def has_more(self) -> bool:
        """Whether a page follows."""


def pagination(found: Paged) -> dict[str, object]:
    """The contract's words for a page."""
    return {
        "page": found.page,
        "limit": found.limit,
        "total": found.total,
        "totalPages": found.total_pages,
        "hasMore": found.has_more,
    }


def moment(at: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def whole(request: Request, name: str, default: int, largest: int) -> int:
    """A whole number of the query, from 1. Raises InvalidInputError."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= largest:
        return int(text)
    raise InvalidInputError(
        "This page cannot be shown.",
        details=(f"{name}: {text[:40]!r} is not a whole number from 1 to {largest}",),
    )
