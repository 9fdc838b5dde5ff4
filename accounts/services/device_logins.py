"""The device login: a program asks, its person answers on the site, the program collects."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.errors import AccountBusyError, DeviceLoginGoneError
from accounts.locking import locked_account
from accounts.models import Device, DeviceLogin, User
from accounts.rules.device_codes import (
    ALPHABET,
    DEVICE_CODE_HEX_DIGITS,
    LIFETIME,
    USER_CODE_LETTERS,
    is_polled_too_soon,
    shown_code_of,
)
from accounts.rules.names import cleaned_name_of
from accounts.rules.tokens import token_hash_of
from accounts.services.devices import create_device
from accounts.services.tokens import add_token, refuse_one_token_more
from ccgather.errors import NotFoundError

UNNAMED_DEVICE = "Unnamed device"
USER_CODE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedLogin:
    """What the program is told: a code to poll with, and one for its person to enter."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The answer to a program that asks whether its person has answered.

    `token` and `user` stand with `complete` only, and only once. `too_soon` comes with `pending`.
    """

    status: Literal["pending", "complete", "expired"]
    too_soon: bool = False
    token: str = ""
    user: User | None = None


def start_device_login(
    *, device_name: str, address: str | None, user_agent: str, at: datetime
) -> StartedLogin:
    """Write down that a program at `address` asks to be let in, for 900 s."""
    device_code = secrets.token_hex(DEVICE_CODE_HEX_DIGITS // 2)
    tries_left = USER_CODE_TRIES
    while True:
        tries_left -= 1
        letters = "".join(secrets.choice(ALPHABET) for _ in range(USER_CODE_LETTERS))
        user_code = shown_code_of(letters=letters)
        try:
            with transaction.atomic():
                DeviceLogin.objects.create(
                    device_code_hash=token_hash_of(token=device_code),
                    user_code=user_code,
                    device_name=cleaned_name_of(text=device_name) or UNNAMED_DEVICE,
                    address=address or None,
                    user_agent=cleaned_name_of(text=user_agent, max_length=200),
                    created_at=at,
                    expires_at=at + LIFETIME,
                )
        except IntegrityError:
            # The code is somebody else's at this moment.
            if not tries_left:
                raise
        else:
            return StartedLogin(device_code=device_code, user_code=user_code)


def approve_device_login(
    *, user_id: UUID, user_code: str, device_id: UUID | None, at: datetime
) -> DeviceLogin:
    """Let the program in, as that device of the person, or (None) as a new one.

    Raises DeviceLoginGoneError, NotFoundError for a device of somebody else, TooManyDevicesError,
    TooManyTokensError, AccountBusyError.
    """
    with locked_account(user_id=user_id) as user:
        refuse_one_token_more(user=user)
        login = _waiting_login(user_code=user_code, at=at)
        if device_id is None:
            device = create_device(user=user, name=login.device_name, at=at)
        else:
            device = _own_device(user=user, device_id=device_id)
        login.state = DeviceLogin.State.APPROVED
        login.user = user
        login.device = device
        login.save(update_fields=["state", "user", "device"])
    return login


def deny_device_login(*, user_code: str, at: datetime) -> None:
    """Turn the program away for good. Raises DeviceLoginGoneError."""
    with transaction.atomic():
        login = _waiting_login(user_code=user_code, at=at)
        login.state = DeviceLogin.State.DENIED
        login.save(update_fields=["state"])


def poll_device_login(*, device_code: str, at: datetime) -> Poll:
    """Tell the program how its request stands; hand out the token the first time it may.

    The token is made here and not on approval, so that its plain text is never stored.
    """
    with transaction.atomic():
        login = (
            DeviceLogin.objects.select_for_update()
            .filter(device_code_hash=token_hash_of(token=device_code), expires_at__gt=at)
            .first()
        )
        if login is None or login.state in (DeviceLogin.State.DENIED, DeviceLogin.State.USED):
            return Poll(status="expired")
        if login.state == DeviceLogin.State.PENDING:
            too_soon = is_polled_too_soon(last_polled_at=login.last_polled_at, at=at)
            if not too_soon:
                login.last_polled_at = at
                login.save(update_fields=["last_polled_at"])
            return Poll(status="pending", too_soon=too_soon)
        return _collect(login, at=at)


def _collect(login: DeviceLogin, *, at: datetime) -> Poll:
    if login.user_id is None or login.device_id is None:
        return Poll(status="expired")
    try:
        with locked_account(user_id=login.user_id) as user:
            device = _own_device(user=user, device_id=login.device_id)
            if user.suspended_at is not None or not user.is_active:
                return Poll(status="expired")
            token, _ = add_token(user=user, device=device, name=device.name, at=at)
            login.state = DeviceLogin.State.USED
            login.save(update_fields=["state"])
    except AccountBusyError:
        # A long report of the same person is being written; the program asks again anyway.
        return Poll(status="pending")
    except NotFoundError:
        # The person or the device was deleted between the approval and now.
        return Poll(status="expired")
    return Poll(status="complete", token=token, user=user)


def _waiting_login(*, user_code: str, at: datetime) -> DeviceLogin:
    login = (
        DeviceLogin.objects.select_for_update()
        .filter(user_code=user_code, state=DeviceLogin.State.PENDING, expires_at__gt=at)
        .first()
    )
    if login is None:
        raise DeviceLoginGoneError(
            "No program waits under this code. It may have expired: start the login again."
        )
    return login


def _own_device(*, user: User, device_id: UUID) -> Device:
    device = user.devices.filter(pk=device_id).first()
    if device is None:
        raise NotFoundError("There is no such device on this account.")
    return device
