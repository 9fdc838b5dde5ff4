"""Somebody's standing, and their page among the accounts."""

import pytest
from django.test import Client

from accounts.models import User
from submissions.models import Decision, ProfileReport, ReviewCase
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import admin
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_charge(db: None) -> Client:
    """An admin's browser."""
    return signed_in(admin())


def address(user: User) -> str:
    return f"/admin/submissions/reviewcase/people/{user.pk}/"


def test_an_admin_excludes_and_restores(in_charge: Client, alice: User, case: ReviewCase) -> None:
    sent = {"action": "exclude", "reason_code": "false_usage", "reason": "Again and again."}
    assert in_charge.post(address(alice), sent).status_code == 302
    assert User.objects.get(pk=alice.pk).excluded_at == NOW
    body = in_charge.get(address(alice)).content.decode()
    assert 'value="restore"' in body
    assert 'value="exclude"' not in body
    sent = {"action": "restore", "reason_code": "cleared_up", "reason": "We talked."}
    in_charge.post(address(alice), sent)
    assert User.objects.get(pk=alice.pk).excluded_at is None


def test_an_admin_trusts_and_no_longer(in_charge: Client, alice: User) -> None:
    in_charge.post(address(alice), {"action": "trust", "reason_code": "long_record"})
    assert User.objects.get(pk=alice.pk).trusted_at == NOW
    in_charge.post(address(alice), {"action": "untrust", "reason_code": "record_broken"})
    assert User.objects.get(pk=alice.pk).trusted_at is None
    assert Decision.objects.filter(user=alice).count() == 2


def test_an_exclusion_without_words_is_refused(in_charge: Client, alice: User) -> None:
    response = in_charge.post(address(alice), {"action": "exclude", "reason_code": "false_usage"})
    assert response.status_code == 400
    assert b'value="exclude" required data-action data-key="e" checked' in response.content


def test_reports_are_dismissed(at_work: Client, alice: User, bob: User) -> None:
    ProfileReport.objects.create(
        reporter=bob, subject=alice, code="false_usage", text="Never.", created_at=NOW
    )
    assert b"Never." in at_work.get(address(alice)).content
    at_work.post(address(alice), {"action": "dismiss"})
    assert ProfileReport.objects.get().dismissed_at == NOW


def test_moderators_change_no_standing(at_work: Client, alice: User) -> None:
    response = at_work.get(address(alice))
    assert response.status_code == 200
    assert b'name="action"' not in response.content
    sent = {"action": "exclude", "reason_code": "false_usage", "reason": "x"}
    assert at_work.post(address(alice), sent).status_code == 403


def test_nobody_changes_their_own(db: None) -> None:
    ada = admin()
    own = signed_in(ada)
    assert b'name="action"' not in own.get(address(ada)).content
    assert own.post(address(ada), {"action": "trust"}).status_code == 403


def test_nonsense_is_refused(in_charge: Client, alice: User) -> None:
    assert in_charge.post(address(alice), {"action": "explode"}).status_code == 400
    assert in_charge.get("/admin/submissions/reviewcase/people/nonsense/").status_code == 404


def test_the_account_leads_to_the_case_and_the_standing(
    at_work: Client, alice: User, case: ReviewCase
) -> None:
    body = at_work.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert f"/admin/submissions/reviewcase/{case.pk}/change/" in body
    assert address(alice) in body
    assert 'title="100 tokens"' in body


def test_people_without_usage_have_a_page_too(in_charge: Client) -> None:
    assert in_charge.get(address(person("newcomer"))).status_code == 200
