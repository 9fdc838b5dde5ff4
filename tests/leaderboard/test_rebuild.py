"""`rebuild_boards`: everything derived, made anew from the slices."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import ApiToken
from ccgather.site.sums import sum_disagreements
from leaderboard.models import BoardTally, Competitor, RankingGeneration, Standing
from leaderboard.services.mirror import entries_to_build, rebuild_ranking
from leaderboard.services.rebuild import people_to_rebuild, rebuild_boards
from leaderboard.services.roll import roll_boards
from submissions.models import Slice, UsageAccount, UserDay
from tests.leaderboard.redis_contents import due, held
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
DAYS = [TODAY - timedelta(days=ago) for ago in range(40)]


@pytest.fixture(autouse=True)
def usage(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Forty days of Alice by two tools, one of them seen twice; three days of Bob."""
    accept(alice_token, report([row(day, 100, client=c) for day in DAYS for c in ("a", "b")]))
    accept(bob_token, report([row(day, 70) for day in DAYS[:3]], device="m1"))
    accept(bob_token, report([row(day, 70) for day in DAYS[:3]], device="m2"), minutes=1)


def damage(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the damage hit nothing"


def snapshot() -> list[object]:
    """Everything derived, in one comparable value; the boards' sums as sums."""
    tallies: dict[tuple[object, ...], list[int]] = {}
    for key, *sums in (
        (t[:3], *t[3:])
        for t in BoardTally.objects.values_list(
            "board", "window_start", "country_code",
            "people_by_tokens", "people_by_cost", "people_by_days", "tokens", "cost_microusd",
        )
    ):  # fmt: skip
        known = tallies.setdefault(key, [0] * 5)
        tallies[key] = [a + b for a, b in zip(known, sums, strict=True)]
    return [
        list(UserDay.objects.order_by("user", "day").values()),
        list(UsageAccount.objects.order_by("user").values()),
        list(Standing.objects.order_by("user", "board", "window_start").values()),
        list(Competitor.objects.order_by("user").values()),
        list(Slice.objects.order_by("pk").values()),
        {key: sums for key, sums in tallies.items() if any(sums)},
    ]


DAMAGE = [
    "UPDATE submissions_userday SET total_tokens = 7, cost_microusd = 9",
    "UPDATE submissions_userday SET input_tokens = 1 WHERE day = '2026-11-18'",
    "DELETE FROM submissions_userday WHERE day = '2026-11-20'",
    "DELETE FROM submissions_userday",
    """INSERT INTO submissions_userday (day, user_id, input_tokens, output_tokens,
       cache_read_tokens, cache_write_tokens, reasoning_tokens, total_tokens, cost_microusd,
       unpriced_tokens) SELECT date '2026-01-05', user_id, 1, 0, 0, 0, 0, 1, 1, 0
       FROM submissions_usageaccount""",
    "UPDATE submissions_usageaccount SET total_tokens = total_tokens * 2",
    "UPDATE submissions_usageaccount SET active_days = 1, first_day = NULL",
    "UPDATE leaderboard_standing SET tokens = tokens * 2",
    "UPDATE leaderboard_standing SET days = 1, cost_microusd = 5 WHERE board = '7d'",
    "UPDATE leaderboard_standing SET on_boards = FALSE",
    "UPDATE leaderboard_standing SET country_code = 'ES', shows_cost = FALSE",
    "DELETE FROM leaderboard_standing WHERE board IN ('today', 'month')",
    "DELETE FROM leaderboard_standing",
    """INSERT INTO leaderboard_standing (user_id, board, window_start, tokens, cost_microusd, days,
       first_submission_at, country_code, on_boards, shows_cost)
       SELECT user_id, 'week', date '2026-01-05', 1, 1, 1,
       first_submission_at, country_code, on_boards, shows_cost
       FROM leaderboard_standing WHERE board = 'all'""",
    "UPDATE leaderboard_boardtally SET tokens = 1, people_by_tokens = 9",
    "DELETE FROM leaderboard_boardtally",
    """INSERT INTO leaderboard_boardtally (board, window_start, country_code, people_by_tokens,
       people_by_cost, people_by_days, tokens, cost_microusd)
       VALUES ('month', '2025-01-01', '', 1, 1, 1, 5, 5)""",
    "UPDATE leaderboard_competitor SET lifetime_tokens = 5, primary_model = 'x'",
    "DELETE FROM leaderboard_competitor",
    "UPDATE submissions_slice SET not_counted = 'covered'",
    "UPDATE submissions_slice SET not_counted = ''",
]


@pytest.mark.parametrize("sql", DAMAGE)
def test_damage_of_every_kind_is_put_right(sql: str) -> None:
    before = snapshot()
    damage(sql)
    assert sum_disagreements() != []
    assert rebuild_boards(at=NOW) == 2
    assert sum_disagreements() == []
    assert snapshot() == before


def test_all_damage_at_once_is_put_right() -> None:
    before = snapshot()
    for sql in (DAMAGE[0], DAMAGE[2], DAMAGE[5], DAMAGE[7], DAMAGE[14], DAMAGE[17]):
        damage(sql)
    rebuild_boards(at=NOW)
    assert snapshot() == before


def test_rebuilding_what_is_right_changes_nothing() -> None:
    before = snapshot()
    rebuild_boards(at=NOW)
    assert snapshot() == before


def test_people_without_a_slice_are_taken_off_the_boards() -> None:
    damage("DELETE FROM submissions_slicerow")
    damage("DELETE FROM submissions_slice")
    rebuild_boards(at=NOW)
    assert not UserDay.objects.exists()
    assert not Standing.objects.exists()
    assert sum_disagreements() == []


def test_the_days_that_the_boards_stand_at_are_rebuilt_also_after_a_roll() -> None:
    tomorrow = NOW + timedelta(days=1)
    roll_boards(at=tomorrow)
    before = snapshot()
    damage("DELETE FROM leaderboard_standing")
    rebuild_boards(at=tomorrow)
    assert snapshot() == before


def test_each_person_is_told_as_progress() -> None:
    told: list[int] = []
    assert people_to_rebuild() == 2
    rebuild_boards(at=NOW, progress=told.append)
    assert told == [1, 1]


def test_the_command_says_how_many_people_it_rebuilt() -> None:
    damage("DELETE FROM leaderboard_standing")
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("rebuild_boards", stdout=out)
    assert "2" in out.getvalue()
    assert sum_disagreements() == []


@pytest.mark.redis
def test_the_command_fills_redis_too_and_one_half_can_be_left_out(
    redis_url: str, settings: Settings
) -> None:
    settings.RANKING_REDIS_URL = redis_url
    with time_machine.travel(NOW, tick=False):
        out = StringIO()
        call_command("rebuild_boards", "--redis-only", stdout=out)
        assert "people" not in out.getvalue()
        assert held(redis_url) == due() != {}
        first = RankingGeneration.objects.get().name
        damage("UPDATE leaderboard_standing SET tokens = tokens * 2")
        call_command("rebuild_boards", "--sql-only", stdout=StringIO())
        assert RankingGeneration.objects.get().name == first
        assert sum_disagreements() == []
        call_command("rebuild_boards", stdout=out)
    assert "2 people" in out.getvalue()
    assert RankingGeneration.objects.get().name != first
    assert held(redis_url) == due()


def test_without_a_redis_there_is_nothing_to_fill(settings: Settings) -> None:
    settings.RANKING_REDIS_URL = ""
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("rebuild_boards", "--redis-only")


@pytest.mark.redis
def test_the_bar_knows_how_many_entries_there_will_be(redis_url: str, settings: Settings) -> None:
    settings.RANKING_REDIS_URL = redis_url
    told: list[int] = []
    assert rebuild_ranking(at=NOW, progress=told.append) == entries_to_build(at=NOW) == sum(told)
