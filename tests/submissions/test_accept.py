"""Taking in reports: merge, idempotency, devices, holds, limits."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken, Device, User
from leaderboard.models import BoardTally, Standing
from submissions.errors import AccountSuspendedError, EmptyReportError, ReportRateError
from submissions.models import RawReport, Slice, SliceRow, Submission, UsageAccount, UserDay
from submissions.report import UsageReport
from submissions.services.accept import AcceptedReport, accept_report
from tests.submissions.reports import NOW, TODAY, report, row

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def accept(
    token: ApiToken, sent: UsageReport, *, minutes: int = 0, mode: str = "merge"
) -> AcceptedReport:
    return accept_report(
        user_id=token.user_id,
        report=sent,
        body=b"{}",
        at=NOW + timedelta(minutes=minutes),
        mode=mode,  # type: ignore[arg-type]
        token=token,
    )


def total(user: User) -> int:
    return UsageAccount.objects.get(user=user).total_tokens


def test_a_first_report_is_stored_and_counted(alice: User, alice_token: ApiToken) -> None:
    answer = accept(alice_token, report([row(tokens=100), row(YESTERDAY, 50)]))
    assert (answer.mode, answer.status) == ("create", "verified")
    assert [(c.day, c.before, c.after, c.why) for c in answer.changes] == [
        (YESTERDAY, 0, 50, "new"),
        (TODAY, 0, 100, "new"),
    ]
    assert total(alice) == 150
    assert sorted(UserDay.objects.values_list("day", "total_tokens")) == [
        (YESTERDAY, 50),
        (TODAY, 100),
    ]
    standing = Standing.objects.get(user=alice, board="all")
    assert (standing.tokens, standing.days) == (150, 2)
    assert RawReport.objects.count() == 1


def test_the_same_report_again_is_unchanged_and_writes_nothing(
    alice_token: ApiToken, django_assert_max_num_queries: object
) -> None:
    first = accept(alice_token, report([row()]))
    before = list(Slice.objects.values())
    again = accept(alice_token, report([row()]), minutes=1)
    assert again.mode == "unchanged"
    assert again.submission_id == first.submission_id
    assert Submission.objects.count() == 1
    assert list(Slice.objects.values()) == before


def test_a_grown_day_replaces_the_stored_one_whole(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(model="a", tokens=60), row(model="b", tokens=40)]))
    accept(alice_token, report([row(model="a", tokens=120)]), minutes=1)
    assert total(alice) == 120
    assert list(SliceRow.objects.values_list("model", "total_tokens")) == [("a", 120)]


def test_a_day_that_shrank_is_kept_and_said(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    answer = accept(alice_token, report([row(tokens=80)]), minutes=1)
    assert total(alice) == 100
    assert answer.mode == "unchanged"
    assert "kept at 100 tokens" in answer.warnings[0]


def test_days_that_the_report_does_not_name_stay(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(YESTERDAY, 50), row(tokens=100)]))
    accept(alice_token, report([row(tokens=110)]), minutes=1)
    assert total(alice) == 160


def test_replace_mode_lowers_a_day(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    answer = accept(alice_token, report([row(tokens=80)]), minutes=1, mode="replace")
    assert (answer.mode, total(alice)) == ("replace", 80)


def test_a_newer_parser_that_saw_everything_lowers_a_day(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)], parser=1, full=True))
    accept(alice_token, report([row(tokens=80)], parser=2, full=False), minutes=1)
    assert total(alice) == 100
    answer = accept(alice_token, report([row(tokens=80)], parser=2, full=True), minutes=2)
    assert total(alice) == 80
    assert answer.changes[0].why == "corrected by a newer parser"


def test_a_change_of_time_zone_moves_usage_and_inflates_nothing(
    alice: User, alice_token: ApiToken
) -> None:
    days = [TODAY - timedelta(days=n) for n in (3, 2, 1, 0)]
    home = [row(day, tokens) for day, tokens in zip(days, (10, 100, 50, 20), strict=True)]
    away = [row(day, tokens) for day, tokens in zip(days, (10, 90, 60, 20), strict=True)]
    accept(alice_token, report(home, day_basis="local"))
    accept(alice_token, report(away, day_basis="local"), minutes=1)
    assert total(alice) == 180


def test_devices_add_up(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)], device="machine-1"))
    accept(alice_token, report([row(tokens=70)], device="machine-2"), minutes=1)
    assert total(alice) == 170
    assert Device.objects.filter(user=alice).count() == 2


def test_the_same_slice_from_two_devices_counts_once_with_a_warning(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)], device="machine-1"))
    answer = accept(alice_token, report([row(tokens=100)], device="machine-2"), minutes=1)
    assert total(alice) == 100
    assert "counts once" in answer.warnings[0]
    accept(alice_token, report([row(tokens=130)], device="machine-2"), minutes=2)
    assert total(alice) == 230


def test_a_mixed_ccusage_day_never_counts_beside_the_tools_own(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100, client="ccusage")], collector="ccusage"))
    accept(alice_token, report([row(tokens=60), row(tokens=30, client="codex")]), minutes=1)
    assert total(alice) == 100
    accept(alice_token, report([row(tokens=80), row(tokens=30, client="codex")]), minutes=2)
    assert total(alice) == 110


def test_a_day_over_the_hard_limit_waits_and_the_rest_counts(
    alice: User, alice_token: ApiToken
) -> None:
    huge = 500_000_000_001
    answer = accept(
        alice_token, report([row(tokens=huge, model="local-model"), row(YESTERDAY, 50)])
    )
    assert answer.status == "flagged"
    assert answer.held[0].reasons[0].code == "over_hard_limit"
    assert total(alice) == 50
    assert Slice.objects.pending().get().total_tokens == huge


def test_a_day_over_the_cost_limit_split_over_devices_waits(
    alice: User, alice_token: ApiToken
) -> None:
    # Opus 4.5 output is $25 a million: 150 M tokens are $3,750.
    half = row(output_tokens=150_000_000)
    accept(alice_token, report([half], device="machine-1"))
    more = row(output_tokens=150_000_001)
    answer = accept(alice_token, report([more], device="machine-2"), minutes=1)
    assert answer.status == "pending"
    assert total(alice) == 150_000_000


def test_a_hold_never_takes_away_what_already_counted(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(alice_token, report([row(tokens=500_000_000_001, model="m")]), minutes=1)
    assert total(alice) == 100
    accept(alice_token, report([row(tokens=200)]), minutes=2)
    assert total(alice) == 200
    assert not Slice.objects.pending().exists()


def test_excluded_people_may_submit_and_everything_waits(
    alice: User, alice_token: ApiToken
) -> None:
    User.objects.filter(pk=alice.pk).update(excluded_at=NOW)
    answer = accept(alice_token, report([row()]))
    assert answer.status == "pending"
    assert total(alice) == 0
    assert not Standing.objects.exists()


def test_suspended_people_may_not_submit(alice: User, alice_token: ApiToken) -> None:
    User.objects.filter(pk=alice.pk).update(suspended_at=NOW)
    with pytest.raises(AccountSuspendedError):
        accept(alice_token, report([row()]))


def test_a_report_without_a_token_in_it_is_refused(alice_token: ApiToken) -> None:
    with pytest.raises(EmptyReportError):
        accept(alice_token, report([row(tokens=0)]))
    assert not Submission.objects.exists()


def test_changing_reports_are_limited_and_unchanged_ones_are_not(alice_token: ApiToken) -> None:
    for n in range(6):
        accept(alice_token, report([row(tokens=100 + n)]), minutes=n)
    for n in range(10):
        assert accept(alice_token, report([row(tokens=105)]), minutes=10 + n).mode == "unchanged"
    with pytest.raises(ReportRateError) as refused:
        accept(alice_token, report([row(tokens=200)]), minutes=30)
    assert refused.value.retry_after == pytest.approx(30 * 60, abs=2)
    accept(alice_token, report([row(tokens=200)]), minutes=61)


def test_the_boards_sums_follow(alice_token: ApiToken, bob_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(bob_token, report([row(tokens=40)]))
    accept(alice_token, report([row(tokens=130)]), minutes=1)
    tallies = BoardTally.objects.filter(board="all", country_code="")
    assert sum(tally.tokens for tally in tallies) == 170
    assert sum(tally.people_by_tokens for tally in tallies) == 2
