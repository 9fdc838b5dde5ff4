"""Ending every other session."""

import pytest
from django.test import Client

from accounts.models import Session, User

pytestmark = pytest.mark.django_db

PATH = "/settings/sessions/end-others"


def test_all_but_this_one_end(as_ana: Client, as_ben: Client, ana: User) -> None:
    for _ in range(2):
        Client().force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    answer = as_ana.post(PATH, follow=True)
    assert "Other sessions ended: 2" in answer.content.decode()
    assert Session.objects.filter(user=ana).count() == 1
    assert as_ben.get("/api/auth/session").json()["user"] is not None


def test_strangers_end_nothing(client: Client, as_ana: Client) -> None:
    assert client.post(PATH).status_code == 302
    assert Session.objects.count() == 1


def test_a_link_ends_nothing(as_ana: Client) -> None:
    assert as_ana.get(PATH).status_code == 405
