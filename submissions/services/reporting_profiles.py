"""People who say that somebody's profile is not right. It weighs little and holds nothing alone."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from ccgather.errors import InvalidInputError, NotFoundError
from ccgather.ops.runtime import runtime
from submissions.errors import AlreadyReportedError, ReportRateError
from submissions.models import ProfileReport
from submissions.services.staff import Power, require

A_DAY = timedelta(days=1)
TEXT_CHARACTERS = 1_000


def report_profile(
    *, reporter_id: UUID, username: str, code: str, text: str, at: datetime
) -> ProfileReport:
    """Stores what a person says of a profile that others see.

    Raises InvalidInputError (also about oneself), AlreadyReportedError, ReportRateError, and
    NotFoundError for unknown and hidden people alike.
    """
    subject = User.objects.named(username).filter(is_active=True, profile_visible=True).first()
    if subject is None:
        raise NotFoundError("There is no such profile.")
    words = text.strip()
    problems = []
    if code not in ProfileReport.Code.values:
        problems.append(f"code: must be one of {', '.join(ProfileReport.Code.values)}")
    if len(words) > TEXT_CHARACTERS or "\x00" in words:
        problems.append(f"text: at most {TEXT_CHARACTERS} characters of plain text")
    if subject.pk == reporter_id:
        problems.append("username: this is your own profile")
    if problems:
        raise InvalidInputError("This report cannot be sent.", details=problems)
    with locked_account(user_id=reporter_id) as reporter:
        standing = ProfileReport.objects.filter(reporter=reporter, subject=subject)
        if standing.filter(dismissed_at=None).exists():
            raise AlreadyReportedError("You have reported this profile already.")
        _check_rate(reporter, at=at)
        return ProfileReport.objects.create(
            reporter=reporter, subject=subject, code=code, text=words, created_at=at
        )


def _check_rate(reporter: User, *, at: datetime) -> None:
    limit = int(runtime.profile_reports_per_day)
    recent = ProfileReport.objects.filter(reporter=reporter, created_at__gt=at - A_DAY)
    moments = list(recent.order_by("-created_at").values_list("created_at", flat=True)[:limit])
    if len(moments) >= limit:
        wait = (moments[-1] + A_DAY - at) if moments else A_DAY
        raise ReportRateError(
            f"At most {limit} profiles can be reported in a day.",
            limit=limit,
            retry_after=max(1, ceil(wait.total_seconds())),
        )


def dismiss_reports(*, user_id: UUID, actor: User, at: datetime) -> int:
    """A reviewer has looked at a profile: the reports of it weigh nothing more. How many they
    were. Raises OwnCaseError, PermissionRefusedError."""
    with locked_account(user_id=user_id) as user:
        require(actor=actor, power=Power.DECIDE, subject_id=user.pk)
        return ProfileReport.objects.filter(subject=user, dismissed_at=None).update(dismissed_at=at)
