"""One action on several cases: what it would do, and doing it, each case by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from ccgather.errors import DomainError, InvalidInputError, NotFoundError
from submissions.models import Decision, ReviewCase, Slice
from submissions.services.cases import waiting_slices
from submissions.services.review import (
    Decided,
    case_as_seen,
    checked_action,
    checked_reason,
    decide,
)
from submissions.services.staff import Power, require

Action = Decision.Action

BULK_ACTIONS = (Action.APPROVE, Action.REJECT, Action.EXTEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChoice:
    """A case, and the version of it that was seen."""

    case_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePreview:
    """What an action would do to a case; with a `refusal` it would do nothing."""

    case_id: UUID
    user_id: UUID | None
    username: str
    slices: int
    tokens_now: int
    tokens_after: int
    first_day: date | None
    last_day: date | None
    refusal: DomainError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What became of one case of several: decided, or refused."""

    case_id: UUID
    decided: Decided | None
    refusal: DomainError | None


def preview(*, choices: Sequence[CaseChoice], actor: User, action: str) -> tuple[CasePreview, ...]:
    """What an action would do to each case, in their order; nothing is written or locked.

    Sums are before the same usage on several devices is counted once: at most that many.
    """
    chosen = checked_action(action=action)
    cases = {
        case.pk: case
        for case in ReviewCase.objects.filter(
            pk__in=[choice.case_id for choice in choices]
        ).select_related("user__usage_account")
    }
    return tuple(_preview(choice, cases.get(choice.case_id), actor, chosen) for choice in choices)


def _preview(
    choice: CaseChoice, case: ReviewCase | None, actor: User, action: Decision.Action
) -> CasePreview:
    refusal: DomainError | None = None
    waiting: list[Slice] = []
    now = 0
    if case is None:
        refusal = NotFoundError("There is no such case.")
    else:
        account = getattr(case.user, "usage_account", None)
        now = account.total_tokens if account else 0
        try:
            require(actor=actor, power=Power.DECIDE, subject_id=case.user_id)
            case_as_seen(case_id=case.pk, version=choice.version)
            waiting = waiting_slices(user=case.user)
        except DomainError as error:
            refusal = error
    gain = case.held_tokens if case is not None and action == Action.APPROVE else 0
    return CasePreview(
        case_id=choice.case_id,
        user_id=case.user_id if case else None,
        username=case.user.username if case else "",
        slices=len(waiting),
        tokens_now=now,
        tokens_after=now + (gain if refusal is None else 0),
        first_day=waiting[0].day if waiting else None,
        last_day=waiting[-1].day if waiting else None,
        refusal=refusal,
    )


def decide_many(
    *,
    choices: Iterable[CaseChoice],
    actor: User,
    action: str,
    reason_code: str = "",
    reason: str = "",
    at: datetime,
) -> tuple[CaseOutcome, ...]:
    """Decides several whole cases, each in a transaction of its own: one that is refused stops
    none of the rest. Raises InvalidInputError for what no case could be decided with."""
    if checked_action(action=action) not in BULK_ACTIONS:
        raise InvalidInputError(
            "This is done case by case.", details=(f"action: {action} is not for several cases",)
        )
    checked_reason(action=action, reason_code=reason_code, reason=reason)
    outcomes = []
    for choice in choices:
        done: Decided | None = None
        refusal: DomainError | None = None
        try:
            done = decide(
                case_id=choice.case_id,
                actor=actor,
                version=choice.version,
                action=action,
                reason_code=reason_code,
                reason=reason,
                at=at,
            )
        except DomainError as error:
            refusal = error
        outcomes.append(CaseOutcome(case_id=choice.case_id, decided=done, refusal=refusal))
    return tuple(outcomes)
