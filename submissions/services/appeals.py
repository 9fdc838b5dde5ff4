"""What owners say about decisions and holds, and how they are answered."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import Notice, User
from accounts.services.notices import notify
from ccgather.errors import InvalidInputError, NotFoundError
from submissions.errors import AlreadyAppealedError, NothingToDecideError, OwnDecisionError
from submissions.models import Appeal, Decision, ReviewCase
from submissions.rules.reasons import TEXT_CHARACTERS
from submissions.services.cases import open_case, save_case, waiting_slices
from submissions.services.exclusion import restore_locked
from submissions.services.ledger import write_decision
from submissions.services.reversal import reverse_locked
from submissions.services.review import checked_reason, settle_waiting
from submissions.services.staff import Power, others_who_may, require, role_of
from submissions.services.telling import HELD_PAGE, tell_of_decision

Action = Decision.Action

APPEAL_DUE = timedelta(days=7)
"""When an appeal should be answered; shown to both sides."""


def appeal(*, user_id: UUID, decision_id: int | None, text: str, at: datetime) -> Appeal:
    """The owner objects: to a rejection or an exclusion, or (None) to what their open case holds.

    Raises AlreadyAppealedError, NothingToDecideError for a decision that was reversed,
    InvalidInputError, NotFoundError for nobody's or another's decision, AccountBusyError.
    """
    words = _checked_text(text)
    with locked_account(user_id=user_id) as user:
        case, decision = _appealed(user, decision_id)
        if case.appeals.filter(decision=decision).exists():
            raise AlreadyAppealedError("You have appealed against this already.")
        made = Appeal.objects.create(
            user=user,
            case=case,
            decision=decision,
            text=words,
            created_at=at,
            due_at=at + APPEAL_DUE,
        )
        write_decision(
            action=Action.APPEAL,
            role=Decision.Role.OWNER,
            reason_code="owner_appealed",
            reason=words,
            at=at,
            user=user,
            actor=user,
            case=case,
            after={"appeal": str(made.pk), "decision": decision_id},
        )
        if case.state != ReviewCase.State.CLOSED:
            save_case(case=case, at=at)
        return made


def _appealed(user: User, decision_id: int | None) -> tuple[ReviewCase, Decision | None]:
    if decision_id is None:
        case = open_case(user=user)
        if case is None:
            raise NotFoundError("Nothing of yours waits for review.")
        return case, None
    decision = (
        Decision.objects.filter(
            pk=decision_id, user=user, action__in=(Action.REJECT, Action.EXCLUDE)
        )
        .select_related("case")
        .first()
    )
    if decision is None or decision.case is None:
        raise NotFoundError("There is no such decision about you.")
    if Decision.objects.filter(reverses=decision).exists():
        raise NothingToDecideError("This decision was reversed.")
    return decision.case, decision


def answer_question(*, user_id: UUID, text: str, at: datetime) -> Decision:
    """The owner answers what a reviewer asked; the case is open again.

    Raises NothingToDecideError when nothing was asked, InvalidInputError, AccountBusyError.
    """
    words = _checked_text(text)
    with locked_account(user_id=user_id) as user:
        case = open_case(user=user)
        if case is None or case.state != ReviewCase.State.ASKED:
            raise NothingToDecideError("Nobody has asked you anything.")
        asked = case.decisions.filter(action=Action.ASK).first()
        case.state = ReviewCase.State.OPEN
        save_case(case=case, at=at)
        return write_decision(
            action=Action.ANSWER,
            role=Decision.Role.OWNER,
            reason_code="owner_answered",
            reason=words,
            at=at,
            user=user,
            actor=user,
            case=case,
            before={"state": str(ReviewCase.State.ASKED)},
            after={"state": str(ReviewCase.State.OPEN)},
            waiting_since=asked.at if asked else None,
        )


def answer_appeal(
    *, appeal_id: UUID, actor: User, grant: bool, answer: str, at: datetime
) -> Appeal:
    """A reviewer grants an appeal or lets the decision stand, with a text to the owner.

    Granting reverses the decision; granting an objection to a hold approves the whole case. Raises
    OwnDecisionError for who decided while anybody else may answer, OwnCaseError,
    PermissionRefusedError, NothingToDecideError, InvalidInputError, NotFoundError.
    """
    found = Appeal.objects.filter(pk=appeal_id).first()
    if found is None:
        raise NotFoundError("There is no such appeal.")
    _, words = checked_reason(action=Action.UPHOLD, reason_code="", reason=answer)
    with locked_account(user_id=found.user_id) as user:
        require(actor=actor, power=Power.APPEALS, subject_id=user.pk)
        asked = Appeal.objects.select_related("case", "decision").get(pk=appeal_id)
        if asked.state != Appeal.State.OPEN:
            raise NothingToDecideError("This appeal was answered before.")
        _refuse_own_decision(asked, actor)
        if grant:
            _grant(asked, user, actor, words, at=at)
        else:
            _uphold(asked, user, actor, words, at=at)
        return Appeal.objects.get(pk=appeal_id)


def may_answer(*, appealed: Appeal, actor: User) -> bool:
    """Whether this member of the staff may be the one who answers, their power aside."""
    decided_by = appealed.decision.actor_id if appealed.decision else None
    return decided_by != actor.pk or not others_who_may(
        power=Power.APPEALS, besides=frozenset({actor.pk, appealed.user_id})
    )


def _refuse_own_decision(asked: Appeal, actor: User) -> None:
    if not may_answer(appealed=asked, actor=actor):
        raise OwnDecisionError(
            "You made the decision that is appealed against; somebody else answers the appeal."
        )


def _grant(asked: Appeal, user: User, actor: User, words: str, *, at: datetime) -> None:
    decision = asked.decision
    if decision is None:
        settle_waiting(
            case=asked.case,
            user=user,
            actor=actor,
            action=Action.APPROVE,
            reason_code="explained",
            reason=words,
            waiting=waiting_slices(user=user),
            at=at,
        )
    elif decision.action == Action.EXCLUDE:
        require(actor=actor, power=Power.EXCLUDE)
        restore_locked(user=user, actor=actor, reason_code="appeal_granted", reason=words, at=at)
    else:
        reverse_locked(
            decision_id=decision.pk,
            user=user,
            actor=actor,
            reason_code="appeal_granted",
            reason=words,
            at=at,
        )
    _close(asked, Appeal.State.GRANTED, actor, words, at=at)


def _uphold(asked: Appeal, user: User, actor: User, words: str, *, at: datetime) -> None:
    decision = write_decision(
        action=Action.UPHOLD,
        role=role_of(actor=actor),
        reason_code="stands",
        reason=words,
        at=at,
        user=user,
        actor=actor,
        case=asked.case,
        after={"appeal": str(asked.pk), "decision": asked.decision_id},
        waiting_since=asked.created_at,
    )
    _close(asked, Appeal.State.UPHELD, actor, words, at=at)
    if asked.decision is not None:
        tell_of_decision(decision=decision, user=user, at=at)
        return
    save_case(case=asked.case, at=at)
    notify(
        user=user,
        code=Action.UPHOLD,
        tone=Notice.Tone.REVIEW,
        title="Your objection was read; the review goes on",
        text=words,
        link=HELD_PAGE,
        at=at,
    )


def _close(asked: Appeal, state: Appeal.State, actor: User, words: str, *, at: datetime) -> None:
    asked.state, asked.answer = state, words
    asked.answered_by, asked.answered_at = actor, at
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at"])


def _checked_text(text: str) -> str:
    words = text.strip()
    problem = ""
    if not words:
        problem = "text: say it in a few words"
    elif len(words) > TEXT_CHARACTERS or "\x00" in words:
        problem = f"text: at most {TEXT_CHARACTERS} characters of plain text"
    if problem:
        raise InvalidInputError("This text cannot be sent.", details=(problem,))
    return words
