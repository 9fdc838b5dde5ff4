"""Writing standings: how many statements, and that they say the same as the rows below."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from ccgather.site.sums import sum_disagreements
from leaderboard.models import BoardTally, Competitor, Standing
from leaderboard.rules.boards import Board, calendar_windows_of, window_of
from leaderboard.services.standings import (
    remove_standings,
    restate_standings,
    rewrite_people,
    write_standings,
)
from submissions.models import UserDay
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days_of(user: User) -> set[date]:
    return set(UserDay.objects.filter(user=user).values_list("day", flat=True))


def tally_rows() -> int:
    return BoardTally.objects.count()


@pytest.mark.parametrize("days", [1, 400])
def test_a_submission_writes_its_standings_in_four_statements(
    alice: User, alice_token: ApiToken, days: int
) -> None:
    """The lock against the roll, the clock, standings with the boards' sums, the competitor."""
    accept(alice_token, report([row(TODAY - ago * DAY, 100) for ago in range(days)]))
    wanted = days_of(alice)
    with CaptureQueriesContext(connection) as queries:
        write_standings(user=alice, days=wanted, at=NOW)
    assert len(queries) == 4


def test_what_is_right_already_is_not_written_again(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100), row(TODAY - 3 * DAY, 7)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, board, window_start, ctid::text FROM leaderboard_standing")
        before = sorted(cursor.fetchall())
    tallies = tally_rows()
    write_standings(user=alice, days=days_of(alice), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, board, window_start, ctid::text FROM leaderboard_standing")
        assert sorted(cursor.fetchall()) == before
    assert tally_rows() == tallies


def test_a_window_without_a_day_goes_with_its_sums(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100), row(TODAY - 60 * DAY, 7)]))
    UserDay.objects.filter(day=TODAY - 60 * DAY).delete()
    write_standings(user=alice, days={TODAY - 60 * DAY}, at=NOW)
    september = window_of(board=Board.MONTH, day=TODAY - 60 * DAY)
    assert not Standing.objects.in_window(september).exists()
    assert Standing.objects.get(board="all").tokens == 100
    assert not [wrong for wrong in sum_disagreements() if wrong.startswith(("sums", "standing"))]


def test_several_people_are_written_as_one_by_one(
    alice: User, bob: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(TODAY, 100), row(TODAY - DAY, 7)]))
    accept(bob_token, report([row(TODAY, 50)]))
    before = sorted(Standing.objects.values_list())
    Standing.objects.filter(user=bob).update(tokens=1)
    Standing.objects.filter(user=alice, board="week").delete()
    rewrite_people(
        people=[alice, bob],
        windows=sorted(
            {
                *calendar_windows_of(day=TODAY),
                *(window_of(board=b, day=TODAY) for b in (Board.TODAY, Board.LAST_7_DAYS)),
                window_of(board=Board.LAST_30_DAYS, day=TODAY),
            }
        ),
    )
    assert sorted(Standing.objects.values_list()) == before


def test_a_person_who_hides_their_country_leaves_its_sums_and_stays_in_the_worlds(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(TODAY, 100)]))
    change_settings(user_id=alice.pk, wanted={"hideCountry": True}, at=NOW)
    assert set(Standing.objects.values_list("country_code", flat=True)) == {""}
    assert sum_disagreements() == []


def test_restating_what_is_right_appends_nothing(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100)]))
    before = tally_rows()
    with CaptureQueriesContext(connection) as queries:
        restate_standings(user=alice)
    assert len(queries) == 1
    assert tally_rows() == before


def test_removing_somebody_takes_their_sums_away(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100)]))
    with CaptureQueriesContext(connection) as queries:
        remove_standings(user=alice)
    assert len(queries) == 1
    assert not Standing.objects.exists()
    assert not Competitor.objects.exists()
    sums = BoardTally.objects.filter(board="all", country_code="").values_list("tokens", flat=True)
    assert sum(sums) == 0


def test_names_with_equal_tokens_are_chosen_by_code_point(alice_token: ApiToken) -> None:
    accept(
        alice_token,
        report(
            [row(TODAY, 100, client="a", model="b-2"), row(TODAY, 100, client="B", model="b_1")]
        ),
    )
    competitor = Competitor.objects.get()
    assert (competitor.top_client, competitor.primary_model) == ("B", "b-2")
