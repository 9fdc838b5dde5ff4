"""Redis may be lost at any moment: no wrong rank is served as right, and it heals by itself."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from leaderboard import tasks
from leaderboard.models import RankingChange, RankingGeneration
from leaderboard.ranking import ranking, redis_ranking
from leaderboard.ranking.redis_sets import RedisRanking
from leaderboard.ranking.server import PAUSE_SECONDS, RankingUnavailableError
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import Board, Metric, window_of
from leaderboard.services.mirror import heal_ranking, rebuild_ranking
from leaderboard.services.outbox import sweep_outbox
from tests.leaderboard.own_redis import OwnRedis
from tests.leaderboard.redis_contents import due, generations, held
from tests.leaderboard.test_ranking import Nobody
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis]
ALL = window_of(board=Board.ALL, day=TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[OwnRedis]:
    with OwnRedis(tmp_path) as own:
        settings.RANKING_REDIS_URL = own.url
        with time_machine.travel(NOW, tick=True):
            yield own
        kept = redis_ranking()
        assert kept is not None
        kept.server.close()


@pytest.fixture(autouse=True)
def usage(server: OwnRedis, alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice 300, Bob 200; Redis holds it."""
    accept(alice_token, report([row(TODAY - n * DAY, 100) for n in range(3)], device="a"))
    accept(bob_token, report([row(TODAY, 200)], device="b"))
    heal_ranking(at=NOW)
    assert held(server.url) == due()


def answers(asked: SqlRanking | RedisRanking, *users: User) -> list[object]:
    """Ranks, neighbours and the page, in the world and at home."""
    found: list[object] = []
    for country in (None, "KR"):
        for user in users:
            found.append(
                asked.rank_of(user_id=user.pk, window=ALL, metric=Metric.TOKENS, country=country)
            )
            found.append(
                asked.ahead_of(user_id=user.pk, window=ALL, metric=Metric.TOKENS, country=country)
            )
        page = asked.page(
            window=ALL, metric=Metric.TOKENS, country=country, offset=0, limit=5, size=2
        )
        found.append(list(page))
    return found


def assert_right(*users: User) -> None:
    kept = ranking()
    assert isinstance(kept, RedisRanking)
    assert answers(kept, *users) == answers(SqlRanking(), *users)


def assert_healed(url: str, *users: User) -> None:
    """Everything is in Redis again, and Redis alone answers."""
    kept = redis_ranking()
    assert kept is not None
    time.sleep(PAUSE_SECONDS if kept.server.trouble else 0)
    tasks.sweep_outbox()
    tasks.heal_ranking()
    tasks.sweep_outbox()
    assert held(url) == due()
    assert not RankingChange.objects.exists()
    assert generations(url) == {RankingGeneration.objects.get().name}
    kept._sql = Nobody()
    answers(kept, *users)
    kept._sql = SqlRanking()


def emptied(server: OwnRedis) -> None:
    server.ask("FLUSHALL")


def restarted_empty(server: OwnRedis) -> None:
    server.restart_empty()


def restarted_from_an_old_dump(server: OwnRedis) -> None:
    server.restart_from_dump()


LOSSES = [emptied, restarted_empty, restarted_from_an_old_dump]


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_is_lost_no_wrong_rank_is_served_and_it_heals(
    server: OwnRedis,
    loss: Callable[[OwnRedis], None],
    alice: User,
    bob: User,
    alice_token: ApiToken,
    bob_token: ApiToken,
) -> None:
    server.ask("SAVE")
    accept(bob_token, report([row(TODAY, 900)], device="b"), minutes=1)
    assert_right(alice, bob)
    loss(server)
    assert_right(alice, bob)
    accept(alice_token, report([row(TODAY, 5_000)], device="a"), minutes=2)
    assert_right(alice, bob)
    change_settings(user_id=bob.pk, wanted={"profileVisible": False}, at=NOW)
    assert_right(alice, bob)
    assert_healed(server.url, alice, bob)


def test_a_dead_redis_costs_nothing_after_the_first_moment(
    server: OwnRedis,
    alice: User,
    bob: User,
    alice_token: ApiToken,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.kill()
    caplog.clear()
    for _ in range(20):
        assert_right(alice, bob)
    accept(alice_token, report([row(TODAY, 5_000)], device="a"), minutes=2)
    assert [r.levelname for r in caplog.records if r.name.startswith("leaderboard")] == ["WARNING"]
    tasks.sweep_outbox()
    tasks.heal_ranking()
    server.start()
    assert_healed(server.url, alice, bob)


def test_a_hanging_redis_is_waited_for_once(server: OwnRedis, alice: User, bob: User) -> None:
    assert server.server is not None
    os.kill(server.server.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        assert_right(alice, bob)
        assert time.monotonic() - begun < 5
        begun = time.monotonic()
        assert_right(alice, bob)
        assert time.monotonic() - begun < 1  # several questions that each wait take longer
    finally:
        os.kill(server.server.pid, signal.SIGCONT)
    assert_healed(server.url, alice, bob)


def test_redis_killed_in_the_middle_of_a_push(
    server: OwnRedis, alice: User, bob: User, bob_token: ApiToken
) -> None:
    assert server.server is not None
    os.kill(server.server.pid, signal.SIGSTOP)
    killer = threading.Timer(0.2, server.kill)
    killer.start()
    accept(bob_token, report([row(TODAY, 900)], device="b"), minutes=1)
    killer.join()
    assert RankingChange.objects.count() == 1
    assert_right(alice, bob)
    server.start()
    assert_right(alice, bob)
    assert_healed(server.url, alice, bob)


def test_emptied_between_two_reads(
    server: OwnRedis, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = redis_ranking()
    assert kept is not None
    ask = kept.server.ask
    asked = 0

    def emptying(commands: list[bytes], *, server: str) -> list[object]:
        nonlocal asked
        asked += 1
        if asked == 2:
            own.ask("FLUSHALL")
        return ask(commands, server=server)

    own = server
    monkeypatch.setattr(kept.server, "ask", emptying)
    above = kept.ahead_of(user_id=bob.pk, window=ALL, metric=Metric.TOKENS, country=None)
    assert asked == 2
    assert above is not None
    assert (above.user_id, above.value) == (alice.pk, 300)


def test_a_redis_that_is_full_leaves_changes_to_postgresql(
    server: OwnRedis, alice: User, bob: User, bob_token: ApiToken
) -> None:
    server.ask("CONFIG", "SET", "maxmemory", "1")
    accept(bob_token, report([row(TODAY, 900)], device="b"), minutes=1)
    assert RankingChange.objects.count() == 1
    assert_right(alice, bob)
    server.ask("CONFIG", "SET", "maxmemory", "0")
    assert_healed(server.url, alice, bob)


def test_a_redis_that_may_evict_ranks_is_not_used(
    server: OwnRedis, alice: User, bob: User, client: Client
) -> None:
    server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    with pytest.raises(RankingUnavailableError, match="evict"):
        heal_ranking(at=NOW)
    assert not RankingGeneration.objects.filter(serving=True).exists()
    assert_right(alice, bob)
    assert client.get("/readyz").json()["checks"]["ranking"].startswith("ranks are read from Post")
    server.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    assert_healed(server.url, alice, bob)


def test_trouble_is_named_and_the_site_stays_ready(server: OwnRedis, client: Client) -> None:
    def checked() -> tuple[int, str]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json()["checks"]["ranking"]

    status, sentence = checked()
    assert sentence == "ok"
    server.ask("FLUSHALL")
    server.kill()
    assert checked() == (status, checked()[1])
    assert "PostgreSQL" in checked()[1]


# --- Built while the site goes on ------------------------------------------------------------


class OnceWhileBuilding:
    """Does something when the first entries of a rebuild have been written: the rest was read
    before and is written after it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._done = False

    def __call__(self, _entries: int) -> None:
        if not self._done:
            self._done = True
            assert not connection.in_atomic_block
            self._act()


def test_reports_and_decisions_during_a_rebuild_are_in_the_new_copy(
    server: OwnRedis, alice: User, bob: User, dana: User, alice_token: ApiToken
) -> None:
    before = RankingGeneration.objects.get(serving=True).name

    def meanwhile() -> None:
        accept(alice_token, report([row(TODAY, 7_000)], device="a"), minutes=1)
        change_settings(user_id=alice.pk, wanted={"countryCode": "ES"}, at=NOW)
        change_settings(user_id=bob.pk, wanted={"profileVisible": False}, at=NOW)
        assert_right(alice, bob)

    assert rebuild_ranking(at=NOW, progress=OnceWhileBuilding(meanwhile)) > 0
    assert RankingGeneration.objects.get(serving=True).name != before
    assert held(server.url) == due()
    assert_healed(server.url, alice, bob)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_rebuild_that_loses_redis_half_way_serves_nothing(
    server: OwnRedis, loss: Callable[[OwnRedis], None], alice: User, bob: User
) -> None:
    server.ask("SAVE")
    with pytest.raises(RankingUnavailableError):
        rebuild_ranking(at=NOW, progress=OnceWhileBuilding(lambda: loss(server)))
    assert_right(alice, bob)
    assert_healed(server.url, alice, bob)


def test_a_rebuild_that_was_killed_is_begun_anew(
    server: OwnRedis, alice: User, bob: User, alice_token: ApiToken
) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_ranking(at=NOW, progress=OnceWhileBuilding(killed))
    accept(alice_token, report([row(TODAY, 7_000)], device="a"), minutes=1)
    assert RankingGeneration.objects.count() == 2
    assert_right(alice, bob)
    assert held(server.url) == due(), "the old copy is kept up"
    assert_healed(server.url, alice, bob)


def test_changes_of_many_are_swept_oldest_first(
    server: OwnRedis, alice: User, bob: User, alice_token: ApiToken
) -> None:
    server.kill()
    for minutes in range(1, 4):
        sent = report([row(TODAY, 1_000 * minutes)], device="a")
        accept(alice_token, sent, minutes=minutes)
    assert RankingChange.objects.count() == 3
    server.start()
    time.sleep(PAUSE_SECONDS)
    heal_ranking(at=NOW)
    assert sweep_outbox() == 1
    assert_healed(server.url, alice, bob)


def test_reports_from_all_sides_while_redis_is_emptied_and_rebuilt(
    server: OwnRedis, alice: User, bob: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    ends = time.monotonic() + 4
    failures: list[BaseException] = []

    def report_on(token: ApiToken) -> None:
        tokens = 1_000
        try:
            while time.monotonic() < ends:
                tokens += 7
                # Far enough apart not to be too many an hour.
                accept(token, report([row(TODAY, tokens)], device="x"), minutes=2 * tokens)
                place = "ES" if tokens % 2 else "KR"
                User.objects.filter(pk=token.user_id).update(country_changed_at=None)
                change_settings(user_id=token.user_id, wanted={"countryCode": place}, at=NOW)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=report_on, args=[t]) for t in (alice_token, bob_token)]
    for thread in threads:
        thread.start()
    rebuilt = 0
    while time.monotonic() < ends:
        try:
            rebuilt += rebuild_ranking(at=NOW) > 0
            server.ask("FLUSHALL") if rebuilt % 3 == 0 else sweep_outbox()
        except RankingUnavailableError:
            pass
    for thread in threads:
        thread.join()
    assert not failures
    assert rebuilt > 3
    assert_healed(server.url, alice, bob)
