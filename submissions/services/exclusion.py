"""Taking people off the boards, and letting them back.

Nothing is deleted, and sessions and tokens stay: they see their own, and what they send is kept.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from accounts.signals import account_changed
from ccgather.ops.runtime import runtime
from submissions.errors import NothingToDecideError
from submissions.models import Appeal, Decision, ReviewCase, Slice, UserDay
from submissions.rules.holds import MICROUSD, HardLimits, hard_limit_reason_of
from submissions.services.cases import (
    REVIEW_DUE,
    open_case,
    refresh_case,
    settle_submissions,
    submissions_of,
    waiting_slices,
)
from submissions.services.ledger import write_decision
from submissions.services.planning import HARD_DAY_COST_USD
from submissions.services.review import checked_reason
from submissions.services.staff import Power, require, role_of
from submissions.services.telling import tell_of_decision
from submissions.services.versions import count_versions, decided, tell

Action = Decision.Action


def exclude(
    *, user_id: UUID, actor: User, reason_code: str = "", reason: str, at: datetime
) -> Decision:
    """Takes somebody off every board at once; what they send from now on waits.

    Raises NothingToDecideError when they are off already, OwnCaseError, PermissionRefusedError,
    InvalidInputError, NotFoundError, AccountBusyError.
    """
    code, text = checked_reason(action=Action.EXCLUDE, reason_code=reason_code, reason=reason)
    with locked_account(user_id=user_id) as user:
        require(actor=actor, power=Power.EXCLUDE, subject_id=user.pk)
        if user.excluded_at is not None:
            raise NothingToDecideError("This account is off the boards already.")
        user.excluded_at = at
        user.save(update_fields=["excluded_at"])
        account_changed.send(sender=User, user=user, at=at)
        decision = write_decision(
            action=Action.EXCLUDE,
            role=role_of(actor=actor),
            reason_code=code,
            reason=text,
            at=at,
            user=user,
            actor=actor,
            case=_case_to_appeal_in(user, at=at),
            before={"excluded": False},
            after={"excluded": True},
        )
        tell_of_decision(decision=decision, user=user, at=at)
        return decision


def _case_to_appeal_in(user: User, *, at: datetime) -> ReviewCase:
    """An appeal belongs to a case: the open one, or one that is made and closed at once."""
    return open_case(user=user) or ReviewCase.objects.create(
        user=user,
        state=ReviewCase.State.CLOSED,
        opened_at=at,
        updated_at=at,
        closed_at=at,
        due_at=at + REVIEW_DUE,
    )


def restore(
    *, user_id: UUID, actor: User, reason_code: str = "", reason: str, at: datetime
) -> Decision:
    """Lets somebody back on the boards, with what waited for nothing but the exclusion.

    Raises as `exclude` does; NothingToDecideError when they are on the boards.
    """
    code, text = checked_reason(action=Action.RESTORE, reason_code=reason_code, reason=reason)
    with locked_account(user_id=user_id) as user:
        require(actor=actor, power=Power.EXCLUDE, subject_id=user.pk)
        return restore_locked(user=user, actor=actor, reason_code=code, reason=text, at=at)


def restore_locked(
    *, user: User, actor: User, reason_code: str, reason: str, at: datetime
) -> Decision:
    """The same with the account's lock held and the power there."""
    if user.excluded_at is None:
        raise NothingToDecideError("This account is on the boards.")
    excluded_at = user.excluded_at
    user.excluded_at = None
    user.save(update_fields=["excluded_at"])
    account_changed.send(sender=User, user=user, at=at)
    released, kept = _release(user)
    if released or kept:
        tell(user=user, days={item.day for item in released}, at=at)
        settle_submissions(user=user, touched=submissions_of(slices=[*released, *kept]))
    exclusion = Decision.objects.filter(user=user, action=Action.EXCLUDE).first()
    decision = write_decision(
        action=Action.RESTORE,
        role=role_of(actor=actor),
        reason_code=reason_code,
        reason=reason,
        at=at,
        user=user,
        actor=actor,
        case=exclusion.case if exclusion else None,
        slices=[
            line.line()
            for line in decided(
                slices=released, before=Slice.State.PENDING, after=Slice.State.ACCEPTED
            )
        ],
        before={"excluded": True},
        after={"excluded": False, "still_waiting": len(kept)},
        reverses=exclusion,
        waiting_since=excluded_at,
    )
    Appeal.objects.filter(decision=exclusion, state=Appeal.State.OPEN).exclude(
        decision=None
    ).update(state=Appeal.State.GRANTED, answer=reason, answered_by=actor, answered_at=at)
    if kept:
        refresh_case(user=user, at=at)
    tell_of_decision(decision=decision, user=user, at=at)
    return decision


def _release(user: User) -> tuple[list[Slice], list[Slice]]:
    """Judges anew what waited for the exclusion alone: what counts now, what goes on waiting."""
    in_case = {item.pk for item in waiting_slices(user=user)}
    waiting = [
        item
        for item in Slice.objects.pending().filter(user=user).order_by("day", "pk")
        if item.pk not in in_case
    ]
    released, kept = _by_hard_limit(user, waiting)
    count_versions(user=user, slices=released, approved=False)
    Slice.objects.filter(pk__in=[item.pk for item in released]).update(
        hold_reasons=[], hold_weight=0
    )
    return released, kept


def _by_hard_limit(user: User, waiting: Sequence[Slice]) -> tuple[list[Slice], list[Slice]]:
    limits = HardLimits(
        day_tokens=int(runtime.max_daily_tokens),
        day_cost_microusd=int(HARD_DAY_COST_USD * MICROUSD * runtime.max_daily_cost_factor),
    )
    days = UserDay.objects.filter(user=user, day__in={item.day for item in waiting})
    sums = {
        day: (tokens, cost)
        for day, tokens, cost in days.values_list("day", "total_tokens", "cost_microusd")
    }
    released, kept = [], []
    for item in waiting:
        tokens, cost = sums.get(item.day, (0, 0))
        reason = hard_limit_reason_of(
            slice_tokens=item.total_tokens,
            slice_cost_microusd=item.cost_microusd,
            other_tokens=tokens,
            other_cost_microusd=cost,
            limits=limits,
        )
        if reason is None:
            sums[item.day] = (tokens + item.total_tokens, cost + item.cost_microusd)
            released.append(item)
        else:
            item.hold_reasons = [{"code": reason.code, "sentence": reason.sentence}]
            item.hold_weight = 1
            item.save(update_fields=["hold_reasons", "hold_weight"])
            kept.append(item)
    return released, kept
