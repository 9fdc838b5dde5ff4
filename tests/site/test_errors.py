"""Refusals: JSON of one shape under /api/, a page everywhere else, and nothing of the inside."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, include, path, set_urlconf
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.models import ApiToken, User
from ccgather.errors import DomainError, InvalidInputError
from ccgather.ops.runtime import runtime
from submissions.errors import ReportRateError
from tests.cast import ALICE_SECRET

pytestmark = pytest.mark.django_db
BEARER = {"Authorization": f"Bearer {ALICE_SECRET}"}
SECRET_WORDS = "the password is hunter2"

RAISED: dict[str, BaseException] = {
    "boom": RuntimeError(SECRET_WORDS),
    "key": KeyError(SECRET_WORDS),
    "denied": PermissionDenied(SECRET_WORDS),
    "gone": Http404(SECRET_WORDS),
    "suspicious": SuspiciousOperation(SECRET_WORDS),
    "toobig": RequestDataTooBig(SECRET_WORDS),
    "domain": InvalidInputError("This is wrong.", details=("field: is wrong",)),
    "rate": ReportRateError("Too often.", limit=6, retry_after=77),
    "fields": ValidationError({"name": ["is empty"], "inner": {"count": ["is negative"]}}),
}
STATUS = {
    "boom": 500,
    "key": 500,
    "denied": 403,
    "gone": 404,
    "suspicious": 400,
    "toobig": 413,
    "domain": 400,
    "rate": 429,
    "fields": 400,
}


@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def raising_api(_request: Request, what: str) -> HttpResponse:
    raise RAISED[what]


def raising_page(_request: HttpRequest, what: str) -> HttpResponse:
    raise RAISED[what]


urlpatterns = [
    path("api/raising/<str:what>", raising_api),
    path("api/plainly/<str:what>", raising_page),
    path("raising/<str:what>", raising_page),
    path("", include("ccgather.urls")),
]
handler400 = "ccgather.site.errors.bad_request"
handler403 = "ccgather.site.errors.permission_denied"
handler404 = "ccgather.site.errors.page_not_found"
handler500 = "ccgather.site.errors.server_error"


@pytest.fixture(autouse=True)
def with_views_that_raise() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        clear_url_caches()
        yield
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def visitor() -> Client:
    """A browser that gets an answer where the test client would raise."""
    return Client(raise_request_exception=False)


def assert_api_error(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"].startswith("application/json")
    assert "no-store" in response["Cache-Control"]
    body: dict[str, Any] = response.json()
    assert body.keys() == {"success", "error", "message", "details"}
    assert (body["success"], body["error"]) == (False, code)
    assert body["message"]
    assert all(isinstance(line, str) for line in body["details"])
    return body


def assert_page(response: Any, status: int) -> None:
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert "<h1>" in response.text
    assert SECRET_WORDS not in response.text


# --- Under /api/ -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["raising", "plainly"])
@pytest.mark.parametrize("what", ["boom", "key"])
def test_a_view_that_breaks_is_a_500_without_details(visitor: Client, way: str, what: str) -> None:
    response = visitor.get(f"/api/{way}/{what}")
    assert assert_api_error(response, 500, "internal_error")["details"] == []
    assert SECRET_WORDS not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("way", ["raising", "plainly"])
@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("denied", "forbidden"),
        ("gone", "not_found"),
        ("toobig", "body_too_large"),
        ("domain", "validation_failed"),
        ("rate", "rate_limited"),
    ],
)
def test_what_a_view_raises_is_told_in_the_contracts_shape(
    visitor: Client, way: str, what: str, code: str
) -> None:
    response = visitor.get(f"/api/{way}/{what}")
    assert_api_error(response, STATUS[what], code)
    assert SECRET_WORDS not in response.text


def test_a_request_that_django_suspects_is_a_400(visitor: Client) -> None:
    assert_api_error(visitor.get("/api/plainly/suspicious"), 400, "bad_request")
    assert_api_error(
        visitor.get("/api/config", headers={"host": "evil.example"}), 400, "bad_request"
    )


def test_fields_are_named_with_the_way_to_them(visitor: Client) -> None:
    body = assert_api_error(visitor.get("/api/raising/fields"), 400, "validation_failed")
    assert body["details"] == ["name: is empty", "inner.count: is negative"]


def test_401_says_how_to_prove_oneself(client: Client) -> None:
    response = client.get("/api/me/stats")
    assert_api_error(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")
    wrong = client.get("/api/me/stats", headers={"Authorization": "Bearer tt_" + "0" * 48})
    assert_api_error(wrong, 401, "unauthorized")


def test_403_for_what_a_token_may_not(client: Client, alice_token: ApiToken) -> None:
    assert_api_error(client.get("/api/me", headers=BEARER), 403, "forbidden")


def test_403_without_the_csrf_token(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = browser.delete("/api/me")
    assert response.status_code == 403
    assert response.json()["success"] is False
    assert User.objects.exists()


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/nothing", "/api/users/nobody"])
def test_404(client: Client, address: str) -> None:
    assert_api_error(client.get(address), 404, "not_found")


@pytest.mark.parametrize("address", ["/api/leaderboard", "/api/config", "/api/users/alice"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_405_names_what_is_allowed(client: Client, address: str, method: str) -> None:
    response = getattr(client, method)(address)
    assert_api_error(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("address", ["/api/docs", "/api/plainly/boom"])
def test_405_under_api_is_json_for_plain_views_too(visitor: Client, address: str) -> None:
    response = visitor.post(address)
    assert response["Content-Type"].startswith("application/json")
    assert response.json()["success"] is False


def test_413(client: Client, alice_token: ApiToken) -> None:
    response = client.generic(
        "POST", "/api/submit", b"x" * (16 * 1024 * 1024 + 1),
        content_type="application/json", headers=BEARER,
    )  # fmt: skip
    assert_api_error(response, 413, "body_too_large")


def test_413_where_the_body_is_small_by_nature(alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    body = b'{"displayName": "' + b"x" * 3_000_000 + b'"}'
    response = client.patch("/api/me", data=body, content_type="application/json")
    assert_api_error(response, 413, "body_too_large")


def test_415(client: Client, alice_token: ApiToken) -> None:
    response = client.post("/api/submit", {"a": "1"}, headers=BEARER)
    assert_api_error(response, 415, "unsupported_media_type")


def test_429_says_when_to_come_back(client: Client) -> None:
    runtime.keep({"api_per_minute": 1})
    client.get("/api/config")
    response = client.get("/api/config")
    assert_api_error(response, 429, "rate_limited")
    for header in ("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
        assert response[header].isdigit()


@pytest.mark.parametrize("address", ["/api/raising/rate", "/raising/rate"])
def test_a_report_that_comes_too_often_says_when_to_come_back(
    visitor: Client, address: str
) -> None:
    response = visitor.get(address)
    assert response.status_code == 429
    assert response["Retry-After"] == response["RateLimit-Reset"] == "77"
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("6", "0")


def test_many_details_end_with_how_many_more() -> None:
    error = DomainError("no", details=tuple(f"d{n}" for n in range(250)))
    shown = error.shown_details()
    assert len(shown) == 101
    assert shown[99] == "d99"
    assert "150" in shown[100]


# --- Pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["boom", "denied", "gone", "suspicious", "toobig", "domain"])
def test_pages_are_refused_with_pages(visitor: Client, what: str) -> None:
    assert_page(visitor.get(f"/raising/{what}"), STATUS[what])


def test_an_address_that_leads_nowhere_is_a_page(client: Client) -> None:
    assert_page(client.get("/nothing/here"), 404)
    assert_page(client.get("/apis"), 404)


def test_a_page_shows_what_was_wrong_with_what_somebody_sent(visitor: Client) -> None:
    text = visitor.get("/raising/domain").text
    assert "This is wrong." in text
    assert "field: is wrong" in text


def test_a_stale_form_says_so_on_a_page(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = browser.post("/settings/submissions/delete", {"confirm": "delete"})
    assert_page(response, 403)
    assert "gone stale" in response.text


def test_the_page_of_a_broken_view_asks_the_database_nothing(
    visitor: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert_page(visitor.get("/raising/boom"), 500)
