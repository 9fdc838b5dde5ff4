"""Ranks over time: what snapshots remember, and how charts show it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from leaderboard.models import Snapshot
from leaderboard.rules.history import is_kept, ranks_between, ranks_by_week
from leaderboard.selectors.history import rank_history
from leaderboard.services.snapshots import take_snapshots
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

DAY = timedelta(days=1)
CAME = NOW - 10 * DAY


@pytest.fixture
def month(alice: User, alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice came ten days ago, was hidden for two days, and was passed by Bob the day before
    yesterday."""
    accept(alice_token, report([row(CAME.date(), 100)]), at=CAME)
    accept(bob_token, report([row(CAME.date(), 50)]), at=CAME)
    for visible, days in ((False, 4), (True, 6)):
        at = CAME + days * DAY
        change_settings(user_id=alice.pk, wanted={"profileVisible": visible}, at=at)
    accept(bob_token, report([row(TODAY - 2 * DAY, 90)]), at=NOW - 2 * DAY)
    take_snapshots(at=NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("month")
def test_the_history_has_a_rank_for_each_day_on_the_board(
    alice: User, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        ranks = rank_history(user_id=alice.pk, first=TODAY - 30 * DAY, last=TODAY)
    assert [ranks.get(TODAY - ago * DAY) for ago in range(11, -1, -1)] == [
        None, 1, 1, 1, 1, None, None, 1, 1, 2, 2, None,
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("month")
def test_points_of_the_chart_carry_the_rank_of_their_day(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        points = client.get("/api/user/alice/chart?range=30d").json()["points"]
    assert [point["globalRank"] for point in points[-12:]] == [
        None, 1, 1, 1, 1, None, None, 1, 1, 2, 2, None,
    ]  # fmt: skip
    assert len(points) == 30


@pytest.mark.django_db
@pytest.mark.usefixtures("month")
def test_the_profile_draws_the_ranks_with_gaps_and_a_table(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        page = client.get("/u/alice?range=30d").text
        by_week = client.get("/u/alice?range=all").text
    assert "Rank over time" in page
    assert "Rank 2 on 19 Nov 2026" in page
    assert "No rank on 14 Nov 2026" in page
    line = page.split('id="rank-title"')[1].split('class="series__line" d="')[1].split('"')[0]
    assert line.count("M") == 2
    assert page.count("As a table") == 7
    assert "Rank over time" in by_week


@pytest.mark.django_db
def test_without_a_snapshot_no_ranks_are_drawn(client: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    with time_machine.travel(NOW, tick=False):
        assert "Rank over time" not in client.get("/u/alice").text
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        (date(2026, 11, 19), True),  # yesterday
        (date(2025, 10, 1), True),  # its month ended 385 days ago
        (date(2025, 9, 2), False),
        (date(2025, 9, 7), True),  # a Sunday
        (date(2025, 9, 30), True),  # the last day of a month
    ],
)
def test_old_days_become_weeks_and_months(day: date, kept: bool) -> None:
    assert is_kept(day=day, today=TODAY) is kept


def test_days_without_a_rank_are_gaps_and_weeks_take_their_last_rank() -> None:
    monday = date(2026, 11, 16)
    ranks = {monday: 5, monday + 2 * DAY: 3, monday + 14 * DAY: 9}
    days = ranks_between(ranks=ranks, first=monday, last=monday + 14 * DAY)
    assert [rank for _, rank in days[:4]] == [5, None, 3, None]
    assert ranks_by_week(days) == [
        (monday, 3),
        (monday + 7 * DAY, None),
        (monday + 14 * DAY, 9),
    ]
