"""Badges that a daily snapshot decides, for everybody at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.settings import change_settings
from leaderboard.models import BadgeClock, BadgeEvent, EarnedBadge, Snapshot, SnapshotDay
from leaderboard.selectors.badges import badge_catalogue
from leaderboard.services.rank_badges import award_rank_badges, evaluate_rank_badges
from leaderboard.services.snapshots import take_snapshot
from tests.cast import JOINED, person, token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, tzinfo=UTC)


def crowd(size: int) -> list[User]:
    """So many people."""
    people = [
        User(username=f"p{number:03}", created_at=JOINED, onboarded_at=JOINED)
        for number in range(size)
    ]
    return User.objects.bulk_create(people)


def snapshot(day: date, people: list[User], *, countries: dict[str, str] | None = None) -> None:
    """The snapshot of a day at whose end these people stood in this order."""
    take_snapshot(day=day, at=AT + timedelta(days=9))
    ranks: dict[str, int] = {}
    rows = []
    for rank, user in enumerate(people, start=1):
        country = (countries or {}).get(user.username, "")
        ranks[country] = ranks.get(country, 0) + 1
        rows.append(
            Snapshot(
                day=day,
                user=user,
                rank_world=rank,
                rank_country=ranks[country] if country else None,
                country_code=country,
                tokens=10**9 - rank,
                cost_microusd=0,
                level=1,
            )
        )
    Snapshot.objects.bulk_create(rows)
    SnapshotDay.objects.filter(day=day).update(people=len(people))


def holders_of(badge: str) -> set[str]:
    return set(EarnedBadge.objects.filter(badge=badge).values_list("user__username", flat=True))


@pytest.mark.parametrize(
    ("size", "top_50", "podium", "champion"),
    [(49, 0, 0, 0), (50, 0, 3, 1), (199, 0, 3, 1), (200, 50, 3, 1)],
)
def test_world_ranks_need_enough_people_on_the_board(
    size: int, top_50: int, podium: int, champion: int
) -> None:
    snapshot(TODAY, crowd(size))
    evaluate_rank_badges(day=TODAY, at=AT)
    found = [len(holders_of(badge)) for badge in ("top_50", "podium", "global_champion")]
    assert found == [top_50, podium, champion]
    assert holders_of("podium") <= {"p000", "p001", "p002"}
    assert holders_of("global_champion") <= {"p000"}


@pytest.mark.parametrize(("size", "is_earned"), [(9, False), (10, True)])
def test_a_national_champion_needs_ten_people_and_carries_the_flag(
    size: int, is_earned: bool
) -> None:
    people = crowd(40)
    countries = {user.username: "KR" for user in people[5 : 5 + size]}
    countries |= {user.username: "DE" for user in people[20:23]}
    snapshot(TODAY, people, countries=countries)
    evaluate_rank_badges(day=TODAY, at=AT)
    found = EarnedBadge.objects.filter(badge="national_champion")
    expected = [("p005", "KR")] if is_earned else []
    assert list(found.values_list("user__username", "country_code")) == expected


@pytest.mark.parametrize(
    ("gained", "days_ago", "is_earned"),
    [(100, 1, True), (99, 1, False), (100, 6, True), (100, 7, False)],
)
def test_a_rising_star_gains_a_hundred_ranks_within_seven_snapshots(
    gained: int, days_ago: int, is_earned: bool
) -> None:
    people = crowd(120)
    star = people[gained]
    snapshot(TODAY - timedelta(days=days_ago), people)
    now = [star, *[user for user in people if user != star]]
    for ago in range(days_ago - 1, -1, -1):
        snapshot(TODAY - timedelta(days=ago), now)
    evaluate_rank_badges(day=TODAY, at=AT)
    assert (star.username in holders_of("rising_star")) is is_earned
    assert len(holders_of("rising_star")) == int(is_earned)


def test_somebody_new_has_gained_no_ranks() -> None:
    people = crowd(150)
    snapshot(TODAY - timedelta(days=1), people[1:])
    snapshot(TODAY, people)
    evaluate_rank_badges(day=TODAY, at=AT)
    assert holders_of("rising_star") == set()


def test_trailblazers_are_the_first_ten_of_a_country() -> None:
    for number in range(12):
        user = person(f"k{number:02}", country_code="KR")
        token = token_of(user, secret=f"tt_{number:048x}")
        # The latest burn the most: only who came first counts.
        accept(token, report([row(tokens=100 + number)]), minutes=number)
    hidden = person("nemo")
    accept(token_of(hidden, secret="tt_" + "e" * 48), report([row()]), minutes=-5)
    take_snapshot(day=TODAY, at=AT)
    evaluate_rank_badges(day=TODAY, at=AT)
    first = {f"k{number:02}" for number in range(10)}
    assert holders_of("trailblazer") == first
    # When one of them hides, nobody moves up into the past.
    change_settings(
        user_id=User.objects.get(username="k00").pk, wanted={"profileVisible": False}, at=AT
    )
    evaluate_rank_badges(day=TODAY, at=AT)
    assert holders_of("trailblazer") == first
    holders = {row.badge.id: row.holders for row in badge_catalogue().badges}
    assert holders["trailblazer"] == 9


def test_doing_it_twice_changes_nothing_and_ranks_stay_when_they_are_lost() -> None:
    people = crowd(60)
    snapshot(TODAY - timedelta(days=1), people)
    assert award_rank_badges() == 4
    before = list(EarnedBadge.objects.order_by("pk").values())
    assert award_rank_badges() == 0
    assert evaluate_rank_badges(day=TODAY - timedelta(days=1), at=AT) == 0
    assert list(EarnedBadge.objects.order_by("pk").values()) == before
    snapshot(TODAY, people[::-1])
    assert award_rank_badges() == 4
    assert holders_of("global_champion") == {"p000", "p059"}
    assert BadgeClock.objects.get().awarded_day == TODAY
    assert BadgeEvent.objects.count() == 8
    champion = EarnedBadge.objects.get(badge="global_champion", user__username="p059")
    assert champion.earned_at == AT


def test_days_that_were_missed_are_caught_up_in_order() -> None:
    people = crowd(60)
    for ago in (3, 2, 1):
        snapshot(TODAY - timedelta(days=ago), people[ago:] + people[:ago])
    award_rank_badges()
    earned = EarnedBadge.objects.filter(badge="global_champion").order_by("earned_at")
    assert list(earned.values_list("user__username", flat=True)) == ["p003", "p002", "p001"]


def test_a_day_without_a_snapshot_earns_nothing() -> None:
    assert evaluate_rank_badges(day=TODAY, at=AT) == 0
    assert award_rank_badges() == 0


def test_people_who_were_deleted_since_are_passed_over() -> None:
    people = crowd(60)
    snapshot(TODAY, people)
    people[0].delete()
    assert award_rank_badges() == 2
    assert holders_of("podium") == {"p001", "p002"}


def test_hidden_people_keep_what_they_earn_and_are_no_holders() -> None:
    people = crowd(60)
    snapshot(TODAY, people)
    User.objects.filter(pk=people[0].pk).update(profile_visible=False)
    award_rank_badges()
    holders = {row.badge.id: row.holders for row in badge_catalogue().badges}
    assert len(holders_of("podium")) == 3
    assert holders["podium"] == 2


def test_the_number_of_statements_does_not_grow_with_people() -> None:
    counts = []
    for day, size in ((TODAY - timedelta(days=1), 50), (TODAY, 250)):
        people = list(User.objects.order_by("username"))
        snapshot(day, people + crowd_from(len(people), size))
        with CaptureQueriesContext(connection) as queries:
            evaluate_rank_badges(day=day, at=AT)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def crowd_from(first: int, size: int) -> list[User]:
    """More people."""
    people = [User(username=f"q{number:03}", created_at=JOINED) for number in range(first, size)]
    return User.objects.bulk_create(people)


def test_the_command_looks_at_usage_and_at_snapshots() -> None:
    user = person("kim", country_code="KR")
    accept(token_of(user, secret="tt_" + "d" * 48), report([row(tokens=2_000_000)]), at=NOW)
    take_snapshot(day=TODAY, at=AT)
    EarnedBadge.objects.all().delete()
    call_command("award_badges")
    assert holders_of("first_million") == holders_of("trailblazer") == {"kim"}
