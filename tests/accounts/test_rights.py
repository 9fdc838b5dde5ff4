"""Export and deletion of everything."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts import rights
from accounts.models import ApiToken, Device, DeviceLogin, Session, User
from accounts.rights import CHUNK_BYTES, ExportFile, csv_file, delete_account, export_account
from accounts.services import create_person
from accounts.signals import account_changed
from ccgather.errors import NotFoundError
from tests.accounts.factories import make_device, make_token

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def opened(chunks: Iterator[bytes]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert archive.testzip() is None
    return archive


def test_an_export_holds_what_we_hold_and_no_secret(ana: User, ben: User, as_ana: Client) -> None:
    plain, token = make_token(ana, "=cmd")
    make_token(ben, "his")
    SocialAccount.objects.create(user=ana, provider="github", uid="7")
    content = b"".join(export_account(user=ana, at=AT))
    archive = opened(iter([content]))
    profile = json.loads(archive.read("account/profile.json"))
    assert profile[0]["username"] == "ana"
    assert profile[0]["email"] == "ana@example.org"
    rows = list(csv.DictReader(io.StringIO(archive.read("account/tokens.csv").decode())))
    assert [row["name"] for row in rows] == ["'=cmd"]
    assert json.loads(archive.read("account/sign-ins.json"))[0]["uid"] == "7"
    assert len(archive.read("account/sessions.csv").splitlines()) == 2
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (plain, bytes(token.token_hash).hex(), ana.password, "his"):
        assert secret.encode() not in everything


def test_an_export_is_made_while_it_is_sent(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def rows() -> Iterator[list[str]]:
        nonlocal made
        for _ in range(20_000):
            made += 1
            yield [uuid4().hex * 8]

    def exporter(user: User) -> Iterator[ExportFile]:
        yield csv_file("big.csv", ["noise"], rows())

    monkeypatch.setattr(rights, "_exporters", {"noise": exporter})
    chunks = export_account(user=ana, at=AT)
    first = next(chunks)
    assert made < 5_000
    rest = list(chunks)
    assert max(map(len, [first, *rest])) < 4 * CHUNK_BYTES
    archive = opened(iter([first, *rest]))
    assert len(archive.read("noise/big.csv").splitlines()) == 20_001


def test_nothing_of_a_deleted_person_is_left_and_the_name_is_free(ana: User, ben: User) -> None:
    make_token(ana)
    make_token(ben)
    SocialAccount.objects.create(user=ana, provider="github", uid="7")
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    device = make_device(ana)
    DeviceLogin.objects.create(
        device_code_hash=b"x" * 32,
        user_code="BCDF-GHJK",
        device_name="x",
        state="approved",
        created_at=AT,
        expires_at=AT,
        user=ana,
        device=device,
    )
    delete_account(user_id=ana.pk, at=AT)
    assert list(User.objects.all()) == [ben]
    assert {token.user for token in ApiToken.objects.all()} == {ben}
    assert {device.user for device in Device.objects.all()} == {ben}
    assert not SocialAccount.objects.exists()
    assert not Session.objects.exists()
    assert not DeviceLogin.objects.exists()
    assert create_person(username="Ana", at=AT).username == "Ana"


def test_the_apps_above_see_the_person_hidden_then_erase_the_latest_first(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def listen(*, user: User, at: datetime, **said: Any) -> None:
        seen.append(("told", user.stands_on_boards, at))

    erasers = [lambda user: seen.append(("below", user.pk)), lambda user: seen.append(("above",))]
    monkeypatch.setattr(rights, "_erasers", erasers)
    account_changed.connect(listen)
    try:
        delete_account(user_id=ana.pk, at=AT)
    finally:
        account_changed.disconnect(listen)
    assert seen == [("told", False, AT), ("above",), ("below", ana.pk)]


def test_a_deletion_that_breaks_half_way_deletes_nothing(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(user: User) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(rights, "_erasers", [break_down])
    with pytest.raises(RuntimeError):
        delete_account(user_id=ana.pk, at=AT)
    ana.refresh_from_db()
    assert (ana.is_active, ana.profile_visible) == (True, True)


def test_a_person_is_deleted_once(ana: User) -> None:
    delete_account(user_id=ana.pk, at=AT)
    with pytest.raises(NotFoundError):
        delete_account(user_id=ana.pk, at=AT)
