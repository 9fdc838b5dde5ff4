"""`POST /api/submit`, end to end."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ApiToken, User
from submissions.bodies import compressed_body
from submissions.models import (
    RejectedReport,
    Slice,
    SliceRow,
    Submission,
    UsageAccount,
    UserDay,
)
from tests.cast import ALICE_SECRET, BOB_SECRET
from tests.submissions.reports import NOW, TODAY, native_body, row

pytestmark = pytest.mark.django_db
WIRE = Path(__file__).resolve().parents[2] / "contract" / "examples" / "wire"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def send(
    client: Client,
    body: bytes,
    *,
    secret: str = ALICE_SECRET,
    query: str = "",
    content_type: str = "application/json",
    **headers: str,
) -> Any:
    return client.post(
        f"/api/submit{query}",
        data=body,
        content_type=content_type,
        headers={"Authorization": f"Bearer {secret}"}
        | {k.replace("_", "-"): v for k, v in headers.items()},
    )


def assert_error(response: Any, status: int, code: str) -> list[str]:
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"].startswith("application/json")
    body = response.json()
    assert body["success"] is False
    assert body["error"] == code
    assert isinstance(body["message"], str)
    return list(body["details"])


def test_a_report_is_recorded_and_the_answer_says_where_its_sender_stands(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    send(client, native_body([row(tokens=500)]), secret=BOB_SECRET)
    answer = send(client, native_body([row(tokens=300)])).json()
    assert answer["success"] is True
    assert (answer["status"], answer["mode"]) == ("verified", "create")
    assert answer["username"] == "alice"
    assert answer["profileUrl"].endswith("/u/alice")
    assert answer["metrics"]["totalTokens"] == 300
    assert answer["metrics"]["clients"] == ["claude"]
    assert answer["metrics"]["dateRange"] == {"start": "2026-11-20", "end": "2026-11-20"}
    assert answer["rank"] == {
        "global": 2,
        "globalChange": None,
        "country": 2,
        "countryChange": None,
        "movedNow": 0,
        "next": {"username": "bob", "tokensAhead": 200},
    }
    assert answer["level"]["name"] == "Rookie"
    assert answer["changes"] == [
        {"day": "2026-11-20", "client": "claude", "before": 0, "after": 300, "why": "new"}
    ]
    assert answer["held"] == [] == answer["newBadges"]


def test_passing_somebody_is_said(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    send(client, native_body([row(tokens=500)]), secret=BOB_SECRET)
    send(client, native_body([row(tokens=300)]))
    answer = send(client, native_body([row(tokens=700)])).json()
    assert answer["rank"]["global"] == 1
    assert answer["rank"]["movedNow"] == 1
    assert answer["rank"]["next"] is None


def test_the_same_again_is_unchanged(client: Client, alice_token: ApiToken) -> None:
    first = send(client, native_body([row()])).json()
    again = send(client, native_body([row()])).json()
    assert again["mode"] == "unchanged"
    assert again["submissionId"] == first["submissionId"]
    assert again["metrics"] == first["metrics"]
    assert Submission.objects.count() == 1


def test_a_dry_run_answers_everything_and_writes_nothing(
    client: Client, alice_token: ApiToken
) -> None:
    answer = send(
        client, native_body([row(tokens=300)], device="machine-1"), query="?dryRun=1"
    ).json()
    assert answer["mode"] == "dry-run"
    assert answer["metrics"]["totalTokens"] == 300
    assert answer["rank"]["global"] == 1
    for model in (Submission, Slice, UserDay, UsageAccount, RejectedReport):
        assert not model.objects.exists()
    assert alice_token.user.device_keys.count() == 0


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_compressed_bodies_are_read(client: Client, alice_token: ApiToken, encoding: str) -> None:
    body = native_body([row()])
    packed = gzip.compress(body) if encoding == "gzip" else compressed_body(body)
    assert send(client, packed, Content_Encoding=encoding).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_bombs_are_refused(client: Client, alice_token: ApiToken, encoding: str) -> None:
    bomb = b"0" * (64 * 1024 * 1024)
    packed = gzip.compress(bomb) if encoding == "gzip" else compressed_body(bomb)
    assert_error(send(client, packed, Content_Encoding=encoding), 413, "body_too_large")


def test_a_body_of_unknown_or_broken_encoding_is_refused(
    client: Client, alice_token: ApiToken
) -> None:
    body = native_body([row()])
    assert_error(send(client, body, Content_Encoding="br"), 415, "unsupported_encoding")
    assert_error(send(client, body, Content_Encoding="gzip"), 415, "unsupported_encoding")
    cut = gzip.compress(body)[:-8]
    assert_error(send(client, cut, Content_Encoding="gzip"), 415, "unsupported_encoding")


def test_other_media_types_are_refused(client: Client, alice_token: ApiToken) -> None:
    response = send(client, b"a=1", content_type="application/x-www-form-urlencoded")
    assert_error(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"a": NaN}', "invalid_json"),
        (b"{}", "unknown_format"),
        (b'"text"', "unknown_format"),
        (b'{"hello": "world"}', "unknown_format"),
    ],
)
def test_bodies_of_no_format_are_refused(
    client: Client, alice_token: ApiToken, body: bytes, code: str
) -> None:
    assert_error(send(client, body), 400, code)
    assert not Submission.objects.exists()


def test_a_report_without_a_token_in_it_is_refused_and_the_attempt_kept(
    client: Client, alice_token: ApiToken
) -> None:
    assert_error(send(client, native_body([row(tokens=0)])), 400, "empty_report")
    assert RejectedReport.objects.get().code == "empty_report"
    assert not Slice.objects.exists()


def test_faults_are_named_and_only_the_attempt_is_stored(
    client: Client, alice_token: ApiToken
) -> None:
    document = json.loads(native_body([row(), row(date(2027, 1, 1))]))
    document["rows"][0]["input"] = -5
    document["totals"]["tokens"] = 7
    details = assert_error(send(client, json.dumps(document).encode()), 400, "validation_failed")
    assert any("negative" in detail and "rows[0].input" in detail for detail in details)
    assert any("2027-01-01" in detail for detail in details)
    assert RejectedReport.objects.get().details == details
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "query", ["?mode=add", "?dryRun=maybe", "?client=No%20Client", "?client=" + "x" * 300]
)
def test_nonsense_in_the_query_is_named(client: Client, alice_token: ApiToken, query: str) -> None:
    details = assert_error(
        send(client, native_body([row()]), query=query), 400, "validation_failed"
    )
    assert details[0].lstrip("?").startswith(query[1:].partition("=")[0])


@pytest.mark.parametrize("secret", ["", "tt_short", "tt_" + "c" * 48, "tt_" + "A" * 48, "x" * 9000])
def test_without_a_valid_token_nothing_is_read(
    client: Client, alice_token: ApiToken, secret: str
) -> None:
    response = send(client, native_body([row()]), secret=secret)
    assert_error(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_cookie_alone_never_submits(client: Client, alice: User) -> None:
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/api/submit", native_body([row()]), content_type="application/json")
    assert_error(response, 401, "unauthorized")


def test_the_seventh_change_within_an_hour_is_told_when_to_come_back(
    client: Client, alice_token: ApiToken
) -> None:
    for tokens in range(100, 106):
        assert send(client, native_body([row(tokens=tokens)])).status_code == 200
    response = send(client, native_body([row(tokens=106)]))
    assert_error(response, 429, "rate_limited")
    assert 0 < int(response["Retry-After"]) <= 3600


def test_other_methods_answer_405_in_json(client: Client, alice_token: ApiToken) -> None:
    response = client.get("/api/submit", headers={"Authorization": f"Bearer {ALICE_SECRET}"})
    assert_error(response, 405, "method_not_allowed")


def test_a_doubled_slash_is_the_same_endpoint(client: Client, alice_token: ApiToken) -> None:
    response = client.post(
        "/api//submit",
        data=native_body([row()]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {ALICE_SECRET}"},
    )
    assert response.status_code == 200


def test_a_trailing_slash_is_no_endpoint_and_no_redirect(
    client: Client, alice_token: ApiToken
) -> None:
    assert_error(send(client, native_body([row()]), query="/"), 404, "not_found")


def test_a_single_day_answers_its_own_shape_too(client: Client, alice_token: ApiToken) -> None:
    body = {
        "date": TODAY.isoformat(),
        "inputTokens": 10,
        "outputTokens": 20,
        "cacheReadTokens": 30,
        "totalTokens": 60,
        "costUsd": 0.5,
        "primaryModel": "claude-opus-4-5",
        "source": "hook",
    }
    answer = send(client, json.dumps(body).encode()).json()
    assert answer["data"]["date"] == TODAY.isoformat()
    assert answer["data"]["tokens"] == 60
    assert answer["data"]["rank"]["global"] == 1
    assert Submission.objects.get().source == "hook"


CLASSES = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


def stored_classes() -> list[int]:
    account = UsageAccount.objects.get()
    return [getattr(account, name) for name in CLASSES]


def test_the_wire_body_of_tokscale_is_stored_to_the_token(
    client: Client, alice_token: ApiToken
) -> None:
    body = (WIRE / "tokscale-4.17-submit.json").read_bytes()
    document = json.loads(body)
    answer = send(client, body).json()
    assert answer["metrics"]["totalTokens"] == document["summary"]["totalTokens"]
    expected = [
        sum(day["tokenBreakdown"][name] for day in document["contributions"])
        for name in ("input", "output", "cacheRead", "cacheWrite", "reasoning")
    ]
    assert stored_classes() == expected
    assert answer["metrics"]["activeDays"] == document["summary"]["activeDays"]


@pytest.mark.parametrize(
    "name",
    ["ccusage-20-claude-daily.json", "ccusage-20-daily-by-agent.json", "ccusage-20-daily.json"],
)
def test_the_wire_bodies_of_ccusage_are_stored_to_the_token(
    client: Client, alice_token: ApiToken, name: str
) -> None:
    body = (WIRE / name).read_bytes()
    totals = json.loads(body)["totals"]
    answer = send(client, body).json()
    assert answer["metrics"]["totalTokens"] == totals["totalTokens"]
    stored = stored_classes()
    columns = [totals[f"{n}Tokens"] for n in ("input", "output", "cacheRead", "cacheCreation")]
    assert stored[:4] == columns
    assert stored[4] == totals["totalTokens"] - sum(columns)
    # The site prices by its own table; for these models it is the one ccusage used.
    assert answer["metrics"]["totalCost"] == pytest.approx(totals["totalCost"], rel=1e-3)


def test_by_agent_and_plain_ccusage_of_one_machine_count_once(
    client: Client, alice_token: ApiToken
) -> None:
    first = send(client, (WIRE / "ccusage-20-daily-by-agent.json").read_bytes()).json()
    second = send(client, (WIRE / "ccusage-20-daily.json").read_bytes()).json()
    third = send(client, (WIRE / "ccusage-20-claude-daily.json").read_bytes()).json()
    assert first["metrics"] == second["metrics"] == third["metrics"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "schema",
                    "rows",
                    "totals",
                    "tokens",
                    "collector",
                    "contributions",
                    "clients",
                    "daily",
                    "data",
                    "summary",
                    "date",
                    "day",
                    "meta",
                    "input",
                    "totalTokens",
                    "client",
                    "model",
                ]
            )
            | st.text(max_size=5),
            children,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=JSON_VALUES, query=st.sampled_from(["", "?mode=replace", "?dryRun=1", "?client=%00"]))
def test_whatever_a_stranger_sends_is_answered_within_the_contract(
    client: Client, alice_token: ApiToken, value: object, query: str
) -> None:
    cache.clear()
    response = send(client, json.dumps(value).encode(), query=query)
    assert response.status_code in (200, 400)
    assert response["Content-Type"].startswith("application/json")
    assert isinstance(response.json()["success"], bool)


def test_stored_sums_agree_everywhere(client: Client, alice_token: ApiToken) -> None:
    send(client, (WIRE / "tokscale-4.17-submit.json").read_bytes())
    total = UsageAccount.objects.get().total_tokens
    assert sum(SliceRow.objects.values_list("total_tokens", flat=True)) == total
    assert sum(UserDay.objects.values_list("total_tokens", flat=True)) == total
    board = client.get("/api/leaderboard").json()
    assert board["data"][0]["tokens"] == total == board["stats"]["totalTokens"]
    assert client.get("/api/user/alice").json()["totalTokens"] == total
    full = client.get("/api/users/ALICE").json()
    assert sum(day["count"] for day in full["contributions"]) == total
    for breakdown in full["breakdown"].values():
        assert sum(breakdown.values()) == total
