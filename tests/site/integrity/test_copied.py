"""Redis against the database, while Redis ranks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import ApiToken
from ccgather.site.integrity import copied
from ccgather.site.integrity.services import check_invariants
from leaderboard.models import IntegrityRun, RankingGeneration
from leaderboard.ranking.keys import board_key, member_of
from leaderboard.rules.boards import EPOCH, Metric
from leaderboard.services.mirror import rebuild_ranking
from submissions.models import UsageAccount
from tests.leaderboard.own_redis import OwnRedis
from tests.site.integrity.conftest import AT

pytestmark = [pytest.mark.redis, pytest.mark.django_db]


@pytest.fixture
def copy(tmp_path: Path, settings: pytest.FixtureRequest, past: None) -> Iterator[OwnRedis]:
    del past
    with OwnRedis(tmp_path) as server:
        settings.RANKING_REDIS_URL = server.url  # type: ignore[attr-defined]
        rebuild_ranking(at=AT)
        yield server


def proved() -> IntegrityRun:
    return check_invariants(at=AT, alerts=False)


def of_copy(run: IntegrityRun) -> dict[str, object]:
    return next(figure for figure in run.figures if figure["name"] == "copy")


@pytest.mark.usefixtures("copy")
def test_a_whole_copy_holds() -> None:
    run = proved()
    assert run.disagreements == {}
    figure = of_copy(run)
    assert figure["applies"] is True
    assert int(str(figure["checked"])) > 50


def test_an_entry_that_is_wrong_in_redis_is_found_and_nothing_else(
    copy: OwnRedis, alice_token: ApiToken
) -> None:
    serving = RankingGeneration.objects.get(serving=True)
    account = UsageAccount.objects.get(user=alice_token.user_id)
    member = member_of(user_id=alice_token.user_id, first_submission_at=account.first_submission_at)
    key = board_key(serving.name, ("all", EPOCH), Metric.DAYS, "KR")
    copy.ask("ZADD", key.decode(), "-3", member)  # type: ignore[arg-type]
    run = proved()
    wrong = {figure["name"] for figure in run.figures if figure["wrong"]}
    # A profile is read by tokens; this is the board of days.
    assert wrong == {"copy"}
    assert "on all from 1970-01-01 by days in KR: 3 in Redis where 41" in str(run.disagreements)


def test_somebody_too_many_in_redis_is_found(copy: OwnRedis) -> None:
    serving = RankingGeneration.objects.get(serving=True)
    key = board_key(serving.name, ("all", EPOCH), Metric.DAYS, "")
    copy.ask("ZADD", key.decode(), "-9", "x" * 24)
    run = proved()
    assert "all from 1970-01-01 by days, ranks from 1: " in str(run.disagreements["copy"])


def test_without_redis_the_copy_is_not_in_use(copy: OwnRedis) -> None:
    copy.kill()
    run = proved()
    assert of_copy(run)["applies"] is False
    assert run.outcome == "held"


@pytest.mark.usefixtures("copy")
def test_a_board_that_never_holds_still_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = iter(range(10_000))
    monkeypatch.setattr(copied, "_page", lambda *_given: [(next(numbers), 1)])
    monkeypatch.setattr(copied, "PATIENCE", 2)
    monkeypatch.setattr(copied, "PAUSE_SECONDS", 0)
    run = proved()
    assert run.outcome == "held"
