"""Every change of an account, a token, a device, a device login or a session."""

from accounts.services.browser_sessions import end_session, end_sessions
from accounts.services.device_logins import (
    Poll,
    StartedLogin,
    approve_device_login,
    deny_device_login,
    poll_device_login,
    start_device_login,
)
from accounts.services.devices import (
    MAX_DEVICES,
    create_device,
    device_for_report,
    device_named,
    rename_device,
)
from accounts.services.notices import notify
from accounts.services.purging import Purged, purge_expired
from accounts.services.settings import change_settings, finish_onboarding, time_zones
from accounts.services.signing_in import create_person, recognise_person
from accounts.services.suspension import lift_suspension, suspend_account
from accounts.services.tokens import create_token, note_token_use, revoke_token

__all__ = [
    "MAX_DEVICES",
    "Poll",
    "Purged",
    "StartedLogin",
    "approve_device_login",
    "change_settings",
    "create_device",
    "create_person",
    "create_token",
    "deny_device_login",
    "device_for_report",
    "device_named",
    "end_session",
    "end_sessions",
    "finish_onboarding",
    "lift_suspension",
    "note_token_use",
    "notify",
    "poll_device_login",
    "purge_expired",
    "recognise_person",
    "rename_device",
    "revoke_token",
    "start_device_login",
    "suspend_account",
    "time_zones",
]
