"""Pricing stored rows anew, as after a new price table."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import ApiToken, User
from ccgather.site.sums import sum_disagreements
from leaderboard.models import Standing
from submissions.models import Slice, SliceRow, UnpricedModel, UsageAccount, UserDay
from submissions.rules.pricing import price_table_version
from submissions.services.repricing import people_count, people_to_reprice, reprice
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
OUTPUT_USD = 25  # Opus 4.5, a million tokens
OLD = "genai-prices 0.0.0"


@pytest.fixture
def usage(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice on two days with three models, one of them without a price; Bob on one."""
    accept(
        alice_token,
        report(
            [
                row(output_tokens=1_000_000),
                row(input_tokens=2_000_000, model="o3"),
                row(YESTERDAY, 500, model="nobody-knows"),
            ]
        ),
    )
    accept(bob_token, report([row(output_tokens=3_000_000)]))


def as_another_table_priced_it(cost: int | None, **rows: object) -> None:
    """Stored rows, and all that is derived from them, as if `cost` had been each row's price."""
    SliceRow.objects.filter(**rows).update(cost_microusd=cost, price_version=OLD)
    stale = Slice.objects.filter(rows__price_version=OLD)
    for one in stale.distinct():
        costs = list(one.rows.values_list("cost_microusd", "total_tokens"))
        one.cost_microusd = sum(cost for cost, _ in costs if cost is not None)
        one.unpriced_tokens = sum(tokens for cost, tokens in costs if cost is None)
        one.save()


def costs() -> dict[str, int]:
    return dict(UsageAccount.objects.values_list("user__username", "cost_microusd"))


@pytest.mark.usefixtures("usage")
def test_costs_of_another_table_become_those_of_this_one() -> None:
    before = costs()
    assert before == {"alice": 25_000_000 + 4_000_000, "bob": 75_000_000}
    as_another_table_priced_it(1)
    assert reprice(at=NOW) == 4
    assert costs() == before
    assert set(SliceRow.objects.values_list("price_version", flat=True)) == {price_table_version()}
    assert sum_disagreements() == []


@pytest.mark.usefixtures("usage")
def test_days_and_boards_follow() -> None:
    as_another_table_priced_it(1_000_000, model="claude-opus-4-5")
    # What stood before the change of table: sums of another price.
    UserDay.objects.update(cost_microusd=7)
    UsageAccount.objects.update(cost_microusd=7)
    Standing.objects.update(cost_microusd=7)
    reprice(at=NOW)
    today = UserDay.objects.get(user__username="alice", day=TODAY)
    assert today.cost_microusd == 29_000_000
    assert Standing.objects.get(user__username="bob", board="all").cost_microusd == 75_000_000


@pytest.mark.usefixtures("usage")
def test_a_model_that_gets_or_loses_its_price_is_counted_so() -> None:
    as_another_table_priced_it(9, model="nobody-knows")
    as_another_table_priced_it(None, model="o3")
    assert reprice(at=NOW) == 2
    account = UsageAccount.objects.get(user__username="alice")
    assert (account.cost_microusd, account.unpriced_tokens) == (29_000_000, 500)
    unpriced = Slice.objects.get(user__username="alice", day=YESTERDAY)
    assert (unpriced.cost_microusd, unpriced.unpriced_tokens) == (0, 500)
    assert SliceRow.objects.get(model="nobody-knows").cost_microusd is None


@pytest.mark.usefixtures("usage")
def test_rows_of_this_table_are_left_alone() -> None:
    SliceRow.objects.filter(model="o3").update(cost_microusd=77)
    assert people_count() == 0
    assert list(people_to_reprice()) == []
    assert reprice(at=NOW) == 0
    assert SliceRow.objects.get(model="o3").cost_microusd == 77


@pytest.mark.usefixtures("usage")
def test_rows_whose_cost_stays_get_the_version_and_move_nothing() -> None:
    SliceRow.objects.update(price_version=OLD)
    moments = list(Slice.objects.values_list("pk", "updated_at"))
    assert reprice(at=NOW + timedelta(days=1)) == 0
    assert not SliceRow.objects.filter(price_version=OLD).exists()
    assert list(Slice.objects.values_list("pk", "updated_at")) == moments


@pytest.mark.usefixtures("usage")
def test_each_person_is_told_as_progress() -> None:
    as_another_table_priced_it(1)
    told: list[int] = []
    assert people_count() == 2
    reprice(at=NOW, progress=told.append)
    assert told == [1, 1]


class StoppedError(Exception):
    """The operator pressed Control-C."""


@pytest.mark.usefixtures("usage")
def test_a_run_that_was_stopped_goes_on_where_it_stopped() -> None:
    as_another_table_priced_it(1)

    def stop(_people: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        reprice(at=NOW, progress=stop)
    assert people_count() == 1
    assert 0 < SliceRow.objects.filter(price_version=OLD).count() < 4
    told: list[int] = []
    reprice(at=NOW, progress=told.append)
    assert told == [1]
    assert people_count() == 0
    assert costs() == {"alice": 29_000_000, "bob": 75_000_000}
    assert sum_disagreements() == []


@pytest.mark.usefixtures("usage")
def test_what_waits_for_review_is_priced_too(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(YESTERDAY, output_tokens=300_000_000)]), minutes=1)
    waiting = Slice.objects.pending().get()
    as_another_table_priced_it(1, slice=waiting)
    reprice(at=NOW)
    waiting.refresh_from_db()
    assert waiting.cost_microusd == 300 * OUTPUT_USD * 1_000_000
    assert costs()["alice"] == 29_000_000


@pytest.mark.usefixtures("usage")
def test_the_command_says_how_many_rows_changed_and_forgets_models_that_have_a_price_now() -> None:
    as_another_table_priced_it(1)
    UnpricedModel.objects.create(model="o3", provider="openai", first_seen_at=NOW)
    out = StringIO()
    call_command("reprice", stdout=out)
    assert out.getvalue() == f"4 rows have another cost under {price_table_version()}.\n"
    assert list(UnpricedModel.objects.values_list("model", flat=True)) == ["nobody-knows"]
