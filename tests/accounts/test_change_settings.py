"""Changing settings: all or nothing, under the lock, and told to the apps above."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.errors import SettingsInvalidError
from accounts.models import User
from accounts.services import change_settings, finish_onboarding
from accounts.signals import account_changed

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was said to the apps above."""
    heard: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        heard.append(said | {"is_atomic": connection.in_atomic_block})

    account_changed.connect(listen)
    yield heard
    account_changed.disconnect(listen)


def test_all_settings_change_together(ana: User) -> None:
    wanted = {"displayName": "Ana B.", "countryCode": "pt", "timezone": "Europe/Lisbon"}
    change_settings(user_id=ana.pk, wanted=wanted, at=AT)
    ana.refresh_from_db()
    assert (ana.display_name, ana.country_code, ana.timezone) == ("Ana B.", "PT", "Europe/Lisbon")
    assert ana.country_changed_at == AT


def test_one_bad_setting_leaves_all_as_they_were(ana: User) -> None:
    with pytest.raises(SettingsInvalidError) as refused:
        change_settings(user_id=ana.pk, wanted={"hideCost": True, "timezone": "Mars"}, at=AT)
    assert refused.value.details == (
        "timezone: must be the name of a time zone, such as Europe/Berlin",
    )
    ana.refresh_from_db()
    assert ana.hide_cost is False


def test_the_country_changes_again_only_after_thirty_days(ana: User) -> None:
    change_settings(user_id=ana.pk, wanted={"countryCode": "PT"}, at=AT)
    with pytest.raises(SettingsInvalidError) as refused:
        change_settings(user_id=ana.pk, wanted={"countryCode": "DE"}, at=AT + timedelta(days=29))
    assert "2026-12-21" in refused.value.reasons["countryCode"]
    change_settings(user_id=ana.pk, wanted={"countryCode": "DE"}, at=AT + timedelta(days=30))
    ana.refresh_from_db()
    assert ana.country_code == "DE"


@pytest.mark.parametrize(
    "wanted",
    [
        {"displayName": "A"},
        {"countryCode": "PT"},
        {"profileVisible": False},
        {"hideCost": True},
        {"hideCountry": True},
        {"showRanges": True},
    ],
)
def test_what_others_see_is_told_inside_the_transaction(
    ana: User, told: list[dict[str, Any]], wanted: dict[str, object]
) -> None:
    change_settings(user_id=ana.pk, wanted=wanted, at=AT)
    assert [(said["user"], said["at"], said["is_atomic"]) for said in told] == [(ana, AT, True)]


@pytest.mark.parametrize(
    "wanted", [{}, {"timezone": "Asia/Seoul"}, {"autoSyncEnabled": False}, {"hideCost": False}]
)
def test_what_nobody_sees_or_what_stays_is_not_told(
    ana: User, told: list[dict[str, Any]], wanted: dict[str, object]
) -> None:
    change_settings(user_id=ana.pk, wanted=wanted, at=AT)
    assert told == []


def test_the_welcome_is_over_even_when_nothing_is_answered(db: None) -> None:
    user = User.objects.create(username="new", created_at=AT)
    finish_onboarding(user_id=user.pk, wanted={}, at=AT)
    user.refresh_from_db()
    assert user.onboarded_at == AT
