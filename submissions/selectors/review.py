"""What waits for review, as the API tells the staff: by submission."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Sum

from accounts.models import User
from submissions.models import ReviewCase, Slice, Submission

PAGE_SIZE = 25
TOLD_SIGNALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSignal:
    """A reason why slices of a submission wait; `slices` how many, `weight` the heaviest."""

    code: str
    sentence: str
    weight: float
    slices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedSubmission:
    """A submission of which something waits: `total_tokens` are those that wait."""

    id: UUID
    user: User
    case_id: UUID | None
    version: int | None
    total_tokens: int
    slices: int
    first_day: date
    last_day: date
    weight: float
    signals: tuple[ToldSignal, ...]
    submitted_at: datetime

    @property
    def flagged_reason(self) -> str:
        """What weighs most, in a sentence."""
        return self.signals[0].sentence if self.signals else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedPage:
    """One page, the heaviest first; a page past the end is empty."""

    submissions: tuple[FlaggedSubmission, ...]
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


def flagged_page(*, page: int, limit: int = PAGE_SIZE) -> FlaggedPage:
    """Submissions of which something waits for review; five queries, two for an empty page."""
    waiting = (
        Slice.objects.pending()
        .filter(submission__isnull=False, user__review_cases__state__in=("open", "asked"))
        .values("submission_id")
        .annotate(
            tokens=Sum("total_tokens"),
            slices=Count("pk"),
            first=Min("day"),
            last=Max("day"),
            weight=Max("hold_weight"),
            priority=Max(F("user__review_cases__priority")),
        )
        .order_by("-priority", "-weight", "submission_id")
    )
    total = waiting.count()
    rows = list(waiting[(page - 1) * limit : page * limit])
    ids = [row["submission_id"] for row in rows]
    submissions = {
        found.pk: found for found in Submission.objects.filter(pk__in=ids).select_related("user")
    }
    people = {submission.user_id for submission in submissions.values()}
    cases = (
        {
            case.user_id: case
            for case in ReviewCase.objects.filter(user__in=people).exclude(state="closed")
        }
        if people
        else {}
    )
    signals = _signals(ids)
    return FlaggedPage(
        submissions=tuple(
            _flagged({**row}, submissions[row["submission_id"]], cases, signals)
            for row in rows
            if row["submission_id"] in submissions
        ),
        page=page,
        limit=limit,
        total=total,
    )


def _flagged(
    row: dict[str, Any],
    submission: Submission,
    cases: dict[UUID, ReviewCase],
    signals: dict[UUID, tuple[ToldSignal, ...]],
) -> FlaggedSubmission:
    case = cases.get(submission.user_id)
    return FlaggedSubmission(
        id=submission.pk,
        user=submission.user,
        case_id=case.pk if case else None,
        version=case.version if case else None,
        total_tokens=row["tokens"],
        slices=row["slices"],
        first_day=row["first"],
        last_day=row["last"],
        weight=row["weight"],
        signals=signals.get(submission.pk, ()),
        submitted_at=submission.submitted_at,
    )


def _signals(submissions: Sequence[UUID]) -> dict[UUID, tuple[ToldSignal, ...]]:
    """The reasons by submission, the heaviest first, each code once."""
    found: dict[UUID, dict[str, ToldSignal]] = {}
    rows = (
        Slice.objects.pending()
        .filter(submission__in=submissions)
        .order_by("day", "pk")
        .values_list("submission_id", "hold_reasons")
        if submissions
        else ()
    )
    for submission_id, reasons in rows:
        by_code = found.setdefault(submission_id, {})
        for reason in reasons:
            told = ToldSignal(
                code=str(reason.get("code", "")),
                sentence=str(reason.get("sentence", "")),
                weight=float(reason.get("weight", 0)),
                slices=1,
            )
            before = by_code.get(told.code)
            if before is not None:
                heavier = max(before, told, key=lambda signal: signal.weight)
                told = replace(heavier, slices=before.slices + 1)
            by_code[told.code] = told
    return {
        submission_id: tuple(
            sorted(by_code.values(), key=lambda s: (-s.weight, -s.slices, s.code))[:TOLD_SIGNALS]
        )
        for submission_id, by_code in found.items()
    }
