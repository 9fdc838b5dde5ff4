"""Badges: earned with a report, taken back with its usage, told, counted, shown."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.locking import locked_account
from accounts.models import ApiToken, User
from accounts.rights import delete_account
from accounts.services.settings import change_settings
from leaderboard.models import BadgeEvent, BadgeTally, EarnedBadge
from leaderboard.rules.badges import BADGES
from leaderboard.selectors.badge_facts import badge_facts
from leaderboard.selectors.badges import (
    badge_catalogue,
    badge_news,
    badge_progress,
    next_badges,
)
from leaderboard.selectors.held_badges import held_badges
from leaderboard.services.badges import (
    evaluate_badges,
    evaluate_everybody,
    fold_badge_tallies,
)
from leaderboard.services.rank_badges import correct_badge_tallies
from submissions.models import Slice, SliceHours
from submissions.services.deletion import delete_submitted_data
from tests.cast import ALICE_SECRET
from tests.submissions.reports import NOW, TODAY, native_body, report, row
from tests.submissions.sending import accept

M = 1_000_000
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def held(user: User) -> set[str]:
    return set(EarnedBadge.objects.filter(user=user).values_list("badge", flat=True))


def holders() -> dict[str, int]:
    return {row.badge.id: row.holders for row in badge_catalogue().badges if row.holders}


def test_a_report_earns_badges_once_and_tells_of_each(alice: User, alice_token: ApiToken) -> None:
    days = [row(TODAY - timedelta(days=ago), 2 * M) for ago in range(7)]
    accept(alice_token, report(days))
    assert held(alice) == {"streak_7", "first_million", "opus_connoisseur"}
    assert holders() == dict.fromkeys(held(alice), 1)
    before = list(EarnedBadge.objects.order_by("pk").values())
    accept(alice_token, report([row(TODAY, 3 * M)]), minutes=5)
    with locked_account(user_id=alice.pk) as user:
        evaluate_badges(user=user, at=NOW + timedelta(hours=1))
    assert list(EarnedBadge.objects.order_by("pk").values()) == before
    assert {news.badge.id for news in badge_news(user=alice)} == held(alice)
    assert all(news.is_earned for news in badge_news(user=alice))


def test_the_answer_to_a_report_names_what_is_new(client: Client, alice_token: ApiToken) -> None:
    def send(tokens: int, query: str = "") -> list[str]:
        response = client.post(
            f"/api/submit{query}",
            data=native_body([row(tokens=tokens)]),
            content_type="application/json",
            headers={"Authorization": f"Bearer {ALICE_SECRET}"},
        )
        assert response.status_code == 200, response.content
        new = response.json()["newBadges"]
        assert all(badge.keys() >= {"id", "name", "icon", "rarity", "sentence"} for badge in new)
        return [badge["id"] for badge in new]

    assert send(2 * M, "?dryRun=1") == ["first_million"]
    assert not EarnedBadge.objects.exists()
    assert send(2 * M) == ["first_million"]
    assert send(2 * M) == []
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert send(3 * M) == []


def test_deleted_usage_takes_its_badges_along_and_says_why(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=20 * M)]))
    EarnedBadge.objects.create(user=alice, badge="podium", earned_at=NOW, on_boards=True)
    BadgeTally.objects.create(badge="podium", holders=1)
    delete_submitted_data(user_id=alice.pk, at=NOW + timedelta(hours=1))
    assert held(alice) == set()
    assert holders() == {}
    gone = [news for news in badge_news(user=alice) if not news.is_earned]
    assert {news.badge.id for news in gone} == {"first_million", "opus_connoisseur", "podium"}
    assert {news.why for news in gone} == {"Nothing that you sent counts any more."}


def test_a_lower_day_takes_what_it_no_longer_supports_and_leaves_the_rest(
    alice: User, alice_token: ApiToken
) -> None:
    EarnedBadge.objects.create(user=alice, badge="podium", earned_at=NOW, on_boards=True)
    accept(alice_token, report([row(tokens=120 * M)]))
    assert "hundred_million" in held(alice)
    accept(alice_token, report([row(tokens=99 * M)]), minutes=5, mode="replace")
    assert held(alice) == {"podium", "first_million", "opus_connoisseur"} - {"opus_connoisseur"} | (
        held(alice) & {"opus_connoisseur"}
    )
    assert "hundred_million" not in held(alice)
    event = BadgeEvent.objects.get(what="withdrawn", badge="hundred_million")
    assert event.why == "Usage that it was earned on no longer counts: 99M of 100M tokens."
    accept(alice_token, report([row(tokens=130 * M)]), minutes=9)
    assert "hundred_million" in held(alice)


def test_a_hold_keeps_a_clean_sheet_from_being_earned_until_it_is_settled(
    alice: User, alice_token: ApiToken
) -> None:
    days = [row(TODAY - timedelta(days=ago), 10) for ago in range(95)]
    accept(alice_token, report(days[:20]))
    pending = Slice.objects.filter(user=alice).latest("day")
    pending.pk, pending.state, pending.client = None, "pending", "codex"
    pending.save(force_insert=True)
    accept(alice_token, report(days), minutes=1)
    assert badge_facts(user=alice).clean_days == 0
    assert badge_facts(user=alice).unrejected_days == 95
    assert "verified_streak" not in held(alice)
    pending.delete()
    evaluate_everybody(at=NOW)
    assert "verified_streak" in held(alice)
    pending.pk, pending.state, pending.day = None, "rejected", TODAY
    pending.save(force_insert=True)
    evaluate_everybody(at=NOW)
    assert "verified_streak" not in held(alice)


def test_facts_are_those_of_counted_usage(alice: User, alice_token: ApiToken) -> None:
    accept(
        alice_token,
        report(
            [
                row(TODAY, 100),
                row(TODAY, 200_000, client="codex", model="gpt-5"),
                row(TODAY - timedelta(days=6), 100),  # a Saturday
                row(TODAY - timedelta(days=5), 100),
                row(TODAY - timedelta(days=4), 100),
            ]
        ),
    )
    slice_ = Slice.objects.filter(user=alice, day=TODAY, client="claude").get()
    SliceHours.objects.create(slice=slice_, counts=[1] + [0] * 22 + [5])
    with CaptureQueriesContext(connection) as queries:
        facts = badge_facts(user=alice)
    assert len(queries) == 3
    assert (facts.lifetime_tokens, facts.active_days, facts.longest_streak) == (200_400, 4, 3)
    assert (facts.weekend_days, facts.clients, facts.clean_days) == (2, 2, 4)
    assert facts.family_tokens == {"opus": 400, "gpt": 200_000}
    assert (facts.early_days, facts.late_days, facts.days_with_hours) == (1, 1, 1)
    alice.timezone = "Asia/Seoul"
    facts = badge_facts(user=alice)
    assert (facts.early_days, facts.late_days) == (0, 0)


def test_looking_costs_four_queries_and_earning_one_more(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    with locked_account(user_id=alice.pk) as user, CaptureQueriesContext(connection) as queries:
        evaluate_badges(user=user, at=NOW)
    assert len(queries) == 4
    Slice.objects.filter(user=alice).update(total_tokens=5 * M)
    alice.usage_account.total_tokens = 5 * M
    alice.usage_account.save()
    with locked_account(user_id=alice.pk) as user, CaptureQueriesContext(connection) as queries:
        evaluate_badges(user=user, at=NOW)
    assert len(queries) == 5
    assert held(alice) == {"first_million"}


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_once_earn_a_badge_once(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=20 * M)]))
    EarnedBadge.objects.all().delete()
    BadgeEvent.objects.all().delete()
    BadgeTally.objects.all().delete()
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def evaluate() -> None:
        try:
            barrier.wait(10)
            # Without the lock, which would make them come one after the other.
            evaluate_badges(user=alice, at=NOW)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=evaluate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert EarnedBadge.objects.count() == BadgeEvent.objects.count() == 2
    assert holders() == {"first_million": 1, "opus_connoisseur": 1}


def test_only_people_of_the_boards_are_counted_as_holders(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    accept(bob_token, report([row(tokens=2 * M)]))
    assert holders() == {"first_million": 2}
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    assert holders() == {"first_million": 1}
    change_settings(user_id=alice.pk, wanted={"profileVisible": True}, at=NOW)
    assert holders() == {"first_million": 2}
    assert correct_badge_tallies() == 0
    assert fold_badge_tallies() == 4
    assert holders() == {"first_million": 2}
    assert fold_badge_tallies() == 0
    delete_account(user_id=alice.pk, at=NOW)
    assert holders() == {"first_million": 1}


def test_counts_that_are_wrong_are_put_right(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    BadgeTally.objects.create(badge="whale", holders=3)
    EarnedBadge.objects.update(on_boards=False)
    assert correct_badge_tallies() == 1
    assert holders() == {"first_million": 1}


def test_progress_names_the_nearest_of_each_kind(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY - timedelta(days=ago), M) for ago in range(8)]))
    with CaptureQueriesContext(connection) as queries:
        progress = badge_progress(user=alice, at=NOW)
    assert len(queries) <= 10
    assert [item.badge for item in progress] == list(BADGES)
    following = {item.badge.id: item for item in next_badges(progress=progress)}
    assert "streak_14" in following
    assert "streak_30" not in following
    assert following["streak_14"].progress.have == 8
    assert "hundred_million" in following
    assert "first_million" not in following


def test_who_hides_their_cost_shows_no_badge_that_tells_it(alice: User) -> None:
    for badge in ("whale", "first_million", "national_champion"):
        EarnedBadge.objects.create(
            user=alice, badge=badge, earned_at=NOW, on_boards=True, country_code="KR"
        )
    alice.hide_cost = alice.hide_country = True
    shown = held_badges(user=alice, is_own=False)
    assert [(item.badge.id, item.country_code) for item in shown] == [
        ("first_million", ""),
        ("national_champion", ""),
    ]
    assert [item.country_code for item in held_badges(user=alice, is_own=True)] == ["KR"] * 3


def test_the_catalogue_is_public_and_says_how_many_hold_each(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    accept(bob_token, report([row(tokens=10)]))
    with CaptureQueriesContext(connection) as queries:
        badge_catalogue()
    assert len(queries) == 2
    response = client.get("/api/badges")
    assert response["Access-Control-Allow-Origin"] == "*"
    body = response.json()
    assert body["meta"] == {"people": 2}
    found = {badge["id"]: badge for badge in body["data"]}
    assert list(found) == [badge.id for badge in BADGES]
    assert (found["first_million"]["holders"], found["first_million"]["share"]) == (1, 0.5)
    assert found["whale"]["holders"] == 0
    assert client.get("/api/badges", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post("/api/badges").status_code == 405


def test_a_profile_names_its_badges(client: Client, alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    EarnedBadge.objects.update(place=1)
    body = client.get("/api/user/alice").json()
    assert body["badges"] == [
        {
            "type": "first_million",
            "name": "First Million",
            "icon": "🪙",
            "rarity": "common",
            "earnedAt": "2026-11-20T12:00:00Z",
            "countryCode": None,
        }
    ]
    assert body["displayedBadges"] == ["first_million"]
    User.objects.filter(pk=alice.pk).update(profile_visible=False)
    assert client.get("/u/alice").status_code == 404


def test_the_page_shows_every_badge_and_how_far_one_is(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    page = client.get("/badges").text
    assert page.count('class="badge-card"') == len(BADGES)
    assert "Sign in</a> to see how far you are" in page
    assert "Yours since" not in page
    assert '<span class="number">1</span> holds it' in page
    client.force_login(alice)
    page = client.get("/badges").text
    assert "Yours since 20 Nov 2026" in page
    assert "1 of 7 days" in page
    assert "2M of 100M tokens" in page
    assert client.post("/badges").status_code == 405


def test_a_profile_page_shows_badges_to_all_and_progress_to_its_owner(
    client: Client, alice: User, bob: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2 * M)]))
    for viewer in (None, bob):
        if viewer is not None:
            client.force_login(viewer)
        page = client.get("/u/alice").text
        assert "First Million" in page
        assert "2M of 100M tokens" not in page
        assert "What happened to your badges" not in page
    client.force_login(alice)
    page = client.get("/u/alice").text
    assert "2M of 100M tokens" in page
    assert "What happened to your badges" in page


def test_the_board_shows_what_people_chose_to_show(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    for token in (alice_token, bob_token):
        accept(token, report([row(tokens=2 * M)]))
    assert "First Million" not in client.get("/").text
    EarnedBadge.objects.filter(user=alice_token.user).update(place=1)
    assert client.get("/").text.count('aria-label="First Million"') == 1


def test_everything_held_is_in_the_export(alice: User, alice_token: ApiToken) -> None:
    from leaderboard.awarding import export  # noqa: PLC0415 - beside its one use

    accept(alice_token, report([row(tokens=2 * M)]))
    files: dict[str, Callable[[], bytes]] = {}
    content = {file.name: b"".join(file.chunks) for file in export(alice)}
    assert b"first_million" in content["badges.json"]
    assert b"earned" in content["events.json"]
    assert not files
