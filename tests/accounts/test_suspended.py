"""Keeping somebody out, and telling them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.services import lift_suspension, suspend_account
from tests.accounts.factories import make_token

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_page_says_why(client: Client) -> None:
    page = client.get("/login/suspended")
    assert page.status_code == 403
    assert "suspended" in page.content.decode()


def test_a_suspension_ends_every_session_and_can_be_lifted(as_ana: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    headers = {"authorization": f"Bearer {plain}"}
    suspend_account(user_id=ana.pk, at=AT)
    assert not Session.objects.exists()
    assert as_ana.get("/settings/profile").status_code == 302
    assert Client().get("/api/auth/token", headers=headers).status_code == 403
    lift_suspension(user_id=ana.pk)
    assert Client().get("/api/auth/token", headers=headers).status_code == 200


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post("/login/suspended").status_code == 405
