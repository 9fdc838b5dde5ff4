"""Which mails a person wants."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

PATH = "/settings/emails"


def test_mails_are_on_until_they_are_switched_off(as_ana: Client, ana: User) -> None:
    page = as_ana.get(PATH).content.decode()
    assert "checked" in page
    assert "ana@example.org" in page
    assert as_ana.post(PATH, {}).status_code == 302
    ana.refresh_from_db()
    assert not ana.email_reviews
    assert "checked" not in as_ana.get(PATH).content.decode()
    as_ana.post(PATH, {"reviews": "on"})
    ana.refresh_from_db()
    assert ana.email_reviews


def test_who_has_no_address_reads_so(as_ben: Client) -> None:
    assert "gave us no address" in as_ben.get(PATH).content.decode()


def test_the_api_switches_them_too(as_ana: Client, ana: User) -> None:
    answer = as_ana.patch(
        "/api/me", data={"emails": {"reviews": False}}, content_type="application/json"
    )
    assert answer.json()["settings"]["emails"] == {"reviews": False}
    ana.refresh_from_db()
    assert not ana.email_reviews
    answer = as_ana.patch("/api/me", data={"emails": {}}, content_type="application/json")
    assert answer.json()["settings"]["emails"] == {"reviews": False}


def test_strangers_and_other_methods_change_nothing(client: Client, as_ana: Client) -> None:
    assert client.get(PATH).headers["Location"] == "/login?next=/settings/emails"
    assert client.post(PATH).status_code == 302
    assert as_ana.delete(PATH).status_code == 405
    assert User.objects.get(username="ana").email_reviews
