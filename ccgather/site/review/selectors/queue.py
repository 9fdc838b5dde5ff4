"""The cases that wait, the weightiest first, with what each would move."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.avatars import avatar_of
from accounts.models import User
from ccgather.site.review.selectors.places import NOWHERE, Move, moves
from leaderboard.rules.boards import EPOCH, Board, Window, window_of
from submissions.models import Appeal, ReviewCase, Slice

PAGE_SIZE: Final = 25
SHOWN_REASONS: Final = 4
ALL_TIME: Final[Window] = window_of(board=Board.ALL, day=EPOCH)


class Shown(StrEnum):
    """Which cases the queue shows."""

    WAITING = "waiting"
    OPEN = "open"
    ASKED = "asked"
    OVERDUE = "overdue"
    MINE = "mine"
    APPEALED = "appealed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """What the queue is asked for; `code` is of a reason, empty for all."""

    shown: Shown = Shown.WAITING
    code: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopReason:
    """Why slices wait, and on how many days."""

    code: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPerson:
    """Whose case it is."""

    username: str
    display_name: str
    avatar_url: str
    country_code: str
    is_excluded: bool
    is_trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One case. `move` is what approving everything held would do to the all-time rank."""

    id: UUID
    version: int
    state: str
    person: QueuedPerson
    is_own: bool
    days: int
    slices: int
    tokens: int
    weight: float
    move: Move
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime
    is_overdue: bool
    claimed_by: str
    is_claimed_by_viewer: bool
    has_appeal: bool
    reasons: tuple[TopReason, ...]
    further_reasons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many cases each view of the queue holds, and how many appeals wait for an answer."""

    waiting: int
    open: int
    asked: int
    overdue: int
    mine: int
    appealed: int
    appeals_overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue."""

    rows: tuple[QueueRow, ...]
    counts: QueueCounts
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


def queue_page(*, query: QueueQuery, viewer: User, at: datetime) -> QueuePage:
    """One page of the queue; eight queries, however many cases there are."""
    cases = _asked_for(query, viewer=viewer, at=at)
    total = cases.count()
    page = max(1, min(query.page, -(-total // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    found = list(cases.select_related("user", "claimed_by")[start : start + PAGE_SIZE])
    people = [case.user_id for case in found]
    days = _held_days(people)
    reasons = _reasons(people)
    moved = moves(window=ALL_TIME, added={case.user_id: case.held_tokens for case in found})
    rows = tuple(
        _row(
            case,
            viewer=viewer,
            at=at,
            days=days.get(case.user_id, 0),
            reasons=reasons.get(case.user_id, ()),
            move=moved.get(case.user_id, NOWHERE),
        )
        for case in found
    )
    return QueuePage(rows=rows, counts=queue_counts(viewer=viewer, at=at), page=page, total=total)


def queue_counts(*, viewer: User, at: datetime) -> QueueCounts:
    """What waits; two queries."""
    waiting = ~Q(state=ReviewCase.State.CLOSED)
    cases = ReviewCase.objects.filter(waiting).aggregate(
        waiting=Count("pk"),
        open=Count("pk", filter=Q(state=ReviewCase.State.OPEN)),
        asked=Count("pk", filter=Q(state=ReviewCase.State.ASKED)),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
        mine=Count("pk", filter=Q(claimed_by=viewer, claimed_until__gt=at)),
    )
    appeals = Appeal.objects.filter(state=Appeal.State.OPEN).aggregate(
        appealed=Count("pk"), appeals_overdue=Count("pk", filter=Q(due_at__lt=at))
    )
    return QueueCounts(**cases, **appeals)


def _asked_for(query: QueueQuery, *, viewer: User, at: datetime) -> QuerySet[ReviewCase]:
    open_appeal = Appeal.objects.filter(case=OuterRef("pk"), state=Appeal.State.OPEN)
    cases = ReviewCase.objects.annotate(has_appeal=Exists(open_appeal))
    if query.shown is Shown.CLOSED:
        cases = cases.filter(state=ReviewCase.State.CLOSED).order_by("-closed_at", "id")
    elif query.shown is Shown.APPEALED:
        cases = cases.filter(has_appeal=True).order_by("-priority", "id")
    else:
        cases = cases.exclude(state=ReviewCase.State.CLOSED).order_by("-priority", "id")
    if query.shown in (Shown.OPEN, Shown.ASKED):
        cases = cases.filter(state=query.shown.value)
    elif query.shown is Shown.OVERDUE:
        cases = cases.filter(due_at__lt=at)
    elif query.shown is Shown.MINE:
        cases = cases.filter(claimed_by=viewer, claimed_until__gt=at)
    if query.code:
        held = Slice.objects.pending().filter(
            user=OuterRef("user"), hold_reasons__contains=[{"code": query.code}]
        )
        cases = cases.filter(Exists(held))
    return cases


def _row(
    case: ReviewCase,
    *,
    viewer: User,
    at: datetime,
    days: int,
    reasons: Sequence[TopReason],
    move: Move,
) -> QueueRow:
    is_claimed = case.claimed_until is not None and case.claimed_until > at
    return QueueRow(
        id=case.pk,
        version=case.version,
        state=case.state,
        person=queued_person(user=case.user),
        is_own=case.user_id == viewer.pk,
        days=days,
        slices=case.held_slices,
        tokens=case.held_tokens,
        weight=case.weight,
        move=move,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        due_at=case.due_at,
        is_overdue=case.closed_at is None and case.due_at < at,
        claimed_by=case.claimed_by.username if case.claimed_by and is_claimed else "",
        is_claimed_by_viewer=is_claimed and case.claimed_by_id == viewer.pk,
        has_appeal=bool(getattr(case, "has_appeal", False)),
        reasons=tuple(reasons[:SHOWN_REASONS]),
        further_reasons=max(0, len(reasons) - SHOWN_REASONS),
    )


def queued_person(*, user: User) -> QueuedPerson:
    """What the review area calls somebody; no query."""
    return QueuedPerson(
        username=user.username,
        display_name=user.shown_name,
        avatar_url=avatar_of(user),
        country_code=user.country_code,
        is_excluded=user.excluded_at is not None,
        is_trusted=user.trusted_at is not None,
    )


def _held_days(people: Sequence[UUID]) -> Mapping[UUID, int]:
    pending = Slice.objects.pending().filter(user_id__in=people).order_by()
    return dict(pending.values_list("user_id").annotate(days=Count("day", distinct=True)))


def _reasons(people: Sequence[UUID]) -> Mapping[UUID, tuple[TopReason, ...]]:
    """Each person's reasons, those of the most days first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT held.user_id, reason ->> 'code', count(DISTINCT held.day)
            FROM submissions_slice held
            CROSS JOIN LATERAL jsonb_array_elements(held.hold_reasons) reason
            WHERE held.user_id = ANY(%s) AND held.state = 'pending'
            GROUP BY 1, 2
            ORDER BY 3 DESC, 2
            """,
            [list(people)],
        )
        found: dict[UUID, list[TopReason]] = defaultdict(list)
        for user_id, code, days in cursor.fetchall():
            found[user_id].append(TopReason(code=code, days=days))
    return {user_id: tuple(reasons) for user_id, reasons in found.items()}
