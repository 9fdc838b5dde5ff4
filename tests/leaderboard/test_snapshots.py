"""The daily snapshot: what stood at midnight, whenever it is taken, once, and kept cheap."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from random import Random
from threading import Barrier, Thread
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import rights
from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from accounts.signals import account_changed
from ccgather.ops.models import JobRun
from leaderboard import tasks
from leaderboard.models import Snapshot, SnapshotDay, UsageChange
from leaderboard.rules.levels import level_of
from leaderboard.services.roll import roll_boards
from leaderboard.services.snapshots import (
    days_due,
    take_snapshot,
    take_snapshots,
    thin_snapshots,
)
from leaderboard.services.usage_changes import forget_old_changes
from submissions.models import Slice, UsageAccount
from submissions.services.deletion import delete_device, delete_submitted_data
from submissions.services.repricing import reprice
from tests.cast import person, token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
"""After `TODAY`."""

Stood = tuple[str, int, int | None, str, int, int]
"""(username, rank in the world, in the country, country, tokens, level)."""


def snapshot_of(day: date) -> list[Stood]:
    return list(
        Snapshot.objects.filter(day=day)
        .order_by("rank_world")
        .values_list(
            "user__username", "rank_world", "rank_country", "country_code", "tokens", "level"
        )
    )


def ranking_from_slices() -> list[Stood]:
    """Slowly, from the raw rows and the people as they are now."""
    rows = []
    for user in User.objects.filter(is_active=True, profile_visible=True, excluded_at__isnull=True):
        counted = Slice.objects.counted().filter(user=user)
        tokens = sum(counted.values_list("rows__total_tokens", flat=True)) if counted else 0
        if tokens:
            first = UsageAccount.objects.get(user=user).first_submission_at
            country = "" if user.hide_country else user.country_code
            rows.append(((-tokens, first, user.pk), user.username, country, tokens))
    found: list[Stood] = []
    countries: dict[str, int] = {}
    for place, (_, name, country, tokens) in enumerate(sorted(rows), start=1):
        countries[country] = countries.get(country, 0) + 1
        in_country = countries[country] if country else None
        level = level_of(tokens=tokens).level
        found.append((name, place, in_country, country, tokens, level))
    return found


def exclude(user: User, *, at: datetime, excluded: bool = True) -> None:
    user.refresh_from_db()
    user.excluded_at = at if excluded else None
    user.save(update_fields=["excluded_at"])
    account_changed.send(sender=User, user=user, at=at)


@pytest.mark.django_db
def test_a_snapshot_says_who_stood_where(alice_token: ApiToken, bob_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 60_000_000)]))
    accept(bob_token, report([row(TODAY, 500)]))
    User.objects.filter(username="bob").update(hide_country=True)
    assert take_snapshots(at=MIDNIGHT) == 2
    kept = Snapshot.objects.get(user__username="alice")
    assert (kept.rank_world, kept.rank_country, kept.country_code) == (1, 1, "KR")
    assert (kept.tokens, kept.level) == (60_000_000, 3)
    assert kept.cost_microusd > 0
    assert SnapshotDay.objects.get().people == 2


@pytest.mark.django_db
def test_a_day_that_has_not_ended_has_no_snapshot(alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    assert take_snapshots(at=MIDNIGHT - timedelta(seconds=1)) == 0
    with pytest.raises(ValueError, match="has not ended"):
        take_snapshot(day=TODAY, at=NOW)


@pytest.mark.django_db
def test_taking_a_day_again_changes_nothing(alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    take_snapshots(at=MIDNIGHT)
    before = list(Snapshot.objects.values())
    accept(alice_token, report([row(TODAY, 5000)]), at=MIDNIGHT)
    assert take_snapshots(at=MIDNIGHT + timedelta(hours=3)) == 0
    assert take_snapshot(day=TODAY, at=MIDNIGHT + timedelta(hours=3)) is None
    assert list(Snapshot.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_write_one_snapshot() -> None:
    accept(token_of(person("alice"), secret="tt_" + "a" * 48), report([row()]))
    together = Barrier(2)
    answers: list[int | None] = []

    def take() -> None:
        together.wait(10)
        answers.append(take_snapshot(day=TODAY, at=MIDNIGHT))
        connection.close()

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers, key=str) == [1, None]
    assert Snapshot.objects.count() == 1
    connection.cursor().execute(
        "DROP TABLE leaderboard_snapshot_2026_11, leaderboard_snapshot_2026_12"
    )


@pytest.mark.django_db
def test_a_late_snapshot_undoes_what_came_after_midnight(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    charlie = token_of(person("carl", country_code="ES"), secret="tt_" + "c" * 48)
    accept(alice_token, report([row(TODAY, 300)]))
    accept(bob_token, report([row(TODAY, 200)]))
    accept(charlie, report([row(TODAY, 100)]))
    stood = ranking_from_slices()
    # The site is down over two midnights; then people send what they used before the first.
    later = MIDNIGHT + DAY + timedelta(hours=2)
    accept(bob_token, report([row(TODAY, 900), row(TODAY - DAY, 50)]), at=later)
    accept(charlie, report([row(TODAY, 90)]), mode="replace", at=later)
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=later)
    exclude(bob, at=later)
    newcomer = token_of(person("dora"), secret="tt_" + "d" * 48)
    accept(newcomer, report([row(TODAY, 10_000)]), at=later)
    assert days_due(at=later) == [TODAY, TODAY + DAY]
    take_snapshots(at=later)
    assert snapshot_of(TODAY) == snapshot_of(TODAY + DAY) == stood
    assert days_due(at=later) == []


@pytest.mark.django_db
def test_a_snapshot_keeps_the_country_of_its_day(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    moved = MIDNIGHT + timedelta(minutes=5)
    change_settings(user_id=alice.pk, wanted={"countryCode": "JP"}, at=moved)
    take_snapshots(at=MIDNIGHT + DAY)
    countries = Snapshot.objects.order_by("day").values_list("country_code", flat=True)
    assert list(countries) == ["KR", "JP"]


@pytest.mark.django_db
def test_who_is_deleted_is_in_no_snapshot(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    for token in (alice_token, bob_token):
        accept(token, report([row()]))
    take_snapshots(at=MIDNIGHT)
    rights.delete_account(user_id=alice.pk, at=MIDNIGHT)
    assert [name for name, *_ in snapshot_of(TODAY)] == ["bob"]
    delete_submitted_data(user_id=bob.pk, at=MIDNIGHT)
    assert not Snapshot.objects.exists()
    assert not UsageChange.objects.exists()


@pytest.mark.django_db
def test_a_person_may_take_their_ranks_along(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 300)]))
    take_snapshots(at=MIDNIGHT)
    archive = ZipFile(BytesIO(b"".join(rights.export_account(user=alice, at=MIDNIGHT))))
    assert b"2026-11-20,1,1,KR,300," in archive.read("ranks/ranks.csv")
    assert b",submission,0,300,0," in archive.read("ranks/changes.csv")


@pytest.mark.django_db
def test_the_ledger_says_why(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 300)]))
    accept(alice_token, report([row(TODAY, 200)]), mode="replace", minutes=1)
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    change_settings(user_id=alice.pk, wanted={"profileVisible": True}, at=NOW)
    exclude(alice, at=NOW)
    exclude(alice, at=NOW, excluded=False)
    change_settings(user_id=alice.pk, wanted={"hideCountry": True, "displayName": "A"}, at=NOW)
    other = token_of(alice, secret="tt_" + "e" * 48, device="desk")
    accept(other, report([row(TODAY, 50)]), minutes=2)
    delete_device(user_id=alice.pk, device_id=other.device_id, at=NOW)
    assert list(
        UsageChange.objects.order_by("pk").values_list("cause", "tokens_before", "tokens_after")
    ) == [
        ("submission", 0, 300),
        ("correction", 300, 200),
        ("hidden", 200, 200),
        ("shown", 200, 200),
        ("excluded", 200, 200),
        ("readmitted", 200, 200),
        ("country", 200, 200),
        ("submission", 200, 250),
        ("deletion", 250, 200),
    ]


@pytest.mark.django_db
def test_repricing_is_a_cause_of_its_own(
    alice_token: ApiToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(alice_token, report([row(TODAY, 300)]))
    for module in ("submissions.services.repricing",):
        monkeypatch.setattr(f"{module}.price_table_version", lambda: "another")
        monkeypatch.setattr(f"{module}.cost_of", lambda _row: 7)
    reprice(at=NOW)
    last = UsageChange.objects.latest("pk")
    assert (last.cause, last.cost_after, last.tokens_after) == ("repricing", 7, 300)


@pytest.mark.django_db
def test_a_report_writes_one_line_of_the_ledger_by_one_statement(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY, 300)]))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        accept(alice_token, report([row(TODAY, 400)]), minutes=1)
    ledger = [q["sql"] for q in captured if "leaderboard_usagechange" in q["sql"]]
    assert len(ledger) == 1


@pytest.mark.django_db
def test_a_simulated_month_of_snapshots_equals_a_slow_ranking_of_the_raw_rows() -> None:
    rng = Random(4)
    people = [
        person(f"p{number}", country_code=rng.choice(["KR", "ES", "", "JP"]))
        for number in range(14)
    ]
    tokens = {
        user.pk: token_of(user, secret=f"tt_{number:048x}") for number, user in enumerate(people)
    }
    start = NOW - 30 * DAY
    expected: dict[date, list[Stood]] = {}
    gone: set[str] = set()
    for offset in range(30):
        day = start.date() + offset * DAY
        for minute in sorted(rng.sample(range(720), 12)):
            at = start + offset * DAY + timedelta(minutes=minute)
            user = rng.choice(people)
            if user.username in gone:
                continue
            _something_happens(rng, user, tokens[user.pk], at=at, gone=gone)
        expected[day] = ranking_from_slices()
        # The job runs late, or not at all for some days; it is caught up later.
        if rng.random() < 0.5:
            take_snapshots(at=datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY * 1.1)
    take_snapshots(at=NOW)
    for day, stood in expected.items():
        left = [row for row in stood if row[0] not in gone]
        assert [row for row in snapshot_of(day) if row[0] not in gone] == left, day
    assert len(gone) > 0


def _something_happens(
    rng: Random, user: User, token: ApiToken, *, at: datetime, gone: set[str]
) -> None:
    what = rng.random()
    user.refresh_from_db()
    if what < 0.7:
        days = rng.sample(range(5), 2)
        rows = [row(at.date() - ago * DAY, rng.choice([100, 200, 5_000_000])) for ago in days]
        accept(token, report(rows), mode=rng.choice(["merge", "replace"]), at=at)
    elif what < 0.85:
        wanted = {"profileVisible": not user.profile_visible, "hideCountry": rng.random() < 0.3}
        change_settings(user_id=user.pk, wanted=wanted, at=at)
    elif what < 0.99:
        exclude(user, at=at, excluded=user.excluded_at is None)
    elif len(gone) < 2:
        gone.add(user.username)
        take_snapshots(at=at)  # a late one would not know of them
        rights.delete_account(user_id=user.pk, at=at)


@pytest.mark.django_db
def test_old_months_keep_their_sundays_and_last_days(alice_token: ApiToken) -> None:
    long_ago = row(date(2025, 8, 20), 100, model="claude-opus-4-1")
    accept(alice_token, report([long_ago]), at=NOW - 460 * DAY)
    take_snapshots(at=NOW)
    days = SnapshotDay.objects.count()
    assert days == Snapshot.objects.count() == 460
    gone = thin_snapshots(at=NOW)
    kept = list(SnapshotDay.objects.order_by("day").values_list("day", flat=True))
    assert len(kept) == days - gone
    assert set(kept) == set(Snapshot.objects.values_list("day", flat=True))
    assert [day.isoformat() for day in kept[:4]] == [
        "2025-08-17",
        "2025-08-24",
        "2025-08-31",
        "2025-09-07",
    ]
    last_thinned = date(2025, 9, 30)
    assert last_thinned in kept
    assert all(last_thinned + n * DAY in kept for n in range(1, 400))
    assert thin_snapshots(at=NOW) == 0
    assert days_due(at=NOW) == []


@pytest.mark.django_db
def test_changes_are_forgotten_when_they_are_old_and_every_midnight_has_its_snapshot(
    alice_token: ApiToken,
) -> None:
    accept(alice_token, report([row(TODAY, 100)]))
    later = NOW + 200 * DAY
    assert forget_old_changes(at=later) == 0
    take_snapshots(at=MIDNIGHT)
    accept(alice_token, report([row(TODAY, 200)]), at=MIDNIGHT)
    assert forget_old_changes(at=later) == 1
    take_snapshots(at=later)
    assert forget_old_changes(at=later) == 1
    assert Snapshot.objects.aggregate(most=Sum("tokens"))["most"] == 100 + 199 * 200


@pytest.mark.django_db
def test_the_job_waits_for_the_roll_and_is_recorded(alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    with time_machine.travel(MIDNIGHT + timedelta(seconds=30), tick=False):
        tasks.snapshot_boards()
        assert not SnapshotDay.objects.exists()
        roll_boards(at=MIDNIGHT)
        tasks.snapshot_boards()
        tasks.snapshot_boards()
        tasks.thin_history()
    assert list(JobRun.objects.order_by("pk").values_list("job", "counts")) == [
        ("snapshot-boards", {"people": 1}),
        ("thin-history", {"days": 0, "changes": 0}),
    ]


@pytest.mark.django_db
def test_the_command_does_what_the_job_does(alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    out = StringIO()
    with time_machine.travel(MIDNIGHT + 2 * DAY, tick=False):
        call_command("snapshot_boards", stdout=out)
    assert "done" in out.getvalue()
    assert SnapshotDay.objects.count() == 3


@pytest.mark.django_db
def test_readyz_fails_when_the_newest_snapshot_is_late(
    client: Client, alice_token: ApiToken
) -> None:
    def answer(at: datetime) -> str:
        with time_machine.travel(at, tick=False):
            return str(client.get("/readyz").json()["checks"]["snapshots"])

    assert answer(NOW) == "ok"
    accept(alice_token, report([row()]))
    assert answer(NOW) == "ok"
    assert answer(MIDNIGHT + timedelta(minutes=30)) == "ok"
    assert "2026-11-20 is missing" in answer(MIDNIGHT + timedelta(minutes=61))
    take_snapshots(at=MIDNIGHT)
    assert answer(MIDNIGHT + timedelta(minutes=61)) == "ok"
