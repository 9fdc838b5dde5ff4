"""Deciding about held slices."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import ApiToken, Notice, User
from ccgather.errors import InvalidInputError, NotFoundError, PermissionRefusedError
from leaderboard.models import Standing
from leaderboard.selectors.badge_facts import badge_facts
from submissions.errors import (
    CaseChangedError,
    CaseClaimedError,
    NothingToDecideError,
    OwnCaseError,
)
from submissions.models import Decision, ReviewCase, Slice, SliceRow, Submission, UserDay
from submissions.services.bulk_review import CaseChoice, decide_many, preview
from submissions.services.cases import priority_of, refresh_case
from submissions.services.claims import claim, release
from submissions.services.deletion import delete_submitted_data
from submissions.services.review import decide, decide_submission
from submissions.services.rollup import recount
from submissions.services.staff import Power, may, role_of
from tests.cast import person
from tests.submissions.holding import admin, hold, last_line, moderator, states
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
LATER = NOW + timedelta(hours=2)


def test_a_hold_opens_a_case_and_takes_nothing_away(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    case = hold(alice_token, [row(tokens=900)], minutes=5)
    assert states(alice) == [("accepted", 100), ("pending", 900)]
    assert total(alice) == 100
    assert (case.held_slices, case.held_tokens, case.weight) == (1, 800, 1.5)


def test_an_approval_makes_the_held_version_count_in_place_of_the_older(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    case = hold(alice_token, [row(tokens=900)], minutes=5)
    mia = moderator()
    done = decide(case_id=case.pk, actor=mia, version=case.version, action="approve", at=LATER)
    assert states(alice) == [("accepted", 900)]
    assert (done.tokens_before, done.tokens_after, total(alice)) == (100, 900, 900)
    counting = Slice.objects.get(user=alice)
    assert counting.approved_tokens == 900
    assert [r.total_tokens for r in SliceRow.objects.filter(slice__user=alice)] == [900]
    assert done.case.state == "closed"
    assert set(Submission.objects.values_list("status", flat=True)) == {"verified"}


def test_a_rejection_keeps_the_version_and_says_why(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    case = hold(alice_token, [row(tokens=900)], minutes=5)
    decide(
        case_id=case.pk,
        actor=moderator(),
        version=case.version,
        action="reject",
        reason_code="made_up",
        reason="No logs look like this.",
        at=LATER,
    )
    assert states(alice) == [("accepted", 100), ("rejected", 900)]
    assert total(alice) == 100
    refused = Slice.objects.get(state="rejected")
    assert refused.hold_reasons[0]["code"] == "not_accepted"
    assert "No logs look like this." in refused.hold_reasons[0]["sentence"]
    assert Submission.objects.latest("submitted_at").status == "rejected"
    notice = Notice.objects.get(user=alice)
    assert notice.tone == "refused"
    assert "No logs look like this." in notice.text
    assert badge_facts(user=alice).unrejected_days == 0


def test_an_older_rejected_version_goes_when_a_newer_one_is_decided(
    alice: User, alice_token: ApiToken
) -> None:
    mia = moderator()
    case = hold(alice_token, [row(tokens=900)])
    decide(
        case_id=case.pk,
        actor=mia,
        version=case.version,
        action="reject",
        reason="No.",
        at=NOW,
    )
    case = hold(alice_token, [row(tokens=1_000)], minutes=10)
    assert states(alice) == [("pending", 1_000), ("rejected", 900)]
    decide(
        case_id=case.pk, actor=mia, version=case.version, action="reject", reason="No.", at=LATER
    )
    assert states(alice) == [("rejected", 1_000)]


def test_days_are_decided_one_by_one(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(YESTERDAY, 500), row(TODAY, 700), row(TODAY, 50, client="codex")])
    mia = moderator()
    done = decide(
        case_id=case.pk, actor=mia, version=1, action="approve", days=[YESTERDAY], at=LATER
    )
    assert [line.day for line in done.slices] == [YESTERDAY]
    assert (done.case.state, done.case.held_slices, done.case.version) == ("open", 2, 2)
    assert Submission.objects.get().status == "flagged"
    one = Slice.objects.get(state="pending", client="codex").pk
    done = decide(
        case_id=case.pk, actor=mia, version=2, action="reject", slices=[one], reason="x", at=LATER
    )
    done = decide(case_id=case.pk, actor=mia, version=3, action="approve", at=LATER)
    assert done.case.state == "closed"
    assert total(alice) == 1_200
    assert Submission.objects.get().status == "rejected"


def test_who_has_seen_an_older_version_is_told_what_happened(
    alice: User, alice_token: ApiToken
) -> None:
    case = hold(alice_token, [row(YESTERDAY, 500), row(TODAY, 700)])
    mia, noah = moderator(), moderator("noah")
    decide(case_id=case.pk, actor=mia, version=1, action="approve", days=[TODAY], at=LATER)
    with pytest.raises(CaseChangedError) as refused:
        decide(case_id=case.pk, actor=noah, version=1, action="reject", reason="No.", at=LATER)
    assert refused.value.status == 409
    assert refused.value.code == "case_changed"
    assert any("approved, by mia" in line for line in refused.value.details)
    assert "1 slices wait" in refused.value.details[1]
    assert Decision.objects.filter(action="reject").count() == 0


def test_nobody_decides_about_themselves(alice_token: ApiToken, dana: User) -> None:
    case = hold(alice_token, [row(tokens=900)])
    alice = alice_token.user
    alice.is_staff = alice.is_superuser = True
    alice.save()
    with pytest.raises(OwnCaseError) as refused:
        decide(case_id=case.pk, actor=alice, version=1, action="approve", at=LATER)
    assert (refused.value.status, refused.value.code) == (403, "own_case")
    with pytest.raises(OwnCaseError):
        claim(case_id=case.pk, actor=alice, at=LATER)


def test_staff_without_a_role_may_look_only(alice_token: ApiToken, bob: User) -> None:
    case = hold(alice_token, [row(tokens=900)])
    looker = person("lou", is_staff=True)
    left = moderator("left")
    left.is_staff = False
    for actor in (looker, bob, left):
        with pytest.raises(PermissionRefusedError):
            decide(case_id=case.pk, actor=actor, version=1, action="approve", at=LATER)
    assert states(alice_token.user) == [("pending", 900)]


def test_roles_are_permissions(dana: User) -> None:
    mia, ada = moderator(), admin()
    assert [power for power in Power if may(actor=mia, power=power)] == [
        Power.DECIDE,
        Power.APPEALS,
    ]
    assert all(may(actor=ada, power=power) for power in Power)
    assert all(may(actor=dana, power=power) for power in Power)
    assert [role_of(actor=who) for who in (mia, ada, dana)] == ["moderator", "admin", "admin"]


@pytest.mark.parametrize("action", ["reject", "ask", "extend"])
def test_these_need_words(alice_token: ApiToken, action: str) -> None:
    case = hold(alice_token, [row(tokens=900)])
    with pytest.raises(InvalidInputError) as refused:
        decide(case_id=case.pk, actor=moderator(), version=1, action=action, at=LATER)
    assert refused.value.details == (f"reason: say why, to {action}",)


def test_nonsense_is_refused_by_field(alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    mia = moderator()
    for wrong, field in (
        ({"action": "exclude"}, "action"),
        ({"action": "approve", "reason_code": "made_up"}, "reasonCode"),
        ({"action": "approve", "days": [YESTERDAY]}, "days"),
        ({"action": "approve", "slices": [10**12]}, "slices"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            decide(case_id=case.pk, actor=mia, version=1, at=LATER, **wrong)
        assert refused.value.details[0].startswith(f"{field}: ")
    with pytest.raises(NotFoundError):
        decide(case_id=uuid4(), actor=mia, version=1, action="approve", at=LATER)


def test_a_question_waits_for_its_owner(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    due = case.due_at
    done = decide(
        case_id=case.pk, actor=moderator(), version=1, action="ask", reason="What ran?", at=LATER
    )
    assert (done.case.state, done.case.version) == ("asked", 2)
    assert done.case.due_at > due
    assert "What ran?" in Notice.objects.get(user=alice).text
    assert states(alice) == [("pending", 900)]


def test_more_time_is_told(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    done = decide(
        case_id=case.pk, actor=moderator(), version=1, action="extend", reason="Busy.", at=LATER
    )
    assert done.case.state == "open"
    assert last_line(alice).after["due_at"] == done.case.due_at.isoformat()


def test_a_closed_case_is_decided(alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    mia = moderator()
    done = decide(case_id=case.pk, actor=mia, version=1, action="approve", at=LATER)
    with pytest.raises(NothingToDecideError):
        decide(case_id=case.pk, actor=mia, version=done.case.version, action="approve", at=LATER)


def test_a_claim_is_seen_and_ends_by_itself(alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    mia, noah = moderator(), moderator("noah")
    claimed = claim(case_id=case.pk, actor=mia, at=LATER)
    assert (claimed.claimed_by, claimed.version) == (mia, 1)
    with pytest.raises(CaseClaimedError):
        claim(case_id=case.pk, actor=noah, at=LATER)
    assert release(case_id=case.pk, actor=noah, at=LATER).claimed_by_id == mia.pk
    assert claim(case_id=case.pk, actor=noah, at=LATER, take_over=True).claimed_by == noah
    assert claim(case_id=case.pk, actor=mia, at=LATER + timedelta(hours=1)).claimed_by == mia
    assert release(case_id=case.pk, actor=mia, at=LATER).claimed_by_id is None


def test_several_cases_are_previewed_and_one_that_fails_stops_none_of_the_rest(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    first = hold(alice_token, [row(tokens=900)])
    second = hold(bob_token, [row(tokens=700)])
    choices = [
        CaseChoice(case_id=first.pk, version=7),
        CaseChoice(case_id=second.pk, version=1),
        CaseChoice(case_id=uuid4(), version=1),
    ]
    mia = moderator()
    seen = preview(choices=choices, actor=mia, action="approve")
    assert [item.refusal.code if item.refusal else None for item in seen] == [
        "case_changed",
        None,
        "not_found",
    ]
    assert (seen[1].username, seen[1].slices, seen[1].tokens_now) == ("bob", 1, 0)
    assert seen[1].tokens_after == 700
    done = decide_many(choices=choices, actor=mia, action="approve", at=LATER)
    assert [item.decided is not None for item in done] == [False, True, False]
    assert (total(alice), total(bob)) == (0, 700)


def test_each_action_is_one_line_of_the_ledger(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    case = hold(alice_token, [row(tokens=900)], minutes=5)
    mia = moderator()
    decide(case_id=case.pk, actor=mia, version=case.version, action="approve", at=LATER)
    line = Decision.objects.get(user=alice)
    assert (line.action, line.reason_code, line.role, line.actor) == (
        "approve",
        "genuine",
        "moderator",
        mia,
    )
    assert [(s["tokens"], s["before"], s["after"]) for s in line.slices] == [
        (900, "pending", "accepted")
    ]
    assert line.slices[0]["device"] == str(alice_token.device_id)
    assert [s["tokens"] for s in line.before["replaced"]] == [100]
    assert line.waiting_since == case.opened_at
    assert line.case_id == case.pk


def test_a_submission_is_decided_by_what_it_brought(alice: User, alice_token: ApiToken) -> None:
    hold(alice_token, [row(YESTERDAY, 500)])
    hold(alice_token, [row(TODAY, 700)], minutes=5)
    newest = Submission.objects.latest("submitted_at")
    decide_submission(submission_id=newest.pk, actor=moderator(), action="approve", at=LATER)
    assert states(alice) == [("pending", 500), ("accepted", 700)]


def test_standings_and_days_follow_at_once(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    assert not Standing.objects.filter(user=alice).exists()
    decide(case_id=case.pk, actor=moderator(), version=1, action="approve", at=LATER)
    assert UserDay.objects.get(user=alice).total_tokens == 900
    assert set(Standing.objects.filter(user=alice).values_list("tokens", flat=True)) == {900}


def test_a_case_without_anything_left_closes(alice: User, alice_token: ApiToken) -> None:
    hold(alice_token, [row(tokens=900)])
    Slice.objects.filter(user=alice).delete()
    closed = refresh_case(user=alice, at=LATER)
    assert closed is not None
    assert (closed.state, closed.closed_at) == ("closed", LATER)
    assert refresh_case(user=alice, at=LATER) is None
    assert ReviewCase.objects.count() == 1


def test_deleting_what_was_submitted_closes_the_case(alice: User, alice_token: ApiToken) -> None:
    hold(alice_token, [row(tokens=900)])
    delete_submitted_data(user_id=alice.pk, at=LATER)
    assert ReviewCase.objects.get().state == "closed"


def test_the_figures_of_a_case_follow_what_counts_beside_it(
    alice: User, alice_token: ApiToken
) -> None:
    case = hold(alice_token, [row(tokens=900)])
    Slice.objects.filter(user=alice).update(total_tokens=1_000)
    recount(user=alice, days=[TODAY], at=LATER)
    before = (case.held_tokens, case.version, case.priority)
    case.refresh_from_db()
    assert before[:2] == (900, 1)
    assert (case.held_tokens, case.version) == (1_000, 1)
    assert case.priority == pytest.approx(priority_of(weight=1.5, held_tokens=1_000))
