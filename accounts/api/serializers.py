"""The bodies of the account endpoints, as the API's documents describe them."""

from typing import Any

from rest_framework import serializers

from accounts.models import ApiToken, User
from accounts.selectors import session_user


class SessionUserBody(serializers.Serializer[Any]):
    """Who is signed in."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    displayName = serializers.CharField()  # noqa: N815 - the contract's name
    avatarUrl = serializers.CharField()  # noqa: N815 - the contract's name
    isAdmin = serializers.BooleanField()  # noqa: N815 - the contract's name


class SessionBody(serializers.Serializer[Any]):
    """Answer of `GET /api/auth/session`."""

    user = SessionUserBody(allow_null=True)


class SuccessBody(serializers.Serializer[Any]):
    """It is done."""

    success = serializers.BooleanField()


class DeviceRequestBody(serializers.Serializer[Any]):
    """Body of `POST /api/auth/device`."""

    deviceName = serializers.CharField(  # noqa: N815 - the contract's name
        required=False, allow_null=True, help_text="What the person will know the machine by."
    )


class DeviceCodesBody(serializers.Serializer[Any]):
    """Answer of `POST /api/auth/device`."""

    deviceCode = serializers.CharField()  # noqa: N815 - the contract's name
    userCode = serializers.CharField()  # noqa: N815 - the contract's name
    verificationUrl = serializers.URLField()  # noqa: N815 - the contract's name
    verificationUrlComplete = serializers.URLField()  # noqa: N815 - the contract's name
    expiresIn = serializers.IntegerField(help_text="Seconds.")  # noqa: N815 - the contract's name
    interval = serializers.IntegerField(help_text="Seconds between two polls.")


class PollRequestBody(serializers.Serializer[Any]):
    """Body of `POST /api/auth/device/poll`."""

    deviceCode = serializers.CharField()  # noqa: N815 - the contract's name


class TokenUserBody(serializers.Serializer[Any]):
    """The person whom a token speaks for."""

    username = serializers.CharField()
    avatarUrl = serializers.CharField()  # noqa: N815 - the contract's name


class PollBody(serializers.Serializer[Any]):
    """Answer of `POST /api/auth/device/poll`."""

    status = serializers.ChoiceField(choices=["pending", "complete", "expired"])
    token = serializers.CharField(required=False)
    user = TokenUserBody(required=False)


class TokenNameBody(serializers.Serializer[Any]):
    """What may be known of a token."""

    name = serializers.CharField()
    createdAt = serializers.DateTimeField()  # noqa: N815 - the contract's name
    expiresAt = serializers.DateTimeField(allow_null=True)  # noqa: N815 - the contract's name


class TokenBody(serializers.Serializer[Any]):
    """Answer of `GET /api/auth/token`."""

    user = TokenUserBody()
    token = TokenNameBody()


def session_body(*, user: User, origin: str) -> dict[str, object]:
    """`SessionUserBody`; paths become addresses under `origin`."""
    shown = session_user(user=user)
    return {
        "id": str(shown.id),
        "username": shown.username,
        "displayName": shown.display_name,
        "avatarUrl": absolute(url=shown.avatar_url, origin=origin),
        "isAdmin": shown.is_admin,
    }


def token_user_body(*, user: User, origin: str) -> dict[str, object]:
    """`TokenUserBody`."""
    shown = session_user(user=user)
    return {
        "username": shown.username,
        "avatarUrl": absolute(url=shown.avatar_url, origin=origin),
    }


def token_body(*, token: ApiToken, origin: str) -> dict[str, object]:
    """`TokenBody`."""
    return {
        "user": token_user_body(user=token.user, origin=origin),
        "token": {
            "name": token.name,
            "createdAt": token.created_at,
            "expiresAt": token.expires_at,
        },
    }


def absolute(*, url: str, origin: str) -> str:
    """An address that a program elsewhere can follow."""
    return f"{origin}{url}" if url.startswith("/") else url
