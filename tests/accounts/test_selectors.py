"""What selectors cost, and what they say."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.selectors import (
    devices,
    me_settings,
    session_user,
    sessions_page,
    tokens,
    tokens_page,
    waiting_login,
)
from accounts.services import start_device_login
from tests.accounts.factories import make_device, make_token

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_ones_settings_are_what_patch_takes(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        body = me_settings(user=ana).as_body()
        assert session_user(user=ana).avatar_url == "/avatars/ana.svg"
    assert body == {
        "displayName": "",
        "countryCode": None,
        "timezone": "UTC",
        "profileVisible": True,
        "hideCost": False,
        "hideCountry": False,
        "showRanges": False,
        "autoSyncEnabled": True,
        "emails": {"reviews": True},
    }


def test_lists_cost_the_same_however_long(
    as_ana: Client, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_device(ana, f"d{number}")
        make_token(ana, f"t{number}")
    with django_assert_num_queries(1):
        assert [line.name for line in devices(user=ana)][:2] == ["d0", "d1"]
    with django_assert_num_queries(1):
        assert len(tokens(user=ana, at=AT)) == 5
    with django_assert_num_queries(1):
        assert len(tokens_page(user=ana, page=1, at=AT)) == 5
    with django_assert_num_queries(2):
        assert len(sessions_page(user=ana, page=1, at=AT).object_list) == 1
    started = start_device_login(device_name="x", address=None, user_agent="", at=AT)
    with django_assert_num_queries(1):
        assert waiting_login(user_code=started.user_code, at=AT) is not None
