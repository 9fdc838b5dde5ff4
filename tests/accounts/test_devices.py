"""Devices: which one a report belongs to, and their names."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.errors import NameTakenError, TooManyDevicesError
from accounts.models import Device, DeviceKey, User
from accounts.services import MAX_DEVICES, create_device, device_for_report, rename_device
from ccgather.errors import InvalidInputError, NotFoundError
from tests.accounts.factories import make_device

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def report_device(
    user: User, token_device: Device, key: str | None, by: str = "tokscale"
) -> Device:
    return device_for_report(user=user, collector=by, key=key, token_device=token_device, at=AT)


def test_a_report_without_a_key_belongs_to_the_tokens_device(ana: User) -> None:
    laptop = make_device(ana)
    assert report_device(ana, laptop, None) == laptop
    assert not DeviceKey.objects.exists()


def test_the_first_key_of_a_collector_stays_with_the_tokens_device(ana: User) -> None:
    laptop = make_device(ana)
    assert report_device(ana, laptop, "k1") == laptop
    assert report_device(ana, laptop, "k1", by="ccgather") == laptop
    assert laptop.keys.count() == 2


def test_a_known_key_is_found_again_whatever_the_token(ana: User) -> None:
    laptop, desk = make_device(ana), make_device(ana, "desk")
    report_device(ana, laptop, "k1")
    assert report_device(ana, desk, "k1") == laptop


def test_another_key_behind_a_copied_token_is_a_new_device(ana: User) -> None:
    laptop = make_device(ana)
    report_device(ana, laptop, "k1")
    other = report_device(ana, laptop, "k2")
    assert other.name == "laptop (2)"
    assert report_device(ana, laptop, "k2") == other
    assert report_device(ana, laptop, "k1") == laptop


def test_keys_of_different_people_do_not_meet(ana: User, ben: User) -> None:
    hers, his = make_device(ana), make_device(ben)
    assert report_device(ana, hers, "k1") == hers
    assert report_device(ben, his, "k1") == his


def test_there_is_a_last_device(ana: User) -> None:
    for number in range(MAX_DEVICES):
        create_device(user=ana, name=f"d{number}", at=AT)
    with pytest.raises(TooManyDevicesError):
        create_device(user=ana, name="one more", at=AT)


def test_a_device_is_renamed(ana: User) -> None:
    laptop = make_device(ana)
    rename_device(user_id=ana.pk, device_id=laptop.pk, name=" Studio\n")
    laptop.refresh_from_db()
    assert laptop.name == "Studio"


def test_a_device_can_change_the_case_of_its_own_name(ana: User) -> None:
    laptop = make_device(ana)
    assert rename_device(user_id=ana.pk, device_id=laptop.pk, name="Laptop").name == "Laptop"


def test_two_devices_do_not_share_a_name(ana: User) -> None:
    laptop = make_device(ana)
    make_device(ana, "desk")
    with pytest.raises(NameTakenError):
        rename_device(user_id=ana.pk, device_id=laptop.pk, name="DESK")


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_a_device_needs_a_name(ana: User, name: str) -> None:
    laptop = make_device(ana)
    with pytest.raises(InvalidInputError):
        rename_device(user_id=ana.pk, device_id=laptop.pk, name=name)


def test_somebody_elses_device_is_not_there(ana: User, ben: User) -> None:
    his = make_device(ben)
    with pytest.raises(NotFoundError):
        rename_device(user_id=ana.pk, device_id=his.pk, name="mine")
    with pytest.raises(NotFoundError):
        rename_device(user_id=ana.pk, device_id=uuid4(), name="mine")
