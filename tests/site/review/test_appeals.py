"""Appeals and their answers."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from ccgather.site.review.selectors.appeals import appeal_page
from submissions.models import Appeal, ReviewCase
from submissions.services.appeals import appeal
from submissions.services.review import decide
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import moderator
from tests.submissions.reports import NOW
from tests.submissions.sending import total

pytestmark = pytest.mark.django_db
APPEALS = "/admin/submissions/appeal/"


@pytest.fixture
def appealed(case: ReviewCase, mia: User, alice: User) -> Appeal:
    """Mia rejected what Alice sent, and Alice appeals."""
    done = decide(
        case_id=case.pk,
        actor=mia,
        version=case.version,
        action="reject",
        reason_code="made_up",
        reason="No log looks like this.",
        at=NOW,
    )
    return appeal(user_id=alice.pk, decision_id=done.decision.pk, text="It is real.", at=NOW)


def address(found: Appeal) -> str:
    return f"{APPEALS}{found.pk}/change/"


def test_the_queue_says_what_each_is_against(appealed: Appeal, mia: User) -> None:
    (only,) = appeal_page(is_open=True, page=1, viewer=mia, at=NOW).rows
    assert (only.against, only.reason_code, only.decided_by) == ("not accepted", "made_up", "mia")
    assert (only.is_by_viewer, only.is_overdue) == (True, False)
    late = appealed.due_at + timedelta(seconds=1)
    assert appeal_page(is_open=True, page=1, viewer=mia, at=late).rows[0].is_overdue
    assert appeal_page(is_open=False, page=1, viewer=mia, at=NOW).rows == ()


def test_two_queries(
    appealed: Appeal, mia: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        appeal_page(is_open=True, page=1, viewer=mia, at=NOW)


def test_another_moderator_grants(appealed: Appeal, alice: User) -> None:
    noa = signed_in(moderator("noa"))
    body = noa.get(address(appealed)).content.decode()
    assert "It is real." in body
    assert "No log looks like this." in body
    sent = {"verdict": "grant", "answer": "You are right."}
    response = noa.post(address(appealed), sent, follow=True)
    assert b"Answered" in response.content
    assert total(alice) == 900
    assert b"granted" in noa.get(f"{APPEALS}?shown=answered").content.lower()


def test_an_answer_without_words_is_refused(appealed: Appeal) -> None:
    noa = signed_in(moderator("noa"))
    response = noa.post(address(appealed), {"verdict": "uphold", "answer": " "})
    assert response.status_code == 400
    assert b'value="uphold" data-action data-key="r" checked' in response.content


def test_who_decided_does_not_answer_while_somebody_else_may(
    appealed: Appeal, at_work: Client, alice: User
) -> None:
    moderator("noa")
    body = at_work.get(address(appealed)).content.decode()
    assert "You made this decision" in body
    assert 'name="verdict"' not in body
    sent = {"verdict": "uphold", "answer": "No."}
    assert at_work.post(address(appealed), sent).status_code == 403
    appealed.refresh_from_db()
    assert appealed.state == "open"


def test_staff_without_a_group_look_only(appealed: Appeal) -> None:
    looking = signed_in(person("liv", is_staff=True))
    response = looking.get(address(appealed))
    assert response.status_code == 200
    assert b'name="verdict"' not in response.content
    assert looking.post(address(appealed), {"verdict": "grant", "answer": "x"}).status_code == 403


def test_what_is_not_there_is_not_found(at_work: Client) -> None:
    assert at_work.get(f"{APPEALS}nonsense/change/").status_code == 404
