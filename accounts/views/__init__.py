"""The pages of accounts; each view has the name of its route and its template."""

from accounts.views.device_login import device
from accounts.views.notices import emails, emails_off, notice_open, notices, notices_seen
from accounts.views.personal_settings import (
    account,
    profile_settings,
    session_end,
    sessions,
    sessions_end,
    token_revoke,
    tokens,
)
from accounts.views.pictures import avatar
from accounts.views.signing_in import (
    google_login,
    local_login,
    login,
    logout,
    suspended,
    welcome,
)

__all__ = [
    "account",
    "avatar",
    "device",
    "emails",
    "emails_off",
    "google_login",
    "local_login",
    "login",
    "logout",
    "notice_open",
    "notices",
    "notices_seen",
    "profile_settings",
    "session_end",
    "sessions",
    "sessions_end",
    "suspended",
    "token_revoke",
    "tokens",
    "welcome",
]
