"""Which page of the ledger a query string asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccgather.errors import InvalidInputError
from submissions.selectors.ledger import PAGE_SIZE

MAX_LIMIT = 100
MAX_PAGE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """A page, counted from 1, and how many lines it has."""

    page: int
    limit: int


def ledger_query_of(parameters: Mapping[str, str]) -> LedgerQuery:
    """What `?page=&limit=` ask for. Raises InvalidInputError naming each that makes no sense."""
    faults: list[str] = []
    found = {"page": 1, "limit": PAGE_SIZE}
    for name, largest in (("page", MAX_PAGE), ("limit", MAX_LIMIT)):
        text = parameters.get(name, "")
        if not text:
            continue
        if text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= largest:
            found[name] = int(text)
        else:
            faults.append(f"{name}: {text[:40]!r} is no whole number from 1 to {largest:,}")
    if faults:
        raise InvalidInputError("This page of the ledger cannot be shown.", details=faults)
    return LedgerQuery(page=found["page"], limit=found["limit"])
