"""The same decision on several cases."""

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import Decision, ReviewCase, Slice
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import hold
from tests.submissions.reports import row
from tests.submissions.sending import total

pytestmark = pytest.mark.django_db
BULK = "/admin/submissions/reviewcase/bulk/"


@pytest.fixture
def others(bob_token: ApiToken) -> ReviewCase:
    """5,021 tokens of Bob's wait."""
    return hold(bob_token, [row(tokens=5_021)])


def chosen(*cases: ReviewCase, **more: str) -> dict[str, object]:
    keys = [f"{case.pk}:{case.version}" for case in cases]
    return {"case": keys, "action": "approve", **more}


CONFIRMED = {"confirm": "yes", "reason_code": "genuine", "reason": "Looked at."}


def test_a_preview_says_what_would_change_and_changes_nothing(
    at_work: Client, case: ReviewCase, others: ReviewCase
) -> None:
    body = at_work.post(BULK, chosen(case, others)).content.decode()
    assert "@alice" in body
    assert "@bob" in body
    assert 'title="900 tokens"' in body
    assert "Approve 2 cases" in body
    assert Slice.objects.pending().count() == 2


def test_a_confirmed_preview_is_done(
    at_work: Client, case: ReviewCase, others: ReviewCase, alice: User, bob: User
) -> None:
    response = at_work.post(BULK, chosen(case, others, **CONFIRMED), follow=True)
    assert b"2 cases decided" in response.content
    assert (total(alice), total(bob)) == (900, 5_021)
    assert Decision.objects.filter(action="approve", reason="Looked at.").count() == 2


def test_a_case_that_changed_is_left_out_and_named(
    at_work: Client, case: ReviewCase, others: ReviewCase, alice: User, bob: User
) -> None:
    stale = chosen(case, others)
    ReviewCase.objects.filter(pk=case.pk).update(version=case.version + 1)
    assert b"left out" in at_work.post(BULK, stale).content
    response = at_work.post(BULK, stale | CONFIRMED, follow=True)
    assert b"1 case decided" in response.content
    assert b"Not decided" in response.content
    assert (total(alice), total(bob)) == (100, 5_021)


def test_a_rejection_without_words_is_asked_again(at_work: Client, case: ReviewCase) -> None:
    sent = chosen(case, action="reject", confirm="yes", reason_code="made_up", reason="")
    assert at_work.post(BULK, sent).status_code == 400
    assert Slice.objects.pending().exists()


@pytest.mark.parametrize("sent", [{}, {"case": "nonsense", "action": "approve"}, {"action": "x"}])
def test_nothing_chosen_leads_back(sent: dict[str, str], at_work: Client) -> None:
    assert at_work.post(BULK, sent).status_code == 302
    assert at_work.get(BULK).status_code == 302


def test_staff_without_a_group_may_not(case: ReviewCase) -> None:
    looking = signed_in(person("liv", is_staff=True))
    assert looking.post(BULK, chosen(case, **CONFIRMED)).status_code == 403
    assert Slice.objects.pending().exists()
