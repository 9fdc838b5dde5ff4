"""What changes on the way of a report or a decision is in Redis when the answer goes out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
import time_machine
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.locking import locked_account
from accounts.models import ApiToken, Device, User
from accounts.rights import delete_account
from accounts.services.settings import change_settings
from accounts.signals import account_changed
from leaderboard import tasks
from leaderboard.models import RankingChange, RankingGeneration, Standing
from leaderboard.ranking import ranking, redis_ranking
from leaderboard.ranking.redis_sets import PATIENCE
from leaderboard.rules.boards import Board, Metric, window_of
from leaderboard.selectors.board import ranks_of
from leaderboard.services.mirror import heal_ranking
from leaderboard.services.outbox import (
    forget_windows,
    note_change,
    push_person,
    push_windows,
    sweep_outbox,
)
from submissions.services.deletion import delete_device, delete_submitted_data, merge_devices
from tests.leaderboard.redis_contents import due, held, windows_held
from tests.leaderboard.test_ranking import Nobody
from tests.submissions.reports import NOW, TODAY, native_body, report, row
from tests.submissions.sending import accept, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis]
ALL = window_of(board=Board.ALL, day=TODAY)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def url(redis_url: str, settings: Settings) -> Iterator[str]:
    """Redis ranks, from an empty board on; afterwards it holds what PostgreSQL holds."""
    settings.RANKING_REDIS_URL = redis_url
    with time_machine.travel(NOW, tick=True):
        heal_ranking(at=NOW)
        yield redis_url
        sweep_outbox()
        assert held(redis_url) == due()


@pytest.fixture
def usage(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice has 300 over three days, Bob 200."""
    accept(alice_token, report([row(TODAY - n * DAY, 100) for n in range(3)], device="a"))
    accept(bob_token, report([row(TODAY, 200)], device="b"))


def rank(user: User, *, country: str | None = None, metric: Metric = Metric.TOKENS) -> int | None:
    return ranking().rank_of(user_id=user.pk, window=ALL, metric=metric, country=country)


def exclude(user: User, *, excluded: bool = True) -> None:
    with locked_account(user_id=user.pk) as person:
        person.excluded_at = NOW if excluded else None
        person.save(update_fields=["excluded_at"])
        account_changed.send(sender=User, user=person, at=NOW)


def told(url: str) -> bool:
    """Everything is in Redis, and nothing waits."""
    return held(url) == due() and not RankingChange.objects.exists()


def test_a_report_is_ranked_in_redis_when_it_is_answered(
    client: Client, url: str, usage: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_ranking(), "_sql", Nobody())
    answer = send(client, native_body([row(TODAY, 5_000)], device="another-machine-of-hers")).json()
    assert answer["rank"]["global"] == 1
    assert answer["rank"]["next"] is None
    assert told(url)
    assert held(url)["all.19700101}:tokens:"][0][0] == alice.pk


def test_a_dry_run_tells_redis_nothing_and_answers_rightly(
    client: Client, url: str, usage: None, bob: User
) -> None:
    before = held(url)
    response = client.post(
        "/api/submit?dryRun=1",
        data=native_body([row(TODAY, 101)], device="another-machine-of-hers"),
        content_type="application/json",
        headers={"Authorization": "Bearer tt_" + "b" * 48},
    )
    assert response.json()["rank"]["global"] == 1
    assert rank(bob) == 2
    assert held(url) == before
    assert told(url)


def hide(user: User) -> None:
    change_settings(user_id=user.pk, wanted={"profileVisible": False}, at=NOW)


def hide_and_show(user: User) -> None:
    hide(user)
    change_settings(user_id=user.pk, wanted={"profileVisible": True}, at=NOW)


def move(user: User) -> None:
    change_settings(user_id=user.pk, wanted={"countryCode": "ES"}, at=NOW)


def hide_country(user: User) -> None:
    change_settings(user_id=user.pk, wanted={"hideCountry": True}, at=NOW)


def hide_cost(user: User) -> None:
    change_settings(user_id=user.pk, wanted={"hideCost": True}, at=NOW)


def leave(user: User) -> None:
    delete_account(user_id=user.pk, at=NOW)


def delete_data(user: User) -> None:
    delete_submitted_data(user_id=user.pk, at=NOW)


def hide_and_leave(user: User) -> None:
    hide(user)
    leave(user)


def exclude_and_readmit(user: User) -> None:
    exclude(user)
    exclude(user, excluded=False)


@pytest.mark.parametrize(
    ("change", "world", "country"),
    [
        (hide, None, None),
        (hide_and_show, 1, 1),
        (exclude, None, None),
        (exclude_and_readmit, 1, 1),
        (move, 1, None),
        (hide_country, 1, None),
        (hide_cost, 1, 1),
        (leave, None, None),
        (hide_and_leave, None, None),
        (delete_data, None, None),
    ],
)
def test_a_decision_shows_at_once(
    url: str,
    usage: None,
    alice: User,
    bob: User,
    change: Callable[[User], None],
    world: int | None,
    country: int | None,
) -> None:
    before = held(url)
    assert rank(bob, country="KR") == 2
    change(alice)
    assert told(url)
    assert (rank(alice), rank(alice, country="KR")) == (world, country)
    assert rank(bob, country="KR") == (2 if country else 1)
    if change not in (hide_and_show, exclude_and_readmit):
        assert held(url) != before


def test_who_hides_their_cost_leaves_the_cost_boards_only(
    url: str, usage: None, alice: User
) -> None:
    assert rank(alice, metric=Metric.COST) == 1
    hide_cost(alice)
    assert rank(alice, metric=Metric.COST) is None
    assert rank(alice) == 1


def test_a_person_who_starts_anew_has_a_new_place_among_equals(
    url: str, usage: None, alice_token: ApiToken, bob: User
) -> None:
    delete_submitted_data(user_id=alice_token.user_id, at=NOW)
    accept(alice_token, report([row(TODAY, 200)]), minutes=5)
    assert told(url)
    assert rank(bob) == 1


def test_a_report_that_lowers_a_day_lowers_the_rank(
    url: str, usage: None, alice: User, alice_token: ApiToken
) -> None:
    lower = report([row(TODAY - n * DAY, 10) for n in range(3)], device="a")
    accept(alice_token, lower, mode="replace", minutes=1)
    assert told(url)
    assert rank(alice) == 2


def test_a_window_without_usage_is_left(url: str, alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100)], device="a"))
    accept(alice_token, report([row(TODAY - 3 * DAY, 50)], device="b"), minutes=1)
    device = Device.objects.get(keys__key="a") if alice.devices.count() > 1 else None
    assert device is not None
    delete_device(user_id=alice.pk, device_id=device.pk, at=NOW)
    assert told(url)
    assert not any(key.startswith("today") for key in held(url))


def test_merging_devices_changes_what_counts(url: str, alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 100)], device="a"))
    accept(alice_token, report([row(TODAY, 70)], device="b"), minutes=1)
    one, other = alice.devices.order_by("created_at", "pk")
    merge_devices(user_id=alice.pk, from_id=one.pk, into_id=other.pk, at=NOW)
    assert told(url)
    assert held(url)["all.19700101}:tokens:"] == [(alice.pk, 100)]


def test_nobody_reads_redis_while_an_urgent_change_waits(
    usage: None, alice: User, bob: User
) -> None:
    with transaction.atomic():
        note_change(user=alice, urgent=True, at=NOW)
        Standing.objects.filter(user=alice).update(on_boards=False)
        transaction.on_commit(lambda: None)
        assert rank(bob) == 1
    RankingChange.objects.create(user_id=uuid4(), noted_at=NOW, urgent=True)
    Standing.objects.filter(user=alice).update(on_boards=True)  # behind its back
    assert rank(bob) == 2
    assert sweep_outbox() == 1
    Standing.objects.filter(user=alice).update(on_boards=False)
    assert rank(bob) == 1
    push_windows(windows=[ALL], user_ids=[alice.pk])
    heal_everything()


def heal_everything() -> None:
    RankingGeneration.objects.all().delete()
    heal_ranking(at=NOW)


def test_nobody_reads_redis_when_a_change_waits_for_long(usage: None, bob: User) -> None:
    Standing.objects.filter(user=bob, board="all").update(tokens=1_000)  # behind its back
    RankingChange.objects.create(user_id=bob.pk, noted_at=NOW - PATIENCE / 2, urgent=False)
    other = User.objects.exclude(pk=bob.pk).get()
    assert rank(other) == 1, "a young change is a matter of milliseconds"
    RankingChange.objects.update(noted_at=NOW - PATIENCE * 2)
    assert rank(other) == 2
    sweep_outbox()
    assert rank(other) == 2


def test_ones_own_rank_is_never_older_than_ones_own_report(usage: None, bob: User) -> None:
    Standing.objects.filter(user=bob, board="all").update(tokens=1_000)
    assert rank(bob) == 1, "what Redis has of Bob is not what he has: PostgreSQL is asked"
    push_windows(windows=[ALL], user_ids=[bob.pk])


def test_a_crash_after_the_commit_is_finished_by_the_sweep(
    url: str, usage: None, alice_token: ApiToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr("leaderboard.services.outbox.push_people", lambda **_: 0)
        accept(alice_token, report([row(TODAY, 900)], device="z"), minutes=1)
    assert RankingChange.objects.count() == 1
    assert held(url) != due()
    tasks.sweep_outbox()
    assert told(url)


def test_the_sweep_leaves_whoever_is_being_changed_to_their_own_process(
    url: str, usage: None, alice: User, bob: User
) -> None:
    for user in (alice, bob):
        RankingChange.objects.create(user_id=user.pk, noted_at=NOW, urgent=False)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM accounts_user WHERE id = %s FOR NO KEY UPDATE", [alice.pk]
            )
        assert sweep_outbox() == 1
    finally:
        other.rollback()
        other.close()
    assert RankingChange.objects.get().user_id == alice.pk


def test_a_push_that_fails_leaves_its_row_and_the_report_counts(
    usage: None, alice: User, alice_token: ApiToken, url: str
) -> None:
    RankingGeneration.objects.update(server="another process")
    accept(alice_token, report([row(TODAY, 900)], device="z"), minutes=1)
    assert RankingChange.objects.count() == 1
    assert push_person(user_id=alice.pk) is False
    assert rank(alice) == 1
    heal_ranking(at=NOW)
    sweep_outbox()
    assert told(url)


def test_pushing_twice_changes_nothing(url: str, usage: None, alice: User) -> None:
    before = held(url)
    RankingChange.objects.create(user_id=alice.pk, noted_at=NOW, urgent=False)
    assert push_person(user_id=alice.pk) is True
    assert push_person(user_id=alice.pk) is False
    assert held(url) == before


def test_people_pushed_in_bulk_are_noted_when_redis_fails(usage: None, alice: User) -> None:
    RankingGeneration.objects.update(server="another process")
    push_windows(windows=[ALL], user_ids=[alice.pk])
    assert RankingChange.objects.get().urgent
    heal_ranking(at=NOW)


def test_forgotten_windows_are_asked_of_postgresql(url: str, usage: None, bob: User) -> None:
    forget_windows(windows=[ALL])
    assert ("all", "1970-01-01") not in windows_held()
    assert rank(bob) == 2
    assert not any(key.startswith("all.") for key in held(url))
    heal_ranking(at=NOW)
    assert ("all", "1970-01-01") in windows_held()


def test_where_postgresql_ranks_alone_nothing_is_noted_and_no_old_copy_believed(
    settings: Settings, alice: User, alice_token: ApiToken
) -> None:
    url = settings.RANKING_REDIS_URL
    settings.RANKING_REDIS_URL = ""
    accept(alice_token, report([row(TODAY, 900)]))
    assert not RankingChange.objects.exists()
    settings.RANKING_REDIS_URL = url
    assert rank(alice) == 1
    heal_ranking(at=NOW)


def test_a_rank_costs_one_query(
    usage: None, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert rank(alice) == 1
    with django_assert_num_queries(1):
        ranking().page(window=ALL, metric=Metric.TOKENS, country=None, offset=0, limit=10, size=2)
    with django_assert_num_queries(1):
        ranking().ahead_of(user_id=alice.pk, window=ALL, metric=Metric.TOKENS, country=None)


def test_a_push_costs_eight_queries(
    usage: None, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    RankingChange.objects.create(user_id=alice.pk, noted_at=NOW, urgent=False)
    with django_assert_num_queries(8):  # two of them begin and end the transaction
        push_person(user_id=alice.pk)


def test_idle_sweeps_leave_no_record() -> None:
    from ccgather.ops.models import JobRun  # noqa: PLC0415

    tasks.sweep_outbox()
    tasks.heal_ranking()
    assert not JobRun.objects.exists()


def test_ranks_agree_in_the_world_and_in_a_country(usage: None, alice: User, bob: User) -> None:
    for user, place in ((alice, 1), (bob, 2)):
        ranks = ranks_of(user=user, at=NOW)
        assert (ranks.world, ranks.country) == (place, place)


def test_values_that_share_a_score_are_ordered_by_postgresql(
    usage: None, alice: User, bob: User, url: str
) -> None:
    Standing.objects.filter(user=alice, board="all").update(tokens=2**53)
    Standing.objects.filter(user=bob, board="all").update(tokens=2**53 + 1)
    push_windows(windows=[ALL], user_ids=[alice.pk, bob.pk])
    with redis.Redis.from_url(url):
        page = ranking().page(
            window=ALL, metric=Metric.TOKENS, country=None, offset=0, limit=5, size=2
        )
    assert [found.user_id for found in page] == [bob.pk, alice.pk]
    assert (rank(bob), rank(alice)) == (1, 2)
    Standing.objects.filter(board="all").update(tokens=100)
    push_windows(windows=[ALL], user_ids=[alice.pk, bob.pk])
