"""Undoing earlier decisions."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken, User
from ccgather.errors import NotFoundError, PermissionRefusedError
from submissions.errors import NothingToDecideError
from submissions.models import Decision, ReviewCase, Slice, Submission
from submissions.services.exclusion import exclude
from submissions.services.reversal import reverse
from submissions.services.review import decide
from submissions.services.trusting import trust
from submissions.services.writing import delete_slices
from tests.submissions.holding import admin, hold, last_line, moderator, states
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
LATER = NOW + timedelta(hours=2)


def decided(token: ApiToken, action: str, *tokens: int) -> Decision:
    """A decision by Mia about a held day, or two."""
    days = (TODAY, YESTERDAY)
    case = hold(token, [row(day, n) for day, n in zip(days, tokens, strict=False)], minutes=5)
    mia = User.objects.filter(username="mia").first() or moderator()
    return decide(
        case_id=case.pk, actor=mia, version=case.version, action=action, reason="So.", at=NOW
    ).decision


def test_a_reversed_rejection_counts(alice: User, alice_token: ApiToken) -> None:
    old = decided(alice_token, "reject", 900)
    done = reverse(decision_id=old.pk, actor=moderator("noah"), reason="Ours.", at=LATER)
    assert states(alice) == [("accepted", 900)]
    assert total(alice) == 900
    assert done.not_restored == ()
    assert [(s.before, s.after) for s in done.restored] == [("rejected", "accepted")]
    assert Submission.objects.get().status == "verified"
    assert all(r["code"] != "not_accepted" for r in Slice.objects.get().hold_reasons)
    assert done.decision.reverses == old


def test_a_reversed_approval_waits_again_and_says_what_is_lost(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    old = decided(alice_token, "approve", 900)
    done = reverse(decision_id=old.pk, actor=moderator("noah"), reason="Hm.", at=LATER)
    assert states(alice) == [("pending", 900)]
    assert total(alice) == 0
    assert len(done.not_restored) == 1
    assert "the 100 tokens that counted before were replaced" in done.not_restored[0]
    assert last_line(alice).after["not_restored"] == list(done.not_restored)
    held = Slice.objects.get()
    assert (held.approved_tokens, held.hold_reasons[0]["code"]) == (None, "over_hard_limit")
    assert ReviewCase.objects.exclude(state="closed").count() == 1
    assert Submission.objects.latest("submitted_at").status == "flagged"


def test_what_is_gone_is_named_and_the_rest_restored(alice: User, alice_token: ApiToken) -> None:
    old = decided(alice_token, "reject", 900, 500)
    delete_slices(ids=[Slice.objects.get(day=TODAY).pk])
    done = reverse(decision_id=old.pk, actor=moderator("noah"), reason="Ours.", at=LATER)
    assert states(alice) == [("accepted", 500)]
    assert len(done.not_restored) == 1
    assert done.not_restored[0].startswith(f"{TODAY} (claude): that version is gone")


def test_a_larger_version_that_counts_is_not_lost(alice: User, alice_token: ApiToken) -> None:
    old = decided(alice_token, "reject", 900)
    accept(alice_token, report([row(tokens=2_000)]), minutes=30)
    Slice.objects.filter(user=alice, state="pending").update(state="accepted")
    with pytest.raises(NothingToDecideError) as refused:
        reverse(decision_id=old.pk, actor=moderator("noah"), reason="Ours.", at=LATER)
    assert "a larger version counts already" in refused.value.details[0]
    assert states(alice) == [("accepted", 2_000), ("rejected", 900)]


def test_a_decision_is_reversed_once(alice: User, alice_token: ApiToken) -> None:
    old = decided(alice_token, "reject", 900)
    noah = moderator("noah")
    line = reverse(decision_id=old.pk, actor=noah, reason="Ours.", at=LATER).decision
    for number in (old.pk, line.pk):
        with pytest.raises(NothingToDecideError):
            reverse(decision_id=number, actor=noah, reason="Ours.", at=LATER)


def test_an_exclusion_is_reversed_by_an_admin(alice: User, alice_token: ApiToken) -> None:
    ada = admin()
    line = exclude(user_id=alice.pk, actor=ada, reason="False.", at=NOW)
    with pytest.raises(PermissionRefusedError):
        reverse(decision_id=line.pk, actor=moderator(), reason="Ours.", at=LATER)
    reverse(decision_id=line.pk, actor=ada, reason="Ours.", at=LATER)
    alice.refresh_from_db()
    assert alice.excluded_at is None
    assert last_line(alice).action == "restore"
    assert last_line(alice).reverses == line


def test_other_lines_are_not_reversed(alice: User) -> None:
    ada = admin()
    line = trust(user_id=alice.pk, actor=ada, at=NOW)
    with pytest.raises(NothingToDecideError):
        reverse(decision_id=line.pk, actor=ada, reason="No.", at=LATER)
    with pytest.raises(NotFoundError):
        reverse(decision_id=line.pk + 99, actor=ada, reason="No.", at=LATER)
