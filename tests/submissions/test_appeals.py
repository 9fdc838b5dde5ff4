"""What owners object to, and who answers them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import ApiToken, Notice, User
from ccgather.errors import InvalidInputError, NotFoundError, PermissionRefusedError
from submissions.errors import (
    AlreadyAppealedError,
    NothingToDecideError,
    OwnCaseError,
    OwnDecisionError,
)
from submissions.models import Appeal, Decision, ReviewCase
from submissions.services.appeals import answer_appeal, answer_question, appeal
from submissions.services.exclusion import exclude
from submissions.services.reversal import reverse
from submissions.services.review import decide
from tests.cast import person
from tests.submissions.holding import admin, hold, last_line, moderator, states
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def rejected(token: ApiToken, *, by: User) -> Decision:
    """Her 900 tokens were not accepted."""
    case = hold(token, [row(tokens=900)])
    return decide(
        case_id=case.pk, actor=by, version=case.version, action="reject", reason="No.", at=NOW
    ).decision


def test_a_granted_appeal_makes_the_day_count(alice: User, alice_token: ApiToken) -> None:
    mia, noah = moderator(), moderator("noah")
    decision = rejected(alice_token, by=mia)
    asked = appeal(user_id=alice.pk, decision_id=decision.pk, text=" It is real. ", at=LATER)
    assert asked.text == "It is real."
    assert asked.due_at == LATER + timedelta(days=7)
    done = answer_appeal(
        appeal_id=asked.pk, actor=noah, grant=True, answer="You are right.", at=LATER
    )
    assert (done.state, done.answered_by, done.answer) == ("granted", noah, "You are right.")
    assert states(alice) == [("accepted", 900)]
    assert total(alice) == 900
    line = last_line(alice)
    assert (line.action, line.reason_code, line.reverses_id) == (
        "reverse",
        "appeal_granted",
        decision.pk,
    )
    assert Notice.objects.filter(user=alice).latest("pk").tone == "ours"


def test_an_appeal_that_is_not_granted_leaves_the_decision(
    alice: User, alice_token: ApiToken
) -> None:
    decision = rejected(alice_token, by=moderator())
    asked = appeal(user_id=alice.pk, decision_id=decision.pk, text="It is real.", at=LATER)
    done = answer_appeal(
        appeal_id=asked.pk, actor=moderator("noah"), grant=False, answer="It is not.", at=LATER
    )
    assert done.state == "upheld"
    assert states(alice) == [("rejected", 900)]
    assert [line.action for line in Decision.objects.filter(user=alice).order_by("pk")] == [
        "reject",
        "appeal",
        "uphold",
    ]
    with pytest.raises(NothingToDecideError):
        answer_appeal(
            appeal_id=asked.pk, actor=moderator("olga"), grant=True, answer="Hm.", at=LATER
        )


def test_who_decided_does_not_answer_while_there_is_somebody_else(
    alice: User, alice_token: ApiToken
) -> None:
    mia, noah = moderator(), moderator("noah")
    decision = rejected(alice_token, by=mia)
    asked = appeal(user_id=alice.pk, decision_id=decision.pk, text="It is real.", at=LATER)
    with pytest.raises(OwnDecisionError) as refused:
        answer_appeal(appeal_id=asked.pk, actor=mia, grant=False, answer="No.", at=LATER)
    assert (refused.value.status, refused.value.code) == (403, "own_decision")
    noah.is_active = False
    noah.save()
    answered = answer_appeal(appeal_id=asked.pk, actor=mia, grant=False, answer="No.", at=LATER)
    assert answered.state == "upheld"


def test_the_owner_is_nobody_who_could_answer(alice_token: ApiToken) -> None:
    alice, mia = alice_token.user, moderator()
    decision = rejected(alice_token, by=mia)
    asked = appeal(user_id=alice.pk, decision_id=decision.pk, text="It is real.", at=LATER)
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    alice.refresh_from_db()
    with pytest.raises(OwnCaseError):
        answer_appeal(appeal_id=asked.pk, actor=alice, grant=True, answer="Yes.", at=LATER)
    assert answer_appeal(appeal_id=asked.pk, actor=mia, grant=False, answer="No.", at=LATER)


def test_an_objection_to_a_hold_is_heard_before_anything_is_decided(
    alice: User, alice_token: ApiToken
) -> None:
    case = hold(alice_token, [row(tokens=900)])
    asked = appeal(user_id=alice.pk, decision_id=None, text="I ran a migration.", at=LATER)
    assert (asked.case_id, asked.decision_id) == (case.pk, None)
    case.refresh_from_db()
    assert case.version == 2
    with pytest.raises(AlreadyAppealedError):
        appeal(user_id=alice.pk, decision_id=None, text="Again.", at=LATER)
    answer_appeal(appeal_id=asked.pk, actor=moderator(), grant=True, answer="Fine.", at=LATER)
    assert states(alice) == [("accepted", 900)]
    assert Appeal.objects.get().state == "granted"
    assert ReviewCase.objects.get().state == "closed"


@pytest.mark.parametrize(("action", "state"), [("approve", "granted"), ("reject", "upheld")])
def test_deciding_the_case_answers_the_objection(
    alice: User, alice_token: ApiToken, action: str, state: str
) -> None:
    case = hold(alice_token, [row(tokens=900)])
    appeal(user_id=alice.pk, decision_id=None, text="I ran a migration.", at=LATER)
    mia = moderator()
    decide(case_id=case.pk, actor=mia, version=2, action=action, reason="We looked.", at=LATER)
    asked = Appeal.objects.get()
    assert (asked.state, asked.answer, asked.answered_by) == (state, "We looked.", mia)


def test_an_objection_that_is_read_leaves_the_hold(alice: User, alice_token: ApiToken) -> None:
    hold(alice_token, [row(tokens=900)])
    asked = appeal(user_id=alice.pk, decision_id=None, text="I ran a migration.", at=LATER)
    answer_appeal(appeal_id=asked.pk, actor=moderator(), grant=False, answer="Wait.", at=LATER)
    assert states(alice) == [("pending", 900)]
    assert Notice.objects.get(user=alice).tone == "review"


def test_a_question_is_answered_once(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    decide(case_id=case.pk, actor=moderator(), version=1, action="ask", reason="What ran?", at=NOW)
    line = answer_question(user_id=alice.pk, text="A migration.", at=LATER)
    assert (line.action, line.role, line.reason, line.waiting_since) == (
        "answer",
        "owner",
        "A migration.",
        NOW,
    )
    case.refresh_from_db()
    assert (case.state, case.version) == ("open", 3)
    with pytest.raises(NothingToDecideError):
        answer_question(user_id=alice.pk, text="A migration.", at=LATER)


def test_an_exclusion_is_appealed_and_lifted_by_an_admin(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    decision = exclude(user_id=alice.pk, actor=admin(), reason="False usage.", at=NOW)
    asked = appeal(user_id=alice.pk, decision_id=decision.pk, text="It was me.", at=LATER)
    with pytest.raises(PermissionRefusedError):
        answer_appeal(appeal_id=asked.pk, actor=moderator(), grant=True, answer="Ok.", at=LATER)
    done = answer_appeal(appeal_id=asked.pk, actor=admin("bea"), grant=True, answer="Ok.", at=LATER)
    assert done.state == "granted"
    alice.refresh_from_db()
    assert alice.excluded_at is None
    assert last_line(alice).reverses_id == decision.pk


def test_only_ones_own_standing_decisions_are_appealed(
    alice: User, alice_token: ApiToken, bob: User
) -> None:
    mia = moderator()
    decision = rejected(alice_token, by=mia)
    for number in (decision.pk, decision.pk + 1_000, None):
        with pytest.raises(NotFoundError):
            appeal(user_id=bob.pk, decision_id=number, text="Mine.", at=LATER)
    appeal(user_id=alice.pk, decision_id=decision.pk, text="It is real.", at=LATER)
    with pytest.raises(AlreadyAppealedError):
        appeal(user_id=alice.pk, decision_id=decision.pk, text="Again.", at=LATER)
    reverse(decision_id=decision.pk, actor=mia, reason="I was wrong.", at=LATER)
    assert Appeal.objects.get().state == "granted"
    with pytest.raises(NothingToDecideError):
        appeal(user_id=alice.pk, decision_id=decision.pk, text="Again.", at=LATER)


@pytest.mark.parametrize("text", ["", "  ", "x" * 2_001, "a\x00b"])
def test_a_text_is_needed_and_bounded(alice: User, alice_token: ApiToken, text: str) -> None:
    hold(alice_token, [row(TODAY, 900)])
    with pytest.raises(InvalidInputError) as refused:
        appeal(user_id=alice.pk, decision_id=None, text=text, at=LATER)
    assert refused.value.details[0].startswith("text: ")


def test_staff_without_the_power_answers_nothing(alice: User, alice_token: ApiToken) -> None:
    hold(alice_token, [row(tokens=900)])
    asked = appeal(user_id=alice.pk, decision_id=None, text="Real.", at=LATER)
    with pytest.raises(PermissionRefusedError):
        answer_appeal(
            appeal_id=asked.pk, actor=person("lou", is_staff=True), grant=True, answer="x", at=LATER
        )
    with pytest.raises(NotFoundError):
        answer_appeal(appeal_id=uuid4(), actor=moderator(), grant=True, answer="x", at=LATER)
