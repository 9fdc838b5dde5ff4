"""What pages and endpoints show of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator

from accounts.avatars import avatar_of
from accounts.models import ApiToken, Device, DeviceLogin, Notice, Session, User
from accounts.rules.browsers import browser_of

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUser:
    """Who is signed in, as `/api/auth/session` says it."""

    id: UUID
    username: str
    display_name: str
    avatar_url: str
    is_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeSettings:
    """A person's own settings, as `/api/me` says them. `country_code` is empty when unknown."""

    display_name: str
    country_code: str
    timezone: str
    profile_visible: bool
    hide_cost: bool
    hide_country: bool
    show_ranges: bool
    auto_sync_enabled: bool
    email_reviews: bool

    def as_body(self) -> dict[str, object]:
        """The contract's `settings`, which is also what PATCH takes."""
        return {
            "displayName": self.display_name,
            "countryCode": self.country_code or None,
            "timezone": self.timezone,
            "profileVisible": self.profile_visible,
            "hideCost": self.hide_cost,
            "hideCountry": self.hide_country,
            "showRanges": self.show_ranges,
            "autoSyncEnabled": self.auto_sync_enabled,
            "emails": {"reviews": self.email_reviews},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """An API token in a list; its secret is nowhere."""

    id: UUID
    name: str
    hint: str
    device_name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    has_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device in a list."""

    id: UUID
    name: str
    created_at: datetime
    last_report_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A browser session in a list."""

    id: UUID
    browser: str
    created_at: datetime | None
    last_seen_at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLogin:
    """A program that waits to be let in. All of it is the program's own claim but the address."""

    user_code: str
    device_name: str
    address: str
    user_agent: str
    asked_at: datetime
    expires_at: datetime


def session_user(*, user: User) -> SessionUser:
    """Who is signed in. No query."""
    return SessionUser(
        id=user.pk,
        username=user.username,
        display_name=user.shown_name,
        avatar_url=avatar_of(user),
        is_admin=user.is_staff,
    )


def me_settings(*, user: User) -> MeSettings:
    """A person's own settings. No query."""
    return MeSettings(
        display_name=user.display_name,
        country_code=user.country_code,
        timezone=user.timezone,
        profile_visible=user.profile_visible,
        hide_cost=user.hide_cost,
        hide_country=user.hide_country,
        show_ranges=user.show_ranges,
        auto_sync_enabled=user.auto_sync_enabled,
        email_reviews=user.email_reviews,
    )


def devices(*, user: User) -> Sequence[DeviceLine]:
    """A person's devices by name; at most 32. One query."""
    return [
        DeviceLine(
            id=device.pk,
            name=device.name,
            created_at=device.created_at,
            last_report_at=device.last_report_at,
        )
        for device in Device.objects.filter(user=user).order_by("name")
    ]


def tokens(*, user: User, at: datetime) -> Sequence[TokenLine]:
    """A person's tokens, newest first; at most 100. One query."""
    rows = ApiToken.objects.filter(user=user).select_related("device").order_by("-created_at")
    return [_token_line(token, at=at) for token in rows]


def tokens_page(*, user: User, page: int, at: datetime) -> Page[TokenLine]:
    """One page of `tokens`; beyond the last page, the last. One query."""
    return Paginator(tokens(user=user, at=at), PAGE_SIZE).get_page(page)


def sessions_page(*, user: User, page: int, at: datetime) -> Page[Session]:
    """One page of a person's living sessions, the last used first. Two queries."""
    rows = Session.objects.filter(user=user, expire_date__gt=at).defer("session_data")
    return Paginator(rows.order_by("-last_seen_at", "-id"), PAGE_SIZE).get_page(page)


def session_lines(*, rows: Sequence[Session], current_id: UUID | None) -> Sequence[SessionLine]:
    """Sessions as a list shows them. No query."""
    return [
        SessionLine(
            id=row.id,
            browser=browser_of(user_agent=row.user_agent),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.id == current_id,
        )
        for row in rows
    ]


def notices_page(*, user: User, page: int) -> Page[Notice]:
    """One page of what the site told a person, the latest first. Two queries."""
    rows = Notice.objects.filter(user=user).order_by("-created_at", "-id")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def has_unseen_notices(*, user: User) -> bool:
    """Whether something was told that the person has not looked at. One query."""
    return Notice.objects.filter(user=user, seen_at__isnull=True).exists()


def waiting_login(*, user_code: str, at: datetime) -> WaitingLogin | None:
    """The program that waits under a code; None when none does. One query."""
    login = DeviceLogin.objects.filter(
        user_code=user_code, state=DeviceLogin.State.PENDING, expires_at__gt=at
    ).first()
    if login is None:
        return None
    return WaitingLogin(
        user_code=login.user_code,
        device_name=login.device_name,
        address=login.address or "",
        user_agent=login.user_agent,
        asked_at=login.created_at,
        expires_at=login.expires_at,
    )


def _token_line(token: ApiToken, *, at: datetime) -> TokenLine:
    return TokenLine(
        id=token.pk,
        name=token.name,
        hint=token.token_hint,
        device_name=token.device.name,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        expires_at=token.expires_at,
        has_expired=not token.is_valid(at=at),
    )
