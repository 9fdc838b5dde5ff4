"""Undoing an earlier decision, as far as what it was about is still there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.locking import locked_account
from accounts.models import User
from ccgather.errors import NotFoundError
from submissions.errors import NothingToDecideError
from submissions.models import Appeal, Decision, Slice
from submissions.services.cases import refresh_case, settle_submissions, submissions_of
from submissions.services.exclusion import restore_locked
from submissions.services.ledger import write_decision
from submissions.services.review import checked_reason, lifetime_tokens
from submissions.services.staff import Power, require, role_of
from submissions.services.telling import tell_of_decision
from submissions.services.versions import (
    DecidedSlice,
    count_versions,
    decided,
    hold_versions,
    key_of,
    others_of,
    tell,
)

Action = Decision.Action

REVERSIBLE = (Action.APPROVE, Action.REJECT, Action.EXCLUDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """What a reversal brought back, and a sentence for each thing that it could not."""

    decision: Decision
    restored: tuple[DecidedSlice, ...]
    not_restored: tuple[str, ...]


def reverse(
    *, decision_id: int, actor: User, reason_code: str = "", reason: str, at: datetime
) -> Reversed:
    """Undoes an approval (what it let count waits again), a rejection (what it refused counts) or
    an exclusion (the person is back on the boards).

    Raises NothingToDecideError when it was reversed before, cannot be, or nothing of it is there
    any more; OwnCaseError, PermissionRefusedError, InvalidInputError, NotFoundError.
    """
    code, text = checked_reason(action=Action.REVERSE, reason_code=reason_code, reason=reason)
    found = Decision.objects.filter(pk=decision_id).first()
    if found is None or found.user_id is None:
        raise NotFoundError("There is no such decision, or its person is gone.")
    power = Power.EXCLUDE if found.action == Action.EXCLUDE else Power.DECIDE
    with locked_account(user_id=found.user_id) as user:
        require(actor=actor, power=power, subject_id=user.pk)
        return reverse_locked(
            decision_id=decision_id, user=user, actor=actor, reason_code=code, reason=text, at=at
        )


def reverse_locked(
    *, decision_id: int, user: User, actor: User, reason_code: str, reason: str, at: datetime
) -> Reversed:
    """The same with the account's lock held and the power there."""
    old = Decision.objects.get(pk=decision_id)
    if old.action not in REVERSIBLE:
        raise NothingToDecideError("Only an approval, a rejection or an exclusion is reversed.")
    if Decision.objects.filter(reverses=old).exists():
        raise NothingToDecideError("This decision was reversed before.")
    if old.action == Action.EXCLUDE:
        code = reason_code if reason_code in ("mistake", "appeal_granted") else "cleared_up"
        line = restore_locked(user=user, actor=actor, reason_code=code, reason=reason, at=at)
        return Reversed(decision=line, restored=(), not_restored=())
    undo = _count_again if old.action == Action.REJECT else _hold_again
    tokens_before = lifetime_tokens(user=user)
    slices, lines, lost = undo(user, old)
    if not slices:
        raise NothingToDecideError("Nothing of this decision can be restored.", details=lost)
    tell(user=user, days={item.day for item in slices}, at=at)
    settle_submissions(user=user, touched=submissions_of(slices=slices))
    present = refresh_case(user=user, at=at) if old.action == Action.APPROVE else None
    decision = write_decision(
        action=Action.REVERSE,
        role=role_of(actor=actor),
        reason_code=reason_code,
        reason=reason,
        at=at,
        user=user,
        actor=actor,
        case=present or old.case,
        slices=[line.line() for line in lines],
        before={"tokens": tokens_before},
        after={"tokens": lifetime_tokens(user=user), "not_restored": lost},
        reverses=old,
        waiting_since=old.at,
    )
    Appeal.objects.filter(decision=old, state=Appeal.State.OPEN).update(
        state=Appeal.State.GRANTED, answer=reason, answered_by=actor, answered_at=at
    )
    tell_of_decision(decision=decision, user=user, at=at)
    return Reversed(decision=decision, restored=lines, not_restored=tuple(lost))


_Undone = tuple[list[Slice], tuple[DecidedSlice, ...], list[str]]


def _versions(user: User, old: Decision, *, state: str) -> tuple[list[Slice], list[str]]:
    """The versions of a decision that are in the state it left them in, and what is not."""
    ids = [int(str(line["id"])) for line in old.slices]
    found = {item.pk: item for item in Slice.objects.filter(user=user, pk__in=ids, state=state)}
    lost = [
        f"{_words(line)}: that version is gone; a newer report took its place or it was deleted"
        for line in old.slices
        if int(str(line["id"])) not in found
    ]
    return list(found.values()), lost


def _count_again(user: User, old: Decision) -> _Undone:
    found, lost = _versions(user, old, state=Slice.State.REJECTED)
    counting = others_of(user=user, slices=found, state=Slice.State.ACCEPTED)
    slices = []
    for item in found:
        present = counting.get(key_of(item=item))
        if present is not None and present.total_tokens >= item.total_tokens:
            lost.append(f"{item.day} ({item.client}): a larger version counts already")
        else:
            slices.append(item)
    lines = decided(slices=slices, before=Slice.State.REJECTED, after=Slice.State.ACCEPTED)
    count_versions(user=user, slices=slices, approved=True)
    return slices, lines, lost


def _hold_again(user: User, old: Decision) -> _Undone:
    found, lost = _versions(user, old, state=Slice.State.ACCEPTED)
    waiting = others_of(user=user, slices=found, state=Slice.State.PENDING)
    slices = [item for item in found if key_of(item=item) not in waiting]
    lost += [
        f"{item.day} ({item.client}): a newer version waits; decide about that one"
        for item in found
        if key_of(item=item) in waiting
    ]
    keys = {(item.day, str(item.device_id), item.client) for item in slices}
    lost += [
        f"{_words(line)}: the {line['tokens']:,} tokens that counted before were replaced; "
        "the owner's next report brings them back"
        for line in _replaced(old)
        if (date.fromisoformat(line["day"]), line["device"], line["client"]) in keys
    ]
    lines = decided(slices=slices, before=Slice.State.ACCEPTED, after=Slice.State.PENDING)
    hold_versions(user=user, slices=slices)
    return slices, lines, lost


def _replaced(old: Decision) -> list[dict[str, Any]]:
    return list(old.before.get("replaced", []))


def _words(line: Mapping[str, object]) -> str:
    return f"{line['day']} ({line['client']})"
