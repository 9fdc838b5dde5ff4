"""The queue of cases."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from ccgather.site.review.selectors.queue import QueueQuery, Shown, queue_counts, queue_page
from submissions.models import Appeal, ReviewCase
from submissions.services.claims import claim
from submissions.services.review import decide
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import hold
from tests.submissions.reports import NOW, TODAY, row

pytestmark = pytest.mark.django_db
QUEUE = "/admin/submissions/reviewcase/"


def test_the_weightiest_case_comes_first(
    case: ReviewCase, bob: User, bob_token: ApiToken, mia: User
) -> None:
    heavier = hold(bob_token, [row(tokens=90_000_000), row(TODAY - timedelta(days=1), 5)])
    page = queue_page(query=QueueQuery(), viewer=mia, at=NOW)
    assert [each.id for each in page.rows] == [heavier.pk, case.pk]
    first = page.rows[0]
    assert (first.days, first.slices, first.tokens) == (2, 2, 90_000_005)
    assert [(reason.code, reason.days) for reason in first.reasons] == [("over_hard_limit", 2)]
    assert first.move.now is None
    assert str(first.move.then) == "#1"


def test_the_row_says_what_it_would_move(case: ReviewCase, mia: User) -> None:
    (only,) = queue_page(query=QueueQuery(), viewer=mia, at=NOW).rows
    assert (only.tokens, only.person.username, only.state) == (800, "alice", "open")
    assert str(only.move.now) == str(only.move.then) == "#1"


@pytest.mark.parametrize(
    ("shown", "is_there"),
    [
        (Shown.WAITING, True),
        (Shown.OPEN, True),
        (Shown.ASKED, False),
        (Shown.OVERDUE, False),
        (Shown.MINE, False),
        (Shown.APPEALED, False),
        (Shown.CLOSED, False),
    ],
)
def test_a_fresh_case_is_in_these_views(
    shown: Shown, is_there: bool, case: ReviewCase, mia: User
) -> None:
    page = queue_page(query=QueueQuery(shown=shown), viewer=mia, at=NOW)
    assert bool(page.rows) is is_there


def test_views_follow_what_happens(case: ReviewCase, mia: User, alice: User) -> None:
    claim(case_id=case.pk, actor=mia, at=NOW)
    Appeal.objects.create(user=alice, case=case, text="No.", created_at=NOW, due_at=NOW)
    late = case.due_at + timedelta(seconds=1)
    for shown, at in [(Shown.MINE, NOW), (Shown.APPEALED, NOW), (Shown.OVERDUE, late)]:
        assert queue_page(query=QueueQuery(shown=shown), viewer=mia, at=at).rows, shown
    counts = queue_counts(viewer=mia, at=NOW)
    assert (counts.waiting, counts.mine, counts.appealed, counts.overdue) == (1, 1, 1, 0)
    decide(case_id=case.pk, actor=mia, version=case.version, action="approve", at=NOW)
    (closed,) = queue_page(query=QueueQuery(shown=Shown.CLOSED), viewer=mia, at=NOW).rows
    assert closed.closed_at == NOW


def test_a_claim_ends_by_itself(case: ReviewCase, mia: User) -> None:
    claim(case_id=case.pk, actor=mia, at=NOW)
    (now,) = queue_page(query=QueueQuery(), viewer=mia, at=NOW).rows
    (later,) = queue_page(query=QueueQuery(), viewer=mia, at=NOW + timedelta(days=1)).rows
    assert (now.claimed_by, now.is_claimed_by_viewer) == ("mia", True)
    assert (later.claimed_by, later.is_claimed_by_viewer) == ("", False)


def test_a_reason_filters(case: ReviewCase, mia: User) -> None:
    assert queue_page(query=QueueQuery(code="over_hard_limit"), viewer=mia, at=NOW).total == 1
    assert queue_page(query=QueueQuery(code="no_night"), viewer=mia, at=NOW).total == 0


def test_eight_queries_however_many_cases(
    case: ReviewCase,
    bob_token: ApiToken,
    mia: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    hold(bob_token, [row(tokens=5_000)])
    with django_assert_num_queries(8):
        assert queue_page(query=QueueQuery(), viewer=mia, at=NOW).total == 2


def test_the_page_shows_cases_and_offers_bulk(at_work: Client, case: ReviewCase) -> None:
    body = at_work.get(QUEUE).content.decode()
    assert reverse("admin:submissions_reviewcase_change", args=[case.pk]) in body
    assert f'value="{case.pk}:{case.version}"' in body
    assert "over hard limit" in body


def test_staff_without_a_group_look_only(case: ReviewCase) -> None:
    looking = signed_in(person("liv", is_staff=True))
    body = looking.get(QUEUE).content.decode()
    assert "@alice" in body
    assert 'name="case"' not in body


@pytest.mark.parametrize("asked", ["?page=99", "?page=x", "?shown=never", "?code=nothing"])
def test_nonsense_in_the_address_shows_the_queue(
    asked: str, at_work: Client, case: ReviewCase
) -> None:
    assert b"@alice" in at_work.get(QUEUE + asked).content


def test_an_empty_queue_says_so(at_work: Client) -> None:
    assert b"Nothing waits" in at_work.get(QUEUE).content
