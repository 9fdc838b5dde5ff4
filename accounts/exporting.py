"""What this app holds about a person, as files of an export."""

from collections.abc import Iterator

from allauth.socialaccount.models import SocialAccount

from accounts.models import User
from accounts.rights import ExportFile, csv_file, json_file

PROFILE_FIELDS = (
    "id",
    "username",
    "github_id",
    "display_name",
    "avatar_url",
    "email",
    "country_code",
    "country_changed_at",
    "timezone",
    "profile_visible",
    "hide_cost",
    "hide_country",
    "show_ranges",
    "auto_sync_enabled",
    "email_reviews",
    "onboarded_at",
    "excluded_at",
    "suspended_at",
    "trusted_at",
    "created_at",
    "last_login",
)
DEVICE_COLUMNS = ("id", "name", "created_at", "last_report_at")
TOKEN_COLUMNS = (
    "name",
    "device__name",
    "token_hint",
    "created_at",
    "last_used_at",
    "expires_at",
)
NOTICE_FIELDS = ("code", "tone", "title", "text", "link", "created_at", "seen_at", "emailed_at")
SESSION_COLUMNS = ("id", "user_agent", "created_at", "last_seen_at", "expire_date")


def export_files(user: User) -> Iterator[ExportFile]:
    """Profile and sign-ins, devices and their keys, tokens without secrets, sessions,
    notices."""
    yield json_file("profile.json", [{name: getattr(user, name) for name in PROFILE_FIELDS}])
    sign_ins = SocialAccount.objects.filter(user=user).order_by("pk")
    yield json_file(
        "sign-ins.json",
        sign_ins.values("provider", "uid", "extra_data", "date_joined", "last_login").iterator(),
    )
    devices = user.devices.order_by("pk")
    yield csv_file("devices.csv", DEVICE_COLUMNS, devices.values_list(*DEVICE_COLUMNS).iterator())
    keys = user.device_keys.order_by("pk")
    yield csv_file(
        "device-keys.csv",
        ("device_id", "collector", "key", "created_at"),
        keys.values_list("device_id", "collector", "key", "created_at").iterator(),
    )
    tokens = user.tokens.order_by("pk").values_list(*TOKEN_COLUMNS)
    header = [column.replace("__", "_") for column in TOKEN_COLUMNS]
    yield csv_file("tokens.csv", header, tokens.iterator())
    sessions = user.sessions.order_by("created_at").values_list(*SESSION_COLUMNS)
    yield csv_file("sessions.csv", SESSION_COLUMNS, sessions.iterator())
    notices = user.notices.order_by("created_at").values(*NOTICE_FIELDS)
    yield json_file("notices.json", notices.iterator())
