"""The five wire formats, each turned into one `UsageReport`.

One module a format. Each reads a decoded body into a `Reading`, which collects the rows and every
fault; `read_report` is the only way in.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from submissions.errors import EmptyReportError
from submissions.formats import ccusage, native, single_day, token_tracker, tokscale
from submissions.formats.decode import decoded
from submissions.formats.draft import Draft
from submissions.formats.recognise import recognised
from submissions.formats.sheet import Reading
from submissions.report import DayBasis, Evidence, Source, UsageReport, WireFormat
from submissions.rules.validation import Problems, client_of, latest_day_of

__all__ = ["read_report"]

_PARSERS: Final[Mapping[WireFormat, Callable[[Mapping[str, object], Reading], Draft]]] = {
    "native": native.parse,
    "tokscale": tokscale.parse,
    "token_tracker": token_tracker.parse,
    "single_day": single_day.parse,
    "ccusage": ccusage.parse,
}


def read_report(
    *, body: bytes, at: datetime, client: str | None = None, source: Source | None = None
) -> UsageReport:
    """The report that `body` (decompressed) states at the moment `at`.

    `client` names the tool of a body that names none (the `?client=` of a request); `source`,
    where given, overrides what the body says. Raises `InvalidJsonError`, `UnknownFormatError`,
    `ReportInvalidError` with every fault in `details`, and `EmptyReportError`.
    """
    problems = Problems()
    if client is not None:
        client_of(client, where="?client=", problems=problems)
    document = decoded(body)
    if document == []:  # what ccusage prints where it found nothing
        problems.raise_if_any()
        raise EmptyReportError("This report has no rows")
    wire_format, content = recognised(document)
    day_basis = _day_basis_of(wire_format, content)
    reading = Reading(
        problems=problems, latest=latest_day_of(at=at, day_basis=day_basis), client=client or None
    )
    draft = _PARSERS[wire_format](content, reading)
    reading.check_extent(rows=max(draft.rows_stated, reading.rows_read))
    problems.raise_if_any()
    rows = reading.rows()
    if not rows:
        raise EmptyReportError("This report has no row with a token in it")
    named = {row.client for row in rows}
    slices = {(row.client, row.day) for row in rows}
    return UsageReport(
        wire_format=wire_format,
        day_basis=day_basis,
        collector=draft.collector,
        collector_version=draft.collector_version,
        source=source or draft.source,
        rows=rows,
        device=draft.device,
        parser_versions={name: n for name, n in draft.parser_versions.items() if name in named},
        full_history=draft.full_history,
        warnings=tuple(reading.warnings),
        evidence=_evidence_of(draft.evidence, slices),
        hours={key: counts for key, counts in draft.hours.items() if key in slices},
    )


def _evidence_of(
    evidence: Evidence | None, slices: Collection[tuple[str, date]]
) -> Evidence | None:
    """What is said of days that have tokens; a row without any is no usage, see `Reading.rows`."""
    if evidence is None:
        return None
    kept = {key: sketch for key, sketch in evidence.sketches.items() if key in slices}
    return replace(evidence, sketches=kept) if kept else None


def _day_basis_of(wire_format: WireFormat, content: Mapping[str, object]) -> DayBasis:
    """Single days are UTC by definition; other foreign formats send the sender's own days."""
    if wire_format == "native":
        return native.day_basis_of(content)
    return "utc" if wire_format == "single_day" else "local"
