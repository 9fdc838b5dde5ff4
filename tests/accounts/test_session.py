"""`GET /api/auth/session`."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.factories import make_token, make_user

pytestmark = pytest.mark.django_db

PATH = "/api/auth/session"


def test_nobody_is_signed_in(client: Client) -> None:
    assert client.get(PATH).json() == {"user": None}


def test_somebody_is_signed_in(as_ana: Client, ana: User) -> None:
    answer = as_ana.get(PATH)
    assert answer.json() == {
        "user": {
            "id": str(ana.pk),
            "username": "ana",
            "displayName": "ana",
            "avatarUrl": "http://testserver/avatars/ana.svg",
            "isAdmin": False,
        }
    }
    assert "no-store" in answer["Cache-Control"]


def test_staff_is_said_to_be_admin(client: Client) -> None:
    client.force_login(
        make_user("dan", is_staff=True), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get(PATH).json()["user"]["isAdmin"] is True


def test_a_bearer_token_is_no_browser_session(client: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    assert client.get(PATH, headers={"authorization": f"Bearer {plain}"}).json() == {"user": None}


def test_other_methods_are_refused_in_json(client: Client) -> None:
    answer = client.post(PATH)
    assert (answer.status_code, answer.json()["success"]) == (405, False)
