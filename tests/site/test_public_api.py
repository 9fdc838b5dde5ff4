"""What the site says of itself: configuration, totals, schemas, the API's reference, its limits."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLResolver, get_resolver
from jsonschema import Draft202012Validator

from accounts.models import ApiToken, User
from ccgather.ops.runtime import runtime
from submissions.models import EvidenceSalt
from submissions.rules.evidence import salt_id_of
from submissions.services.salting import rotate_salt
from tests.submissions.reports import NOW, native_body, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
CONTRACT = Path(__file__).resolve().parents[2] / "contract"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


# --- Configuration ---------------------------------------------------------------------------


def test_a_client_reads_versions_and_limits(client: Client) -> None:
    response = client.get("/api/config")
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert body.keys() == {
        "siteName",
        "minCliVersion",
        "latestCliVersion",
        "limits",
        "evidence",
        "features",
    }
    assert body["siteName"] == "CCGather"
    assert body["limits"] == {
        "bodyBytes": 16 * 1024 * 1024,
        "rows": 20_000,
        "days": 1_100,
        "clients": 64,
        "models": 500,
        "changingReportsPerHour": 6,
        "changingReportsPerHourAccount": 30,
    }


def test_limits_are_those_that_the_operator_set(client: Client) -> None:
    runtime.keep({"changing_reports_per_hour_token": 9})
    assert client.get("/api/config").json()["limits"]["changingReportsPerHour"] == 9


def test_a_client_reads_what_evidence_is_made_with(client: Client) -> None:
    stated = client.get("/api/config").json()
    evidence = stated["evidence"]
    assert stated["features"]["evidence"] is True
    assert (evidence["version"], evidence["k"]) == (1, 64)
    salt = bytes.fromhex(evidence["salt"])
    assert (len(salt), salt_id_of(salt)) == (32, evidence["saltId"])
    assert client.get("/api/config").json()["evidence"] == evidence
    assert EvidenceSalt.objects.count() == 1
    rotate_salt(at=NOW, by="dana")
    assert client.get("/api/config").json()["evidence"]["salt"] != evidence["salt"]


# --- Totals ----------------------------------------------------------------------------------


def test_the_totals_are_those_of_the_board(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2_000_000)]))
    assert client.get("/api/stats").json()["totalTokens"] == 2_000_000
    accept(bob_token, report([row(tokens=1_000_000)]))
    body = client.get("/api/stats").json()
    assert (body["totalUsers"], body["totalTokens"], body["totalCost"]) == (2, 3_000_000, 15)
    assert body["updatedAt"] == "2026-11-20T12:00:00Z"
    assert body["licence"]
    assert "2026-11-20" in body["citation"]


def test_hidden_people_are_not_in_the_totals(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    client.patch("/api/me", data={"profileVisible": False}, content_type="application/json")
    assert client.get("/api/stats").json()["totalTokens"] == 0


# --- Schemas ---------------------------------------------------------------------------------


def test_the_schema_of_a_report_is_served_and_describes_what_is_taken(client: Client) -> None:
    response = client.get("/api/schemas/report-1.json")
    assert response["Content-Type"] == "application/schema+json"
    schema = json.loads(response.content)
    assert schema == json.loads((CONTRACT / "report-1.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(native_body([row()])))


@pytest.mark.parametrize("name", ["report-2.json", "report-1.schema.json", "..%2FREADME.md", "x"])
def test_another_schema_is_not_there(client: Client, name: str) -> None:
    response = client.get(f"/api/schemas/{name}")
    assert response.status_code == 404
    assert response.json()["error"] == "not_found"


# --- The reference ---------------------------------------------------------------------------


def openapi(client: Client) -> dict[str, Any]:
    response = client.get("/api/schema")
    assert response.status_code == 200
    document: dict[str, Any] = json.loads(response.content)
    return document


def api_routes() -> set[str]:
    """Every path under /api/ as OpenAPI writes it, but the catch-all."""
    found = set()
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) in ("", "api/"):
            for route in entry.url_patterns:
                address = f"{entry.pattern}{route.pattern}"
                if address.startswith("api/"):
                    found.add("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address))
    return found


NOT_OPERATIONS = {"/api/schema", "/api/docs"}
"""The reference itself: a document and a page."""


def test_the_schema_is_openapi_3_1(client: Client) -> None:
    document = openapi(client)
    assert document["openapi"].startswith("3.1")
    assert document["info"].keys() >= {"title", "version"}
    names = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    ]
    assert len(names) == len(set(names))
    for path, methods in document["paths"].items():
        assert methods.keys() <= METHODS
        for method, operation in methods.items():
            assert operation["summary"], f"{method} {path}"
            assert operation["responses"], f"{method} {path}"
            declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert declared == {part[1:-1] for part in path.split("/") if part[:1] == "{"}
    schemes = document.get("components", {}).get("securitySchemes", {})
    used = {
        name
        for methods in document["paths"].values()
        for operation in methods.values()
        for entry in operation.get("security", [])
        for name in entry
    }
    assert used <= schemes.keys()


def test_every_schema_in_it_is_a_json_schema_and_every_reference_leads_somewhere(
    client: Client,
) -> None:
    document = openapi(client)
    for schema in document.get("components", {}).get("schemas", {}).values():
        Draft202012Validator.check_schema(schema)
    pending: list[Any] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            target = value.get("$ref")
            if isinstance(target, str):
                found: Any = document
                for part in target.removeprefix("#/").split("/"):
                    found = found[part]
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def test_every_route_under_api_is_in_the_schema_and_on_the_reference_page(client: Client) -> None:
    routes = api_routes() - NOT_OPERATIONS
    document = openapi(client)
    assert routes == set(document["paths"])
    page = client.get("/api/docs")
    assert page["Content-Type"].startswith("text/html")
    for path, methods in document["paths"].items():
        assert path in page.text, path
        for operation in methods.values():
            assert operation["summary"].replace("'", "&#x27;") in page.text


def test_the_reference_is_only_read(client: Client) -> None:
    assert client.post("/api/docs").status_code == 405
    assert client.post("/api/config").status_code == 405


# --- Conditional requests ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/config", "/api/stats", "/api/schemas/report-1.json"])
def test_an_unchanged_answer_is_304(client: Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


# --- How often -------------------------------------------------------------------------------


def test_the_hundred_and_first_request_of_a_minute_waits(client: Client, now: Any) -> None:
    for number in range(100):
        answer = client.get("/api/config" if number % 2 else "/api/leaderboard")
        assert answer.status_code == 200
    response = client.get("/api/stats")
    assert response.status_code == 429
    body = response.json()
    assert body.keys() == {"success", "error", "message", "details"}
    assert (body["success"], body["error"]) == (False, "rate_limited")
    assert 0 < int(response["Retry-After"]) <= 60
    assert response["RateLimit-Limit"] == "100"
    assert response["RateLimit-Remaining"] == "0"
    assert response["RateLimit-Reset"] == response["Retry-After"]
    elsewhere = client.get("/api/stats", REMOTE_ADDR="127.0.0.2")
    assert elsewhere.status_code == 200
    assert client.get("/").status_code == 200  # pages are not the API
    now.shift(61)
    assert client.get("/api/stats").status_code == 200


def test_a_header_that_anyone_can_send_is_no_address(client: Client) -> None:
    runtime.keep({"api_per_minute": 3})
    codes = [
        client.get("/api/config", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]


def test_errors_count_as_requests(client: Client) -> None:
    runtime.keep({"api_per_minute": 2})
    codes = [client.get("/api/schemas/nothing").status_code for _ in range(3)]
    assert codes == [404, 404, 429]
