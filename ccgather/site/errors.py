"""How every refusal is told: one map for the API, one for the pages."""

import logging
from collections.abc import Callable, Mapping

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
)
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ccgather.errors import DomainError
from ccgather.ops.limits import RateLimitedError, Verdict
from submissions.errors import ReportRateError

logger = logging.getLogger(__name__)

_CODES = {
    400: ("bad_request", "This request cannot be understood."),
    401: ("unauthorized", "Sign in, or send a valid token."),
    403: ("forbidden", "This is not yours to do."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This method is not answered here."),
    406: ("not_acceptable", "Answers here are JSON."),
    413: ("body_too_large", "This body is too large."),
    415: ("unsupported_media_type", "Send JSON (application/json)."),
    429: ("rate_limited", "Too many requests; try again later."),
    500: ("internal_error", "Something went wrong here; it has been noted."),
}


def api_error(
    *,
    status: int,
    code: str | None = None,
    message: str | None = None,
    details: list[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """An answer of the contract's error shape."""
    known_code, known_message = _CODES.get(status, ("error", "This did not work."))
    response = JsonResponse(
        {
            "success": False,
            "error": code or known_code,
            "message": message or known_message,
            "details": details or [],
        },
        status=status,
        json_dumps_params={"ensure_ascii": False},
        headers=dict(headers or {}),
    )
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def domain_error_response(error: DomainError) -> JsonResponse:
    """The answer to a refusal that names its own code."""
    return api_error(
        status=error.status,
        code=error.code,
        message=error.message,
        details=error.shown_details(),
        headers=_limit_headers(error),
    )


def _limit_headers(error: DomainError) -> dict[str, str]:
    """When to come back, for refusals that are about how often."""
    if isinstance(error, RateLimitedError):
        return error.verdict.headers()
    if isinstance(error, ReportRateError):
        verdict = Verdict(
            allowed=False, limit=error.limit, remaining=0, reset_seconds=error.retry_after
        )
        return verdict.headers()
    return {}


def api_exception_handler(
    error: Exception, context: Mapping[str, object]
) -> HttpResponse | Response | None:
    """DRF's one exception handler; None lets an unexpected error become a logged 500."""
    set_rollback()
    if isinstance(error, DomainError):
        return domain_error_response(error)
    if isinstance(error, Http404):
        return api_error(status=404)
    if isinstance(error, PermissionDenied):
        return api_error(status=403)
    if isinstance(error, RequestDataTooBig):
        return api_error(status=413)
    if not isinstance(error, exceptions.APIException):
        return None
    return api_error(
        status=error.status_code,
        code=_drf_code(error),
        message=_drf_message(error),
        details=_drf_details(error.detail),
        headers=_drf_headers(error, context),
    )


def _drf_code(error: exceptions.APIException) -> str | None:
    if isinstance(error, exceptions.ParseError):
        return "invalid_json"
    return "validation_failed" if isinstance(error, exceptions.ValidationError) else None


def _drf_message(error: exceptions.APIException) -> str | None:
    if isinstance(error, exceptions.ValidationError):
        return "Some fields are not valid."
    return str(error.detail) if isinstance(error.detail, str) else None


def _drf_details(detail: object, path: str = "") -> list[str]:
    """DRF's nested reasons as lines that name their field."""
    if isinstance(detail, dict):
        return [
            line
            for name, value in detail.items()
            for line in _drf_details(value, f"{path}.{name}" if path else str(name))
        ]
    if isinstance(detail, list):
        return [line for value in detail for line in _drf_details(value, path)]
    return [f"{path}: {detail}"] if path else []


def _drf_headers(error: exceptions.APIException, context: Mapping[str, object]) -> dict[str, str]:
    if not isinstance(error, exceptions.Throttled):
        return {}
    request = context.get("request")
    verdict = getattr(getattr(request, "_request", None), "rate_limit", None)
    return verdict.headers() if isinstance(verdict, Verdict) else {}


def is_api(request: HttpRequest) -> bool:
    """Whether every answer to this request must be JSON."""
    return request.path.startswith("/api/") or request.path == "/api"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, raised before a view was reached."""
    if isinstance(exception, RequestDataTooBig):
        return api_error(status=413) if is_api(request) else _page(request, 413)
    return api_error(status=400) if is_api(request) else _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return api_error(status=403) if is_api(request) else _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form or a browser's API call without the token that proves it came from our page."""
    if is_api(request):
        return api_error(status=403, code="csrf_failed", message=f"CSRF check failed: {reason}")
    return _page(
        request, 403, message=_("This form had gone stale. Go back, reload and try again.")
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return api_error(status=404) if is_api(request) else _page(request, 404)


def api_not_found(request: HttpRequest, *_parts: str, **_named: str) -> HttpResponse:
    """Any other address under /api/, whatever the method."""
    return api_error(status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without a query and without anything of the error itself."""
    return api_error(status=500) if is_api(request) else _page(request, 500)


class ErrorMiddleware:
    """Turns a `DomainError` that a page's view lets through into its page, and keeps the API's
    answers JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Whatever went wrong under /api/ is told in JSON, whoever answered it."""
        response = self.get_response(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or is_json or not is_api(request):
            return response
        told = api_error(status=response.status_code)
        if "Allow" in response:
            told["Allow"] = response["Allow"]
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django for an exception that left a view."""
        if not isinstance(exception, DomainError):
            return None
        if is_api(request):
            return domain_error_response(exception)
        response = _page(
            request, exception.status, message=exception.message, details=exception.shown_details()
        )
        for name, value in _limit_headers(exception).items():
            response[name] = value
        return response


_PAGES = frozenset({400, 403, 404, 429, 500})


def _page(
    request: HttpRequest, status: int, *, message: str = "", details: list[str] | None = None
) -> HttpResponse:
    name = status if status in _PAGES else 400
    context = {"message": message, "details": details or [], "status": status}
    response = render(request, f"{name}.html", context, status=status)
    # Django draws the page of an error in a thread of its own, where nothing gives back the
    # connection that reading the session took. A few such threads would empty the pool.
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
    return response
