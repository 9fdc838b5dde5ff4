"""API tokens: made, noted as used, revoked."""

import secrets
from datetime import datetime
from uuid import UUID

from accounts.errors import TooManyTokensError
from accounts.locking import locked_account
from accounts.models import ApiToken, Device, User
from accounts.rules.names import cleaned_name_of, free_name_of
from accounts.rules.tokens import (
    MAX_TOKENS,
    PREFIX,
    SECRET_HEX_DIGITS,
    USE_NOTED_EVERY,
    is_use_worth_noting,
    token_hash_of,
    token_hint_of,
)
from accounts.services.devices import device_named
from ccgather.errors import InvalidInputError, NotFoundError


def create_token(
    *,
    user_id: UUID,
    name: str,
    at: datetime,
    device: Device | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, ApiToken]:
    """A new token, in plain text this one time, and what is kept of it.

    Without a `device` it is bound to the person's device of the token's name, made if there is
    none. A taken name gets " (2)". Raises InvalidInputError, TooManyTokensError,
    TooManyDevicesError, NotFoundError.
    """
    cleaned = cleaned_name_of(text=name)
    if not cleaned:
        raise InvalidInputError("A token needs a name.", details=["name: is empty"])
    if expires_at is not None and expires_at <= at:
        raise InvalidInputError(
            "A token cannot have expired before it is made.",
            details=["expiresAt: lies in the past"],
        )
    with locked_account(user_id=user_id) as user:
        bound_to = device or device_named(user=user, name=cleaned, at=at)
        return add_token(user=user, device=bound_to, name=cleaned, at=at, expires_at=expires_at)


def add_token(
    *, user: User, device: Device, name: str, at: datetime, expires_at: datetime | None = None
) -> tuple[str, ApiToken]:
    """The writing half of `create_token`, for callers that hold the account's lock."""
    refuse_one_token_more(user=user)
    taken = list(user.tokens.values_list("name", flat=True))
    plain = PREFIX + secrets.token_hex(SECRET_HEX_DIGITS // 2)
    token = ApiToken.objects.create(
        user=user,
        device=device,
        name=free_name_of(wanted=name, taken=taken),
        token_hash=token_hash_of(token=plain),
        token_hint=token_hint_of(token=plain),
        created_at=at,
        expires_at=expires_at,
    )
    return plain, token


def refuse_one_token_more(*, user: User) -> None:
    """Raise TooManyTokensError when the person has as many tokens as one may have."""
    if user.tokens.count() >= MAX_TOKENS:
        raise TooManyTokensError(
            f"There are {MAX_TOKENS} tokens on this account; revoke one you no longer use."
        )


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Remember that a token spoke, at most once a minute, whoever else remembers it now."""
    if not is_use_worth_noting(last_used_at=token.last_used_at, at=at):
        return
    unnoted = ApiToken.objects.filter(pk=token.pk).exclude(last_used_at__gt=at - USE_NOTED_EVERY)
    unnoted.update(last_used_at=at)
    token.last_used_at = at


def revoke_token(*, user: User, token_id: UUID) -> None:
    """End a token of that person at once. Raises NotFoundError when they have no such token."""
    deleted, _ = user.tokens.filter(pk=token_id).delete()
    if not deleted:
        raise NotFoundError("There is no such token on this account.")
