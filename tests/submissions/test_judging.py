"""What a report does to slices that wait, were refused or approved, and what follows from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, Device, Notice, User
from ccgather.ops.runtime import runtime
from ccgather.site.sums import sum_disagreements
from submissions.models import (
    CollectorQuarantine,
    Decision,
    ReviewCase,
    Slice,
    Submission,
)
from submissions.report import UsageReport
from submissions.rules.signals.facts import Cohort
from submissions.services.deletion import delete_submitted_data
from submissions.services.judging import keys_by_slice, report_facts
from submissions.services.planning import plan_report
from submissions.services.rollup import recount
from submissions.services.writing import PricedSlice, price_slice
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
HUGE = 500_000_000_001


def huge(more: int = 0) -> UsageReport:
    """A day over the hard limit."""
    return report([row(tokens=HUGE + more, model="local-model")])


def approve(user: User) -> None:
    """As a reviewer does."""
    Slice.objects.accepted().filter(user=user).delete()
    for item in Slice.objects.pending().filter(user=user):
        item.state = Slice.State.ACCEPTED
        item.approved_tokens = item.total_tokens
        item.save()
        recount(user=user, days={item.day}, at=NOW, cause="review")


def reject(user: User, words: str = "A reviewer did not accept this day: made up.") -> None:
    """As a reviewer does."""
    for item in Slice.objects.pending().filter(user=user):
        item.state = Slice.State.REJECTED
        item.hold_reasons = [{"code": "not_accepted", "sentence": words}, *item.hold_reasons]
        item.save()


def test_a_hold_opens_a_case_writes_the_ledger_and_tells_the_owner_once(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, huge())
    held = Slice.objects.pending().get()
    assert held.hold_weight >= 2
    assert held.hold_reasons[0]["code"] == "over_hard_limit"
    assert held.hold_reasons[0]["figures"]["day_tokens"] == HUGE
    case = ReviewCase.objects.get()
    assert (case.held_slices, case.held_tokens, case.version) == (1, HUGE, 1)
    line = Decision.objects.get()
    assert (line.action, line.role, line.case, line.actor) == ("hold", "system", case, None)
    assert line.slices[0]["id"] == held.pk
    assert line.slices[0]["tokens"] == HUGE
    accept(alice_token, report([row(YESTERDAY, HUGE, model="m")]), minutes=1)
    accept(alice_token, huge(5), minutes=2)
    case.refresh_from_db()
    assert (case.held_slices, case.version) == (2, 3)
    assert Notice.objects.get().code == "held"
    assert [len(d.slices) for d in Decision.objects.order_by("pk")] == [1, 1]


def test_the_same_held_report_again_leaves_it_waiting_and_the_case_alone(
    alice_token: ApiToken,
) -> None:
    accept(alice_token, huge())
    again = accept(alice_token, huge(), minutes=1)
    assert (again.mode, again.status) == ("unchanged", "pending")
    assert again.held[0].reasons[0].code == "over_hard_limit"
    assert ReviewCase.objects.get().version == 1


def test_a_newer_report_that_is_fine_clears_what_waited_and_closes_the_case(
    alice: User, alice_token: ApiToken
) -> None:
    first = accept(alice_token, huge())
    accept(alice_token, report([row(tokens=200)]), minutes=1)
    assert not Slice.objects.pending().exists()
    assert ReviewCase.objects.get().state == ReviewCase.State.CLOSED
    line = Decision.objects.get(action="clear")
    assert (line.reason_code, line.slices[0]["before"]) == ("newer_report", "pending")
    assert line.waiting_since == NOW
    assert Submission.objects.get(pk=first.submission_id).status == "verified"
    assert total(alice) == 200


def test_what_was_not_accepted_is_answered_so_and_opens_nothing(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(alice_token, huge(), minutes=1)
    reject(alice)
    versions = list(ReviewCase.objects.values_list("version"))
    again = accept(alice_token, huge(), minutes=2)
    assert [r.code for r in again.held[0].reasons] == ["not_accepted"]
    assert "made up" in again.held[0].reasons[0].sentence
    assert list(ReviewCase.objects.values_list("version")) == versions
    assert Slice.objects.rejected().count() == 1
    assert not Slice.objects.pending().exists()
    assert total(alice) == 100


def test_more_than_what_was_not_accepted_waits_for_that_too(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, huge())
    reject(alice)
    answer = accept(alice_token, huge(9), minutes=1)
    assert [r.code for r in answer.held[0].reasons][:2] == ["over_hard_limit", "rejected_before"]
    assert Slice.objects.rejected().count() == Slice.objects.pending().count() == 1
    accept(alice_token, report([row(tokens=300)]), minutes=2)
    assert total(alice) == 300


@pytest.mark.parametrize(
    ("growth", "status"), [(1.0, "verified"), (1.24, "verified"), (1.3, "pending")]
)
def test_an_approval_covers_growth_up_to_a_quarter(
    alice: User, alice_token: ApiToken, growth: float, status: str
) -> None:
    accept(alice_token, huge())
    approve(alice)
    grown = int(HUGE * growth) + 1
    answer = accept(alice_token, report([row(tokens=grown, model="local-model")]), minutes=1)
    assert answer.status == status
    assert total(alice) == (grown if status == "verified" else HUGE)
    assert Slice.objects.accepted().get().approved_tokens == HUGE


def test_an_approval_below_the_hard_limit_does_not_lift_it(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=450_000_000_000, model="local-model")]))
    Slice.objects.update(state="pending")
    approve(alice)
    assert accept(alice_token, huge(), minutes=1).status == "pending"
    assert total(alice) == 450_000_000_000


def test_excluded_people_wait_in_no_case_and_are_judged_when_they_are_back(
    alice: User, alice_token: ApiToken
) -> None:
    User.objects.filter(pk=alice.pk).update(excluded_at=NOW)
    assert accept(alice_token, report([row()])).held[0].reasons[0].code == "account_excluded"
    assert not ReviewCase.objects.exists()
    assert not Notice.objects.exists()
    User.objects.filter(pk=alice.pk).update(excluded_at=None)
    assert accept(alice_token, report([row()]), minutes=1).status == "verified"
    assert total(alice) == 100
    assert not Slice.objects.pending().exists()
    assert not Decision.objects.exists()


def test_deleting_what_was_submitted_closes_the_case(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, huge())
    delete_submitted_data(user_id=alice.pk, at=NOW)
    assert ReviewCase.objects.get().state == ReviewCase.State.CLOSED


# --- Quarantine ------------------------------------------------------------------------------


@pytest.fixture
def bad_release(db: None) -> CollectorQuarantine:
    """0.1.0 of our own collector counts wrong."""
    return CollectorQuarantine.objects.create(
        collector="ccgather", last_version="0.1.0", reason="twice", remedy="Update.", made_at=NOW
    )


def newer(sent: UsageReport) -> UsageReport:
    """The same from the release after."""
    return replace(sent, collector_version="0.2.0")


def test_a_new_report_of_a_bad_release_is_kept_and_does_not_count(
    alice: User, alice_token: ApiToken, bad_release: CollectorQuarantine
) -> None:
    answer = accept(alice_token, report([row(tokens=100)]))
    assert (answer.status, total(alice)) == ("flagged", 0)
    assert [r.code for r in answer.held[0].reasons] == ["collector_quarantined"]
    assert answer.warnings == ()
    assert Submission.objects.get().status == "flagged"
    assert not ReviewCase.objects.exists()


@pytest.mark.parametrize("tokens", [40, 100, 250])
def test_a_good_release_takes_the_place_of_a_bad_one_whatever_it_says(
    alice: User, alice_token: ApiToken, bad_release: CollectorQuarantine, tokens: int
) -> None:
    first = accept(alice_token, report([row(tokens=100)]))
    answer = accept(alice_token, newer(report([row(tokens=tokens)])), minutes=1)
    assert (answer.status, total(alice)) == ("verified", tokens)
    assert Slice.objects.get().hold_reasons == []
    line = Decision.objects.get()
    assert (line.action, line.slices[0]["before"]) == ("clear", "quarantine")
    assert Notice.objects.get().tone == Notice.Tone.GOOD
    assert Submission.objects.get(pk=first.submission_id).status == "verified"
    assert sum_disagreements() == []


def test_the_bad_release_again_replaces_nothing_with_less(
    alice: User, alice_token: ApiToken, bad_release: CollectorQuarantine
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    answer = accept(alice_token, report([row(tokens=60)]), minutes=1)
    assert answer.mode == "unchanged"
    assert Slice.objects.get().total_tokens == 100
    assert [r.code for r in answer.held[0].reasons] == ["collector_quarantined"]


def test_a_good_devices_copy_counts_where_a_bad_release_read_the_older_one(
    alice: User, alice_token: ApiToken, bad_release: CollectorQuarantine
) -> None:
    accept(alice_token, report([row(tokens=100)], device="machine-1"))
    accept(alice_token, newer(report([row(tokens=100)], device="machine-2")), minutes=1)
    assert total(alice) == 100


# --- What is looked at -----------------------------------------------------------------------


def priced(sent: UsageReport) -> list[PricedSlice]:
    """Each row a slice."""
    return [
        price_slice(client=r.client, day=r.day, rows=[r], digest=b"", content_digest=b"")
        for r in sent.rows
    ]


def test_the_facts_are_what_is_stored(alice: User, alice_token: ApiToken) -> None:
    other = row(YESTERDAY, output_tokens=70, messages=3)
    accept(alice_token, report([row(tokens=100), other], device="machine-1"))
    accept(alice_token, report([row(tokens=30, client="codex")], device="machine-2"), minutes=5)
    device = Device.objects.get(keys__key="machine-1")
    sent = report([row(tokens=150)])
    slices = priced(sent)
    facts, found = report_facts(
        user=alice,
        device=device,
        report=sent,
        slices=slices,
        keys=keys_by_slice(slices=slices),
        at=NOW + timedelta(minutes=10),
    )
    assert [(p.client, p.day, p.counts.total_tokens) for p in facts.history] == [
        ("claude", YESTERDAY, 70),
        ("codex", TODAY, 30),
    ]
    assert facts.history[0].counts.messages == 3
    assert facts.history[0].first_seen_at == NOW
    assert facts.replaced["claude", TODAY].counts.total_tokens == 100
    assert (facts.account.first_submission_at, facts.account.clean_days) == (NOW, 2)
    assert not facts.account.trusted
    assert facts.rival is not None
    assert (facts.rival.total_after, facts.rival.gap_tokens) == (250, None)
    assert facts.cohort == Cohort()
    assert found == ()


def test_a_long_clean_record_is_trusted(alice: User, alice_token: ApiToken) -> None:
    days = [TODAY - timedelta(days=200 + n) for n in range(120)]
    rows = [row(day, 70 + 3 * number) for number, day in enumerate(days)]
    assert accept(alice_token, report(rows), minutes=-200 * 24 * 60).held == ()
    sent = report([row()])
    slices = priced(sent)
    kinds: dict[str, Any] = {
        "user": alice,
        "device": Device.objects.get(),
        "report": sent,
        "slices": slices,
        "keys": keys_by_slice(slices=slices),
    }
    assert report_facts(**kinds, at=NOW)[0].account.trusted
    assert not report_facts(**kinds, at=NOW - timedelta(days=100))[0].account.trusted
    Slice.objects.filter(day=days[0]).update(state="rejected")
    assert not report_facts(**kinds, at=NOW)[0].account.trusted


def test_people_around_say_how_closely_a_report_lands(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(bob_token, report([row(tokens=100_000_000, model="m")]))
    answer = accept(alice_token, report([row(tokens=100_000_400, model="m")]), minutes=1)
    assert Submission.objects.get(pk=answer.submission_id).landed_narrowly
    more = accept(alice_token, report([row(tokens=100_400_000, model="m")]), minutes=2)
    assert not Submission.objects.get(pk=more.submission_id).landed_narrowly


@pytest.fixture
def queries_of_judging(
    alice: User, alice_token: ApiToken
) -> Callable[[UsageReport], tuple[int, int]]:
    """How many queries planning a report takes, when nothing and when all of it is stored."""

    def count(sent: UsageReport) -> tuple[int, int]:
        runtime.overrides()
        device = alice_token.device
        numbers = []
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                plan_report(user=alice, device=device, report=sent, mode="merge", at=NOW)
            numbers.append(len(queries))
            accept(alice_token, sent)
        return numbers[0], numbers[1]

    return count


def test_judging_takes_five_queries_and_what_is_stored_takes_none(
    queries_of_judging: Callable[[UsageReport], tuple[int, int]],
) -> None:
    sent = report([row(input_tokens=200_133, output_tokens=310_077, cache_read_tokens=9_000_111)])
    # What is stored, history, account, keys of counts, three for the cohort of this process.
    first, again = queries_of_judging(sent)
    assert (first, again) == (7, 1)
