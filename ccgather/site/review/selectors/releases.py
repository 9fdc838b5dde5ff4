"""Quarantined releases of collectors, and the releases that are in use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Max

from submissions.models import CollectorQuarantine, Submission

PAGE_SIZE: Final = 25
SHOWN_RELEASES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePage:
    """One page of quarantines, those that stand first."""

    rows: tuple[CollectorQuarantine, ...]
    page: int
    total: int

    @property
    def total_pages(self) -> int:
        """At least 1."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The place of the first row; 0 of an empty page."""
        return (self.page - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row."""
        return (self.page - 1) * PAGE_SIZE + len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release that sent something lately."""

    collector: str
    version: str
    people: int
    last_sent_at: datetime


def quarantine_page(*, page: int) -> QuarantinePage:
    """One page of quarantines; two queries."""
    quarantines = CollectorQuarantine.objects.select_related("made_by", "lifted_by")
    total = CollectorQuarantine.objects.count()
    page = max(1, min(page, -(-total // PAGE_SIZE)))
    ordered = quarantines.order_by(F("lifted_at").desc(nulls_first=True), "-made_at", "id")
    found = ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return QuarantinePage(rows=tuple(found), page=page, total=total)


def quarantine_of(*, quarantine_id: UUID) -> CollectorQuarantine | None:
    """One quarantine; one query."""
    quarantines = CollectorQuarantine.objects.select_related("made_by", "lifted_by")
    return quarantines.filter(pk=quarantine_id).first()


def releases(*, since: datetime) -> tuple[Release, ...]:
    """The releases that sent something since a moment, most people first; one query."""
    sent = Submission.objects.filter(submitted_at__gte=since).values(
        "collector", "collector_version"
    )
    found = sent.annotate(
        people=Count("user", distinct=True), last_sent_at=Max("submitted_at")
    ).order_by("-people", "collector", "collector_version")
    return tuple(
        Release(
            collector=each["collector"],
            version=each["collector_version"],
            people=each["people"],
            last_sent_at=each["last_sent_at"],
        )
        for each in found[:SHOWN_RELEASES]
    )
