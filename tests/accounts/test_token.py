"""`GET /api/auth/token`, and bearer tokens as such."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from accounts.services import create_token, suspend_account
from ccgather.ops.runtime import runtime
from tests.accounts.factories import make_token

pytestmark = pytest.mark.django_db

PATH = "/api/auth/token"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_token_says_whom_it_speaks_for(client: Client, ana: User) -> None:
    plain, token = make_token(ana, "ci")
    body = client.get(PATH, headers=bearer(plain)).json()
    assert body == {
        "user": {"username": "ana", "avatarUrl": "http://testserver/avatars/ana.svg"},
        "token": {
            "name": "ci",
            "createdAt": token.created_at.isoformat().replace("+00:00", "Z"),
            "expiresAt": None,
        },
    }


def test_only_a_hash_of_a_token_is_stored(ana: User) -> None:
    plain, token = make_token(ana)
    assert len(plain) == 51
    assert len(bytes(token.token_hash)) == 32
    assert plain[7:] not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer tt_",
        "Bearer tt_" + "0" * 48,
        "Bearer tt_" + "G" * 48,
        "Bearer tt_" + "0" * 47,
        "Bearer tt_" + "0" * 48 + " x",
        "bearer \u00e9",
        "Basic dTpw",
        "",
    ],
)
def test_what_is_no_token_of_ours_is_401_and_says_how(client: Client, header: str) -> None:
    answer = client.get(PATH, headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["success"] is False


def test_the_scheme_is_read_in_any_case(client: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    answer = client.get(PATH, headers={"authorization": f"bearer {plain}"})
    assert answer.status_code == 200


def test_a_token_ends_at_its_hour(client: Client, ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        plain, _ = create_token(
            user_id=ana.pk, name="ci", at=NOON, expires_at=NOON + timedelta(hours=1)
        )
        clock.shift(3599)
        assert client.get(PATH, headers=bearer(plain)).status_code == 200
        clock.shift(1)
        refused = client.get(PATH, headers=bearer(plain))
        assert refused.status_code == 401
        assert "expired" in refused.json()["message"]


def test_a_bad_token_is_refused_also_beside_a_good_cookie(as_ana: Client) -> None:
    assert as_ana.get(PATH, headers=bearer("tt_" + "0" * 48)).status_code == 401


def test_a_cookie_alone_is_no_token(as_ana: Client) -> None:
    assert as_ana.get(PATH).status_code == 403


def test_tokens_of_suspended_people_are_403(client: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    suspend_account(user_id=ana.pk, at=NOON)
    answer = client.get(PATH, headers=bearer(plain))
    assert (answer.status_code, answer.json()["error"]) == (403, "account_suspended")


def test_the_last_use_is_written_at_most_once_a_minute(client: Client, ana: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        plain, _ = create_token(user_id=ana.pk, name="ci", at=NOON)
        for seconds, noted in ((0, 0), (59, 0), (1, 60), (1, 60)):
            clock.shift(seconds)
            client.get(PATH, headers=bearer(plain))
            assert ApiToken.objects.get().last_used_at == NOON + timedelta(seconds=noted)


def test_knowing_a_token_costs_one_query_and_its_note_another(
    client: Client, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plain, _ = make_token(ana)
    assert runtime.api_per_minute  # read and kept before counting
    with django_assert_num_queries(2):
        client.get(PATH, headers=bearer(plain))
    with django_assert_num_queries(1):
        client.get(PATH, headers=bearer(plain))


def test_other_methods_are_refused_in_json(client: Client, ana: User) -> None:
    plain, _ = make_token(ana)
    answer = client.post(PATH, headers=bearer(plain))
    assert (answer.status_code, answer.json()["success"]) == (405, False)
