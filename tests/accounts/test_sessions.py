"""The list of sessions."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

PATH = "/settings/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_ones_own_sessions_are_listed_with_their_browser(as_ben: Client, ana: User) -> None:
    client = Client(headers={"user-agent": FIREFOX})
    client.post("/login/local", {"name": "ana"})
    text = client.get(PATH).content.decode()
    assert text.count("Firefox on Linux") >= 1
    assert text.count("this one") == 1
    assert text.count('action="/settings/sessions/') == 1


def test_other_browsers_of_the_same_person_are_listed_too(as_ana: Client, ana: User) -> None:
    Client().force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    text = as_ana.get(PATH).content.decode()
    assert text.count("this one") == 1
    assert "End all other sessions" in text


def test_the_list_has_pages(as_ana: Client, ana: User) -> None:
    for _ in range(20):
        Client().force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert "Pages of sessions" in as_ana.get(PATH).content.decode()
    assert as_ana.get(PATH, {"page": "2"}).content.decode().count("/end") == 2


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(PATH).status_code == 302


def test_other_methods_are_refused(as_ana: Client) -> None:
    assert as_ana.post(PATH).status_code == 405
