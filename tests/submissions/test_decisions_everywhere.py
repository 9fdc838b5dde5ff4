"""A decision shows on the next request, wherever usage is shown and whatever was cached."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from leaderboard.selectors.badge_facts import badge_facts
from submissions.models import ReviewCase
from submissions.services.exclusion import exclude, restore
from submissions.services.quarantine import apply_quarantines, lift, quarantine
from submissions.services.reversal import reverse
from submissions.services.review import decide
from tests.submissions.holding import admin, hold
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import BEARER, accept

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def get(path: str, **headers: str) -> Any:
    """What anybody sees at that moment; every page and answer is cached as it is for all."""
    response = Client().get(path, headers=headers)
    assert response.status_code == 200, (path, response.status_code)
    return response


def seen(alice: User) -> dict[str, object]:
    """Alice's usage as the site shows it in each place."""
    board = get("/api/leaderboard").json()
    today = get("/api/leaderboard?period=today").json()
    country = get("/api/countries/KR").json()
    profile = get("/api/users/alice").json()
    own = get("/api/me/stats", **BEARER).json()
    rows = _exported(alice)
    return {
        "board": {line["user"]["username"]: line["tokens"] for line in board["data"]}.get("alice"),
        "ranks": [line["rank"] for line in board["data"]],
        "today": sum(
            line["tokens"] for line in today["data"] if line["user"]["username"] == "alice"
        ),
        "site": board["stats"]["totalTokens"],
        "country": _tokens_in(country),
        "profile": profile["stats"]["totalTokens"],
        "own": sum(day["tokens"] for day in own["days"]),
        "streak": badge_facts(user=alice).longest_streak,
        "lifetime": badge_facts(user=alice).lifetime_tokens,
        "export": sum(int(line.split(",")[6]) for line in rows),
    }


def _tokens_in(country: dict[str, Any]) -> int:
    found = country.get("data", country)
    return int(found["tokens"]) if found else 0


def _exported(alice: User) -> list[str]:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        response = client.get("/api/me/export")
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    return archive.read("usage/days.csv").decode().splitlines()[1:]


def counts(shown: dict[str, object]) -> tuple[object, ...]:
    return tuple(
        shown[name]
        for name in ("board", "today", "site", "country", "profile", "own", "lifetime", "export")
    )


@pytest.fixture
def held_day(alice_token: ApiToken, bob_token: ApiToken) -> ReviewCase:
    """Alice has 500 of yesterday and 1,000 of today that wait; Bob has 700."""
    accept(bob_token, report([row(tokens=700)]))
    accept(alice_token, report([row(YESTERDAY, 500)]), minutes=1)
    return hold(alice_token, [row(TODAY, 1_000)], minutes=2)


def test_approval_reversal_exclusion_and_quarantine_show_on_the_next_request(
    held_day: ReviewCase, alice: User
) -> None:
    ada = admin()
    at = NOW + timedelta(hours=1)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert counts(seen(alice)) == (500, 0, 1_200, 1_200, 500, 500, 500, 500)
        assert seen(alice)["streak"] == 1

        approval = decide(
            case_id=held_day.pk, actor=ada, version=held_day.version, action="approve", at=at
        ).decision
        shown = seen(alice)
        assert counts(shown) == (1_500, 1_000, 2_200, 2_200, 1_500, 1_500, 1_500, 1_500)
        assert (shown["streak"], shown["ranks"]) == (2, [1, 2])

        reverse(decision_id=approval.pk, actor=ada, reason="Look again.", at=at)
        assert counts(seen(alice)) == (500, 0, 1_200, 1_200, 500, 500, 500, 500)

        exclude(user_id=alice.pk, actor=ada, reason="False.", at=at)
        shown = seen(alice)
        assert (shown["board"], shown["ranks"], shown["site"]) == (None, [1], 700)
        assert (shown["country"], shown["own"], shown["export"]) == (700, 500, 500)

        restore(user_id=alice.pk, actor=ada, reason="Cleared up.", at=at)
        assert counts(seen(alice)) == (500, 0, 1_200, 1_200, 500, 500, 500, 500)

        made = quarantine(
            actor=ada, collector="ccgather", last_version="0.1.0", reason="Wrong.", at=at
        )
        apply_quarantines(at=at, progress=lambda _: None)
        shown = seen(alice)
        assert (shown["board"], shown["own"], shown["streak"]) == (None, 0, 0)

        lift(quarantine_id=made.pk, actor=ada, at=at)
        apply_quarantines(at=at, progress=lambda _: None)
        assert counts(seen(alice)) == (500, 0, 1_200, 1_200, 500, 500, 500, 500)
