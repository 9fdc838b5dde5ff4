"""Which changes of a person's settings are allowed, and why others are not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from accounts.rules.names import is_visible, problem_of_name

COUNTRY_CHANGES_EVERY = timedelta(days=30)

SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        "profileVisible": "profile_visible",
        "hideCost": "hide_cost",
        "hideCountry": "hide_country",
        "showRanges": "show_ranges",
        "autoSyncEnabled": "auto_sync_enabled",
    }
)
"""The settings that are on or off: their name outside, and the model's."""

EMAIL_SWITCHES: Mapping[str, str] = MappingProxyType({"reviews": "email_reviews"})
"""The kinds of mail that a person may have or not, within `emails`: name outside, and the
model's."""

SHOWN_TO_OTHERS = frozenset(
    {
        "username",
        "display_name",
        "avatar_url",
        "country_code",
        "profile_visible",
        "hide_cost",
        "hide_country",
        "show_ranges",
    }
)
"""The fields whose change other people see, so that boards and pages must follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """What somebody asks for: new values by model field, and a reason for every refused setting.

    Settings are named in `reasons` as the caller names them (`countryCode`).
    """

    values: Mapping[str, str | bool]
    reasons: Mapping[str, str]


def settings_change_of(
    *,
    wanted: Mapping[str, object],
    countries: Collection[str],
    time_zones: Collection[str],
) -> SettingsChange:
    """Read wanted settings, keyed as in the HTTP contract; a setting that is absent stays."""
    values: dict[str, str | bool] = {}
    reasons: dict[str, str] = {}
    for name, value in wanted.items():
        if name == "emails":
            switches, reason = _emails_of(value=value)
            values |= switches
            if reason is not None:
                reasons[name] = reason
            continue
        field, read, reason = _setting_of(
            name=name, value=value, countries=countries, time_zones=time_zones
        )
        if reason is not None:
            reasons[name] = reason
        elif field is not None:
            values[field] = read
    return SettingsChange(values=values, reasons=reasons)


def _setting_of(
    *,
    name: str,
    value: object,
    countries: Collection[str],
    time_zones: Collection[str],
) -> tuple[str | None, str | bool, str | None]:
    """One setting: model field (None when it has none), value, reason against it."""
    if name in SWITCHES:
        if not isinstance(value, bool):
            return None, False, "must be true or false"
        return SWITCHES[name], value, None
    if name == "displayName":
        text, reason = _display_name_of(value=value)
        return "display_name", text, reason
    if name == "countryCode":
        text, reason = _country_of(value=value, countries=countries)
        return "country_code", text, reason
    if name == "timezone":
        if not isinstance(value, str) or value not in time_zones:
            return None, "", "must be the name of a time zone, such as Europe/Berlin"
        return "timezone", value, None
    return None, "", "is not a setting"


def _emails_of(*, value: object) -> tuple[dict[str, bool], str | None]:
    """Which mails are wanted, by model field; a kind that is absent stays."""
    if not isinstance(value, Mapping):
        return {}, 'must be an object of switches, such as {"reviews": false}'
    unknown = sorted(str(name) for name in value if name not in EMAIL_SWITCHES)
    if unknown:
        return {}, f"knows no such switch: {', '.join(unknown)[:80]}"
    if not all(isinstance(wanted, bool) for wanted in value.values()):
        return {}, "has a switch that is neither true nor false"
    return {EMAIL_SWITCHES[name]: wanted for name, wanted in value.items()}, None


def _display_name_of(*, value: object) -> tuple[str, str | None]:
    if value is None:
        return "", None
    if not isinstance(value, str):
        return "", "must be text"
    text = value.strip()
    reason = problem_of_name(text=text)
    if reason is None and text and not is_visible(text=text):
        reason = "has nothing to be seen"
    return text, reason


def _country_of(*, value: object, countries: Collection[str]) -> tuple[str, str | None]:
    if value is None or value == "":
        return "", None
    if not isinstance(value, str) or value.upper() not in countries:
        return "", "must be a two-letter country code of ISO 3166-1, such as DE"
    return value.upper(), None


def reason_against_country(
    *, current: str, wanted: str, changed_at: datetime | None, at: datetime
) -> str | None:
    """Why the country cannot change now; None when it can.

    Taking it away is always allowed and does not set the clock back, so that nobody can wander
    between national boards by way of none.
    """
    if wanted in (current, "") or changed_at is None:
        return None
    again_at = changed_at + COUNTRY_CHANGES_EVERY
    if at >= again_at:
        return None
    return f"may change once in 30 days; the next time on {again_at:%Y-%m-%d}"
