"""Releases of collectors that count wrong."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken
from ccgather.site.review.selectors.releases import quarantine_page, releases
from submissions.models import CollectorQuarantine, Decision
from tests.site.review.conftest import signed_in
from tests.submissions.holding import admin
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
LIST = "/admin/submissions/collectorquarantine/"
FILLED = {
    "collector": "ccgather",
    "first_version": "0.1.0",
    "last_version": "0.1.9",
    "reason": "It counts blocks twice.",
    "remedy": "Update, and send again.",
}


@pytest.fixture
def in_charge(db: None) -> Client:
    """An admin's browser."""
    return signed_in(admin())


def test_a_preview_counts_and_changes_nothing(in_charge: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=4_211)]))
    body = in_charge.post(f"{LIST}add/", FILLED).content.decode()
    assert "What this would do" in body
    assert 'title="4,211 tokens"' in body
    assert "Quarantine them" in body
    assert not CollectorQuarantine.objects.exists()


def test_a_confirmed_preview_quarantines_and_can_be_lifted(in_charge: Client) -> None:
    made = in_charge.post(f"{LIST}add/", FILLED | {"confirm": "yes"})
    quarantine = CollectorQuarantine.objects.get()
    address = f"{LIST}{quarantine.pk}/change/"
    assert made.headers["Location"] == address
    assert (quarantine.first_version, quarantine.made_by) is not None
    body = in_charge.get(address).content.decode()
    assert "It counts blocks twice." in body
    assert "Lift the quarantine" in body
    in_charge.post(address, {"reason": "It was ours."})
    quarantine.refresh_from_db()
    assert quarantine.lifted_at == NOW
    assert b"Lift the quarantine" not in in_charge.get(address).content
    assert set(Decision.objects.values_list("action", flat=True)) >= {"quarantine", "lift"}


def test_what_is_missing_is_said(in_charge: Client) -> None:
    response = in_charge.post(f"{LIST}add/", {"collector": "", "confirm": "yes"})
    assert b"This field is required" in response.content
    assert not CollectorQuarantine.objects.exists()


def test_versions_the_wrong_way_round_are_refused(in_charge: Client) -> None:
    sent = FILLED | {"first_version": "2.0", "last_version": "1.0", "confirm": "yes"}
    response = in_charge.post(f"{LIST}add/", sent)
    assert response.status_code == 400
    assert b"It counts blocks twice." in response.content
    assert not CollectorQuarantine.objects.exists()


def test_a_release_in_use_fills_the_form(in_charge: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=4_211)]))
    body = in_charge.get(f"{LIST}add/").content.decode()
    link = "?collector=ccgather&amp;first_version=0.1.0&amp;last_version=0.1.0"
    assert link in body
    filled = in_charge.get(f"{LIST}add/{link.replace('&amp;', '&')}").content.decode()
    assert 'value="ccgather"' in filled


def test_moderators_look_only(in_charge: Client, at_work: Client) -> None:
    in_charge.post(f"{LIST}add/", FILLED | {"confirm": "yes"})
    quarantine = CollectorQuarantine.objects.get()
    address = f"{LIST}{quarantine.pk}/change/"
    assert b"add/" not in at_work.get(LIST).content
    assert at_work.get(f"{LIST}add/").status_code == 403
    assert b"Lift the quarantine" not in at_work.get(address).content
    assert at_work.post(address, {"reason": "x"}).status_code == 403


def test_known_numbers_of_queries(
    in_charge: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    in_charge.post(f"{LIST}add/", FILLED | {"confirm": "yes"})
    with django_assert_num_queries(2):
        assert quarantine_page(page=1).total == 1
    with django_assert_num_queries(1):
        releases(since=NOW)


def test_what_is_not_there_is_not_found(in_charge: Client) -> None:
    assert in_charge.get(f"{LIST}nonsense/change/").status_code == 404
