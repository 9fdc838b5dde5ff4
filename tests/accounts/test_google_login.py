"""Off to Google, and who comes back."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from accounts.rules.signing_in import Identity
from accounts.services import recognise_person

pytestmark = pytest.mark.django_db

PATH = "/login/google"
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def google(uid: str, name: str) -> Identity:
    return Identity(
        provider="google", uid=uid, login=None, name=name, email="a@example.org", avatar_url=""
    )


def test_without_keys_the_sign_in_page_says_so(client: Client) -> None:
    assert client.get(PATH)["Location"] == "/login?problem=unavailable"


def test_people_from_google_get_a_handle_that_github_forbids() -> None:
    first = recognise_person(identity=google("1", "José Núñez"), admin_logins=(), at=AT)
    second = recognise_person(identity=google("2", "Jose Nunez"), admin_logins=(), at=AT)
    third = recognise_person(identity=google("3", "李"), admin_logins=(), at=AT)
    assert (first.username, second.username) == ("Jose-Nunez_1", "Jose-Nunez_2")
    assert third.username == "person_1"
    assert first.display_name == "José Núñez"


def test_the_same_google_id_is_the_same_person_whatever_it_is_called_now() -> None:
    first = recognise_person(identity=google("1", "Ana"), admin_logins=(), at=AT)
    again = recognise_person(identity=google("1", "Anna"), admin_logins=(), at=AT)
    assert again == first
    assert again.username == "Ana_1"
    assert User.objects.count() == 1
    assert not EmailAddress.objects.exists()


def test_nobody_from_google_becomes_staff_by_a_name() -> None:
    user = recognise_person(identity=google("1", "boss"), admin_logins={"boss"}, at=AT)
    assert not user.is_staff


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post(PATH).status_code == 405
