"""The index of the settings."""

import re

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_every_section_that_the_index_names_exists(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.get("/settings")
    sections = set(re.findall(r'href="(/settings/[\w-]+)"', response.text))
    assert response.status_code == 200
    assert len(sections) == 10
    for section in sections:
        resolve(section)


def test_the_index_is_kept_by_nobody(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/settings")["Cache-Control"] == "private, no-store"


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    response = client.get("/settings")
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/settings")


def test_the_page_is_only_read(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/settings").status_code == 405
