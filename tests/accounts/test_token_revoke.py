"""Revoking an API token in the settings."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from tests.accounts.factories import make_token

pytestmark = pytest.mark.django_db


def path(token_id: object) -> str:
    return f"/settings/tokens/{token_id}/revoke"


def test_a_revoked_token_is_dead_at_once(as_ana: Client, client: Client, ana: User) -> None:
    plain, token = make_token(ana)
    assert as_ana.post(path(token.pk))["Location"] == "/settings/tokens"
    headers = {"authorization": f"Bearer {plain}"}
    assert client.get("/api/auth/token", headers=headers).status_code == 401


def test_somebody_elses_token_is_not_there(as_ana: Client, ben: User) -> None:
    _, token = make_token(ben)
    assert as_ana.post(path(token.pk)).status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_token_that_is_not_there(as_ana: Client) -> None:
    assert as_ana.post(path(uuid4())).status_code == 404
    assert as_ana.post(path("nonsense")).status_code == 404


def test_strangers_revoke_nothing(client: Client, ana: User) -> None:
    _, token = make_token(ana)
    assert client.post(path(token.pk)).status_code == 302
    assert ApiToken.objects.exists()


def test_a_link_revokes_nothing(as_ana: Client, ana: User) -> None:
    _, token = make_token(ana)
    assert as_ana.get(path(token.pk)).status_code == 405
    assert ApiToken.objects.exists()
