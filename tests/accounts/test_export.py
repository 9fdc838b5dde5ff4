"""`GET /api/me/export`."""

import io
import zipfile
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from accounts.models import User
from tests.accounts.factories import make_token

pytestmark = pytest.mark.django_db

PATH = "/api/me/export"


def test_everything_can_be_taken_away(as_ana: Client) -> None:
    answer = as_ana.get(PATH)
    assert answer.streaming
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="ccgather-ana-')
    assert "no-store" in answer["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert "account/profile.json" in archive.namelist()


def test_an_asynchronous_server_streams_it_too(ana: User) -> None:
    async def take() -> bytes:
        client = AsyncClient()
        await client.aforce_login(ana, backend="django.contrib.auth.backends.ModelBackend")
        answer: Any = await client.get(PATH)
        assert answer.is_async
        return b"".join([chunk async for chunk in answer])

    archive = zipfile.ZipFile(io.BytesIO(async_to_sync(take)()))
    assert archive.testzip() is None


def test_a_bearer_token_does_not_reach_it(client: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    answer = client.get(PATH, headers={"authorization": f"Bearer {plain}"})
    assert answer.status_code == 403


def test_nobody_gets_nothing(client: Client) -> None:
    assert client.get(PATH).status_code == 401


def test_other_methods_are_refused_in_json(as_ana: Client) -> None:
    answer = as_ana.post(PATH)
    assert (answer.status_code, answer.json()["success"]) == (405, False)
