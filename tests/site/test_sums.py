"""The check of the sums: silent where all is well, and it notices each kind of fault."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import ApiToken, User
from accounts.rights import delete_account
from ccgather.site.sums import MAX_NAMED, sum_disagreements
from leaderboard.models import BoardTally
from leaderboard.services.roll import roll_boards
from leaderboard.services.tallies import fold_tallies
from submissions.report import UsageRow
from submissions.services.accept import accept_report
from tests.submissions.reports import NOW, TODAY, report, row

pytestmark = pytest.mark.django_db

STRAY_STANDING = """
INSERT INTO leaderboard_standing (user_id, board, window_start, tokens, cost_microusd, days,
  first_submission_at, country_code, on_boards, shows_cost)
SELECT user_id, 'week', '2026-01-05', 1, 1, 1, first_submission_at, '', FALSE, TRUE
FROM leaderboard_standing WHERE board = 'all'
"""


def send(token: ApiToken, rows: list[UsageRow], *, minutes: int = 0) -> None:
    accept_report(
        user_id=token.user_id,
        report=report(rows),
        body=b"{}",
        at=NOW + timedelta(minutes=minutes),
        token=token,
    )


@pytest.fixture
def usage(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Forty days of Alice, with two tools, and three of Bob."""
    days = [TODAY - timedelta(days=ago) for ago in range(40)]
    send(alice_token, [row(day, 100, client=tool) for day in days for tool in ("claude", "codex")])
    send(bob_token, [row(day, 70) for day in days[:3]])
    send(alice_token, [row(TODAY, 900)], minutes=1)


def damage(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the damage hit nothing"


@pytest.mark.usefixtures("usage")
def test_what_reports_wrote_agrees() -> None:
    assert sum_disagreements() == []


@pytest.mark.usefixtures("usage")
def test_the_roll_the_fold_and_a_deleted_account_leave_the_sums_in_agreement(bob: User) -> None:
    roll_boards(at=NOW + timedelta(days=1))
    fold_tallies()
    assert sum_disagreements() == []
    delete_account(user_id=bob.pk, at=NOW)
    assert sum_disagreements() == []


def test_an_empty_site_agrees(db: None) -> None:
    assert sum_disagreements() == []


@pytest.mark.usefixtures("usage")
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE submissions_slicerow SET input_tokens = 101, total_tokens = 101",
            "input_tokens is 100 where 101 is due",
        ),
        (
            "DELETE FROM submissions_slicerow",
            "total_tokens is 100 where 0 is due",
        ),
        (
            "UPDATE submissions_slicerow SET total_tokens = 105",
            "where the classes make 100",
        ),
        (
            "UPDATE submissions_slicerow SET cost_microusd = NULL",
            "unpriced_tokens is 0 where 100 is due",
        ),
        (
            "UPDATE submissions_slice SET not_counted = 'covered' WHERE client = 'codex'",
            "total_tokens is 200 where 100 is due",
        ),
        (
            "UPDATE submissions_userday SET output_tokens = 7 WHERE total_tokens = 200",
            "output_tokens is 7 where 0 is due",
        ),
        ("DELETE FROM submissions_userday WHERE total_tokens = 70", "missing where 70 is due"),
        (
            "UPDATE submissions_usageaccount SET total_tokens = total_tokens * 2",
            "total_tokens is 420 where 210 is due",
        ),
        ("UPDATE submissions_usageaccount SET active_days = 1", "active_days is 1 where 3 is due"),
        ("DELETE FROM submissions_usageaccount", "lifetime of "),
        (
            "UPDATE leaderboard_standing SET tokens = tokens + 1 WHERE board = 'all'",
            "tokens is 211 where 210 is due",
        ),
        (
            "UPDATE leaderboard_standing SET days = 9 WHERE board = '7d'",
            "days is 9 where 7 is due",
        ),
        ("DELETE FROM leaderboard_standing WHERE board = 'today'", " on today from 2026-11-20"),
        (
            "UPDATE leaderboard_standing SET tokens = 1 WHERE window_start = '2026-11-01'",
            "on month from 2026-11-01: tokens is 1",
        ),
        ("UPDATE accounts_user SET hide_country = TRUE", "country_code is KR"),
        ("UPDATE accounts_user SET profile_visible = FALSE", "on_boards is true where false"),
        ("UPDATE accounts_user SET hide_cost = TRUE", "shows_cost is true where false is due"),
        (
            "UPDATE submissions_usageaccount SET first_submission_at = '2026-01-01'",
            "first_submission_at is 2026-11-20",
        ),
        (
            STRAY_STANDING,
            "on week from 2026-01-05: tokens is 1 where nothing is due",
        ),
        ("UPDATE leaderboard_competitor SET lifetime_tokens = 5", "lifetime_tokens is 5"),
        ("DELETE FROM leaderboard_competitor", "lifetime_tokens is missing"),
        (
            "UPDATE leaderboard_boardtally SET tokens = 0 WHERE board = '30d'",
            "sums of 30d from 2026-10-22 in",
        ),
        ("DELETE FROM leaderboard_boardtally WHERE country_code = 'KR'", " in KR: "),
        (
            "UPDATE leaderboard_boardtally SET people_by_cost = people_by_cost + 3",
            "people_by_cost is ",
        ),
    ],
)
def test_each_kind_of_damage_is_noticed(sql: str, sentence: str) -> None:
    damage(sql)
    found = sum_disagreements()
    assert any(sentence in line for line in found), found


@pytest.mark.usefixtures("usage")
def test_sums_of_a_board_that_has_no_people_are_noticed() -> None:
    BoardTally.objects.create(
        board="month",
        window_start="2025-01-01",
        country_code="",
        people_by_tokens=1,
        people_by_cost=0,
        people_by_days=1,
        tokens=5,
        cost_microusd=0,
    )
    sentence = (
        "sums of month from 2025-01-01 in the world: people_by_tokens is 1 where nothing is due, "
        "people_by_cost is 0 where nothing is due, people_by_days is 1 where nothing is due, "
        "tokens is 5 where nothing is due, cost_microusd is 0 where nothing is due"
    )
    assert sum_disagreements() == [sentence]


@pytest.mark.usefixtures("usage")
def test_only_the_people_asked_about_are_looked_at(alice: User, bob: User) -> None:
    damage("UPDATE submissions_userday SET output_tokens = 7 WHERE total_tokens = 70")
    assert sum_disagreements(user_ids=[alice.pk]) == []
    assert len(sum_disagreements(user_ids=[bob.pk])) == 4  # three days, and their sum


@pytest.mark.usefixtures("usage")
def test_many_faults_are_counted_and_not_all_spelled_out() -> None:
    damage("UPDATE submissions_userday SET output_tokens = 7")
    found = sum_disagreements()
    assert f"and {43 - MAX_NAMED} more of this kind" in found
