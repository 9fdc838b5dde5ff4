"""What people see of what they sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from submissions.models import Submission, UsageAccount, UserDay

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """A submission in its owner's history. `held` is as the answer to it said."""

    id: UUID
    submitted_at: datetime
    source: str
    wire_format: str
    collector: str
    collector_version: str
    device_name: str
    status: str
    mode: str
    first_day: date
    last_day: date
    changed_slices: int
    tokens_before: int
    tokens_after: int
    held: Sequence[Mapping[str, object]]
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPage:
    """One page of a history, newest first."""

    lines: tuple[SubmissionLine, ...]
    page: int
    limit: int
    total: int

    @property
    def total_pages(self) -> int:
        """At least 0."""
        return -(-self.total // self.limit)

    @property
    def has_more(self) -> bool:
        """Whether a page follows."""
        return self.page < self.total_pages


def submission_page(*, user: User, page: int, limit: int = PAGE_SIZE) -> SubmissionPage:
    """A person's own submissions; two queries."""
    submissions = Submission.objects.filter(user=user).select_related("device")
    total = submissions.count()
    found = submissions.order_by("-submitted_at", "-pk")[(page - 1) * limit : page * limit]
    return SubmissionPage(
        lines=tuple(_line(submission) for submission in found),
        page=page,
        limit=limit,
        total=total,
    )


def _line(submission: Submission) -> SubmissionLine:
    return SubmissionLine(
        id=submission.pk,
        submitted_at=submission.submitted_at,
        source=submission.source,
        wire_format=submission.wire_format,
        collector=submission.collector,
        collector_version=submission.collector_version,
        device_name=submission.device.name if submission.device else "",
        status=submission.status,
        mode=submission.mode,
        first_day=submission.first_day,
        last_day=submission.last_day,
        changed_slices=submission.changed_slices,
        tokens_before=submission.tokens_before,
        tokens_after=submission.tokens_after,
        held=submission.held,
        warnings=submission.warnings,
    )


def usage_account(*, user: User) -> UsageAccount | None:
    """The person's lifetime sums, None before the first report; one query."""
    return UsageAccount.objects.filter(user=user).first()


def usage_days(*, user: User) -> list[UserDay]:
    """Every day with usage, ascending; one query."""
    return list(UserDay.objects.filter(user=user).order_by("day"))


def clients_of(*, user: User) -> list[str]:
    """The tools whose slices count, ascending; one query."""
    slices = user.slices.filter(state="accepted", not_counted="")
    return sorted(slices.values_list("client", flat=True).distinct())
