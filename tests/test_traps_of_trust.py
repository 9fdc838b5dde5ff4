"""What happened to systems of this kind, continued from `test_traps`: trust, security, running."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import ApiToken, Device, Notice, User
from accounts.rights import delete_account
from accounts.services.settings import change_settings
from accounts.services.tokens import revoke_token
from ccgather.site.sums import sum_disagreements
from leaderboard.models import MidnightRank
from leaderboard.services.roll import roll_boards
from submissions.models import Appeal, Decision, Slice, SliceRow, UsageAccount
from submissions.report import MAX_COUNT, UsageRow
from submissions.rules.signals.catalogue import FAMILIES, HOLD_FROM, SIGNALS
from submissions.rules.signals.facts import (
    AccountFacts,
    ClassCounts,
    Cohort,
    ReportFacts,
    Signal,
    SliceFacts,
)
from submissions.rules.signals.specs import FamilySpec
from submissions.rules.signals.weighing import SignalSettings, verdicts_of
from submissions.services.appeals import appeal
from submissions.services.exclusion import exclude, restore
from tests.cast import ALICE_SECRET, person, token_of
from tests.submissions.holding import admin
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


def honest_day(
    rng: Random, day: date, *, millions: float, cached: float = 0.95, model: str = MODEL
) -> UsageRow:
    """A tool's day of about so many million tokens, of which that part was read from a cache."""
    whole = int(millions * 1_000_000 * rng.lognormvariate(0, 0.4))
    fresh = max(10, int(whole * (1 - cached) * rng.uniform(0.8, 1.2)))
    return row(
        day,
        input_tokens=int(fresh * rng.uniform(0.05, 0.2)),
        output_tokens=int(fresh * rng.uniform(0.12, 0.25)),
        cache_write_tokens=int(fresh * rng.uniform(0.5, 0.7)) if cached else 0,
        cache_read_tokens=int(whole * cached),
        messages=max(1, whole // rng.randint(60_000, 110_000)),
        model=model,
    )


def test_trap_15_a_count_that_javascript_would_lose_waits_and_shows_nowhere(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    """One account claimed 9,007,199,254,740,991 tokens in one day and was ranked."""
    answer = accept(alice_token, report([row(tokens=MAX_COUNT), row(YESTERDAY, 100)]))
    assert answer.status == "flagged"
    assert next(r.code for held in answer.held for r in held.reasons) == "over_hard_limit"
    assert Slice.objects.pending().get().total_tokens == MAX_COUNT
    assert total(alice) == 100
    for address in ("/", "/u/alice", "/api/leaderboard", "/api/user/alice", "/api/stats"):
        text = client.get(address).text
        assert str(MAX_COUNT) not in text.replace(",", ""), address
    assert sum_disagreements() == []


def test_trap_16_one_exclusion_takes_99_percent_of_a_board_off_everywhere(
    client: Client, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    """One fake account held 99.4 % of a board's tokens; hiding it needed six filters."""
    accept(alice_token, report([row(tokens=994_000)]))
    accept(bob_token, report([row(tokens=6_000)]))
    assert client.get("/api/leaderboard").json()["data"][1]["user"]["username"] == "bob"
    exclude(user_id=alice.pk, actor=admin(), reason="The counts were made up.", at=NOW)
    for query in ("", "?period=30d", "?sort=cost", "?sort=days", "?country=KR", "?period=2026-11"):
        answer = client.get(f"/api/leaderboard{query}").json()
        lines = [(line["rank"], line["user"]["username"]) for line in answer["data"]]
        assert lines == [(1, "bob")], query
        assert answer["stats"]["totalTokens"] == 6_000
    assert client.get("/api/leaderboard?around=alice").status_code == 404
    assert client.get("/api/stats").json()["totalTokens"] == 6_000
    assert client.get("/api/countries/KR").json()["data"]["tokens"] == 6_000
    assert "alice" not in client.get("/").text
    # Nothing is deleted: it is all there for a decision that is reversed.
    assert total(alice) == 994_000
    assert sum_disagreements() == []


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
    assert [held.reasons[0].code for held in answer.held] == ["over_hard_limit"]
    assert total(alice) == 9_000_000_100


def test_trap_17_a_new_account_may_bring_months_of_heavy_cached_days(
    alice: User, alice_token: ApiToken
) -> None:
    """A real heavy day is 6.7 billion tokens and $4,000; the first report has 120 like it."""
    rng = Random(17)
    days = [honest_day(rng, TODAY - n * ONE_DAY, millions=2_000, cached=0.97) for n in range(120)]
    answer = accept(alice_token, report(days))
    assert (answer.status, answer.held) == ("verified", ())
    assert total(alice) == sum(each.total_tokens for each in days) > 100_000_000_000


CHEAP = (
    (0.0, "qwen3-coder-30b-local"),
    (0.985, MODEL),
    (0.0, "gpt-oss-20b"),
    (0.9, "claude-haiku-4-5"),
)
"""Local models without a price, a free tier, much cache, a cheap model."""


def test_trap_18_cheap_tokens_are_no_evidence() -> None:
    """A low price a token flagged 38 honest people of 41."""
    rng = Random(18)
    for number in range(41):
        cached, model = CHEAP[number % len(CHEAP)]
        token = token_of(person(f"honest-{number}"), secret=f"tt_{number:048x}")
        days = [
            honest_day(rng, TODAY - n * ONE_DAY, millions=60, cached=cached, model=model)
            for n in range(0, 28, 1 + number % 3)
        ]
        answer = accept(token, report(days, device=f"machine-{number}"))
        assert answer.held == (), (number, model, answer.held)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_trap_18_signals_of_one_family_never_hold_a_day_but_by_proof(family: FamilySpec) -> None:
    """Also all of them together, each as loud as it can be, on a day of any size."""
    counts = ClassCounts(input_tokens=10**10, output_tokens=10**9, messages=5_000)
    item = SliceFacts(
        client="claude",
        day=TODAY,
        counts=counts,
        cost_microusd=10**10,
        reported_cost_microusd=None,
        models=(),
    )
    facts = ReportFacts(
        at=NOW,
        account=AccountFacts(first_submission_at=None, clean_days=0, trusted=False),
        slices=(item,),
        history=(),
        replaced={},
        cohort=Cohort(),
    )
    loud = tuple(
        Signal(code=spec.code, strength=1.0, figures={}, sentence="It is loud.")
        for spec in SIGNALS
        if spec.family == family.name and not spec.proof
    )
    found = verdicts_of(signals={item.key: loud}, facts=facts, settings=SignalSettings())
    assert not found[item.key].hold
    assert found[item.key].weight <= family.ceiling < HOLD_FROM.default


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


CACHED = (
    "/",
    "/?period=7d",
    "/countries/KR",
    "/people?q=al",
    "/api/leaderboard",
    "/api/leaderboard?period=30d&sort=cost",
    "/api/leaderboard?country=KR",
    "/api/countries/KR",
)


def test_trap_20_an_excluded_persons_rank_is_gone_on_the_very_next_request(
    client: Client, alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    """Ranks of the banned stayed visible for ten minutes in a cache; bans came without a word."""
    accept(alice_token, report([row(tokens=1_000_000)]))
    accept(bob_token, report([row(tokens=10)]))
    tags = {address: client.get(address).get("ETag") for address in CACHED}
    assert "alice" in client.get("/api/leaderboard").text
    assert client.get("/api/user/alice").json()["globalRank"] == 1
    assert client.get("/api/user/bob").json()["globalRank"] == 2
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        decision = exclude(
            user_id=alice.pk, actor=admin(), reason="The counts were made up.", at=NOW
        )
        for address, tag in tags.items():
            headers = {"If-None-Match": tag} if tag else {}
            answer = client.get(address, headers=headers)
            assert answer.status_code == 200, (address, "what was kept is not what is")
            assert 'value="al"' in answer.text or "alice" not in answer.text, address
        assert client.get("/api/user/bob").json()["globalRank"] == 1
        assert client.get("/api/leaderboard?around=alice").status_code == 404
        told = Notice.objects.get(user=alice)
        assert "made up" in told.text
        objection = appeal(
            user_id=alice.pk, decision_id=decision.pk, text="They are from my logs.", at=NOW
        )
        assert (objection.state, objection.due_at > NOW) == (Appeal.State.OPEN, True)
        restore(user_id=alice.pk, actor=admin("abe"), reason="They were.", at=NOW)
        first = client.get("/api/leaderboard").json()["data"][0]
        assert (first["rank"], first["user"]["username"]) == (1, "alice")
    assert set(Decision.objects.values_list("action", flat=True)) >= {
        "exclude",
        "appeal",
        "restore",
    }


def test_trap_21_much_of_a_model_of_tomorrow_is_no_reason_to_wait(
    alice: User, alice_token: ApiToken
) -> None:
    """A release day: everything goes to a model that the table does not know yet."""
    rng = Random(21)
    days = [
        honest_day(rng, TODAY - n * ONE_DAY, millions=150, model="claude-opus-99-zeta")
        for n in range(10)
    ]
    answer = accept(alice_token, report(days))
    assert (answer.status, answer.held) == ("verified", ())
    assert UsageAccount.objects.get(user=alice).unpriced_tokens == total(alice) > 0


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
