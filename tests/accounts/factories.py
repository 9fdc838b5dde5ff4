"""People, devices and tokens for tests."""

from datetime import UTC, datetime
from typing import Any

from accounts.models import ApiToken, Device, User
from accounts.services import create_token, device_named


def make_user(username: str, **fields: Any) -> User:
    """A person who has seen the welcome page; `fields` are the model's."""
    at = datetime.now(UTC)
    user = User(**({"created_at": at, "onboarded_at": at} | fields), username=username)
    user.set_unusable_password()
    user.save()
    return user


def make_device(user: User, name: str = "laptop") -> Device:
    """The person's device of that name, made if there is none."""
    return device_named(user=user, name=name, at=datetime.now(UTC))


def make_token(
    user: User, name: str = "laptop", *, expires_at: datetime | None = None
) -> tuple[str, ApiToken]:
    """A token in plain text, and its row; bound to the device of its name. It may be expired."""
    plain, token = create_token(
        user_id=user.pk, name=name, at=datetime.now(UTC), device=make_device(user, name)
    )
    if expires_at is not None:
        token.expires_at = expires_at
        token.save(update_fields=["expires_at"])
    return plain, token
