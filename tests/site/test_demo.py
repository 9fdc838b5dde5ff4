"""Demo people: believable, the same for a seed and a day, and gone without a trace."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max, Min, Sum
from django.test import Client

from accounts.models import ApiToken, Device, User
from accounts.rules.names import is_username
from accounts.services import time_zones
from ccgather.site.demo.making import make_demo, remove_demo
from ccgather.site.demo.market import MODELS, TOOLS
from ccgather.site.demo.people import demo_people
from ccgather.site.demo.places import FAMILY_NAMES, GIVEN_NAMES, PLACES
from ccgather.site.demo.usage import demo_usage
from ccgather.site.sums import sum_disagreements
from ccgather.ui.countries import COUNTRIES
from leaderboard.models import BoardClock, BoardTally, EarnedBadge, MidnightRank, Standing
from leaderboard.selectors.board import board_page
from leaderboard.shapes import BoardQuery
from submissions.models import RawReport, Slice, SliceRow, Submission, UnpricedModel, UserDay
from submissions.rules.model_names import canonical_model_of
from submissions.rules.pricing import rates_of
from submissions.rules.providers import provider_of
from submissions.services.accept import accept_report
from tests.submissions.reports import NOW, TODAY, report, row

PEOPLE = 12
DAYS = 30


def made(seed: int = 1) -> None:
    make_demo(people=PEOPLE, days=DAYS, seed=seed, at=NOW)


def fingerprint() -> list[tuple[object, ...]]:
    """Everything that people see of who there is and what they used."""
    people = User.objects.order_by("username").values_list(
        "username", "display_name", "country_code", "timezone", "hide_cost", "created_at"
    )
    days = UserDay.objects.order_by("user__username", "day").values_list(
        "user__username", "day", "total_tokens", "cost_microusd"
    )
    sent = Submission.objects.order_by("submitted_at", "report_tokens").values_list(
        "user__username", "submitted_at", "report_tokens"
    )
    return [*people, *days, *sent]


@pytest.mark.django_db
def test_as_many_stand_on_the_board_as_were_asked_for_and_hidden_ones_do_not() -> None:
    made()
    assert board_page(query=BoardQuery(), viewer=None, at=NOW).total == PEOPLE
    assert User.objects.filter(is_demo=True).count() == PEOPLE + 1
    assert User.objects.get(profile_visible=False).usage_account.total_tokens > 0


@pytest.mark.django_db
def test_the_sums_agree_and_everything_counts_and_has_a_price() -> None:
    made()
    assert sum_disagreements() == []
    assert not Slice.objects.pending().exists()
    assert not UnpricedModel.objects.exists()
    assert not Slice.objects.exclude(not_counted="").exists()
    assert UserDay.objects.aggregate(most=Max("cost_microusd"))["most"] < 5_000_000_000


@pytest.mark.django_db
def test_reports_lie_in_the_past_and_ranks_have_moved_since_midnight() -> None:
    made()
    assert Submission.objects.aggregate(latest=Max("submitted_at"))["latest"] <= NOW
    assert BoardClock.objects.get().current_day == TODAY
    assert Standing.objects.filter(board="today").exists()
    assert MidnightRank.objects.filter(board="all").count() == PEOPLE
    rows = board_page(query=BoardQuery(period="7d", limit=100), viewer=None, at=NOW).rows
    assert any(row.rank_change for row in rows)


@pytest.mark.django_db
def test_people_have_earned_badges_and_show_some() -> None:
    made()
    held = EarnedBadge.objects.values_list("badge", flat=True)
    assert {"first_million", "streak_7", "trailblazer"} <= set(held)
    assert EarnedBadge.objects.filter(place=1).count() > PEOPLE // 3
    assert EarnedBadge.objects.aggregate(latest=Max("earned_at"))["latest"] <= NOW


@pytest.mark.django_db
def test_a_seed_and_a_day_decide_everything_and_another_seed_makes_other_people() -> None:
    made(seed=1)
    first = fingerprint()
    remove_demo(at=NOW)
    made(seed=1)
    assert fingerprint() == first
    remove_demo(at=NOW)
    made(seed=2)
    assert fingerprint() != first


@pytest.mark.django_db
def test_removal_leaves_nothing_of_them_and_real_people_as_they_were(
    alice: User, alice_token: ApiToken
) -> None:
    accept_report(
        user_id=alice.pk, report=report([row(tokens=500)]), body=b"{}", at=NOW, token=alice_token
    )
    before = list(Standing.objects.order_by("pk").values())
    made()
    # Somebody stands there already, so that the boards' day is left alone.
    assert BoardClock.objects.get().current_day == TODAY
    assert sum_disagreements() == []
    assert remove_demo(at=NOW) == PEOPLE + 1
    assert list(User.objects.all()) == [alice]
    assert list(Standing.objects.order_by("pk").values()) == before
    assert list(Device.objects.values_list("user", flat=True)) == [alice.pk]
    for model in (UserDay, SliceRow, Submission, RawReport):
        assert model.objects.count() == 1
    assert BoardTally.objects.aggregate(Sum("tokens"))["tokens__sum"] == 2 * sum(
        standing["tokens"] for standing in before
    )
    assert sum_disagreements() == []


@pytest.mark.django_db
def test_removal_leaves_an_empty_board() -> None:
    made()
    remove_demo(at=NOW)
    assert board_page(query=BoardQuery(), viewer=None, at=NOW).total == 0
    assert not User.objects.exists()
    assert not Standing.objects.exists()
    assert sum_disagreements() == []


@pytest.mark.django_db
def test_the_command_makes_people_once_and_says_so_the_second_time() -> None:
    def run(*arguments: str) -> str:
        out = io.StringIO()
        call_command("demo", *arguments, stdout=out)
        return out.getvalue()

    assert run("--people", "5", "--days", "10").startswith("Made 5 people")
    users = User.objects.count()
    assert "nothing was done" in run("--people", "9", "--days", "10")
    assert User.objects.count() == users
    assert run("--remove") == f"Removed {users} demo people and everything of theirs.\n"
    assert run("--remove") == "There are no demo people.\n"


@pytest.mark.parametrize("arguments", [("--people", "0"), ("--days", "1"), ("--days", "2000")])
def test_nonsense_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="is from"):
        call_command("demo", *arguments)


@pytest.mark.django_db(transaction=True)
def test_an_interruption_leaves_the_database_as_it_was() -> None:
    def interrupt(_people: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(people=3, days=10, seed=1, at=NOW, progress=interrupt)
    assert not User.objects.exists()
    assert not BoardClock.objects.exists()


@pytest.mark.django_db
def test_pages_ask_nobody_else_for_pictures(client: Client) -> None:
    make_demo(people=5, days=10, seed=1, at=datetime.now(UTC))
    page = client.get("/").content.decode()
    username = User.objects.filter(profile_visible=True)[0].username
    assert username in page
    assert "githubusercontent" not in page


def test_many_people_have_countries_and_sizes_like_people_have() -> None:
    people = [p for p in demo_people(people=500, seed=1, taken=[]) if p.profile_visible]
    assert len({person.username.lower() for person in people}) == 500
    assert all(is_username(text=p.username) and "_" in p.username for p in people)
    countries = [person.country_code for person in people]
    assert len(set(countries)) > 30
    assert countries.count("US") > 60
    tokens = sorted(person.lifetime_tokens for person in people)
    assert 1_000_000 <= tokens[0] < 10_000_000
    assert 300_000_000 < tokens[250] < 600_000_000
    assert 30_000_000_000 < tokens[-1] <= 60_000_000_000
    hiding = [sum(getattr(p, what) for p in people) for what in ("hide_cost", "hide_country")]
    assert all(5 < count < 60 for count in hiding)


def test_a_taken_username_is_not_taken_twice() -> None:
    first = demo_people(people=20, seed=1, taken=[])[0].username
    assert first not in [p.username for p in demo_people(people=20, seed=1, taken=[first.upper()])]


def test_usage_looks_like_usage() -> None:
    for person in demo_people(people=60, seed=3, taken=[]):
        usage = demo_usage(person=person, days=180, seed=3, today=TODAY)
        rows = [row for device in usage.devices for row in device.rows]
        assert min(row.day for row in rows) >= TODAY - timedelta(days=179)
        assert max(row.day for row in rows) <= TODAY
        assert usage.first_report_day < TODAY
        for used in rows:
            assert 0.88 < used.cache_read_tokens / used.total_tokens < 0.99
            assert used.cache_write_1h_tokens <= used.cache_write_tokens
            assert used.messages > 0


def test_every_model_has_a_price_and_the_name_and_provider_that_reports_give_it() -> None:
    for model in MODELS:
        assert canonical_model_of(model.name) == model.name
        assert provider_of(model=model.name, stated="") == model.provider
        for day in (date(2025, 1, 1), model.since, date(2026, 11, 20), date(2030, 1, 1)):
            assert rates_of(model=model.name, day=day) is not None, (model.name, day)
    lines = {model.line for model in MODELS}
    assert all(line in lines for tool in TOOLS for line in tool.lines)


def test_places_exist_and_people_there_have_names() -> None:
    for place in PLACES:
        assert place.country in COUNTRIES
        assert set(place.zones) <= set(time_zones())
        assert GIVEN_NAMES[place.names] and FAMILY_NAMES[place.names]  # noqa: PT018 - one fact


@pytest.mark.django_db
def test_the_first_report_is_the_earliest_and_history_grows_from_it() -> None:
    made()
    for user in User.objects.filter(profile_visible=True):
        first = user.submissions.aggregate(first=Min("submitted_at"))["first"]
        assert user.usage_account.first_submission_at == first
        assert user.created_at < first
