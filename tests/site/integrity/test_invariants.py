"""Each invariant is broken once on purpose, and found, and nothing else is."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import ApiToken
from ccgather.site.integrity import moments
from ccgather.site.integrity.catalogue import BY_NAME, INVARIANTS
from ccgather.site.integrity.services import check_invariants
from leaderboard.models import IntegrityRun
from leaderboard.services.tallies import correct_tallies
from tests.site.integrity.conftest import AT
from tests.submissions.reports import TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db


def damage(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, "the damage hit nothing"


def proved() -> IntegrityRun:
    return check_invariants(at=AT, alerts=False)


def broken(run: IntegrityRun) -> set[str]:
    return {figure["name"] for figure in run.figures if figure["wrong"]}


@pytest.mark.usefixtures("past")
def test_a_site_with_a_past_holds_and_says_how_much_was_looked_at() -> None:
    run = proved()
    assert run.disagreements == {}
    assert run.outcome == "held"
    checked = {figure["name"]: figure["checked"] for figure in run.figures}
    assert list(checked) == [invariant.name for invariant in INVARIANTS]
    assert {name: checked[name] for name in ("slices", "days", "accounts")} == {
        "slices": 45,
        "days": 45,
        "accounts": 3,
    }
    assert checked["profiles"] == 3
    assert checked["snapshots"] == 3
    assert checked["badges"] > 0
    assert checked["ranks"] > 3 * 6
    assert {f["name"] for f in run.figures if not f["applies"]} == {"copy"}


def test_an_empty_site_holds() -> None:
    run = proved()
    assert run.outcome == "held"
    assert not any(figure["checked"] for figure in run.figures)


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize(
    ("name", "sql", "sentence"),
    [
        (
            "slices",
            (
                "UPDATE submissions_slicerow SET input_tokens = 101, total_tokens = 101 "
                "WHERE total_tokens = 900"
            ),
            "input_tokens is 900 where 101 is due",
        ),
        (
            "days",
            "UPDATE submissions_slice SET not_counted = 'covered' WHERE total_tokens = 900",
            "total_tokens is 900 where nothing is due",
        ),
        (
            "accounts",
            "UPDATE submissions_usageaccount SET first_day = '2026-01-01'",
            "first_day is 2026-01-01",
        ),
        (
            "standings",
            "UPDATE leaderboard_competitor SET lifetime_tokens = 1",
            "lifetime_tokens is 1",
        ),
        (
            "tallies",
            (
                "UPDATE leaderboard_boardtally SET cost_microusd = cost_microusd + 1 "
                "WHERE board = '30d' AND country_code = 'KR'"
            ),
            "sums of 30d from 2026-10-23 in KR: cost_microusd is ",
        ),
        (
            "ranks",
            "UPDATE leaderboard_midnightrank SET tokens_world = 1",
            "rank 1 of the last midnight: 3 people",
        ),
        (
            "snapshots",
            "UPDATE leaderboard_snapshot SET tokens = tokens + 1 WHERE rank_world = 2",
            "has 21001 tokens where 21000 are due",
        ),
        (
            "snapshots",
            "UPDATE leaderboard_snapshot SET rank_world = 4 - rank_world",
            "has rank 2 after 3",
        ),
        ("snapshots", "UPDATE leaderboard_snapshot SET level = 9", "or another cost, country or"),
        (
            "snapshots",
            "DELETE FROM leaderboard_snapshot WHERE rank_world = 2",
            "has no tokens where 21000 are due",
        ),
        (
            "snapshots",
            "UPDATE leaderboard_snapshotday SET people = 2",
            "rank 3 of 2 people",
        ),
        (
            "badges",
            (
                "UPDATE leaderboard_earnedbadge SET badge = 'whale' WHERE badge = 'streak_7'; "
                "UPDATE leaderboard_badgetally SET badge = 'whale' WHERE badge = 'streak_7'"
            ),
            "holds whale, and their usage does not cover it",
        ),
        (
            "badges",
            "UPDATE leaderboard_badgetally SET holders = 9 WHERE badge = 'streak_7'",
            "streak_7 is told to be held by 9 people on boards, and is by 1",
        ),
    ],
)
def test_what_is_broken_is_found_and_nothing_else(name: str, sql: str, sentence: str) -> None:
    damage(*sql.split("; "))
    run = proved()
    assert run.outcome == "broken"
    # A day that counts what must not breaks both.
    assert broken(run) == ({"days", "uncounted"} if name == "days" else {name})
    assert any(sentence in line for line in run.disagreements[name]), run.disagreements


@pytest.mark.usefixtures("past")
def test_more_on_a_shorter_board_is_found() -> None:
    # Standings are wrong too, then; and so are profiles or sums, as far as they show them.
    damage("UPDATE leaderboard_standing SET tokens = tokens * 50 WHERE board = '7d'")
    correct_tallies()
    run = proved()
    assert broken(run) == {"standings", "windows"}
    assert "tokens on 7d from 2026-11-15, " in run.disagreements["windows"][0]


@pytest.mark.usefixtures("past")
def test_a_profile_that_is_not_what_the_board_shows_is_found() -> None:
    damage("UPDATE leaderboard_standing SET tokens = tokens + 1 WHERE board = 'all'")
    correct_tallies()
    run = proved()
    assert broken(run) == {"standings", "profiles", "snapshots"}
    assert len(run.disagreements["profiles"]) == 3


@pytest.fixture
def stale_index(past: None) -> None:
    """The index of the days board misses what is written, as a broken one would."""
    del past
    ready = "UPDATE pg_index SET indisready = %s WHERE indexrelid = 'standing_by_days'::regclass"
    with connection.cursor() as cursor:
        cursor.execute(ready, [False])
        cursor.execute("CREATE TABLE apart AS SELECT * FROM leaderboard_standing")
        cursor.execute("DELETE FROM leaderboard_standing WHERE board = '7d'")
        cursor.execute("INSERT INTO leaderboard_standing SELECT * FROM apart WHERE board = '7d'")
        cursor.execute(ready, [True])


@pytest.mark.usefixtures("stale_index")
def test_an_index_that_misses_people_is_found() -> None:
    run = proved()
    assert broken(run) == {"ranks"}
    assert run.disagreements["ranks"][0].startswith(
        "7d from 2026-11-15 by days in the world: read as 0 people, worked out as 3"
    )


@pytest.mark.usefixtures("past")
def test_everybody_is_looked_at_once_in_however_many_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = proved()
    monkeypatch.setattr(moments, "BATCH", 1)
    steps: list[tuple[int, int]] = []
    run = check_invariants(at=AT, progress=lambda done, of: steps.append((done, of)), alerts=False)
    assert len(moments.batches()) == 4
    assert [f["checked"] for f in run.figures] == [f["checked"] for f in whole.figures]
    assert steps[-1][0] == steps[-1][1] == len(steps)


@pytest.mark.usefixtures("past")
def test_a_final_week_is_no_false_alarm_while_the_boards_lag(bob_token: ApiToken) -> None:
    """The roll is late by days; the week has closed for late usage all the same."""
    later = AT + timedelta(days=6)
    accept(bob_token, report([row(TODAY + timedelta(days=1), 50_000)]), at=later)
    run = check_invariants(at=later, alerts=False)
    assert run.disagreements == {}


@pytest.mark.usefixtures("past")
def test_runs_are_kept_for_a_year() -> None:
    for days in (400, 300):
        at = AT - timedelta(days=days)
        IntegrityRun.objects.create(at=at, started_at=at, ended_at=at, outcome="held")
    proved()
    assert IntegrityRun.objects.count() == 2


def test_each_invariant_has_a_name_and_a_sentence_of_its_own() -> None:
    assert len(BY_NAME) == len(INVARIANTS) == len({i.sentence for i in INVARIANTS})
    assert all(invariant.sentence.endswith(".") for invariant in INVARIANTS)
