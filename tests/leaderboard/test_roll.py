"""The midnight roll: windows move, previous ranks are kept, nothing happens twice."""

from datetime import datetime, timedelta

import pytest

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from ccgather.site.sums import sum_disagreements
from leaderboard.models import BoardClock, MidnightRank, Standing
from leaderboard.selectors import board_page
from leaderboard.services.clock import board_clock
from leaderboard.services.roll import roll_boards
from leaderboard.services.tallies import correct_tallies, fold_tallies
from leaderboard.shapes import BoardPage, BoardQuery
from submissions.report import UsageRow
from submissions.services.accept import accept_report
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def submit(token: ApiToken, *rows: UsageRow, at: datetime = NOW) -> None:
    accept_report(user_id=token.user_id, report=report(rows), body=b"{}", at=at, token=token)


def page(period: str, *, at: datetime = NOW, country: str | None = None) -> BoardPage:
    return board_page(query=BoardQuery(period=period, country=country), viewer=None, at=at)


def shown(period: str, *, at: datetime = NOW) -> list[tuple[int, int | None, str, int]]:
    return [(r.rank, r.rank_change, r.username, r.tokens) for r in page(period, at=at).rows]


def test_today_is_empty_after_midnight_and_the_week_goes_on(
    alice_token: ApiToken,
) -> None:
    submit(alice_token, row(TODAY, 100), row(TODAY - 6 * DAY, 10), row(TODAY - 7 * DAY, 1))
    assert [p[3] for p in shown("7d")] == [110]
    tomorrow = NOW + DAY
    roll_boards(at=tomorrow)
    assert shown("today", at=tomorrow) == []
    assert shown("7d", at=tomorrow)[0][3] == 100
    assert shown("30d", at=tomorrow)[0][3] == 111
    assert shown("all", at=tomorrow)[0][3] == 111


def test_until_the_roll_readers_see_the_old_day(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    late = page("today", at=NOW + DAY)
    assert late.window.start == TODAY
    assert late.rows[0].tokens == 100


def test_rank_change_is_against_the_last_midnight(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    submit(alice_token, row(TODAY, 100))
    submit(bob_token, row(TODAY, 50))
    assert shown("all") == [(1, None, "alice", 100), (2, None, "bob", 50)]
    tomorrow = NOW + DAY
    roll_boards(at=tomorrow)
    submit(bob_token, row(TODAY + DAY, 80), at=tomorrow)
    assert shown("all", at=tomorrow) == [(1, 1, "bob", 130), (2, -1, "alice", 100)]
    assert shown("today", at=tomorrow) == [(1, None, "bob", 80)]


def test_a_new_week_has_no_rank_change(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    monday = NOW + 3 * DAY
    submit(alice_token, row(monday.date(), 5), at=monday)
    roll_boards(at=monday)
    assert shown("week", at=monday) == [(1, None, "alice", 5)]
    assert shown("all", at=monday)[0][1] == 0


def test_rolling_twice_changes_nothing(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    tomorrow = NOW + DAY
    assert roll_boards(at=tomorrow) == 1
    before = sorted(Standing.objects.values_list()), sorted(MidnightRank.objects.values_list())
    assert roll_boards(at=tomorrow + timedelta(hours=3)) == 0
    assert before == (
        sorted(Standing.objects.values_list()),
        sorted(MidnightRank.objects.values_list()),
    )


def test_a_roll_that_died_half_way_is_finished_by_the_next(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    tomorrow = NOW + DAY
    BoardClock.objects.update(building_day=tomorrow.date())
    submit(alice_token, row(TODAY, 120), at=tomorrow)
    assert shown("today", at=tomorrow)[0][3] == 120
    roll_boards(at=tomorrow)
    assert board_clock(at=tomorrow).building_day is None
    assert shown("7d", at=tomorrow)[0][3] == 120


def test_missed_midnights_are_passed_over(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    later = NOW + 40 * DAY
    roll_boards(at=later)
    assert shown("30d", at=later) == []
    assert page("30d", at=later).stats.people == 0
    assert shown("all", at=later)[0][3] == 100


def test_past_weeks_and_months_stay_readable(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY - 30 * DAY, 7), at=NOW - 29 * DAY)
    roll_boards(at=NOW)
    submit(alice_token, row(TODAY, 100))
    assert shown("2026-W47")[0][3] == 100
    assert shown("2026-10")[0][3] == 7
    later = NOW + 20 * DAY
    roll_boards(at=later)
    assert shown("2026-W47", at=later)[0][3] == 100


def test_a_closed_month_is_final_after_two_days_and_only_falls(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    october = TODAY.replace(month=10, day=30)
    sent = NOW.replace(month=11, day=2)
    submit(alice_token, row(october, 100), at=sent)
    submit(bob_token, row(october, 90), at=sent)
    assert [r[2:] for r in shown("2026-10")] == [("alice", 100), ("bob", 90)]
    roll_boards(at=NOW)
    submit(bob_token, row(october, 500))
    assert [r[2:] for r in shown("2026-10")] == [("alice", 100), ("bob", 90)]
    assert shown("all")[0][2:] == ("bob", 500)
    accept(alice_token, report([row(october, 40)]), mode="replace", minutes=1)
    assert [r[2:] for r in shown("2026-10")] == [("bob", 90), ("alice", 40)]
    accept(alice_token, report([row(october, 200)]), minutes=2)
    assert [r[2:] for r in shown("2026-10")] == [("bob", 90), ("alice", 40)]
    assert sum_disagreements() == []
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    assert [r[2:] for r in shown("2026-10")] == [("bob", 90)]


def test_usage_of_a_day_that_has_begun_elsewhere_is_not_today(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY + DAY, 100))
    assert shown("today") == []
    assert shown("all")[0][3] == 100
    tomorrow = NOW + DAY
    roll_boards(at=tomorrow)
    assert shown("today", at=tomorrow)[0][3] == 100


def test_folding_changes_no_sum(alice_token: ApiToken, bob_token: ApiToken) -> None:
    for tokens in (100, 120, 140):
        submit(alice_token, row(TODAY, tokens))
    submit(bob_token, row(TODAY, 40))
    before = page("all").stats
    assert fold_tallies() > 0
    assert page("all").stats == before
    assert fold_tallies() == 0


def test_wrong_sums_are_put_right(alice_token: ApiToken) -> None:
    submit(alice_token, row(TODAY, 100))
    right = page("all").stats
    assert correct_tallies() == 0
    Standing.objects.filter(board="all").update(tokens=90)
    assert correct_tallies() == 2  # the world and the country
    assert page("all").stats.tokens == 90
    assert right.tokens == 100


def test_a_hidden_person_leaves_the_board_and_comes_back(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    submit(alice_token, row(TODAY, 100))
    submit(bob_token, row(TODAY, 50))
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    assert shown("all") == [(1, None, "bob", 50)]
    assert page("all").stats.tokens == 50
    assert page("all", country="KR").total == 1
    change_settings(user_id=alice.pk, wanted={"profileVisible": True}, at=NOW)
    assert [r[2] for r in shown("all")] == ["alice", "bob"]
    assert page("all").stats.tokens == 150
