"""Signing in by name on one's own machine."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services import create_person, suspend_account
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db

PATH = "/login/local"


def who(client: Client) -> str | None:
    user = client.get("/api/auth/session").json()["user"]
    return None if user is None else str(user["username"])


def test_a_name_is_enough(client: Client) -> None:
    answer = client.post(PATH, {"name": "Zoe", "next": "/device"})
    assert answer["Location"] == "/welcome?next=%2Fdevice"
    assert who(client) == "Zoe"
    user = User.objects.get()
    assert (user.github_id, user.email, user.is_staff) == (None, "", False)


def test_the_same_name_is_the_same_person(client: Client) -> None:
    client.post(PATH, {"name": "zoe"})
    other = Client()
    other.post(PATH, {"name": "ZOE"})
    assert who(other) == "zoe"
    assert User.objects.count() == 1


def test_a_person_made_by_a_command_can_be_played(client: Client) -> None:
    create_person(username="bot", at=datetime.now(UTC))
    client.post(PATH, {"name": "bot"})
    assert who(client) == "bot"


def test_somebody_with_a_real_way_to_sign_in_cannot_be_played(client: Client) -> None:
    make_user("mona", github_id=7)
    answer = client.post(PATH, {"name": "Mona"})
    assert answer["Location"] == "/login?problem=forbidden"
    assert who(client) is None


def test_an_admin_login_becomes_staff(client: Client, settings: Settings) -> None:
    settings.ADMIN_GITHUB_LOGINS = frozenset({"zoe"})
    client.post(PATH, {"name": "zoe"})
    assert User.objects.get().is_staff


def test_a_suspended_person_stays_out(client: Client, ana: User) -> None:
    suspend_account(user_id=ana.pk, at=datetime.now(UTC))
    assert client.post(PATH, {"name": "ana"})["Location"] == "/login/suspended"
    assert who(client) is None


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 40, "ä", "\x00"])
def test_what_cannot_be_a_name_says_so(client: Client, name: str) -> None:
    assert client.post(PATH, {"name": name}).status_code == 400
    assert not User.objects.exists()


def test_it_is_not_there_on_a_server(client: Client, settings: Settings) -> None:
    settings.LOCAL = False
    assert client.post(PATH, {"name": "zoe"}).status_code == 404
    assert not User.objects.exists()


def test_it_needs_the_proof_that_it_came_from_our_page() -> None:
    assert Client(enforce_csrf_checks=True).post(PATH, {"name": "zoe"}).status_code == 403


def test_other_methods_are_refused(client: Client) -> None:
    assert client.get(PATH).status_code == 405
