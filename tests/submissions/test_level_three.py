"""The same usage under two accounts, on two devices, and who had it first."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from accounts.models import ApiToken, Notice, User
from ccgather.site.sums import sum_disagreements
from submissions.models import Decision, ReviewCase, SharedUsage, Slice, Submission
from submissions.report import Evidence, UsageReport, UsageRow
from submissions.rules.evidence import sketch_of
from submissions.services.deletion import delete_submitted_data
from submissions.services.sharing import settle_other_side, settle_shared_usage
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
A_DAY = 24 * 60
LOG = [Random(number).getrandbits(64) for number in range(300)]
OTHER_LOG = [Random(n).getrandbits(64) for n in range(1_000, 1_300)]


def usual(day: date = TODAY, *, times: float = 1.0) -> UsageRow:
    """A day as an agent makes them."""
    return row(
        day,
        input_tokens=int(41_233 * times),
        output_tokens=int(152_871 * times),
        cache_write_tokens=int(901_377 * times),
        cache_read_tokens=int(17_113_871 * times),
        messages=311,
    )


def sent(
    rows: Iterable[UsageRow], *, log: Iterable[int] | None = LOG, device: str | None = None
) -> UsageReport:
    """A report with one sketch for each of its slices."""
    plain = report(rows, device=device)
    if log is None:
        return plain
    keys = {(r.client, r.day) for r in plain.rows}
    return replace(plain, evidence=Evidence(sketches=dict.fromkeys(keys, sketch_of(log))))


def test_a_copied_log_is_held_and_the_one_who_had_it_first_keeps_counting(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    answer = accept(bob_token, sent([usual(times=1.01)]), minutes=A_DAY + 1)
    assert answer.status == "pending"
    assert "same_messages" in {r.code for r in answer.held[0].reasons}
    shared = SharedUsage.objects.get()
    assert (shared.user, shared.other, shared.kind, shared.part) == (bob, alice, "messages", 1.0)
    assert shared.settled_at is not None
    assert settle_other_side(other_id=alice.pk, at=NOW) == 0
    assert total(alice) > 0
    assert total(bob) == 0
    case = ReviewCase.objects.get()
    assert (case.user, case.held_slices) == (bob, 1)
    assert Decision.objects.get().action == Decision.Action.HOLD
    assert Notice.objects.get().user == bob


def test_where_neither_was_clearly_first_both_wait_and_both_are_told(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    first = accept(alice_token, sent([usual(), usual(YESTERDAY, times=2)]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    assert total(alice) > 0
    assert settle_shared_usage(at=NOW + timedelta(minutes=31)) == 1
    assert total(bob) == 0
    assert total(alice) == usual(YESTERDAY, times=2).total_tokens
    waiting = Slice.objects.pending().get(user=alice)
    assert waiting.hold_reasons[0]["code"] == "same_messages"
    assert waiting.hold_weight >= 1
    assert {case.user for case in ReviewCase.objects.all()} == {alice, bob}
    assert {notice.user for notice in Notice.objects.all()} == {alice, bob}
    assert Submission.objects.get(pk=first.submission_id).status == "flagged"
    assert sum_disagreements() == []


def test_settling_twice_changes_nothing(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    assert settle_shared_usage(at=NOW) == 1
    version = ReviewCase.objects.get(user=alice).version
    assert settle_shared_usage(at=NOW) == 0
    assert settle_other_side(other_id=alice.pk, at=NOW) == 0
    assert ReviewCase.objects.get(user=alice).version == version
    assert Decision.objects.filter(user=alice).count() == 1


def test_what_a_reviewer_approved_is_not_taken_away_by_a_copy(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    Slice.objects.filter(user=alice).update(approved_tokens=usual().total_tokens)
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    assert settle_shared_usage(at=NOW) == 0
    assert total(alice) > 0


def test_a_copy_that_was_withdrawn_takes_nothing_away(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    accept(bob_token, sent([usual(times=0.4)], log=OTHER_LOG), minutes=31)
    assert not Slice.objects.pending().exists()
    assert settle_shared_usage(at=NOW) == 0
    assert total(alice) > 0


def test_the_same_counts_without_evidence_are_held_too(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual(), usual(YESTERDAY, times=1.7)], log=None))
    copied = [
        replace(usual(YESTERDAY), day=YESTERDAY - timedelta(days=3)),
        replace(usual(times=1.7), day=TODAY - timedelta(days=5)),
    ]
    answer = accept(bob_token, sent(copied, log=None), minutes=2 * A_DAY)
    assert {"same_counts"} <= {r.code for item in answer.held for r in item.reasons}
    assert total(bob) == 0
    assert total(alice) > 0


def test_numbers_repeated_at_once_take_nobody_off_the_boards(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    """Numbers can be read on a profile; a log cannot."""
    accept(alice_token, sent([usual(), usual(YESTERDAY, times=1.7)], log=None))
    answer = accept(bob_token, sent([usual(), usual(YESTERDAY, times=1.7)], log=None), minutes=1)
    assert answer.status == "pending"
    assert settle_shared_usage(at=NOW) == 0
    assert total(bob) == 0
    assert total(alice) == usual().total_tokens + usual(YESTERDAY, times=1.7).total_tokens


def test_a_machine_that_another_account_used_is_told_to_the_reviewer(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()], device="machine-1"))
    accept(bob_token, sent([usual()], device="machine-1"), minutes=2 * A_DAY)
    assert Decision.objects.get().after["accounts_with_this_device"] == 1


def test_two_devices_that_are_one_machine_are_pointed_out(
    alice: User, alice_token: ApiToken
) -> None:
    rows = [usual(TODAY - timedelta(days=day), times=1 + day / 7) for day in range(1, 8)]
    accept(alice_token, sent([*rows, usual()], log=None, device="machine-1"))
    answer = accept(
        alice_token, sent([*rows, usual(times=1.1)], log=None, device="machine-2"), minutes=5
    )
    assert "merge them in your settings" in answer.warnings[-1]
    assert "7 days" in answer.warnings[-1]


def test_the_first_account_is_not_held_for_its_own_copies(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual(YESTERDAY)]))
    accept(bob_token, sent([usual(YESTERDAY, times=1.01)]), minutes=2 * A_DAY)
    grown = accept(alice_token, sent([usual(YESTERDAY, times=1.2)]), minutes=3 * A_DAY)
    assert grown.status == "verified"
    assert total(alice) == usual(YESTERDAY, times=1.2).total_tokens


def test_a_placeholder_stored_early_does_not_make_its_sender_the_first(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(bob_token, report([row(TODAY, 7)]), minutes=-2 * A_DAY)
    accept(alice_token, sent([usual()]))
    answer = accept(bob_token, sent([usual()]), minutes=60)
    assert answer.status == "pending"


def test_two_logs_with_one_message_in_common_are_two_logs(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    one = [min(LOG), *OTHER_LOG]
    assert accept(bob_token, sent([usual(times=0.4)], log=one), minutes=5).status == "verified"
    assert not SharedUsage.objects.exists()


def test_a_log_read_on_two_devices_counts_once_and_says_so(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()], log=LOG[:250], device="machine-1"))
    answer = accept(alice_token, sent([usual(times=1.1)], device="machine-2"), minutes=5)
    assert total(alice) == usual(times=1.1).total_tokens
    accept(alice_token, sent([usual(times=1.2)], device="machine-1"), minutes=6)
    assert total(alice) == usual(times=1.2).total_tokens
    again = accept(alice_token, sent([usual(times=1.1)], device="machine-2"), minutes=7)
    assert answer.status == again.status == "verified"
    assert any("counts once" in line for line in again.warnings)
    assert sum_disagreements() == []


def test_two_devices_with_logs_of_their_own_add_up(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, sent([usual()], device="machine-1"))
    accept(alice_token, sent([usual(times=1.3)], log=OTHER_LOG, device="machine-2"), minutes=5)
    assert total(alice) == usual().total_tokens + usual(times=1.3).total_tokens


def test_a_sketch_that_comes_later_shows_that_two_devices_have_one_log(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()], log=LOG[:250], device="machine-1"))
    accept(alice_token, sent([usual(times=1.1)], log=None, device="machine-2"), minutes=5)
    assert total(alice) == usual().total_tokens + usual(times=1.1).total_tokens
    later = accept(alice_token, sent([usual(times=1.1)], device="machine-2"), minutes=6)
    assert later.mode == "unchanged"
    assert total(alice) == usual(times=1.1).total_tokens
    assert sum_disagreements() == []


def test_what_was_shared_is_forgotten_with_either_account(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    delete_submitted_data(user_id=alice.pk, at=NOW)
    assert not SharedUsage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_other_side_is_settled_as_soon_as_the_report_is_stored(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    assert total(alice) == 0
    assert Slice.objects.pending().count() == 2
    assert not SharedUsage.objects.filter(settled_at=None).exists()
