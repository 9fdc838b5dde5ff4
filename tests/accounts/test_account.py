"""Export and deletion in the settings."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.errors import SignInTooOldError
from accounts.models import Session, User
from accounts.sessions import require_recent_sign_in

pytestmark = pytest.mark.django_db

PATH = "/settings/account"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_everything_can_be_taken_away_from_here(as_ana: Client) -> None:
    page = as_ana.get(PATH)
    assert page.status_code == 200
    assert 'href="/api/me/export"' in page.content.decode()


def test_typing_ones_name_deletes_the_account(as_ana: Client) -> None:
    answer = as_ana.post(PATH, {"username": "ANA"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not User.objects.exists()
    assert not Session.objects.filter(user__isnull=False).exists()
    assert as_ana.get("/api/auth/session").json() == {"user": None}


@pytest.mark.parametrize("typed", ["", "ben", "ana "])
def test_another_name_deletes_nothing(as_ana: Client, ben: User, typed: str) -> None:
    answer = as_ana.post(PATH, {"username": typed})
    assert User.objects.count() == (1 if typed == "ana " else 2)
    assert answer.status_code == (302 if typed == "ana " else 400)


def test_an_old_sign_in_is_not_enough_and_a_new_one_is(ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.post("/login/local", {"name": "ana"})
        clock.shift(15 * 60 + 1)
        assert "Sign in again" in client.get(PATH).content.decode()
        assert client.post(PATH, {"username": "ana"}).status_code == 403
        assert User.objects.exists()
        client.post("/login/local", {"name": "ana", "next": PATH})
        assert client.post(PATH, {"username": "ana"}).status_code == 302
    assert not User.objects.exists()


def test_the_api_can_ask_the_same(as_ana: Client) -> None:
    request = as_ana.get(PATH).wsgi_request
    made = Session.objects.get().created_at
    assert made is not None
    require_recent_sign_in(request=request, at=made)
    with pytest.raises(SignInTooOldError):
        require_recent_sign_in(request=request, at=made.replace(year=made.year + 1))


def test_strangers_sign_in_first(client: Client, ana: User) -> None:
    assert client.get(PATH).status_code == 302
    assert client.post(PATH, {"username": "ana"}).status_code == 302
    assert User.objects.exists()


def test_other_methods_are_refused(as_ana: Client) -> None:
    assert as_ana.delete(PATH).status_code == 405
