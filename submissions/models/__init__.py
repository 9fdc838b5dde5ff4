"""Everything this app stores."""

from submissions.models.evidence import EvidenceSalt, EvidenceSketch
from submissions.models.reports import RawReport, RejectedReport, Submission
from submissions.models.trust import (
    Appeal,
    CohortFigure,
    CollectorQuarantine,
    Decision,
    ProfileReport,
    ReviewCase,
    SharedUsage,
    SignalRate,
)
from submissions.models.usage import (
    SUM_COLUMNS,
    Slice,
    SliceHours,
    SliceRow,
    TokenSums,
    UnpricedModel,
    UsageAccount,
    UserDay,
)

__all__ = [
    "SUM_COLUMNS",
    "Appeal",
    "CohortFigure",
    "CollectorQuarantine",
    "Decision",
    "EvidenceSalt",
    "EvidenceSketch",
    "ProfileReport",
    "RawReport",
    "RejectedReport",
    "ReviewCase",
    "SharedUsage",
    "SignalRate",
    "Slice",
    "SliceHours",
    "SliceRow",
    "Submission",
    "TokenSums",
    "UnpricedModel",
    "UsageAccount",
    "UserDay",
]
