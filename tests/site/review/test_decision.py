"""The ledger, its lines, and what reverses them."""

import pytest
from django.test import Client

from accounts.models import User
from submissions.models import Decision, ReviewCase
from submissions.services.review import decide
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import moderator
from tests.submissions.reports import NOW
from tests.submissions.sending import total

pytestmark = pytest.mark.django_db
LEDGER = "/admin/submissions/decision/"


@pytest.fixture
def rejected(case: ReviewCase, mia: User) -> Decision:
    """Mia did not accept what Alice sent."""
    return decide(
        case_id=case.pk,
        actor=mia,
        version=case.version,
        action="reject",
        reason_code="made_up",
        reason="No log looks like this.",
        at=NOW,
    ).decision


def address(line: Decision) -> str:
    return f"{LEDGER}{line.pk}/change/"


def test_the_ledger_is_searched_by_person(at_work: Client, rejected: Decision) -> None:
    found = at_work.get(f"{LEDGER}?q=alice").content.decode()
    assert "not accepted" in found
    assert "No log looks like this." in found
    assert "No log looks like this." not in at_work.get(f"{LEDGER}?q=bob").content.decode()


def test_a_line_says_who_what_and_why(at_work: Client, rejected: Decision) -> None:
    body = at_work.get(address(rejected)).content.decode()
    assert "mia" in body
    assert "No log looks like this." in body
    assert rejected.subject in body
    assert "1 slice" in body


def test_another_moderator_reverses(rejected: Decision, alice: User) -> None:
    noa = signed_in(moderator("noa"))
    sent = {"reason_code": "mistake", "reason": "It is real."}
    assert noa.post(address(rejected), sent).status_code == 302
    assert total(alice) == 900
    body = noa.get(address(rejected)).content.decode()
    assert "This was reversed" in body
    assert "Reverse it" not in body


def test_a_reversal_without_words_is_refused(at_work: Client, rejected: Decision) -> None:
    assert at_work.post(address(rejected), {"reason_code": "mistake"}).status_code == 400


def test_staff_without_a_group_look_only(rejected: Decision, alice: User) -> None:
    looking = signed_in(person("liv", is_staff=True))
    assert b"Reverse it" not in looking.get(address(rejected)).content
    sent = {"reason_code": "mistake", "reason": "It is real."}
    assert looking.post(address(rejected), sent).status_code == 403
    assert total(alice) == 100


@pytest.mark.parametrize("what", ["add/", "nonsense/change/", "999999/change/"])
def test_nothing_is_added_and_nonsense_is_not_found(what: str, at_work: Client) -> None:
    assert at_work.get(f"{LEDGER}{what}").status_code in (403, 404)


def test_no_line_is_deleted(at_work: Client, dana: User, rejected: Decision) -> None:
    for browser in (at_work, signed_in(dana)):
        assert browser.post(f"{LEDGER}{rejected.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Decision.objects.filter(pk=rejected.pk).exists()
