"""Off the boards, and back."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken, Notice, User
from ccgather.errors import InvalidInputError, PermissionRefusedError
from leaderboard.models import Standing
from submissions.errors import NothingToDecideError, OwnCaseError
from submissions.models import ReviewCase, Slice, Submission
from submissions.services.exclusion import exclude, restore
from submissions.services.trusting import trust, untrust
from tests.submissions.holding import admin, hold, last_line, moderator, states
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
LATER = NOW + timedelta(hours=2)


def test_an_excluded_person_stands_nowhere_and_keeps_everything(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    line = exclude(user_id=alice.pk, actor=admin(), reason="Made up.", at=LATER)
    alice.refresh_from_db()
    assert alice.excluded_at == LATER
    assert set(Standing.objects.values_list("on_boards", flat=True)) == {False}
    assert (total(alice), alice.tokens.count()) == (100, 1)
    assert (line.action, line.reason_code, line.before, line.after) == (
        "exclude",
        "false_usage",
        {"excluded": False},
        {"excluded": True},
    )
    assert line.case is not None
    assert line.case.state == "closed"
    assert "Made up." in Notice.objects.get(user=alice).text


def test_what_waited_for_the_exclusion_alone_counts_after_it(
    alice: User, alice_token: ApiToken
) -> None:
    ada = admin()
    accept(alice_token, report([row(YESTERDAY, 100)]))
    exclude(user_id=alice.pk, actor=ada, reason="Made up.", at=NOW)
    accept(alice_token, report([row(YESTERDAY, 120), row(TODAY, 50)]), minutes=5)
    assert states(alice) == [("accepted", 100), ("pending", 120), ("pending", 50)]
    assert not ReviewCase.objects.exclude(state="closed").exists()
    line = restore(user_id=alice.pk, actor=ada, reason="Cleared up.", at=LATER)
    assert states(alice) == [("accepted", 120), ("accepted", 50)]
    assert total(alice) == 170
    assert Standing.objects.filter(on_boards=True, board="all").get().tokens == 170
    assert [(s["tokens"], s["after"]) for s in line.slices] == [(120, "accepted"), (50, "accepted")]
    assert set(Submission.objects.values_list("status", flat=True)) == {"verified"}
    assert Slice.objects.filter(hold_reasons=[]).count() == 2


def test_what_has_another_reason_goes_on_waiting(alice: User, alice_token: ApiToken) -> None:
    ada = admin()
    hold(alice_token, [row(YESTERDAY, 900)])
    exclude(user_id=alice.pk, actor=ada, reason="Made up.", at=NOW)
    restore(user_id=alice.pk, actor=ada, reason="Cleared up.", at=LATER)
    assert states(alice) == [("pending", 900)]


def test_a_day_over_the_hard_limit_is_not_released(alice: User, alice_token: ApiToken) -> None:
    ada = admin()
    exclude(user_id=alice.pk, actor=ada, reason="Made up.", at=NOW)
    accept(alice_token, report([row(YESTERDAY, 10), row(TODAY, 600_000_000_000)]), minutes=5)
    # Whatever the rules said of it, the exclusion alone is what it waits for here.
    only = [{"code": "account_excluded", "sentence": "It waits."}]
    Slice.objects.filter(user=alice).update(hold_reasons=only, hold_weight=0)
    ReviewCase.objects.exclude(state="closed").delete()
    restore(user_id=alice.pk, actor=ada, reason="Cleared up.", at=LATER)
    assert states(alice) == [("accepted", 10), ("pending", 600_000_000_000)]
    assert Slice.objects.get(state="pending").hold_reasons[0]["code"] == "over_hard_limit"
    assert ReviewCase.objects.exclude(state="closed").get().held_slices == 1


def test_only_admins_exclude_and_never_themselves(alice: User) -> None:
    ada = admin()
    with pytest.raises(PermissionRefusedError):
        exclude(user_id=alice.pk, actor=moderator(), reason="x", at=NOW)
    with pytest.raises(OwnCaseError):
        exclude(user_id=ada.pk, actor=ada, reason="x", at=NOW)
    with pytest.raises(InvalidInputError):
        exclude(user_id=alice.pk, actor=ada, reason=" ", at=NOW)
    with pytest.raises(NothingToDecideError):
        restore(user_id=alice.pk, actor=ada, reason="x", at=NOW)
    exclude(user_id=alice.pk, actor=ada, reason="x", at=NOW)
    with pytest.raises(NothingToDecideError):
        exclude(user_id=alice.pk, actor=ada, reason="x", at=NOW)


def test_trust_is_given_and_taken(alice: User) -> None:
    ada = admin()
    with pytest.raises(PermissionRefusedError):
        trust(user_id=alice.pk, actor=moderator(), at=NOW)
    line = trust(user_id=alice.pk, actor=ada, at=NOW)
    alice.refresh_from_db()
    assert alice.trusted_at == NOW
    assert (line.action, line.after) == ("trust", {"trusted": True})
    with pytest.raises(NothingToDecideError):
        trust(user_id=alice.pk, actor=ada, at=NOW)
    untrust(user_id=alice.pk, actor=ada, at=LATER)
    assert User.objects.get(pk=alice.pk).trusted_at is None
    assert last_line(alice).action == "untrust"
