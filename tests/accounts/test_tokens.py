"""API tokens in the settings."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from accounts.rules.tokens import MAX_TOKENS
from tests.accounts.factories import make_device, make_token

pytestmark = pytest.mark.django_db

PATH = "/settings/tokens"


def shown_token(text: str) -> str | None:
    found = re.search(r"tt_[0-9a-f]{48}", text)
    return found[0] if found else None


def test_a_new_token_is_shown_once_and_works(as_ana: Client, client: Client, ana: User) -> None:
    answer = as_ana.post(PATH, {"name": "ci", "expires_in": "30"})
    plain = shown_token(answer.content.decode())
    assert plain is not None
    assert "no-store" in answer["Cache-Control"]
    assert shown_token(as_ana.get(PATH).content.decode()) is None
    token = ApiToken.objects.get()
    assert token.user == ana
    assert token.device.name == "ci"
    assert token.expires_at is not None
    assert token.expires_at - token.created_at == timedelta(days=30)
    headers = {"authorization": f"Bearer {plain}"}
    assert client.get("/api/auth/token", headers=headers).status_code == 200


def test_a_taken_name_gets_a_number_and_the_device_is_shared(as_ana: Client) -> None:
    for _ in range(3):
        as_ana.post(PATH, {"name": "ci"})
    names = sorted(ApiToken.objects.values_list("name", flat=True))
    assert names == ["ci", "ci (2)", "ci (3)"]
    assert len({token.device_id for token in ApiToken.objects.all()}) == 1


def test_the_list_is_ones_own_with_use_and_expiry(as_ana: Client, ana: User, ben: User) -> None:
    make_token(ana, "hers", expires_at=datetime.now(UTC) - timedelta(days=1))
    make_token(ben, "his")
    text = as_ana.get(PATH).content.decode()
    assert "hers" in text
    assert "expired" in text
    assert "never" in text
    assert ">his" not in text


def test_the_list_has_pages(as_ana: Client, ana: User) -> None:
    device = make_device(ana)
    ApiToken.objects.bulk_create(
        ApiToken(
            user=ana,
            device=device,
            name=f"t{number:02}",
            token_hash=bytes([number]) * 32,
            token_hint="tt_0000…",
            created_at=datetime(2026, 1, 1, 0, number, tzinfo=UTC),
        )
        for number in range(25)
    )
    assert "t24" in as_ana.get(PATH).content.decode()
    second = as_ana.get(PATH, {"page": "2"}).content.decode()
    assert "t00" in second
    assert "t24" not in second
    for nonsense in ("x", "-1", "0", "9" * 50, "99"):
        assert as_ana.get(PATH, {"page": nonsense}).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [{"name": ""}, {"name": "\u200b"}, {"name": "x" * 101}, {"name": "a", "expires_in": "9"}],
)
def test_nonsense_says_so(as_ana: Client, fault: dict[str, str]) -> None:
    assert as_ana.post(PATH, fault).status_code == 400
    assert not ApiToken.objects.exists()


def test_there_is_a_last_token(as_ana: Client, ana: User) -> None:
    device = make_device(ana)
    ApiToken.objects.bulk_create(
        ApiToken(
            user=ana,
            device=device,
            name=f"t{number}",
            token_hash=bytes([number]) * 32,
            token_hint="tt_0000…",
            created_at=datetime.now(UTC),
        )
        for number in range(MAX_TOKENS)
    )
    answer = as_ana.post(PATH, {"name": "one more"})
    assert answer.status_code == 400
    assert "revoke one" in answer.content.decode()


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(PATH).status_code == 302
    assert client.post(PATH, {"name": "ci"}).status_code == 302
    assert not ApiToken.objects.exists()


def test_other_methods_are_refused(as_ana: Client) -> None:
    assert as_ana.delete(PATH).status_code == 405
