"""Finding the same usage elsewhere, at a known cost."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import ApiToken, User
from ccgather.ops.models import JobRun
from submissions.models import Slice
from submissions.rules.evidence import sketch_of
from submissions.services import matching
from submissions.services.matching import Candidate, FoundMatch, matches_of
from submissions.services.salting import present_salt
from submissions.tasks import settle_shared_usage
from tests.submissions.reports import NOW, TODAY
from tests.submissions.sending import accept
from tests.submissions.test_level_three import LOG, sent, usual

pytestmark = pytest.mark.django_db
DAYS = [TODAY - timedelta(days=day) for day in range(12)]
CLEARLY = timedelta(hours=24)


def looked_for(user: User, *, log: list[int], hours: float = 0) -> tuple[FoundMatch, ...]:
    """The matches of twelve days with one log, without counts."""
    salt = present_salt(at=NOW).id
    return matches_of(
        user=user,
        candidates=[
            Candidate(
                key=("claude", day),
                exact_key=None,
                shape_key=None,
                sketch=sketch_of(log),
            )
            for day in DAYS
        ],
        history=(),
        salt_id=salt,
        at=NOW + timedelta(hours=hours),
        clearly=CLEARLY,
    )


@pytest.fixture
def stored(alice_token: ApiToken) -> None:
    """Alice sent twelve days of one log."""
    rows = [usual(day, times=1 + place / 10) for place, day in enumerate(DAYS)]
    assert accept(alice_token, sent(rows)).held == ()


@pytest.mark.parametrize(("keys", "queries"), [(800, 2), (12, 3)])
def test_messages_are_found_also_with_few_keys(
    stored: None,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
    keys: int,
    queries: int,
) -> None:
    monkeypatch.setattr(matching, "MOST_KEYS", keys)
    with django_assert_num_queries(queries):  # the salt is one of them
        found = looked_for(bob, log=LOG)
    assert {item.match.key[1] for item in found} == set(DAYS)
    assert {item.match.part for item in found} == {1.0}
    assert {item.match.other for item in found} == {"account 1"}


def test_what_nobody_has_costs_one_query(
    stored: None, bob: User, django_assert_num_queries: Any
) -> None:
    drawn = Random(9)
    with django_assert_num_queries(2):
        assert looked_for(bob, log=[drawn.getrandbits(64) for _ in range(200)]) == ()


@pytest.mark.parametrize(("hours", "first"), [(1, False), (23.9, False), (24, True), (99, True)])
def test_a_day_earlier_is_clearly_first(stored: None, bob: User, hours: float, first: bool) -> None:
    found = looked_for(bob, log=LOG, hours=hours)
    assert {item.match.other_first for item in found} == {first}


def test_one_day_that_says_who_was_first_says_it_of_all(
    stored: None, alice: User, bob: User
) -> None:
    Slice.objects.filter(day=DAYS[3]).update(updated_at=NOW - timedelta(days=9))
    assert {item.match.other_first for item in looked_for(bob, log=LOG)} == {True}


def test_one_does_not_meet_oneself(stored: None, alice: User) -> None:
    assert looked_for(alice, log=LOG) == ()


def test_what_a_reviewer_refused_is_no_original(stored: None, bob: User) -> None:
    Slice.objects.update(state="rejected")
    assert looked_for(bob, log=LOG) == ()


def test_the_job_and_the_command_settle_what_was_left(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, sent([usual()]))
    accept(bob_token, sent([usual(times=1.01)]), minutes=30)
    assert settle_shared_usage() == JobRun.Outcome.DONE
    assert JobRun.objects.get().counts == {"slices": 1}
    call_command("settle_shared_usage", verbosity=0)
    assert Slice.objects.pending().filter(user=alice).count() == 1
