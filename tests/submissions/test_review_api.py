"""`GET /api/admin/flagged` and `POST /api/admin/review`."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import Submission
from submissions.selectors.review import flagged_page
from tests.cast import person
from tests.submissions.holding import hold, moderator, states
from tests.submissions.reports import NOW, TODAY, row
from tests.submissions.sending import total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def signed_in(user: User, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, **body: object) -> Any:
    with time_machine.travel(NOW, tick=False):
        return client.post("/api/admin/review", data=body, content_type="application/json")


@pytest.fixture
def held(alice_token: ApiToken) -> Submission:
    """Two days of Alice's wait."""
    hold(alice_token, [row(YESTERDAY, 500), row(TODAY, 700)])
    return Submission.objects.get()


def test_what_waits_is_listed_by_submission(held: Submission) -> None:
    answer = signed_in(moderator()).get("/api/admin/flagged")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = answer.json()
    assert body["pagination"] == {
        "page": 1,
        "limit": 25,
        "total": 1,
        "totalPages": 1,
        "hasMore": False,
    }
    (found,) = body["submissions"]
    assert found["id"] == str(held.pk)
    assert found["user"]["username"] == "alice"
    assert found["user"]["avatarUrl"]
    assert (found["totalTokens"], found["flaggedReason"]) == (1_200, "It is very much.")
    assert found["signals"] == [
        {"code": "over_hard_limit", "sentence": "It is very much.", "weight": 1.5, "slices": 2}
    ]
    assert found["createdAt"] == "2026-11-20T12:00:00Z"
    assert (found["version"], found["days"]["start"]) == (1, YESTERDAY.isoformat())


def test_the_page_costs_five_queries(
    held: Submission, bob_token: ApiToken, django_assert_num_queries: Any
) -> None:
    hold(bob_token, [row(tokens=90_000_000)])
    with django_assert_num_queries(5):
        page = flagged_page(page=1)
    assert [item.user.username for item in page.submissions] == ["bob", "alice"]
    with django_assert_num_queries(2):
        assert flagged_page(page=2).submissions == ()


def test_a_day_is_approved_and_counts(held: Submission, alice: User) -> None:
    answer = post(
        signed_in(moderator()),
        submissionId=str(held.pk),
        action="approve",
        days=[TODAY.isoformat()],
        version=1,
    )
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["success"], body["tokensAfter"], body["version"]) == (True, 700, 2)
    assert body["slices"] == [
        {
            "day": TODAY.isoformat(),
            "client": "claude",
            "tokens": 700,
            "before": "pending",
            "after": "accepted",
        }
    ]
    assert total(alice) == 700
    assert states(alice) == [("pending", 500), ("accepted", 700)]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"action": "reject"}, "reason: say why, to reject"),
        ({"action": "reject", "reason": "  "}, "reason: say why, to reject"),
        ({"action": "delete"}, "action: "),
        ({"action": "approve", "days": ["soon"]}, "days"),
        ({"action": "approve", "days": ["2020-01-01"]}, "days: nothing waits on 2020-01-01"),
        ({"action": "approve", "submissionId": "x"}, "submissionId: "),
        ({"action": "approve", "reasonCode": "made_up"}, "reasonCode: "),
    ],
)
def test_errors_name_the_field(held: Submission, body: dict[str, object], detail: str) -> None:
    answer = post(signed_in(moderator()), **({"submissionId": str(held.pk)} | body))
    assert answer.status_code == 400
    assert answer.json()["error"] == "validation_failed"
    assert any(line.startswith(detail) for line in answer.json()["details"]), answer.content


def test_what_changed_meanwhile_is_a_conflict(held: Submission) -> None:
    client = signed_in(moderator())
    answer = post(client, submissionId=str(held.pk), action="approve", version=9)
    assert (answer.status_code, answer.json()["error"]) == (409, "case_changed")
    assert post(client, submissionId=str(held.pk), action="approve").status_code == 200
    again = post(client, submissionId=str(held.pk), action="approve")
    assert (again.status_code, again.json()["error"]) == (409, "nothing_to_decide")
    unknown = post(client, submissionId=str(uuid4()), action="approve")
    assert unknown.status_code == 404


def test_ones_own_case_is_refused(held: Submission, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    answer = post(signed_in(alice), submissionId=str(held.pk), action="approve")
    assert (answer.status_code, answer.json()["error"]) == (403, "own_case")


def test_staff_without_a_role_sees_and_decides_nothing(held: Submission, alice: User) -> None:
    client = signed_in(person("lou", is_staff=True))
    assert client.get("/api/admin/flagged").status_code == 200
    answer = post(client, submissionId=str(held.pk), action="approve")
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert total(alice) == 0


def test_a_cookie_alone_decides_nothing(held: Submission, alice: User) -> None:
    answer = post(signed_in(moderator(), csrf=True), submissionId=str(held.pk), action="approve")
    assert answer.status_code == 403
    assert total(alice) == 0


def test_nonsense_pages_are_refused(dana: User) -> None:
    client = signed_in(dana)
    assert client.get("/api/admin/flagged?page=0").status_code == 400
    assert client.get("/api/admin/flagged?page=7").json()["submissions"] == []
    assert client.post("/api/admin/flagged").status_code == 405
    assert client.get("/api/admin/review").status_code == 405
