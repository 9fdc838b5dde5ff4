"""What happens in the middle of a roll: reports, deletions, another roll, a kill."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connection, transaction

from accounts.locking import locked_account
from accounts.models import ApiToken, User
from ccgather.site.sums import sum_disagreements
from leaderboard.models import BoardClock, BoardTally, MidnightRank, Standing
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import ROLLING_DAYS, Board, Metric, Window, window_of
from leaderboard.selectors import board_page
from leaderboard.services import roll
from leaderboard.services.clock import board_clock, hold_off_the_roll
from leaderboard.services.midnight import store_midnight_ranks
from leaderboard.services.roll import roll_boards
from leaderboard.services.standings import restate_standings, rewrite_people
from leaderboard.shapes import BoardQuery
from submissions.services.accept import accept_report
from tests.cast import BOB_SECRET, person, token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
TOMORROW = NOW + DAY
NAMES = ("ada", "ben", "cyd", "dov", "eva", "fay")


class KilledError(Exception):
    """Stands for a process that is no more."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches and stretches, however few people a test has."""
    monkeypatch.setattr(roll, "BATCH", 2)
    monkeypatch.setattr(roll, "STRETCH", 1)


@pytest.fixture
def tokens() -> list[ApiToken]:
    """Six people who worked today and the days before."""
    made = [token_of(person(name, country_code="KR"), secret=f"tt_{name * 16}") for name in NAMES]
    for number, token in enumerate(made):
        accept(token, report([row(TODAY - ago * DAY, 10 + number) for ago in (0, 1, 6, 29)]))
    return made


def shown(period: str) -> list[tuple[str, int]]:
    page = board_page(query=BoardQuery(period=period), viewer=None, at=TOMORROW)
    assert page.stats.tokens == sum(r.tokens for r in page.rows)
    return [(r.username, r.tokens) for r in page.rows]


def in_a_thread(work: Callable[[], object]) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_reports_between_two_batches_are_in_the_new_windows(tokens: list[ApiToken]) -> None:
    """One of somebody passed already, one of somebody yet to come, one of a newcomer."""
    newcomer = token_of(person("gus"), secret="tt_" + "g" * 48)
    sent: list[int] = []

    def between(done: int) -> None:
        if not sent:
            for token in (tokens[0], tokens[-1], newcomer):
                accept(token, report([row(TOMORROW.date(), 1_000)]), at=TOMORROW)
        sent.append(done)

    roll_boards(at=TOMORROW, progress=between)
    assert len(sent) > 1
    assert {name for name, _ in shown("today")} == {"ada", "fay", "gus"}
    assert dict(shown("7d"))["ada"] == 1_000 + 10 + 10
    assert sum_disagreements() == []


def test_usage_deleted_between_two_batches_does_not_come_back(tokens: list[ApiToken]) -> None:
    from submissions.services.deletion import delete_submitted_data  # noqa: PLC0415

    gone: list[int] = []

    def between(done: int) -> None:
        if not gone:
            delete_submitted_data(user_id=tokens[-1].user_id, at=TOMORROW)
        gone.append(done)

    roll_boards(at=TOMORROW, progress=between)
    assert "fay" not in dict(shown("30d"))
    assert sum_disagreements() == []


@pytest.mark.parametrize("step", ["midnight", "first batch", "last batch", "swap", "drop"])
def test_a_roll_killed_at_any_step_is_finished_by_the_next(
    tokens: list[ApiToken], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    batches: list[int] = []

    def kill(*_args: object, **_named: object) -> None:
        raise KilledError

    def after_batch(done: int) -> None:
        batches.append(done)
        if (step, len(batches)) in {("first batch", 1), ("last batch", 3)}:
            raise KilledError

    with monkeypatch.context() as patch:
        if step == "midnight":
            patch.setattr(roll, "wait_for_reports_in_flight", kill)
        if step == "swap":
            patch.setattr(roll, "_drop_old_windows", kill)
        if step == "drop":
            patch.setattr(roll, "drop_tallies", kill)
        with pytest.raises(KilledError):
            roll_boards(at=TOMORROW, progress=after_batch)
    accept(tokens[1], report([row(TODAY, 5_000)]), at=TOMORROW)
    assert shown("7d")[0][0] == "ben", "the old day or the new one, never a half of each"
    assert len(shown("7d")) == len(NAMES)
    roll_boards(at=TOMORROW + timedelta(minutes=5))
    assert board_clock(at=TOMORROW).current_day == TOMORROW.date()
    assert board_clock(at=TOMORROW).building_day is None
    assert sum_disagreements() == []
    roll_boards(at=TOMORROW + DAY)
    assert sum_disagreements() == []
    assert_nothing_old(day=TOMORROW.date() + DAY)


def assert_nothing_old(*, day: object) -> None:
    for board in ROLLING_DAYS:
        start = window_of(board=board, day=day).start  # type: ignore[arg-type]
        for model in (Standing, BoardTally):
            found = model._default_manager.filter(board=board.value)
            left = set(found.values_list("window_start", flat=True))
            assert left <= {start}, (model, board, found.values())


def test_batches_that_take_too_long_are_built_person_by_person(
    tokens: list[ApiToken], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = rewrite_people

    def slow(*, people: Sequence[User], windows: Sequence[Window]) -> None:
        sizes.append(len(people))
        if len(people) > 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")
        real(people=people, windows=windows)

    monkeypatch.setattr(roll, "PATIENCE", "20ms")
    monkeypatch.setattr(roll, "rewrite_people", slow)
    assert roll_boards(at=TOMORROW) == len(tokens)
    assert sorted(sizes) == [1] * 6 + [2] * 3
    assert sum_disagreements() == []


def test_old_windows_go_with_their_sums(tokens: list[ApiToken]) -> None:
    roll_boards(at=TOMORROW)
    assert_nothing_old(day=TOMORROW.date())
    assert Standing.objects.filter(board="30d").count() == len(tokens)


def test_two_rolls_at_once_build_once(tokens: list[ApiToken]) -> None:
    second: list[int] = []
    built = roll_boards(at=TOMORROW, progress=lambda _done: second.append(roll_boards(at=TOMORROW)))
    assert built == len(tokens)
    assert second
    assert set(second) == {0}
    assert sum_disagreements() == []


def test_nobody_waits_for_a_roll_that_waits_for_somebody(tokens: list[ApiToken]) -> None:
    """One account is held; the roll builds everybody else, and their reports go through."""
    held, may_end, built = Event(), Event(), []

    def hold() -> None:
        with locked_account(user_id=tokens[0].user_id):
            held.set()
            may_end.wait(20)

    holding = in_a_thread(hold)
    assert held.wait(10)
    everybody_else = Event()

    def progress(done: int) -> None:
        built.append(done)
        if sum(built) == len(tokens) - 1:
            everybody_else.set()

    rolling = in_a_thread(lambda: roll_boards(at=TOMORROW, progress=progress))
    assert everybody_else.wait(10)
    accept(tokens[1], report([row(TODAY, 5_000)]), at=TOMORROW)
    assert rolling.is_alive()
    may_end.set()
    for thread in (holding, rolling):
        thread.join(20)
    assert shown("7d")[0][0] == "ben"
    assert sum(built) == len(tokens)
    assert sum_disagreements() == []


def test_a_report_that_begins_while_the_roll_waits_for_another_does_not_wait(
    tokens: list[ApiToken],
) -> None:
    written, may_commit = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            hold_off_the_roll()
            accept_report(
                user_id=tokens[0].user_id,
                report=report([row(TODAY, 700)]),
                body=b"{}",
                at=NOW,
                token=tokens[0],
            )
            written.set()
            may_commit.wait(20)

    submitting = in_a_thread(slow)
    assert written.wait(10)
    rolling = in_a_thread(lambda: roll_boards(at=TOMORROW))
    rolling.join(0.4)
    assert rolling.is_alive()
    assert BoardClock.objects.get().building_day == TOMORROW.date()
    quick = in_a_thread(lambda: accept(tokens[1], report([row(TODAY, 600)]), at=TOMORROW))
    quick.join(5)
    assert not quick.is_alive()
    may_commit.set()
    for thread in (submitting, rolling):
        thread.join(20)
    assert shown("7d")[:2] == [("ada", 700 + 10), ("ben", 600 + 11)]
    assert sum_disagreements() == []


def test_previous_ranks_are_replaced_for_everybody_and_taken_from_who_left(
    tokens: list[ApiToken],
) -> None:
    first = previous_ranks()
    assert sorted(first.values()) == [1, 2, 3, 4, 5, 6]
    last: UUID = tokens[-1].user_id
    assert first[last] == 1
    User.objects.filter(pk=last).update(profile_visible=False)
    Standing.objects.filter(user_id=last).update(on_boards=False)
    assert previous_ranks() == {user: rank - 1 for user, rank in first.items() if user != last}


def previous_ranks() -> dict[UUID, int]:
    store_midnight_ranks(day=TODAY)
    ranks = MidnightRank.objects.filter(board="7d").values_list("user_id", "tokens_world")
    return {user_id: rank for user_id, rank in ranks if rank is not None}


def test_previous_ranks_are_those_of_the_boards(tokens: list[ApiToken], bob: User) -> None:
    """By each metric, in the world and in the country, ties and hidden costs included."""
    accept(token_of(bob, secret=BOB_SECRET), report([row(TODAY, 4 * 10)]))
    User.objects.filter(username="ada").update(hide_cost=True)
    User.objects.filter(username="cyd").update(country_code="DE")
    for name in ("ada", "cyd"):
        restate_standings(user=User.objects.get(username=name))
    store_midnight_ranks(day=TODAY)
    sql = SqlRanking()
    window = window_of(board=Board.LAST_7_DAYS, day=TODAY)
    for stored in MidnightRank.objects.filter(board="7d"):
        for metric in Metric:
            for scope, country in (("world", None), ("country", stored.country_code)):
                rank = sql.rank_of(
                    user_id=stored.user_id, window=window, metric=metric, country=country
                )
                assert getattr(stored, f"{metric}_{scope}") == rank, (stored, metric, scope)
