"""Which windows Redis holds, and how they follow the boards' clock."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import ApiToken, User
from leaderboard.models import BoardClock
from leaderboard.ranking import ranking, redis_ranking
from leaderboard.ranking.keys import held_windows_of
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import ROLLING_DAYS, Board, Metric, Window, window_named, window_of
from leaderboard.services.mirror import heal_ranking, hold_windows
from leaderboard.services.roll import roll_boards
from tests.leaderboard.redis_contents import due, held, windows_held
from tests.leaderboard.test_ranking import Nobody
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

DAY = timedelta(days=1)


def names(days: list[date]) -> set[tuple[str, str]]:
    return {(window.board.value, str(window.start)) for window in held_windows_of(days=days)}


def test_in_the_middle_of_a_week_and_month_only_the_current_windows_are_held() -> None:
    assert names([date(2026, 11, 19)]) == {
        ("all", "1970-01-01"),
        ("today", "2026-11-19"),
        ("7d", "2026-11-13"),
        ("30d", "2026-10-21"),
        ("week", "2026-11-16"),
        ("month", "2026-11-01"),
    }


def test_a_week_that_has_just_ended_or_is_about_to_begin_is_held_too() -> None:
    assert {("week", "2026-11-23"), ("week", "2026-11-30")} <= names([date(2026, 11, 30)])
    assert {("month", "2026-11-01"), ("month", "2026-12-01")} <= names([date(2026, 11, 30)])
    assert ("week", "2026-11-23") in names([date(2026, 11, 21)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.redis
class TestInRedis:
    @pytest.fixture(autouse=True)
    def url(self, redis_url: str, settings: Settings, alice_token: ApiToken) -> Iterator[str]:
        settings.RANKING_REDIS_URL = redis_url
        with time_machine.travel(NOW, tick=True):
            accept(alice_token, report([row(TODAY - n * DAY, 100 + n) for n in range(60)]))
            heal_ranking(at=NOW)
            yield redis_url
            assert held(redis_url) == due()

    def rank(self, user: User, window: Window) -> int | None:
        return ranking().rank_of(user_id=user.pk, window=window, metric=Metric.TOKENS, country=None)

    def test_older_windows_are_answered_by_postgresql(self, bob: User, bob_token: ApiToken) -> None:
        then = NOW - 30 * DAY
        accept(bob_token, report([row(then.date(), 50)]), at=then)
        assert self.rank(bob, window_named(period="2026-10", today=TODAY)) == 1
        assert ("month", "2026-10-01") not in windows_held()

    def test_after_a_roll_redis_answers_for_the_new_day_at_once(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tomorrow = NOW + DAY
        roll_boards(at=tomorrow)
        monkeypatch.setattr(redis_ranking(), "_sql", Nobody())
        for board in (Board.LAST_7_DAYS, Board.LAST_30_DAYS, Board.ALL):
            assert self.rank(alice, window_of(board=board, day=tomorrow.date())) == 1
        assert ("today", str(TODAY)) not in windows_held()

    def test_a_report_after_the_roll_is_in_the_new_windows(
        self, url: str, alice: User, alice_token: ApiToken
    ) -> None:
        tomorrow = NOW + DAY
        roll_boards(at=tomorrow)
        accept(alice_token, report([row(TODAY + DAY, 5_000)]), at=tomorrow)
        assert held(url) == due()
        assert held(url)[f"today.{tomorrow:%Y%m%d}}}:tokens:"] == [(alice.pk, 5_000)]

    def test_windows_that_a_roll_did_not_bring_are_taken_on_by_the_healing(
        self, alice: User
    ) -> None:
        BoardClock.objects.update(current_day=TODAY + 5 * DAY)
        assert self.rank(alice, window_of(board=Board.WEEK, day=TODAY + 5 * DAY)) is None
        heal_ranking(at=NOW)
        assert windows_held() == names([TODAY + 5 * DAY])

    def test_windows_that_are_being_built_are_left_alone(self) -> None:
        before = windows_held()
        BoardClock.objects.update(building_day=TODAY + DAY)
        heal_ranking(at=NOW)
        assert windows_held() == before
        windows = [window_of(board=board, day=TODAY + DAY) for board in ROLLING_DAYS]
        hold_windows(windows=windows)
        heal_ranking(at=NOW)
        assert windows_held() == before | {
            (window.board.value, str(window.start)) for window in windows
        }
        BoardClock.objects.update(building_day=None)
        heal_ranking(at=NOW)
        assert windows_held() == before

    def test_healing_what_is_whole_writes_nothing(self) -> None:
        assert heal_ranking(at=NOW) == 0

    def test_both_rankings_say_the_same_of_every_window_held(self, alice: User) -> None:
        for window in held_windows_of(days=[TODAY]):
            asked = {"user_id": alice.pk, "window": window, "metric": Metric.TOKENS}
            assert self.rank(alice, window) == SqlRanking().rank_of(**asked, country=None)  # type: ignore[arg-type]
