"""Appeals, those that are due first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.models import User
from ccgather.site.review.selectors.queue import QueuedPerson, queued_person
from submissions.models import Appeal

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """One appeal. `decided_by` is who made what it is against, empty for the rules, and for an
    objection to a case that nobody has decided yet."""

    id: UUID
    person: QueuedPerson
    is_own: bool
    text: str
    against: str
    reason_code: str
    decided_by: str
    is_by_viewer: bool
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    state: str
    is_open: bool
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealPage:
    """One page of appeals."""

    rows: tuple[AppealRow, ...]
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


def appeal_page(*, is_open: bool, page: int, viewer: User, at: datetime) -> AppealPage:
    """Appeals that wait, those due first; or those answered, the latest first. Two queries."""
    appeals = Appeal.objects.select_related("user", "decision__actor", "answered_by")
    if is_open:
        appeals = appeals.filter(state=Appeal.State.OPEN).order_by("due_at", "id")
    else:
        appeals = appeals.exclude(state=Appeal.State.OPEN).order_by("-answered_at", "id")
    total = appeals.count()
    page = max(1, min(page, -(-total // PAGE_SIZE)))
    found = appeals[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = tuple(_row(appeal, viewer=viewer, at=at) for appeal in found)
    return AppealPage(rows=rows, page=page, total=total)


def appeal_of(*, appeal_id: UUID) -> Appeal | None:
    """The appeal with what it is against; one query."""
    appeals = Appeal.objects.select_related("user", "case", "decision__actor", "answered_by")
    return appeals.filter(pk=appeal_id).first()


def _row(appeal: Appeal, *, viewer: User, at: datetime) -> AppealRow:
    decision = appeal.decision
    actor = decision.actor if decision is not None else None
    is_open = appeal.state == Appeal.State.OPEN
    return AppealRow(
        id=appeal.pk,
        person=queued_person(user=appeal.user),
        is_own=appeal.user_id == viewer.pk,
        text=appeal.text,
        against=decision.get_action_display() if decision is not None else "held by the rules",
        reason_code=decision.reason_code if decision is not None else "",
        decided_by=actor.username if actor is not None else "",
        is_by_viewer=actor is not None and actor.pk == viewer.pk,
        created_at=appeal.created_at,
        due_at=appeal.due_at,
        is_overdue=is_open and appeal.due_at < at,
        state=appeal.get_state_display(),
        is_open=is_open,
        answered_by=appeal.answered_by.username if appeal.answered_by else "",
        answered_at=appeal.answered_at,
    )
