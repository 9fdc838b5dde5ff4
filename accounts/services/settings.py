"""What a person decides about themselves."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from accounts.errors import SettingsInvalidError
from accounts.locking import locked_account
from accounts.models import User
from accounts.rules.settings import (
    SHOWN_TO_OTHERS,
    reason_against_country,
    settings_change_of,
)
from accounts.signals import account_changed
from ccgather.ui.countries import COUNTRIES

_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones that this machine knows."""
    return frozenset(available_timezones() - _NOT_PLACES)


def change_settings(*, user_id: UUID, wanted: Mapping[str, object], at: datetime) -> User:
    """Change the settings that are named, all of them or, when one cannot be, none.

    `wanted` is keyed as in the HTTP contract (`countryCode`). Tells the apps above when others
    see the difference. Raises SettingsInvalidError, AccountBusyError, NotFoundError.
    """
    change = settings_change_of(wanted=wanted, countries=COUNTRIES, time_zones=time_zones())
    with locked_account(user_id=user_id) as user:
        values = {
            field: value for field, value in change.values.items() if getattr(user, field) != value
        }
        reasons = dict(change.reasons)
        country = values.get("country_code")
        if isinstance(country, str):
            reason = reason_against_country(
                current=user.country_code, wanted=country, changed_at=user.country_changed_at, at=at
            )
            if reason is not None:
                reasons["countryCode"] = reason
        if reasons:
            raise SettingsInvalidError(reasons=reasons)
        _write(user=user, values=values, at=at)
    return user


def _write(*, user: User, values: Mapping[str, str | bool], at: datetime) -> None:
    if not values:
        return
    changed = set(values)
    for field, value in values.items():
        setattr(user, field, value)
    if values.get("country_code"):
        user.country_changed_at = at
        changed.add("country_changed_at")
    user.save(update_fields=sorted(changed))
    if changed & SHOWN_TO_OTHERS:
        account_changed.send(sender=User, user=user, at=at)


def finish_onboarding(*, user_id: UUID, wanted: Mapping[str, object], at: datetime) -> User:
    """Take what the welcome page asked for, or nothing, and do not ask again.

    Raises as `change_settings` does.
    """
    with locked_account(user_id=user_id):
        user = change_settings(user_id=user_id, wanted=wanted, at=at)
        if user.onboarded_at is None:
            user.onboarded_at = at
            user.save(update_fields=["onboarded_at"])
    return user
