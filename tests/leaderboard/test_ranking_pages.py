"""Pages of a board whose ranking and standings are asked one after the other: somebody may move."""

from collections.abc import Callable, Sequence

import pytest
from pytest_django import Settings

from accounts.models import ApiToken, User
from leaderboard.models import RankingChange, Standing
from leaderboard.ranking.interface import RankedPerson
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import Metric
from leaderboard.selectors import board as selector
from leaderboard.selectors.board import board_page
from leaderboard.selectors.freshness import boards_version
from leaderboard.shapes import BoardQuery
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def usage(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice 300, Bob 200."""
    accept(alice_token, report([row(TODAY, 300)]))
    accept(bob_token, report([row(TODAY, 200)]))


def hidden(user: User) -> None:
    Standing.objects.filter(user=user).update(on_boards=False)


def gone(user: User) -> None:
    Standing.objects.filter(user=user).delete()


def lowered(user: User) -> None:
    Standing.objects.filter(user=user).update(tokens=100)


def costless(user: User) -> None:
    Standing.objects.filter(user=user).update(shows_cost=False)


def moved(user: User) -> None:
    Standing.objects.filter(user=user).update(country_code="ES")


@pytest.mark.parametrize(
    ("change", "query", "expected"),
    [
        (hidden, BoardQuery(), [(1, "bob")]),
        (gone, BoardQuery(), [(1, "bob")]),
        (lowered, BoardQuery(), [(1, "bob"), (2, "alice")]),
        (costless, BoardQuery(metric=Metric.COST), [(1, "bob")]),
        (moved, BoardQuery(country="KR"), [(1, "bob")]),
    ],
)
def test_a_page_that_does_not_fit_the_standings_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
    alice: User,
    change: Callable[[User], None],
    query: BoardQuery,
    expected: list[tuple[int, str]],
) -> None:
    class Late(SqlRanking):
        """Answers, and then somebody moves."""

        def page(self, **question: object) -> Sequence[RankedPerson]:
            found = super().page(**question)  # type: ignore[arg-type]
            change(alice)
            return found

    monkeypatch.setattr(selector, "ranking", Late)
    page = board_page(query=query, viewer=None, at=NOW)
    assert [(shown.rank, shown.username) for shown in page.rows] == expected


def test_ones_own_row_is_not_another_persons(
    monkeypatch: pytest.MonkeyPatch, alice: User, bob: User
) -> None:
    class Late(SqlRanking):
        """Answers where Bob stands, and then he leaves."""

        def rank_of(self, **question: object) -> int | None:
            found = super().rank_of(**question)  # type: ignore[arg-type]
            gone(bob)
            return found

    monkeypatch.setattr(selector, "ranking", Late)
    page = board_page(query=BoardQuery(limit=1), viewer=bob, at=NOW)
    assert [shown.username for shown in page.rows] == ["alice"]
    assert page.own is None


@pytest.mark.redis
def test_answers_made_before_a_push_are_not_found_after_it(
    redis_url: str, settings: Settings, alice: User
) -> None:
    settings.RANKING_REDIS_URL = redis_url
    before = boards_version()
    waiting = RankingChange.objects.create(user_id=alice.pk, noted_at=NOW, urgent=False)
    between = boards_version()
    waiting.delete()
    assert before == boards_version() != between
