"""`POST /api/auth/logout`."""

import pytest
from django.test import Client

from accounts.models import ApiToken, Session, User
from tests.accounts.factories import make_token

pytestmark = pytest.mark.django_db

PATH = "/api/auth/logout"


def test_a_token_logs_out_by_being_revoked_and_others_stay(client: Client, ana: User) -> None:
    plain, _ = make_token(ana, "one")
    make_token(ana, "two")
    headers = {"authorization": f"Bearer {plain}"}
    assert client.post(PATH, headers=headers).json() == {"success": True}
    assert [token.name for token in ApiToken.objects.all()] == ["two"]
    assert client.post(PATH, headers=headers).status_code == 401


def test_a_browser_logs_out(as_ana: Client) -> None:
    assert as_ana.post(PATH).json() == {"success": True}
    assert not Session.objects.exists()
    assert as_ana.get("/api/auth/session").json() == {"user": None}


def test_a_cookie_alone_ends_no_session(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(PATH).status_code == 403
    client.get("/settings/profile")
    token = client.cookies["csrftoken"].value
    assert client.post(PATH, headers={"x-csrftoken": token}).json() == {"success": True}


def test_a_token_needs_no_csrf(ana: User) -> None:
    plain, _ = make_token(ana)
    client = Client(enforce_csrf_checks=True)
    headers = {"authorization": f"Bearer {plain}"}
    assert client.post(PATH, headers=headers).json() == {"success": True}


def test_nobody_cannot_log_out(client: Client) -> None:
    answer = client.post(PATH)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer


def test_other_methods_are_refused_in_json(as_ana: Client) -> None:
    answer = as_ana.get(PATH)
    assert (answer.status_code, answer.json()["success"]) == (405, False)
