"""What happened to systems of this kind, continued from `test_traps`: trust, security, running."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import ApiToken, Device, User
from accounts.rights import delete_account
from accounts.services.settings import change_settings
from accounts.services.tokens import revoke_token
from ccgather.site.sums import sum_disagreements
from leaderboard.models import MidnightRank
from leaderboard.services.roll import roll_boards
from submissions.models import SliceRow, UsageAccount
from tests.cast import ALICE_SECRET, person
from tests.submissions.reports import MODEL, NOW, TODAY, native_body, report, row
from tests.submissions.sending import BEARER, accept, send, total

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
ONE_DAY = timedelta(days=1)
YESTERDAY = TODAY - ONE_DAY


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


# --- Trust -----------------------------------------------------------------------------------


def test_trap_16_who_is_hidden_or_excluded_is_nowhere(
    client: Client, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    """One queryset decides who is ranked; hiding needed a filter in six places."""
    accept(alice_token, report([row(tokens=1_000_000)]))
    accept(bob_token, report([row(tokens=10)]))
    roll_boards(at=NOW + ONE_DAY)
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    cache.clear()
    for query in ("", "?period=30d", "?sort=cost", "?sort=days", "?country=KR", "?period=2026-11"):
        answer = client.get(f"/api/leaderboard{query}").json()
        assert [line["user"]["username"] for line in answer["data"]] == ["bob"], query
        assert [line["rank"] for line in answer["data"]] == [1]
        assert answer["pagination"]["total"] == answer["stats"]["totalUsers"] == 1
        assert answer["stats"]["totalTokens"] == 10
    assert client.get("/api/leaderboard?around=alice").status_code == 404
    assert client.get("/api/stats").json()["totalTokens"] == 10
    for address in ("/api/user/alice", "/api/users/alice", "/api/user/alice/chart", "/u/alice"):
        assert client.get(address).status_code == 404, address
    assert "alice" not in client.get("/").text
    assert "alice" not in client.get("/people?q=ali").text.replace('value="ali', "")


def test_trap_16_nothing_ranks_but_the_queryset() -> None:
    """`on_boards` is filtered by in one place of Python; SQL that ranks says why it may."""
    filters = []
    for app in ("accounts", "submissions", "leaderboard", "ccgather", "news"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                        names = {keyword.arg for keyword in node.keywords}
                        if node.func.attr in {"filter", "exclude"} and "on_boards" in names:
                            filters.append(path.relative_to(ROOT).as_posix())
    assert filters == ["leaderboard/querysets.py"]


def test_trap_17_heavy_caching_is_held_by_the_hard_limits_alone(
    alice: User, alice_token: ApiToken
) -> None:
    """Nine billion cache reads in a day are honest: $4,500 at list price."""
    reads = row(cache_read_tokens=9_000_000_000, input_tokens=100)
    assert accept(alice_token, report([reads])).status == "verified"
    assert total(alice) == 9_000_000_100
    more = row(YESTERDAY, cache_read_tokens=11_000_000_000)
    answer = accept(alice_token, report([more]), minutes=1)
    assert [r.code for held in answer.held for r in held.reasons] == ["over_hard_limit"]
    assert total(alice) == 9_000_000_100


@pytest.mark.parametrize(("hour", "taken"), [(9, False), (10, True), (23, True)])
def test_trap_19_people_ahead_of_utc_have_begun_their_day(
    client: Client, alice: User, alice_token: ApiToken, hour: int, taken: bool
) -> None:
    """UTC + 14 h is the furthest ahead that a day has begun anywhere."""
    moment = datetime(2026, 11, 20, hour, 0, 1, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        response = send(client, native_body([row(TODAY + ONE_DAY)]))
    assert response.status_code == (200 if taken else 400)
    assert total(alice) == (100 if taken else 0)


def test_trap_21_a_model_of_tomorrow_is_taken_today(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """Counted in tokens, without a cost until the table has one."""
    body = native_body([row(tokens=500, model="claude-opus-99-zeta"), row(tokens=5, model=MODEL)])
    answer = send(client, body).json()
    assert (answer["status"], answer["metrics"]["totalTokens"]) == ("verified", 505)
    assert UsageAccount.objects.get(user=alice).unpriced_tokens == 500
    clients = send(client, native_body([row(tokens=9, client="a-tool-of-tomorrow")])).json()
    assert clients["metrics"]["clients"] == ["a-tool-of-tomorrow", "claude"]


# --- Security --------------------------------------------------------------------------------


def test_trap_23_a_token_is_stored_as_a_hash_is_one_devices_and_dies_when_revoked(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """Tokens in plain text, permanent, shared by all devices; a log-out that did not revoke."""
    stored = ApiToken.objects.values().get()
    assert ALICE_SECRET not in repr(stored)
    assert ALICE_SECRET.encode() not in bytes(stored["token_hash"])
    assert len(ALICE_SECRET) > 4 * len(stored["token_hint"])
    assert stored["device_id"] == Device.objects.get().pk
    assert client.get("/api/auth/token", headers=BEARER).status_code == 200
    revoke_token(user=alice, token_id=alice_token.pk)
    assert client.get("/api/auth/token", headers=BEARER).status_code == 401
    # Logging out revokes: tests/accounts/test_api_logout.


def test_trap_25_an_id_is_not_a_key(client: Client, alice: User, alice_token: ApiToken) -> None:
    """Neither a person's id, nor a token's id or hash, acts as anybody, also when cached."""
    assert client.get("/api/me/stats", headers=BEARER).status_code == 200
    stored = bytes(alice_token.token_hash).hex()
    for value in (alice.pk, alice_token.pk, stored, f"tt_{alice.pk.hex}", f"tt_{stored}"[:51]):
        headers = {"Authorization": f"Bearer {value}"}
        assert client.get("/api/me/stats", headers=headers).status_code == 401, value


PERSONAL = (
    "/",
    "/u/alice",
    "/people?q=al",
    "/settings",
    "/settings/devices",
    "/settings/submissions",
    "/settings/upload",
    "/settings/tokens",
    "/settings/sessions",
    "/settings/profile",
    "/settings/account",
    "/device",
    "/api/user/alice",
    "/api/users/alice",
    "/api/me",
    "/api/me/stats",
    "/api/me/submissions",
    "/api/me/export",
    "/api/auth/session",
)


@pytest.mark.parametrize("address", PERSONAL)
def test_trap_27_no_cache_keeps_a_page_of_somebody_signed_in(
    client: Client, alice: User, alice_token: ApiToken, address: str
) -> None:
    """A CDN cached a personal page and showed it to others."""
    accept(alice_token, report([row()]))
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/u/alice", "/api/leaderboard", "/api/user/alice"])
def test_trap_27_what_a_cache_may_keep_sets_no_cookie(
    client: Client, alice_token: ApiToken, address: str
) -> None:
    """A kept Set-Cookie would hand one visitor's session to the next."""
    accept(alice_token, report([row()]))
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies


def test_trap_28_a_deleted_persons_name_is_free_and_inherits_nothing(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """Soft-deleted rows kept names taken; sign-up was broken for months unnoticed."""
    accept(alice_token, report([row()]))
    delete_account(user_id=alice.pk, at=NOW)
    again = person("Alice", github_id=9_999)
    assert total(again) == 0
    assert not again.devices.exists()
    cache.clear()
    assert client.get("/api/leaderboard").json()["data"] == []


def test_trap_29_no_name_survives_a_deletion(
    client: Client, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    """Names in a hall of fame did: no past window, rank or page knows the person any more."""
    last_month = TODAY - 30 * ONE_DAY
    accept(alice_token, report([row(tokens=900), row(last_month, 900)]))
    accept(bob_token, report([row(tokens=10), row(last_month, 10)]))
    roll_boards(at=NOW + ONE_DAY)
    client.get("/api/leaderboard?period=2026-10")
    delete_account(user_id=alice.pk, at=NOW)
    assert not MidnightRank.objects.filter(user_id=alice.pk).exists()
    for address in ("/", "/?period=2026-10", "/api/leaderboard?period=2026-10", "/people?q=a"):
        assert "alice" not in client.get(address).text.lower(), address
    assert sum_disagreements() == []


# --- Running ---------------------------------------------------------------------------------


def test_trap_34_a_history_of_eleven_thousand_rows_is_taken(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """A default body limit of 2.5 MB fails there, and people send everything every time."""
    rows = [
        row(TODAY - n * ONE_DAY, 10, client=f"client-{c}", model=f"a-model-with-a-long-name-{m}")
        for n in range(1_000)
        for c in range(2)
        for m in range(6)
    ][:11_000]
    body = native_body(rows).replace(
        b'"provider": "anthropic"', b'"provider": "' + b"a" * 60 + b'"'
    )
    assert len(body) > 2_500_000
    answer = send(client, body).json()
    assert answer["success"] is True, answer
    assert total(alice) == answer["metrics"]["totalTokens"] == 110_000
    assert SliceRow.objects.count() == 11_000
