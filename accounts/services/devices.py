"""Devices: made, named, and found again for a report."""

from datetime import datetime
from uuid import UUID

from accounts.errors import NameTakenError, TooManyDevicesError
from accounts.locking import locked_account
from accounts.models import Device, DeviceKey, User
from accounts.rules.names import cleaned_name_of, free_name_of
from ccgather.errors import InvalidInputError, NotFoundError

MAX_DEVICES = 32


def create_device(*, user: User, name: str, at: datetime) -> Device:
    """A new device; a taken name gets " (2)". For callers that hold the account's lock.

    Raises InvalidInputError for an empty name, TooManyDevicesError.
    """
    cleaned = cleaned_name_of(text=name)
    if not cleaned:
        raise InvalidInputError("A device needs a name.", details=["deviceName: is empty"])
    taken = list(user.devices.values_list("name", flat=True))
    if len(taken) >= MAX_DEVICES:
        raise TooManyDevicesError(
            f"There are {MAX_DEVICES} devices on this account; merge or delete one first."
        )
    return Device.objects.create(
        user=user, name=free_name_of(wanted=cleaned, taken=taken), created_at=at
    )


def device_named(*, user: User, name: str, at: datetime) -> Device:
    """The person's device of that name, whatever the case; made when there is none.

    For callers that hold the account's lock. Raises as `create_device` does.
    """
    cleaned = cleaned_name_of(text=name)
    known = user.devices.filter(name__iexact=cleaned).first()
    return known or create_device(user=user, name=cleaned, at=at)


def rename_device(*, user_id: UUID, device_id: UUID, name: str) -> Device:
    """Give a device of that person another name.

    Raises InvalidInputError, NameTakenError, NotFoundError.
    """
    cleaned = cleaned_name_of(text=name)
    if not cleaned:
        raise InvalidInputError("A device needs a name.", details=["name: is empty"])
    with locked_account(user_id=user_id) as user:
        device = user.devices.filter(pk=device_id).first()
        if device is None:
            raise NotFoundError("There is no such device on this account.")
        if user.devices.exclude(pk=device_id).filter(name__iexact=cleaned).exists():
            raise NameTakenError(f"Another of your devices is called {cleaned}.")
        device.name = cleaned
        device.save(update_fields=["name"])
    return device


def device_for_report(
    *, user: User, collector: str, key: str | None, token_device: Device, at: datetime
) -> Device:
    """The device that a report belongs to. For callers that hold the account's lock.

    - No key: the device of the token.
    - A device of this person has that key of that collector: that one.
    - The token's device has no key of that collector yet: the token's, which now has it.
    - Else a machine we have not met reports with a copied token: a new device, named after the
      token's.

    Raises TooManyDevicesError.
    """
    if key is None:
        return token_device
    known = DeviceKey.objects.filter(user=user, collector=collector, key=key)
    found = known.select_related("device").first()
    if found is not None:
        return found.device
    device = token_device
    if token_device.keys.filter(collector=collector).exists():
        device = create_device(user=user, name=token_device.name, at=at)
    DeviceKey.objects.create(device=device, user=user, collector=collector, key=key, created_at=at)
    return device
