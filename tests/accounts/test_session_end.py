"""Ending one session."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Session, User

pytestmark = pytest.mark.django_db


def path(session_id: object) -> str:
    return f"/settings/sessions/{session_id}/end"


def test_another_browser_is_signed_out(as_ana: Client, ana: User) -> None:
    phone = Client()
    phone.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    other = Session.objects.order_by("created_at").last()
    assert other is not None
    assert as_ana.post(path(other.id))["Location"] == "/settings/sessions"
    assert phone.get("/api/auth/session").json() == {"user": None}
    assert as_ana.get("/api/auth/session").json()["user"] is not None


def test_ending_ones_own_is_signing_out(as_ana: Client) -> None:
    assert as_ana.post(path(Session.objects.get().id))["Location"] == "/login"
    assert as_ana.get("/api/auth/session").json() == {"user": None}


def test_somebody_elses_session_is_not_there(as_ana: Client, as_ben: Client, ben: User) -> None:
    his = Session.objects.get(user=ben)
    assert as_ana.post(path(his.id)).status_code == 404
    assert as_ben.get("/api/auth/session").json()["user"] is not None


def test_a_session_that_is_not_there(as_ana: Client) -> None:
    assert as_ana.post(path(uuid4())).status_code == 404


def test_strangers_end_nothing(client: Client, as_ana: Client) -> None:
    assert client.post(path(Session.objects.get().id)).status_code == 302
    assert Session.objects.exists()


def test_a_link_ends_nothing(as_ana: Client) -> None:
    assert as_ana.get(path(Session.objects.get().id)).status_code == 405
