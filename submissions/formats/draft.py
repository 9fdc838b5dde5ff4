"""What a parser finds out about a report beside its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from submissions.report import DeviceClaim, Evidence, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`rows_stated` counts the rows of the body, also those past the limit."""

    collector: str
    collector_version: str
    source: Source
    rows_stated: int
    device: DeviceClaim | None = None
    parser_versions: Mapping[str, int] = field(default_factory=dict)
    full_history: bool = False
    evidence: Evidence | None = None
    hours: Mapping[tuple[str, date], tuple[int, ...]] = field(default_factory=dict)
