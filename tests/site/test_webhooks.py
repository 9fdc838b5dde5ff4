"""What GitHub tells by itself: signed, once, and only what concerns us."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, User
from news.models import Source, Story, WebhookDelivery
from tests.news.stories import a_source

pytestmark = pytest.mark.django_db
SECRET = "shared-with-github-in-tests"
RELEASE = {
    "action": "published",
    "repository": {"full_name": "a/code"},
    "release": {
        "tag_name": "v3.0.0",
        "name": "v3.0.0",
        "html_url": "https://github.com/a/code/releases/tag/v3.0.0",
        "body": "Claude Code now plans.",
        "published_at": "2026-11-20T10:00:00Z",
    },
}


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    """A webhook is set up."""
    settings.GITHUB_WEBHOOK_SECRET = SECRET


def deliver(
    client: Client, event: str, payload: Any, *, delivery: str = "d-1", key: str = SECRET
) -> tuple[int, dict[str, Any]]:
    body = json.dumps(payload).encode()
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    answer = client.post(
        "/api/webhooks/github",
        data=body,
        content_type="application/json",
        headers={
            "X-Hub-Signature-256": f"sha256={signature}",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
        },
    )
    return answer.status_code, answer.json()


def test_a_release_of_a_source_is_news(client: Client) -> None:
    a_source(
        kind=Source.Kind.GITHUB,
        url="https://api.github.com/repos/a/code/releases",
        tool="claude",
        name="Claude Code",
    )
    assert deliver(client, "release", RELEASE) == (200, {"success": True, "handled": True})
    story = Story.objects.get()
    assert (story.title, story.version, story.tool) == ("Claude Code 3.0.0", "3.0.0", "claude")


def test_a_delivery_that_came_before_is_ignored(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(github_id=77)
    revoked = {"action": "revoked", "sender": {"id": 77}}
    assert deliver(client, "github_app_authorization", revoked)[1]["handled"] is False
    assert deliver(client, "github_app_authorization", revoked)[1]["handled"] is False
    assert WebhookDelivery.objects.count() == 1


def test_a_revoked_authorization_ends_sessions_and_tokens(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    User.objects.filter(pk=alice.pk).update(github_id=77)
    browser = Client()
    browser.force_login(alice)
    assert browser.get("/api/me").status_code == 200
    revoked = {"action": "revoked", "sender": {"id": 77}}
    assert deliver(client, "github_app_authorization", revoked)[1]["handled"] is True
    assert browser.get("/api/me").status_code == 401
    assert not ApiToken.objects.filter(pk=alice_token.pk).exists()


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=00", "sha1=abc"])
def test_what_is_not_signed_is_refused(client: Client, signature: str) -> None:
    answer = client.post(
        "/api/webhooks/github",
        data=b"{}",
        content_type="application/json",
        headers={
            "X-Hub-Signature-256": signature,
            "X-GitHub-Event": "ping",
            "X-GitHub-Delivery": "d",
        },
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "signature_invalid")
    assert not WebhookDelivery.objects.exists()


def test_another_secret_and_none_at_all_are_refused(client: Client, settings: Settings) -> None:
    assert deliver(client, "ping", {}, key="wrong")[0] == 401
    settings.GITHUB_WEBHOOK_SECRET = ""
    assert deliver(client, "ping", {}, key="")[0] == 401


def test_an_event_of_no_concern_is_taken_and_does_nothing(client: Client) -> None:
    assert deliver(client, "ping", {"zen": "x"}) == (200, {"success": True, "handled": False})
    assert deliver(client, "release", {"release": []}, delivery="d-2")[1]["handled"] is False
    assert deliver(client, "release", [], delivery="d-3")[1]["handled"] is False
