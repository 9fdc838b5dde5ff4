"""Who looks at a case now, so that two reviewers see each other.

A claim keeps nobody from deciding (a case's `version` does that) and is no change of the case.
"""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import User
from ccgather.errors import NotFoundError
from submissions.errors import CaseClaimedError
from submissions.models import ReviewCase
from submissions.services.staff import Power, require

CLAIMED_FOR = timedelta(minutes=15)


def claim(*, case_id: UUID, actor: User, at: datetime, take_over: bool = False) -> ReviewCase:
    """Takes a case up for a quarter of an hour, or once more.

    Raises CaseClaimedError while somebody else has it, unless it is taken over from them;
    OwnCaseError, PermissionRefusedError, NotFoundError.
    """
    with locked_account(user_id=_person_of(case_id)) as user:
        require(actor=actor, power=Power.DECIDE, subject_id=user.pk)
        case = ReviewCase.objects.select_related("claimed_by").get(pk=case_id)
        other = case.claimed_by
        is_taken = case.claimed_until is not None and case.claimed_until > at
        if other is not None and other != actor and is_taken and not take_over:
            raise CaseClaimedError(
                f"{other.shown_name} looks at this case.",
                details=(f"claimedUntil: {case.claimed_until:%Y-%m-%d %H:%M} UTC",),
            )
        case.claimed_by, case.claimed_until = actor, at + CLAIMED_FOR
        case.save(update_fields=["claimed_by", "claimed_until"])
        return case


def release(*, case_id: UUID, actor: User, at: datetime) -> ReviewCase:
    """Lets go of a case; of one that somebody else has taken up, nothing changes."""
    with locked_account(user_id=_person_of(case_id)):
        case = ReviewCase.objects.get(pk=case_id)
        if case.claimed_by_id == actor.pk:
            case.claimed_by, case.claimed_until = None, min(at, case.claimed_until or at)
            case.save(update_fields=["claimed_by", "claimed_until"])
        return case


def _person_of(case_id: UUID) -> UUID:
    found = ReviewCase.objects.filter(pk=case_id).values_list("user_id", flat=True).first()
    if found is None:
        raise NotFoundError("There is no such case.")
    return found
