"""Who a case is about: overlaps with others, devices, earlier decisions, what people said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from accounts.models import Device, DeviceKey, User
from submissions.models import (
    Appeal,
    Decision,
    ProfileReport,
    ReviewCase,
    SharedUsage,
    Slice,
    Submission,
)

SHOWN_DECISIONS: Final = 40
SHOWN_REPORTS: Final = 20
SHOWN_SUBMISSIONS: Final = 10
SHOWN_OVERLAPS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapDay:
    """One slice that two accounts have; `part` is how much of it the other has too (0..1)."""

    day: date
    other_day: date
    client: str
    kind: str
    part: float
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What a person shares with somebody else; `had_it_first` is about the person of the case."""

    other_id: UUID
    other: str
    other_case: UUID | None
    had_it_first: bool
    days: tuple[OverlapDay, ...]

    @property
    def most(self) -> float:
        """The largest part of a slice that is shared."""
        return max(day.part for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A machine; `also_of` are other people who sent from a machine of the same key."""

    id: UUID
    name: str
    created_at: datetime
    last_report_at: datetime | None
    keys: int
    counted: int
    held: int
    also_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What somebody said about the profile."""

    reporter: str
    what: str
    text: str
    created_at: datetime
    is_dismissed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The account in figures. Days are those that count; `rejected` and `pending` are slices."""

    counted_days: int
    counted_slices: int
    pending: int
    rejected: int
    first_day: date | None
    last_day: date | None
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All of that about one person."""

    facts: Facts
    overlaps: tuple[Overlap, ...]
    devices: tuple[KnownDevice, ...]
    submissions: tuple[Submission, ...]
    decisions: tuple[Decision, ...]
    appeals: tuple[Appeal, ...]
    reports: tuple[Reported, ...]


def dossier(*, user: User) -> Dossier:
    """What is known of a person; eleven queries at most."""
    return Dossier(
        facts=facts(user=user),
        overlaps=overlaps(user=user),
        devices=devices(user=user),
        submissions=tuple(
            Submission.objects.filter(user=user)
            .select_related("device")
            .order_by("-submitted_at")[:SHOWN_SUBMISSIONS]
        ),
        decisions=decisions(user=user),
        appeals=tuple(
            Appeal.objects.filter(user=user)
            .select_related("answered_by", "decision")
            .order_by("-created_at")[:SHOWN_DECISIONS]
        ),
        reports=reports(user=user),
    )


def facts(*, user: User) -> Facts:
    """What the person's slices come to; two queries."""
    slices = Slice.objects.filter(user=user)
    counts = Q(state=Slice.State.ACCEPTED, not_counted=Slice.NotCounted.NO)
    sums = slices.aggregate(
        counted_days=Count("day", filter=counts, distinct=True),
        counted_slices=Count("pk", filter=counts),
        pending=Count("pk", filter=Q(state=Slice.State.PENDING)),
        rejected=Count("pk", filter=Q(state=Slice.State.REJECTED)),
        first_day=Min("day", filter=counts),
        last_day=Max("day", filter=counts),
    )
    clients = slices.order_by("client").values_list("client", flat=True).distinct()
    return Facts(clients=tuple(clients), **sums)


def overlaps(*, user: User) -> tuple[Overlap, ...]:
    """With whom the person shares usage, the largest part first; two queries."""
    shared = (
        SharedUsage.objects.filter(Q(user=user) | Q(other=user))
        .select_related("user", "other")
        .order_by("-found_at", "-pk")[:SHOWN_OVERLAPS]
    )
    by_other: dict[tuple[UUID, bool], list[SharedUsage]] = defaultdict(list)
    names: dict[UUID, str] = {}
    for each in shared:
        other = each.other if each.user_id == user.pk else each.user
        names[other.pk] = other.username
        by_other[other.pk, each.other_id == user.pk].append(each)
    waiting = ReviewCase.objects.filter(user_id__in=list(names)).exclude(
        state=ReviewCase.State.CLOSED
    )
    cases = dict(waiting.values_list("user_id", "pk")) if names else {}
    found = [
        Overlap(
            other_id=other_id,
            other=names[other_id],
            other_case=cases.get(other_id),
            had_it_first=had_it_first,
            days=tuple(_overlap_day(each, had_it_first=had_it_first) for each in rows),
        )
        for (other_id, had_it_first), rows in by_other.items()
    ]
    return tuple(sorted(found, key=lambda overlap: (-overlap.most, overlap.other)))


def _overlap_day(each: SharedUsage, *, had_it_first: bool) -> OverlapDay:
    own, others = (each.other_day, each.day) if had_it_first else (each.day, each.other_day)
    return OverlapDay(
        day=own,
        other_day=others,
        client=each.client,
        kind=each.get_kind_display(),
        part=each.part,
        found_at=each.found_at,
    )


def devices(*, user: User) -> tuple[KnownDevice, ...]:
    """The machines, and who else has them; three queries."""
    known = list(
        Device.objects.filter(user=user)
        .annotate(
            counted=Count("slices", filter=Q(slices__state="accepted", slices__not_counted="")),
            held=Count("slices", filter=Q(slices__state="pending")),
        )
        .order_by("-last_report_at", "name")
    )
    keys: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for device_id, collector, key in DeviceKey.objects.filter(user=user).values_list(
        "device_id", "collector", "key"
    ):
        keys[device_id].add((collector, key))
    others: dict[tuple[str, str], set[str]] = defaultdict(set)
    for collector, key, username in (
        DeviceKey.objects.filter(key__in={key for pairs in keys.values() for _, key in pairs})
        .exclude(user=user)
        .values_list("collector", "key", "user__username")
    ):
        others[collector, key].add(username)
    return tuple(
        KnownDevice(
            id=device.pk,
            name=device.name,
            created_at=device.created_at,
            last_report_at=device.last_report_at,
            keys=len(keys[device.pk]),
            counted=device.counted,
            held=device.held,
            also_of=tuple(sorted({name for pair in keys[device.pk] for name in others[pair]})),
        )
        for device in known
    )


def decisions(*, user: User, limit: int = SHOWN_DECISIONS) -> tuple[Decision, ...]:
    """What was decided about the person, newest first; one query."""
    lines = Decision.objects.filter(user=user).select_related("actor")
    return tuple(lines.order_by("-at", "-id")[:limit])


def decisions_since(*, user: User, seen: int) -> Sequence[Decision]:
    """The lines of the ledger about a person that are newer than one; one query."""
    lines = Decision.objects.filter(user=user, pk__gt=seen).select_related("actor")
    return list(lines.order_by("at", "id")[:SHOWN_DECISIONS])


def reports(*, user: User) -> tuple[Reported, ...]:
    """What people said about the profile, newest first; one query."""
    found = ProfileReport.objects.filter(subject=user).select_related("reporter")
    return tuple(
        Reported(
            reporter=each.reporter.username,
            what=each.get_code_display(),
            text=each.text,
            created_at=each.created_at,
            is_dismissed=each.dismissed_at is not None,
        )
        for each in found.order_by("-created_at")[:SHOWN_REPORTS]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A line of the ledger, and the line that reversed it."""

    decision: Decision
    reversed_by: Decision | None


def decision_line(*, decision_id: int) -> DecisionLine | None:
    """One line; two queries."""
    lines = Decision.objects.select_related("user", "actor", "case", "reverses")
    found = lines.filter(pk=decision_id).first()
    if found is None:
        return None
    reversing = Decision.objects.filter(reverses_id=decision_id).select_related("actor")
    return DecisionLine(decision=found, reversed_by=reversing.order_by("at").first())


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody, and the id of the case that is open about them."""

    user: User
    open_case: UUID | None


def person_of(*, user_id: UUID) -> KnownPerson | None:
    """Somebody with their lifetime sums; two queries."""
    user = User.objects.select_related("usage_account").filter(pk=user_id).first()
    if user is None:
        return None
    cases = ReviewCase.objects.filter(user=user).exclude(state=ReviewCase.State.CLOSED)
    return KnownPerson(user=user, open_case=cases.values_list("pk", flat=True).first())
