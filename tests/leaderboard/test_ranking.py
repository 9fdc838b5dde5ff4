"""What every implementation of the ranking must do; a new one is one more parameter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from leaderboard.models import Standing
from leaderboard.ranking import ranking as current_ranking
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.interface import RankedPerson, Ranking
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import Board, Metric, Window, window_of
from leaderboard.services.mirror import rebuild_ranking
from leaderboard.services.outbox import push_windows
from tests.cast import JOINED, person

pytestmark = pytest.mark.django_db
ALL = window_of(board=Board.ALL, day=JOINED.date())


class Nobody(SqlRanking):
    """In place of the fallback: what is asked of Redis here must be answered by Redis."""

    def rank_of(self, **_question: object) -> int | None:
        raise AssertionError

    def page(self, **_question: object) -> Sequence[RankedPerson]:
        raise AssertionError

    def ahead_of(self, **_question: object) -> RankedPerson | None:
        raise AssertionError


@pytest.fixture(params=["sql", pytest.param("redis", marks=pytest.mark.redis)])
def ranking(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Ranking:
    if request.param == "redis":
        settings.RANKING_REDIS_URL = request.getfixturevalue("redis_url")
        kept = redis_ranking()
        assert kept is not None
        monkeypatch.setattr(kept, "_sql", Nobody())
        rebuild_ranking(at=JOINED)
    return current_ranking()


def stand(
    user: User,
    tokens: int,
    *,
    cost: int = 0,
    days: int = 1,
    since: datetime = JOINED,
    on_boards: bool = True,
    shows_cost: bool = True,
    window: Window = ALL,
) -> None:
    """Stores a standing and tells whatever has to be told."""
    Standing.objects.update_or_create(
        user=user,
        board=window.board.value,
        window_start=window.start,
        defaults={
            "tokens": tokens,
            "cost_microusd": cost,
            "days": days,
            "first_submission_at": since,
            "country_code": user.shown_country,
            "on_boards": on_boards,
            "shows_cost": shows_cost,
        },
    )
    push_windows(windows=[window], user_ids=[user.pk])


def order(
    ranking: Ranking,
    *,
    metric: Metric = Metric.TOKENS,
    country: str | None = None,
    limit: int = 100,
    window: Window = ALL,
) -> list[UUID]:
    size = 0
    for user_id in User.objects.values_list("pk", flat=True):
        rank = ranking.rank_of(user_id=user_id, window=window, metric=metric, country=country)
        size += rank is not None
    pages: list[UUID] = []
    for offset in range(0, max(size, 1), limit):
        page = ranking.page(
            window=window, metric=metric, country=country, offset=offset, limit=limit, size=size
        )
        pages.extend(ranked.user_id for ranked in page)
    return pages


def ranks(
    ranking: Ranking,
    ids: Sequence[UUID],
    *,
    metric: Metric = Metric.TOKENS,
    country: str | None = None,
) -> list[int | None]:
    return [
        ranking.rank_of(user_id=user_id, window=ALL, metric=metric, country=country)
        for user_id in ids
    ]


def test_more_tokens_stand_higher(ranking: Ranking, alice: User, bob: User) -> None:
    stand(alice, 10)
    stand(bob, 20)
    assert order(ranking) == [bob.pk, alice.pk]
    assert ranks(ranking, [bob.pk, alice.pk]) == [1, 2]


def test_the_earlier_first_submission_wins_a_tie(ranking: Ranking, alice: User, bob: User) -> None:
    stand(alice, 10, since=JOINED + timedelta(microseconds=1))
    stand(bob, 10, since=JOINED)
    assert order(ranking) == [bob.pk, alice.pk]


def test_the_smaller_id_wins_a_tie_of_ties(ranking: Ranking, alice: User, bob: User) -> None:
    stand(alice, 10)
    stand(bob, 10)
    assert order(ranking) == sorted([alice.pk, bob.pk])


def test_people_off_the_boards_leave_no_gap(
    ranking: Ranking, alice: User, bob: User, charlie: User
) -> None:
    stand(alice, 30)
    stand(bob, 20, on_boards=False)
    stand(charlie, 10)
    assert ranks(ranking, [alice.pk, bob.pk, charlie.pk]) == [1, None, 2]


def test_nobody_with_nothing_stands_anywhere(ranking: Ranking, alice: User) -> None:
    stand(alice, 10, cost=0)
    assert ranks(ranking, [alice.pk], metric=Metric.COST) == [None]


def test_people_who_hide_their_cost_stand_on_no_cost_board(
    ranking: Ranking, alice: User, bob: User
) -> None:
    stand(alice, 10, cost=50, shows_cost=False)
    stand(bob, 10, cost=5)
    assert ranks(ranking, [alice.pk, bob.pk], metric=Metric.COST) == [None, 1]
    assert ranks(ranking, [alice.pk, bob.pk]) != [None, 1]


def test_a_country_has_a_board_of_its_own(
    ranking: Ranking, alice: User, bob: User, dana: User
) -> None:
    stand(alice, 10)
    stand(bob, 20)
    stand(dana, 30)
    assert ranks(ranking, [alice.pk, bob.pk, dana.pk], country="KR") == [2, 1, None]


def test_people_without_a_country_stand_on_no_national_board(
    ranking: Ranking, charlie: User
) -> None:
    stand(charlie, 10)
    assert ranks(ranking, [charlie.pk], country="KR") == [None]


def test_whoever_is_ahead_is_one_position_above(ranking: Ranking, alice: User, bob: User) -> None:
    stand(alice, 10)
    stand(bob, 20)
    above = ranking.ahead_of(user_id=alice.pk, window=ALL, metric=Metric.TOKENS, country=None)
    assert above is not None
    assert (above.user_id, above.value) == (bob.pk, 20)
    assert ranking.ahead_of(user_id=bob.pk, window=ALL, metric=Metric.TOKENS, country=None) is None


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, 2), st.booleans(), st.sampled_from(["KR", "ES", ""])
        ),
        max_size=14,
    ),
    limit=st.integers(1, 5),
)
def test_pages_are_the_ranks_1_to_n_without_gaps_or_repeats(
    ranking: Ranking, values: list[tuple[int, int, bool, str]], limit: int
) -> None:
    User.objects.all().delete()
    rebuild_ranking(at=JOINED)
    people = []
    for index, (tokens, seconds, on_boards, country) in enumerate(values):
        user = person(f"p{index}", country_code=country)
        since = JOINED + timedelta(seconds=seconds)
        stand(user, tokens, days=tokens, since=since, on_boards=on_boards)
        people.append((user, tokens, since, on_boards))
    for board in (None, "KR"):
        standing = [
            (-tokens, since, user.pk)
            for user, tokens, since, on_boards in people
            if tokens and on_boards and board in (None, user.country_code)
        ]
        expected = [pk for *_, pk in sorted(standing)]
        assert order(ranking, country=board, limit=limit) == expected
        assert ranks(ranking, expected, country=board) == list(range(1, len(expected) + 1))


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("board", Board)
def test_every_board_ranks_by_every_metric(
    ranking: Ranking, board: Board, metric: Metric, alice: User, bob: User, dana: User
) -> None:
    window = window_of(board=board, day=JOINED.date())
    for place, user in enumerate((alice, bob, dana), 1):
        amounts = {Metric.TOKENS: 9, Metric.COST: 9, Metric.DAYS: 9} | {metric: place}
        tokens, cost, days = amounts.values()
        stand(user, tokens, cost=cost, days=days, window=window)
    assert order(ranking, metric=metric, window=window) == [dana.pk, bob.pk, alice.pk]
    assert order(ranking, metric=metric, window=window, country="KR") == [bob.pk, alice.pk]


def test_what_somebody_has_now_is_where_they_stand(
    ranking: Ranking, alice: User, bob: User
) -> None:
    stand(alice, 10)
    stand(bob, 20)
    stand(alice, 30)
    assert order(ranking) == [alice.pk, bob.pk]
    stand(alice, 5)
    assert order(ranking) == [bob.pk, alice.pk]
    stand(bob, 20, on_boards=False)
    assert order(ranking) == [alice.pk]


def test_a_page_holds_the_positions_asked_for_while_scores_change(ranking: Ranking) -> None:
    people = [person(f"p{index}") for index in range(12)]
    for index, user in enumerate(people):
        stand(user, 1_000 - index)
    seen: list[UUID] = []
    for offset in range(0, 12, 3):
        page = ranking.page(
            window=ALL, metric=Metric.TOKENS, country=None, offset=offset, limit=3, size=12
        )
        seen.extend(found.user_id for found in page)
        # People who were shown already grow: nobody behind them moves.
        stand(people[offset], 5_000 + offset)
    assert seen == [user.pk for user in people]


def test_values_come_with_the_people(ranking: Ranking, alice: User, bob: User) -> None:
    stand(alice, 9_007_199_254_740_991)
    stand(bob, 9_007_199_254_740_990)
    page = ranking.page(window=ALL, metric=Metric.TOKENS, country=None, offset=0, limit=5, size=2)
    assert [found.value for found in page] == [9_007_199_254_740_991, 9_007_199_254_740_990]


def test_beyond_the_end_there_is_nobody(ranking: Ranking, alice: User) -> None:
    stand(alice, 10)
    page = ranking.page(window=ALL, metric=Metric.TOKENS, country=None, offset=5, limit=5, size=1)
    assert list(page) == []
