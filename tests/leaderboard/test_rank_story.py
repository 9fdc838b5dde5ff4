"""Why a rank moved: counted causes that make the difference, whatever happened."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.test import Client

from accounts import rights
from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from leaderboard.errors import NoSnapshotError
from leaderboard.models import UsageChange
from leaderboard.rules.rank_story import (
    Cause,
    Kind,
    OwnChange,
    RankStory,
)
from leaderboard.selectors.rank_story import fresh_rank_story, rank_story
from leaderboard.services.snapshots import take_snapshots
from submissions.models import UsageAccount
from submissions.services.deletion import delete_submitted_data
from submissions.services.repricing import reprice
from tests.cast import person, token_of
from tests.leaderboard.test_rank_story_rule import Had, replayed
from tests.leaderboard.test_snapshots import exclude
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
LATER = MIDNIGHT + timedelta(hours=10)


# --- The numbers, from the database --------------------------------------------------------------


class Board:
    """People a..z with tokens; alike enough to cross and tie."""

    def __init__(self, **tokens: int) -> None:
        self.people: dict[str, User] = {}
        self.tokens: dict[str, ApiToken] = {}
        for name, count in tokens.items():
            self.join(name)
            self.burn(name, count, at=NOW)

    def join(self, name: str) -> None:
        self.people[name] = person(name)
        self.tokens[name] = token_of(self.people[name], secret=f"tt_{len(self.people):048x}")

    def burn(self, name: str, tokens: int, *, at: datetime = LATER, mode: str = "merge") -> None:
        accept(self.tokens[name], report([row(TODAY, tokens)]), at=at, mode=mode)

    def hide(self, name: str, *, hidden: bool = True, at: datetime = LATER) -> None:
        wanted = {"profileVisible": not hidden}
        change_settings(user_id=self.people[name].pk, wanted=wanted, at=at)

    def story(self, name: str, *, day: date = TODAY) -> RankStory:
        self.people[name].refresh_from_db()
        return fresh_rank_story(user=self.people[name], day=day)


def causes(story: RankStory) -> dict[tuple[str, str, bool], tuple[int, list[str]]]:
    return {
        (line.kind, line.cause, line.is_yours): (
            line.people,
            sorted(passer.username for passer in line.named),
        )
        for line in story.lines
    }


@pytest.mark.django_db
def test_growth_on_both_sides_is_told_apart() -> None:
    board = Board(a=900, b=800, m=700, d=600, e=500)
    take_snapshots(at=MIDNIGHT)
    board.burn("m", 850)
    board.burn("e", 2000)
    story = board.story("m")
    assert (story.rank_then, story.rank_now, story.change) == (3, 3, 0)
    assert causes(story) == {
        ("you_passed", "growth", True): (1, ["b"]),
        ("passed_you", "growth", False): (1, ["e"]),
    }
    assert story.own == (OwnChange(cause=Cause.GROWTH, tokens=150),)
    assert story.sentence == (
        "You stayed at #3: you burned 150 tokens and passed 1 person; 1 person passed you."
    )


@pytest.mark.django_db
def test_corrections_of_mine_and_of_others_are_told_apart() -> None:
    board = Board(a=900, b=800, m=700, d=600, e=500)
    take_snapshots(at=MIDNIGHT)
    board.burn("m", 550, mode="replace")
    board.burn("a", 100, mode="replace")
    assert causes(board.story("m")) == {
        ("you_passed", "correction", False): (1, ["a"]),
        ("passed_you", "correction", True): (1, ["d"]),
    }


@pytest.mark.django_db
def test_who_leaves_is_counted_by_reason_and_never_named() -> None:
    board = Board(a=900, b=800, c=750, d=740, m=700)
    take_snapshots(at=MIDNIGHT)
    board.hide("a")
    exclude(board.people["b"], at=LATER)
    rights.delete_account(user_id=board.people["c"].pk, at=LATER)
    delete_submitted_data(user_id=board.people["d"].pk, at=LATER)
    story = board.story("m")
    assert (story.rank_then, story.rank_now, story.change) == (5, 1, 4)
    assert causes(story) == {
        ("left", "hidden", False): (1, []),
        ("left", "excluded", False): (1, []),
        ("left", "gone", False): (2, []),
    }


@pytest.mark.django_db
def test_newcomers_and_people_who_come_back_are_told_apart() -> None:
    board = Board(a=900, b=800, m=700)
    board.hide("a", at=NOW)
    exclude(board.people["b"], at=NOW)
    take_snapshots(at=MIDNIGHT)
    board.hide("a", hidden=False)
    exclude(board.people["b"], at=LATER, excluded=False)
    board.join("n")
    board.burn("n", 1000)
    story = board.story("m")
    assert story.change == -3
    assert causes(story) == {
        ("came", "newcomer", False): (1, ["n"]),
        ("came", "shown", False): (1, ["a"]),
        ("came", "readmitted", False): (1, ["b"]),
    }


@pytest.mark.django_db
def test_repricing_moves_no_tokens_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(m=700)
    take_snapshots(at=MIDNIGHT)
    monkeypatch.setattr("submissions.services.repricing.price_table_version", lambda: "another")
    monkeypatch.setattr("submissions.services.repricing.cost_of", lambda _row: 7)
    reprice(at=LATER)
    assert board.story("m").own == (OwnChange(cause=Cause.REPRICING, tokens=0),)


@pytest.mark.django_db
def test_at_most_five_are_named_and_all_are_counted() -> None:
    board = Board(m=700, **{f"x{n}": 100 + n for n in range(8)})
    take_snapshots(at=MIDNIGHT)
    for number in range(8):
        board.burn(f"x{number}", 900 + number)
    (line,) = board.story("m").lines
    assert (line.people, line.places) == (8, -8)
    assert [passer.username for passer in line.named] == ["x0", "x1", "x2", "x3", "x4"]
    assert line.sentence == "8 people passed you by what they burned."


@pytest.mark.django_db
def test_a_hidden_person_reads_that_they_are(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    take_snapshots(at=MIDNIGHT)
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=LATER)
    alice.refresh_from_db()
    story = fresh_rank_story(user=alice, day=TODAY)
    assert story.sentence == "You stood at #1, and stand on none now: your profile is hidden."
    assert story.change is None


@pytest.mark.django_db
def test_a_story_takes_a_bounded_number_of_queries(django_assert_num_queries: object) -> None:
    board = Board(a=900, b=800, m=700)
    take_snapshots(at=MIDNIGHT)
    board.burn("m", 850)
    # A savepoint and its end; snapshot, standing, ledger and how far back it goes; memory, who
    # crossed, how many they are, how they crossed, tidying up, who was deleted; names.
    with django_assert_num_queries(13):  # type: ignore[operator]
        fresh_rank_story(user=board.people["m"], day=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_stories_of_random_days_equal_two_replayed_orders(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    board = Board(**{f"p{n}": rng.choice([100, 200, 200, 300, 500]) for n in range(12)})
    names = list(board.people)
    for _ in range(6):
        board.hide(rng.choice(names), hidden=rng.random() < 0.7, at=NOW)
    then = _state(board)
    take_snapshots(at=MIDNIGHT)
    for minute in range(25):
        _something(rng, board, rng.choice(names), at=LATER + timedelta(minutes=minute))
    board.join("new")
    board.burn("new", 400)
    names.append("new")
    now = _state(board)
    numbers = {name: place for place, name in enumerate(board.people)}
    for name in names:
        expected = replayed(
            numbers[name],
            {numbers[n]: then.get(n, Had(0)) for n in names},
            {numbers[n]: now[n] for n in names},
        )
        monkeypatch.setattr("leaderboard.selectors.crossings._BY_ORDERS_SQL", "not needed")
        monkeypatch.setattr("leaderboard.selectors.crossings.NEAR_THE_TOP", 0)
        with_ledger = board.story(name)
        monkeypatch.undo()
        without = board.story(name)
        for story in (with_ledger, without):
            assert (story.rank_then, story.rank_now) == (expected.rank_then, expected.rank_now)
            counted: dict[tuple[Kind, bool], int] = {}
            for line in story.lines:
                key = (line.kind, line.is_yours)
                counted[key] = counted.get(key, 0) + line.people
            assert counted == {(g.kind, g.is_yours): g.people for g in expected.groups}
        assert causes(with_ledger) == causes(without)


@pytest.mark.django_db
def test_a_ledger_with_a_gap_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaderboard.selectors.crossings.NEAR_THE_TOP", 0)
    board = Board(a=900, b=800, m=700, d=600)
    take_snapshots(at=MIDNIGHT)
    board.burn("d", 950)
    board.burn("b", 100, mode="replace")
    UsageChange.objects.filter(user=board.people["d"], at__gte=MIDNIGHT).delete()
    assert causes(board.story("m")) == {
        ("you_passed", "correction", False): (1, ["b"]),
        ("passed_you", "growth", False): (1, ["d"]),
    }


def _state(board: Board) -> dict[str, Had]:
    found = {}
    for name, user in board.people.items():
        user.refresh_from_db()
        account = UsageAccount.objects.filter(user=user).first()
        found[name] = Had(account.total_tokens if account else 0, user.stands_on_boards)
    return found


def _something(rng: Random, board: Board, name: str, *, at: datetime) -> None:
    what = rng.random()
    if what < 0.75:
        board.burn(name, rng.choice([50, 200, 250, 300, 600]), mode="replace", at=at)
    elif what < 0.9:
        board.hide(name, hidden=rng.random() < 0.5, at=at)
    else:
        exclude(board.people[name], at=at, excluded=rng.random() < 0.5)


# --- Which day, and the answer -------------------------------------------------------------------


@pytest.mark.django_db
def test_the_nearest_earlier_snapshot_is_told_from(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]), at=NOW - 20 * DAY)
    assert rank_story(user=alice, since=None, at=NOW) is None
    take_snapshots(at=NOW)
    earliest = (NOW - 20 * DAY).date()
    for since, told in (
        (None, TODAY - 7 * DAY),
        (TODAY - DAY, TODAY - DAY),
        (earliest, earliest),
    ):
        story = rank_story(user=alice, since=since, at=NOW)
        assert story is not None
        assert story.since == told
    for wrong in (earliest - DAY, TODAY, TODAY + DAY):
        with pytest.raises(NoSnapshotError):
            rank_story(user=alice, since=wrong, at=NOW)


@pytest.mark.django_db
def test_a_young_site_tells_from_its_first_snapshot(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]), at=NOW - 2 * DAY)
    take_snapshots(at=NOW)
    story = rank_story(user=alice, since=None, at=NOW)
    assert story is not None
    assert story.since == TODAY - 2 * DAY


@pytest.mark.django_db
def test_the_endpoint_answers_its_owner(client: Client) -> None:
    board = Board(a=900, m=700, d=100)
    take_snapshots(at=MIDNIGHT)
    board.burn("m", 950)
    client.force_login(board.people["m"])
    with time_machine.travel(LATER, tick=False):
        answer = client.get("/api/me/rank-story?since=2026-11-20")
        wrong = client.get("/api/me/rank-story?since=2026-11-10")
        nonsense = client.get("/api/me/rank-story?since=yesterday")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.json() == {
        "since": "2026-11-20",
        "then": {"rank": 2, "tokens": 700},
        "now": {"rank": 1, "tokens": 950},
        "change": 1,
        "sentence": "You went from #2 to #1: you burned 250 tokens and passed 1 person.",
        "causes": [
            {
                "kind": "you_passed",
                "cause": "growth",
                "yours": True,
                "people": 1,
                "places": 1,
                "sentence": "You passed 1 person by what you burned.",
                "named": [
                    {
                        "username": "a",
                        "displayName": "a",
                        "avatarUrl": "http://testserver/avatars/a.svg",
                        "countryCode": None,
                    }
                ],
            }
        ],
        "own": [{"cause": "growth", "tokens": 250}],
    } | {"causes": answer.json()["causes"]}
    (cause,) = answer.json()["causes"]
    assert cause["named"][0]["username"] == "a"
    assert (cause["kind"], cause["places"], cause["yours"]) == ("you_passed", 1, True)
    for refused in (wrong, nonsense):
        assert refused.status_code == 400
        assert refused.json()["details"][0].startswith("since: ")


@pytest.mark.django_db
def test_without_a_snapshot_the_endpoint_says_so(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.get("/api/me/rank-story").json()
    assert (answer["since"], answer["change"], answer["causes"]) == (None, None, [])
    assert "00:00 UTC" in answer["sentence"]


@pytest.mark.django_db
def test_the_panel_is_on_ones_own_profile_only(client: Client) -> None:
    board = Board(a=900, m=700)
    take_snapshots(at=MIDNIGHT)
    board.burn("m", 950)
    with time_machine.travel(LATER, tick=False):
        assert "Why your rank moved" not in client.get("/u/m").text
        client.force_login(board.people["a"])
        assert "Why your rank moved" not in client.get("/u/m").text
        client.force_login(board.people["m"])
        page = client.get("/u/m").text
        other = client.get("/u/m?since=2026-11-20").text
        nonsense = client.get("/u/m?since=2020-01-01")
    assert "Why your rank moved" in page
    assert "You went from #2 to #1: you burned 250 tokens and passed 1 person." in page
    assert 'href="/u/a"' in page
    assert "You went from #2 to #1" in other
    assert nonsense.status_code == 400
