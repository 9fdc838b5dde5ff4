"""Deciding about what waits: one case, or some of its days.

Every action is one transaction under the lock of the person it is about, is refused when the case
is not as its reviewer saw it, and adds one line to the ledger.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from ccgather.errors import InvalidInputError, NotFoundError
from submissions.errors import CaseChangedError, NothingToDecideError
from submissions.models import Decision, ReviewCase, Slice, Submission, UsageAccount
from submissions.rules.reasons import default_reason_for, reason_problems_of
from submissions.services.cases import (
    REVIEW_DUE,
    open_case,
    refresh_case,
    save_case,
    settle_submissions,
    submissions_of,
    waiting_slices,
)
from submissions.services.ledger import slice_line, write_decision
from submissions.services.staff import Power, require, role_of
from submissions.services.telling import tell_of_decision
from submissions.services.versions import (
    DecidedSlice,
    count_versions,
    decided,
    refuse_versions,
    tell,
)

Action = Decision.Action

ACTIONS = (Action.APPROVE, Action.REJECT, Action.ASK, Action.EXTEND)
"""What can be done to a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did; tokens are the person's lifetime sum before and after."""

    decision: Decision
    case: ReviewCase
    slices: tuple[DecidedSlice, ...]
    tokens_before: int
    tokens_after: int


def decide(
    *,
    case_id: UUID,
    actor: User,
    version: int,
    action: str,
    slices: Collection[int] | None = None,
    days: Collection[date] | None = None,
    reason_code: str = "",
    reason: str = "",
    at: datetime,
) -> Decided:
    """Approves, rejects, asks about or extends a case: whole, or for those slices or days.

    Raises CaseChangedError when `version` is not the present one, NothingToDecideError,
    OwnCaseError, PermissionRefusedError, InvalidInputError, NotFoundError, AccountBusyError; then
    nothing is written.
    """
    chosen = checked_action(action=action)
    code, text = checked_reason(action=chosen, reason_code=reason_code, reason=reason)
    user_id = ReviewCase.objects.filter(pk=case_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFoundError("There is no such case.")
    with locked_account(user_id=user_id) as user:
        require(actor=actor, power=Power.DECIDE, subject_id=user.pk)
        case = case_as_seen(case_id=case_id, version=version)
        if chosen in (Action.ASK, Action.EXTEND):
            return _put_off(case, user, actor, chosen, code, text, at=at)
        waiting = _chosen(waiting_slices(user=user), slices=slices, days=days)
        return settle_waiting(
            case=case,
            user=user,
            actor=actor,
            action=chosen,
            reason_code=code,
            reason=text,
            waiting=waiting,
            at=at,
        )


def decide_submission(
    *,
    submission_id: UUID,
    actor: User,
    action: str,
    days: Collection[date] | None = None,
    reason_code: str = "",
    reason: str = "",
    version: int | None = None,
    at: datetime,
) -> Decided:
    """Decides what waits of one submission: all of it, or what waits on those days.

    Without a `version` what is decided is what that submission brought: a newer report's version
    is another submission's. Raises as `decide` does.
    """
    require(actor=actor, power=Power.DECIDE)
    submission = Submission.objects.select_related("user").filter(pk=submission_id).first()
    if submission is None:
        raise NotFoundError("There is no such submission.")
    case = open_case(user=submission.user)
    waiting = [
        item for item in waiting_slices(user=submission.user) if item.submission_id == submission_id
    ]
    if days is not None:
        missing = [f"days: nothing waits on {day}" for day in set(days) - {s.day for s in waiting}]
        if missing:
            raise InvalidInputError("Some of this does not wait for review.", details=missing)
    if case is None or not waiting:
        raise NothingToDecideError("Nothing of this submission waits for review.")
    return decide(
        case_id=case.pk,
        actor=actor,
        version=case.version if version is None else version,
        action=action,
        slices=[item.pk for item in waiting if days is None or item.day in set(days)],
        reason_code=reason_code,
        reason=reason,
        at=at,
    )


def checked_action(*, action: str) -> Decision.Action:
    """One of `ACTIONS`. Raises InvalidInputError."""
    if action not in ACTIONS:
        known = ", ".join(ACTIONS)
        raise InvalidInputError(
            "This cannot be done to a case.", details=(f"action: must be one of {known}",)
        )
    return Action(action)


def checked_reason(*, action: str, reason_code: str, reason: str) -> tuple[str, str]:
    """The code, or the action's usual one, and the text. Raises InvalidInputError."""
    code, text = reason_code or default_reason_for(action), reason.strip()
    problems = reason_problems_of(action=action, code=code, text=text)
    if problems:
        raise InvalidInputError(
            "A decision needs its reason.",
            details=[f"{name}: {problem}" for name, problem in problems.items()],
        )
    return code, text


def case_as_seen(*, case_id: UUID, version: int) -> ReviewCase:
    """The open case, if it still is of that version; the account's lock must be held.

    Raises CaseChangedError, NothingToDecideError for a case that is closed as it was seen.
    """
    case = ReviewCase.objects.get(pk=case_id)
    if case.version != version:
        since = case.decisions.select_related("actor").order_by("-pk")[
            : max(0, min(5, case.version - version))
        ]
        raise CaseChangedError(
            "This case has changed since you saw it. Look again before you decide.",
            details=(
                f"version: you saw {version}, it is {case.version}",
                f"now: {case.get_state_display()}, {case.held_slices} slices wait",
                *(_since_words(line) for line in since),
            ),
        )
    if case.state == ReviewCase.State.CLOSED:
        raise NothingToDecideError("Everything in this case is decided already.")
    return case


def _since_words(line: Decision) -> str:
    who = line.actor.username if line.actor else "the site"
    return f"{line.at:%Y-%m-%d %H:%M} UTC: {line.get_action_display()}, by {who}"


def _chosen(
    waiting: Sequence[Slice], *, slices: Collection[int] | None, days: Collection[date] | None
) -> list[Slice]:
    if slices is None and days is None:
        chosen = list(waiting)
    else:
        ids, wanted = set(slices or ()), set(days or ())
        missing = [f"slices: {n} does not wait" for n in sorted(ids - {s.pk for s in waiting})]
        missing += [
            f"days: nothing waits on {day}" for day in sorted(wanted - {s.day for s in waiting})
        ]
        if missing:
            raise InvalidInputError("Some of this does not wait for review.", details=missing)
        chosen = [item for item in waiting if item.pk in ids or item.day in wanted]
    if not chosen:
        raise NothingToDecideError("Nothing of this waits for review.")
    return chosen


def _put_off(
    case: ReviewCase,
    user: User,
    actor: User,
    action: Decision.Action,
    code: str,
    text: str,
    *,
    at: datetime,
) -> Decided:
    before = {"state": case.state, "due_at": case.due_at.isoformat()}
    case.due_at = max(case.due_at, at) + REVIEW_DUE
    if action == Action.ASK:
        case.state = ReviewCase.State.ASKED
    save_case(case=case, at=at)
    decision = write_decision(
        action=action,
        role=role_of(actor=actor),
        reason_code=code,
        reason=text,
        at=at,
        user=user,
        actor=actor,
        case=case,
        before=before,
        after={"state": case.state, "due_at": case.due_at.isoformat()},
        waiting_since=case.opened_at,
    )
    tell_of_decision(decision=decision, user=user, at=at)
    tokens = lifetime_tokens(user=user)
    return Decided(
        decision=decision, case=case, slices=(), tokens_before=tokens, tokens_after=tokens
    )


def settle_waiting(
    *,
    case: ReviewCase,
    user: User,
    actor: User,
    action: Decision.Action,
    reason_code: str,
    reason: str,
    waiting: Sequence[Slice],
    at: datetime,
) -> Decided:
    """Approves or rejects those versions; the account's lock must be held, the power be there."""
    replaced: list[Slice] = []
    tokens_before = lifetime_tokens(user=user)
    if action == Action.APPROVE:
        lines = decided(slices=waiting, before=Slice.State.PENDING, after=Slice.State.ACCEPTED)
        replaced = count_versions(user=user, slices=waiting, approved=True)
    else:
        lines = decided(slices=waiting, before=Slice.State.PENDING, after=Slice.State.REJECTED)
        refuse_versions(
            user=user, slices=waiting, sentence=f"A reviewer did not accept this day: {reason}"
        )
    tell(user=user, days={item.day for item in waiting}, at=at)
    settle_submissions(user=user, touched=submissions_of(slices=waiting))
    tokens_after = lifetime_tokens(user=user)
    decision = write_decision(
        action=action,
        role=role_of(actor=actor),
        reason_code=reason_code,
        reason=reason,
        at=at,
        user=user,
        actor=actor,
        case=case,
        slices=[line.line() for line in lines],
        before={
            "tokens": tokens_before,
            "version": case.version,
            "replaced": [slice_line(item=s, before=s.state, after="") for s in replaced],
        },
        after={"tokens": tokens_after},
        waiting_since=min(case.opened_at, *(item.updated_at for item in waiting)),
    )
    if case.state == ReviewCase.State.ASKED:
        ReviewCase.objects.filter(pk=case.pk).update(state=ReviewCase.State.OPEN)
    present = refresh_case(user=user, at=at, actor=actor, answer=reason)
    tell_of_decision(decision=decision, user=user, at=at)
    return Decided(
        decision=decision,
        case=present or case,
        slices=lines,
        tokens_before=tokens_before,
        tokens_after=tokens_after,
    )


def lifetime_tokens(*, user: User) -> int:
    """What counts of a person, 0 before anything does; one query."""
    account = UsageAccount.objects.filter(user=user).values_list("total_tokens", flat=True)
    return account.first() or 0
