"""`POST /api/webhooks/github`: what GitHub tells by itself."""

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.revocation import end_access_of
from ccgather.errors import DomainError, InvalidInputError
from ccgather.ops import clock
from news.models import WebhookDelivery
from news.services.releases import take_release


class SignatureInvalidError(DomainError):
    """Not from GitHub, or the secret differs, or there is none here."""

    code = "signature_invalid"
    status = 401


@extend_schema(
    summary="What GitHub tells by itself",
    description="Signed with the webhook's secret (`X-Hub-Signature-256`). A delivery that came "
    "before is ignored.",
    request=OpenApiTypes.OBJECT,
    responses=OpenApiTypes.OBJECT,
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def github_webhook(request: Request) -> Response:
    """`github_app_authorization` ends a person's sessions and tokens, `release` is news."""
    body = request._request.body  # noqa: SLF001 - the bytes that were signed
    if not is_signed(body=body, signature=request.headers.get("X-Hub-Signature-256", "")):
        raise SignatureInvalidError("The signature does not fit.")
    event = request.headers.get("X-GitHub-Event", "")[:64]
    delivery = request.headers.get("X-GitHub-Delivery", "")[:64]
    if not event or not delivery:
        raise InvalidInputError(
            "This is no delivery of GitHub.",
            details=["X-GitHub-Event and X-GitHub-Delivery must be given"],
        )
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise InvalidInputError("The body is not JSON.", code="invalid_json") from error
    at = clock.now()
    with transaction.atomic():
        _, is_new = WebhookDelivery.objects.get_or_create(
            id=delivery, defaults={"event": event, "received_at": at}
        )
        handled = _handle(event, payload) if is_new and isinstance(payload, dict) else False
    return Response({"success": True, "handled": handled})


def is_signed(*, body: bytes, signature: str) -> bool:
    """Whether the body was signed with our secret; in constant time. Never without a secret."""
    secret = settings.GITHUB_WEBHOOK_SECRET
    if not secret:
        return False
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _handle(event: str, payload: dict[str, Any]) -> bool:
    if event == "github_app_authorization" and payload.get("action") == "revoked":
        sender = payload.get("sender")
        number = sender.get("id") if isinstance(sender, dict) else None
        return isinstance(number, int) and end_access_of(github_id=number) > 0
    if event == "release":
        return take_release(payload=payload, at=clock.now())
    return False
