"""Which settings can be changed, and how a refusal reads."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules.settings import reason_against_country, settings_change_of

COUNTRIES = {"DE", "FR"}
ZONES = {"UTC", "Europe/Berlin"}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("displayName", " Ana ", "display_name", "Ana"),
        ("displayName", None, "display_name", ""),
        ("countryCode", "de", "country_code", "DE"),
        ("countryCode", None, "country_code", ""),
        ("timezone", "Europe/Berlin", "timezone", "Europe/Berlin"),
        ("profileVisible", False, "profile_visible", False),
        ("hideCost", True, "hide_cost", True),
    ],
)
def test_a_good_setting_is_read(name: str, value: object, field: str, read: object) -> None:
    change = settings_change_of(wanted={name: value}, countries=COUNTRIES, time_zones=ZONES)
    assert (dict(change.values), dict(change.reasons)) == ({field: read}, {})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("displayName", 5, "must be text"),
        ("displayName", "x" * 101, "longer than 100"),
        ("displayName", "a\x00b", "cannot be shown"),
        ("displayName", "\ud800", "cannot be shown"),
        ("displayName", "\u200b", "nothing to be seen"),
        ("countryCode", "XX", "two-letter"),
        ("countryCode", "Germany", "two-letter"),
        ("countryCode", 49, "two-letter"),
        ("timezone", "Mars/Olympus", "time zone"),
        ("timezone", None, "time zone"),
        ("timezone", ["UTC"], "time zone"),
        ("hideCost", "yes", "true or false"),
        ("hideCost", 1, "true or false"),
        ("hideCost", None, "true or false"),
        ("emails", {"digest": True}, "no such switch"),
        ("emails", {"reviews": "no"}, "neither true nor false"),
        ("emails", {"reviews": None}, "neither true nor false"),
        ("emails", [], "object of switches"),
        ("emails", None, "object of switches"),
        ("emails", {1: True}, "no such switch"),
        ("isStaff", True, "not a setting"),
        ("username", "root", "not a setting"),
    ],
)
def test_a_bad_setting_is_refused_with_a_reason(name: str, value: object, words: str) -> None:
    change = settings_change_of(wanted={name: value}, countries=COUNTRIES, time_zones=ZONES)
    assert not change.values
    assert words in change.reasons[name]


def test_every_bad_setting_is_named_at_once() -> None:
    wanted = {"displayName": 5, "countryCode": "XX", "nonsense": 1, "hideCost": True}
    change = settings_change_of(wanted=wanted, countries=COUNTRIES, time_zones=ZONES)
    assert set(change.reasons) == {"displayName", "countryCode", "nonsense"}


@pytest.mark.parametrize(
    ("current", "wanted", "days_ago", "is_refused"),
    [
        ("", "DE", None, False),
        ("DE", "FR", 29, True),
        ("DE", "FR", 30, False),
        ("DE", "DE", 1, False),
        ("DE", "", 1, False),
        ("", "FR", 1, True),
        ("", "FR", 31, False),
    ],
)
def test_a_country_changes_once_in_thirty_days_also_by_way_of_none(
    current: str, wanted: str, days_ago: int | None, is_refused: bool
) -> None:
    changed_at = None if days_ago is None else NOON - timedelta(days=days_ago)
    reason = reason_against_country(current=current, wanted=wanted, changed_at=changed_at, at=NOON)
    assert (reason is not None) is is_refused
