"""Reports as JSON: stable keys, token counts as integers, costs as numbers of US dollars."""

from collections.abc import Sequence

from ccgather_cli.pricing import price_table_version
from ccgather_cli.reading.tally import Counts
from ccgather_cli.reporting import Line, moment_of

_LABELS = {
    "daily": ("day", "client", "model"),
    "weekly": ("week", "client", "model"),
    "monthly": ("month", "client", "model"),
    "models": ("model", "client"),
    "clients": ("client",),
    "sessions": ("client", "session"),
    "blocks": ("start", "end"),
}


def document_of(kind: str, lines: Sequence[Line], total: Line) -> dict[str, object]:
    """`{"rows": […], "totals": {…}, "prices": "…"}`; a cost that nobody knows is null."""
    return {
        "rows": [_row(kind, line) for line in lines],
        "totals": {
            **_classes(total.counts),
            "tokens": total.counts.total,
            "costUsd": _cost(total),
            "unpricedTokens": total.unpriced,
        },
        "prices": price_table_version(),
    }


def _row(kind: str, line: Line) -> dict[str, object]:
    row: dict[str, object] = dict(zip(_LABELS[kind], line.labels, strict=True))
    row.update(_classes(line.counts))
    row["costUsd"] = _cost(line)
    if kind in ("models", "clients", "sessions", "blocks"):
        row["tokens"] = line.counts.total
    if kind in ("sessions", "blocks"):
        row["models"] = sorted(line.models)
        row["firstActivity"] = moment_of(line.first_second)
        row["lastActivity"] = moment_of(line.last_second)
    if kind == "blocks":
        row["clients"] = sorted(line.clients)
    return row


def _classes(counts: Counts) -> dict[str, object]:
    return {
        "input": counts.input,
        "output": counts.output,
        "cacheRead": counts.cache_read,
        "cacheWrite": counts.cache_write,
        "reasoning": counts.reasoning,
        "messages": counts.messages,
    }


def _cost(line: Line) -> float | None:
    cost = line.shown_cost
    return None if cost is None else float(cost)
