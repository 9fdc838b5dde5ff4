"""What happened to systems of this kind, and must not happen here: one test a trap.

Where a trap has a test of its own elsewhere, the comment names it.
- Trust, security and running (16 to 34): tests/test_traps_of_trust.
- Fuzzy price matching (7), a tier by the size of a day (15b): tests/submissions/rules/test_pricing.
- The token's device when a report names none (2): tests/accounts/test_devices.
- A prefilled device link that authorizes (22): tests/accounts/test_device.
- A released name that inherits a history (28): tests/accounts/test_github.
- Routes without a check (24): tests/site/test_authorization.
- Every reader of a frozen board (32): tests/ops/test_health.
"""

import ast
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from ccgather.site.sums import sum_disagreements
from leaderboard.models import Standing
from leaderboard.rules.levels import LEVELS, level_of
from leaderboard.selectors.board import board_page, ranks_of
from leaderboard.services.roll import roll_boards
from leaderboard.shapes import BoardQuery
from submissions.models import Slice, SliceRow, Submission, UserDay
from submissions.report import MAX_COUNT
from submissions.services.repricing import reprice
from submissions.signals import usage_changed
from tests.cast import JOINED, person, token_of
from tests.submissions.reports import NOW, TODAY, native_body, report, row
from tests.submissions.sending import accept, send, total

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
ONE_DAY = timedelta(days=1)
YESTERDAY = TODAY - ONE_DAY


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


# --- Numbers ---------------------------------------------------------------------------------


def test_trap_1_history_that_is_sent_again_doubles_nobody(
    alice: User, alice_token: ApiToken
) -> None:
    """A report is a statement of what is, not an increment."""
    days = [TODAY - n * ONE_DAY for n in range(30)]
    for hour in range(5):
        grown = [row(day, 100 + (hour if day == TODAY else 0)) for day in days]
        accept(alice_token, report(grown), minutes=60 * hour)
        assert total(alice) == 3_000 + hour


def test_trap_2_a_second_computer_adds_and_overwrites_nothing(
    alice: User, alice_token: ApiToken
) -> None:
    """Also where a report names no device: other tools' usage of the day stays."""
    accept(alice_token, report([row(tokens=100), row(tokens=40, client="codex")]))
    desk = token_of(alice, secret="tt_" + "d" * 48, device="desk")
    accept(desk, report([row(tokens=70)]), minutes=1)
    assert total(alice) == 210
    accept(alice_token, report([row(tokens=110)]), minutes=2)
    assert total(alice) == 220


def test_trap_3_one_log_under_two_host_names_counts_once(
    alice: User, alice_token: ApiToken
) -> None:
    """A renamed or reinstalled machine, or a folder synced between two."""
    days = [row(TODAY - n * ONE_DAY, 100 + n) for n in range(10)]
    accept(alice_token, report(days, device="old-host-name"))
    answer = accept(alice_token, report(days, device="new-host-name"), minutes=1)
    assert total(alice) == sum(one.total_tokens for one in days)
    assert Slice.objects.filter(not_counted="same_device").count() == 10
    assert any("counts once" in line for line in answer.warnings)


def test_trap_4_travel_inflates_nobody(alice: User, alice_token: ApiToken) -> None:
    """Local days, a flight and a report every day, there and back: within one day's edge."""
    hours = {JOINED + timedelta(hours=n): 1_000 + n % 7 for n in range(24 * 14)}
    true = sum(hours.values())
    for flight, offset in enumerate((9, -8, 9)):
        by_day: dict[date, int] = {}
        for moment, tokens in hours.items():
            day = (moment + timedelta(hours=offset)).date()
            by_day[day] = by_day.get(day, 0) + tokens
        rows = [row(day, tokens) for day, tokens in by_day.items()]
        accept(alice_token, report(rows, day_basis="local"), minutes=60 * flight)
    assert true <= total(alice) <= true + 2 * 24 * 1_007
    # UTC days, which our own program sends, need no such care; replacing corrects the rest.
    accept(alice_token, report(rows, day_basis="local"), minutes=300, mode="replace")
    edges = sum(UserDay.objects.exclude(day__in=by_day).values_list("total_tokens", flat=True))
    assert total(alice) == true + edges


def test_trap_5_every_slice_says_who_counted_it(alice_token: ApiToken) -> None:
    """So that one bad release can be found, and put right by sending again."""
    answer = accept(alice_token, report([row()], parser=3, full=True, collector="tokscale"))
    stored = Slice.objects.get()
    assert (stored.collector, stored.collector_version) == ("tokscale", "0.1.0")
    assert (stored.parser_version, stored.source) == (3, "cli")
    assert stored.submission_id == answer.submission_id
    assert stored.day_basis == "utc"
    # A newer parser lowers a day: test_accept, test_a_newer_parser_that_saw_everything_….


def test_trap_6_stored_counts_change_by_reports_alone(alice_token: ApiToken) -> None:
    """No task, roll or repricing repairs rows; it may only price them."""
    accept(alice_token, report([row(input_tokens=7, output_tokens=9), row(YESTERDAY, 50)]))
    fields = ("model", "input_tokens", "output_tokens", "cache_read_tokens", "total_tokens")
    before = list(SliceRow.objects.order_by("pk").values(*fields))
    SliceRow.objects.update(price_version="older", cost_microusd=1)
    reprice(at=NOW)
    roll_boards(at=NOW + ONE_DAY)
    assert list(SliceRow.objects.order_by("pk").values(*fields)) == before
    # And nothing but the writing of reports names the table in a statement that changes it.
    for path in (ROOT / "submissions").rglob("*.py"):
        if path.name not in {"writing.py", "deletion.py", "repricing.py"}:
            for node in ast.walk(ast.parse(path.read_text())):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and "submissions_slicerow" in text:
                    assert "UPDATE submissions_slicerow" not in text, path


def test_trap_8_a_failure_half_way_leaves_everything_as_it_was(
    alice: User, alice_token: ApiToken
) -> None:
    """A failed read followed by a write of totals zeroed three people."""
    accept(alice_token, report([row(tokens=100)]))

    def fails(**_signal: object) -> None:
        raise DatabaseError

    usage_changed.connect(fails)
    try:
        with pytest.raises(DatabaseError):
            accept(alice_token, report([row(tokens=900), row(YESTERDAY, 5)]), minutes=1)
    finally:
        usage_changed.disconnect(fails)
    assert total(alice) == 100
    assert Slice.objects.count() == Submission.objects.count() == 1
    assert sum_disagreements() == []
    assert accept(alice_token, report([row(tokens=900)]), minutes=1).mode == "merge"


def test_trap_9_every_board_covers_its_days_and_all_is_the_largest(
    alice_token: ApiToken,
) -> None:
    """`7d` covered eight days; all time was below the month's."""
    accept(alice_token, report([row(TODAY - n * ONE_DAY, 1) for n in range(60)]))
    tokens = {
        period: board_page(query=BoardQuery(period=period), viewer=None, at=NOW).rows[0].tokens
        for period in ("today", "7d", "30d", "week", "month", "all")
    }
    # 2026-11-20 is a Friday.
    assert tokens == {"today": 1, "7d": 7, "30d": 30, "week": 5, "month": 20, "all": 60}


def test_trap_9_today_is_the_utc_day_whoever_looks(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """Not the viewer's zone over UTC rows."""
    accept(alice_token, report([row(tokens=100)]))
    change_settings(user_id=alice.pk, wanted={"timezone": "Pacific/Kiritimati"}, at=NOW)
    anonymous = client.get("/api/leaderboard?period=today").json()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    own = client.get("/api/leaderboard?period=today").json()
    assert own["data"] == anonymous["data"]
    assert (own["meta"]["from"], own["meta"]["to"]) == ("2026-11-20", "2026-11-20")


def test_trap_10_a_rank_is_the_same_wherever_it_is_read(client: Client, dana: User) -> None:
    """Page 2 restarted at 1, ties vanished between pages, one's own rank ignored the country."""
    for number in range(9):
        user = person(f"p{number}", country_code="KR" if number % 2 else "ES")
        token = token_of(user, secret=f"tt_{number:048x}")
        accept(token, report([row(tokens=100 + number // 3)]), minutes=number // 4)
    for country in (None, "KR"):
        query = f"&country={country}" if country else ""
        seen = []
        for page in (1, 2, 3, 4, 5):
            answer = client.get(f"/api/leaderboard?limit=2&page={page}{query}").json()
            seen += [(line["rank"], line["user"]["username"]) for line in answer["data"]]
        assert [rank for rank, _ in seen] == list(range(1, len(seen) + 1))
        assert len({name for _, name in seen}) == len(seen) == (4 if country else 9)
        for rank, name in seen:
            user = User.objects.get(username=name)
            ranks = ranks_of(user=user, at=NOW)
            assert (ranks.country if country else ranks.world) == rank
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            mine = client.get("/api/me").json()["rank"]
            assert mine["country" if country else "global"] == rank
            cache.clear()
        client.logout()


def test_trap_11_people_are_ranked_and_not_submissions(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    """Five reports of one person are one row of the board."""
    for number in range(5):
        accept(alice_token, report([row(tokens=100 + number)]), minutes=number)
    accept(bob_token, report([row(tokens=50)]))
    page = board_page(query=BoardQuery(), viewer=None, at=NOW)
    assert [(r.rank, r.username, r.tokens) for r in page.rows] == [
        (1, "alice", 104),
        (2, "bob", 50),
    ]


def test_trap_12_no_layer_stops_at_a_thousand_rows(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """Boards went silently wrong as they grew: neither people nor days are cut off."""
    days = [date(2024, 1, 1) + n * ONE_DAY for n in range(1_050)]
    accept(alice_token, report([row(day, 2, client="a-tool", model="gpt-4") for day in days]))
    people = User.objects.bulk_create(
        User(username=f"p{number:04}", created_at=JOINED) for number in range(1_200)
    )
    Standing.objects.bulk_create(
        Standing(
            user=user,
            board="all",
            window_start=date(1970, 1, 1),
            tokens=1,
            cost_microusd=0,
            days=1,
            first_submission_at=JOINED,
            on_boards=True,
            shows_cost=True,
        )
        for user in people
    )
    assert total(alice) == 2_100
    assert len(client.get("/api/users/alice").json()["contributions"]) == 1_050
    last = max(user.pk for user in people)
    assert ranks_of(user=User.objects.get(pk=last), at=NOW).world == 1_201


def test_trap_13_the_top_level_is_full_and_has_no_next() -> None:
    """It answered progress 0 and "next level: the first"."""
    for tokens in (LEVELS[-1].from_tokens, 10**15):
        top = level_of(tokens=tokens)
        assert (top.level, top.progress) == (10, 1.0)
        assert (top.tokens_to_next, top.next_name) == (None, None)


def test_trap_14_a_streak_is_of_the_stored_history(client: Client, alice_token: ApiToken) -> None:
    """A report of the last three days does not shorten a streak of twenty."""
    accept(alice_token, report([row(TODAY - n * ONE_DAY) for n in range(20)]))
    accept(alice_token, report([row(TODAY - n * ONE_DAY, 200) for n in range(3)]), minutes=1)
    body = client.get("/api/user/alice").json()
    streaks = json.dumps(body)
    assert '"currentStreak": 20' in streaks or '"current": 20' in streaks, body


def test_trap_15_counts_end_where_javascript_loses_digits(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """2^53 is no count; 2^53 - 1 is kept to the last digit, and nobody is ranked by it."""
    body = json.loads(native_body([row()]))
    body["rows"][0]["input"] = body["totals"]["tokens"] = 2**53
    assert send(client, json.dumps(body).encode()).status_code == 400
    answer = send(client, native_body([row(tokens=MAX_COUNT, model="m")])).json()
    assert answer["status"] == "pending"
    assert Slice.objects.pending().get().total_tokens == 9_007_199_254_740_991
    assert client.get("/api/leaderboard").json()["data"] == []
    send(client, native_body([row(YESTERDAY)]))
    assert total(alice) == 100
    assert client.get("/api/leaderboard").json()["data"][0]["tokens"] == 100


def test_trap_15b_a_day_of_many_requests_is_priced_as_many(
    client: Client, alice_token: ApiToken
) -> None:
    """Sonnet 4.5 costs double past 200,000 tokens of one request; a day is not a request."""
    answer = send(client, native_body([row(tokens=10_000_000, model="claude-sonnet-4-5")])).json()
    assert answer["metrics"]["totalCost"] == 30
