"""One day of one tool: the smallest body, made by hand or by a hook.

`totalTokens` is input + output + both caches; there is no reasoning. Days are UTC.
"""

from collections.abc import Mapping
from typing import Final

from submissions.formats.draft import Draft
from submissions.formats.sheet import DEFAULT_CLIENT, Counts, Reading
from submissions.report import Source
from submissions.rules.model_names import UNKNOWN_MODEL
from submissions.rules.validation import Problems, cost_microusd_of, count_of, shown

COLLECTOR: Final = "api"

_SOURCES: Final[Mapping[object, Source]] = {"cli": "cli", "hook": "hook", "api": "api"}


def parse(body: Mapping[str, object], reading: Reading) -> Draft:
    """Read a single-day body into `reading`; faults go to its problems."""
    problems = reading.problems
    counts = Counts(
        input=count_of(body, "inputTokens", where="", problems=problems, required=True),
        output=count_of(body, "outputTokens", where="", problems=problems, required=True),
        cache_read=count_of(body, "cacheReadTokens", where="", problems=problems),
        cache_write=count_of(body, "cacheWriteTokens", where="", problems=problems),
    )
    total = count_of(body, "totalTokens", where="", problems=problems, required=True)
    if "totalTokens" in body and total != counts.total:
        problems.add(
            "totalTokens",
            f"{shown(total)}, but inputTokens + outputTokens + cacheReadTokens + "
            f"cacheWriteTokens is {shown(counts.total)}",
        )
    if "costUsd" not in body:
        problems.add("costUsd", "missing")
    model = body.get("primaryModel")
    reading.add(
        where="",
        day=reading.day(body.get("date"), "date"),
        client=_client(body, reading),
        model=UNKNOWN_MODEL if model is None or model == "" else model,
        model_where="primaryModel",
        counts=counts,
        cost_microusd=cost_microusd_of(body.get("costUsd"), where="costUsd", problems=problems),
    )
    return Draft(
        collector=COLLECTOR,
        collector_version="",
        source=_source(body, problems),
        rows_stated=1,
    )


def _client(body: Mapping[str, object], reading: Reading) -> str:
    if body.get("client") is not None:
        return reading.client_id(body["client"], "client")
    return reading.client or DEFAULT_CLIENT


def _source(body: Mapping[str, object], problems: Problems) -> Source:
    value = body.get("source")
    if isinstance(value, str) and value in _SOURCES:
        return _SOURCES[value]
    reason = "missing" if "source" not in body else f'{shown(value)} is not "cli", "hook" or "api"'
    problems.add("source", reason)
    return "api"
