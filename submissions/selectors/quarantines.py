"""Which releases of collectors do not count now, and what a quarantine would touch."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, Sum

from submissions.models import CollectorQuarantine, Slice
from submissions.rules.quarantine import QuarantineRange, is_version_within


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePreview:
    """What would not count any more: people, slices, their tokens, their days, and how many
    slices of each version, most first."""

    people: int
    slices: int
    tokens: int
    first_day: date | None
    last_day: date | None
    versions: tuple[tuple[str, int], ...]


def active_quarantines() -> tuple[QuarantineRange, ...]:
    """Every quarantine that is not lifted, oldest first; one query, of a small table."""
    found = CollectorQuarantine.objects.filter(lifted_at=None).order_by("made_at", "pk")
    return tuple(range_of(quarantine=item) for item in found)


def range_of(*, quarantine: CollectorQuarantine) -> QuarantineRange:
    """The releases that a quarantine is about."""
    return QuarantineRange(
        id=quarantine.pk,
        collector=quarantine.collector,
        first_version=quarantine.first_version,
        last_version=quarantine.last_version,
        client=quarantine.client,
        remedy=quarantine.remedy,
    )


def quarantine_preview(
    *, collector: str, first_version: str = "", last_version: str = "", client: str = ""
) -> QuarantinePreview:
    """What counts now of those releases; two queries, which read all slices."""
    counted = Slice.objects.counted().filter(covered_by(collector=collector, client=client))
    stored = counted.values_list("collector_version").annotate(slices=Count("pk")).order_by()
    versions = Counter(
        {
            version: slices
            for version, slices in stored
            if is_version_within(version=version, first=first_version, last=last_version)
        }
    )
    sums = counted.filter(collector_version__in=list(versions)).aggregate(
        people=Count("user", distinct=True),
        tokens=Sum("total_tokens"),
        first=Min("day"),
        last=Max("day"),
    )
    return QuarantinePreview(
        people=sums["people"],
        slices=versions.total(),
        tokens=sums["tokens"] or 0,
        first_day=sums["first"],
        last_day=sums["last"],
        versions=tuple(versions.most_common()),
    )


def covered_by(*, collector: str, client: str) -> Q:
    """The slices of a collector, or what it read of one tool's logs."""
    return Q(collector=collector, client=client) if client else Q(collector=collector)


def versions_within(*, versions: Iterable[str], quarantine: QuarantineRange) -> list[str]:
    """Those versions that a quarantine covers."""
    return [
        version
        for version in versions
        if is_version_within(
            version=version, first=quarantine.first_version, last=quarantine.last_version
        )
    ]
