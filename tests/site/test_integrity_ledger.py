"""The ledger of moderation in public: every line, nobody's name, figures that say how it goes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from submissions.models import Appeal, Decision, ProfileReport, ReviewCase
from submissions.selectors.ledger import ledger_figures, ledger_page
from submissions.services.ledger import subject_of
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SLICE = {"day": "2026-11-01", "client": "claude", "device": "x", "tokens": 123_456_789}


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def decided(
    user: User,
    action: str,
    code: str,
    *,
    at: datetime = NOW - HOUR,
    waited: timedelta | None = None,
    **fields: Any,
) -> Decision:
    return Decision.objects.create(
        **{
            "at": at,
            "user": user,
            "subject": subject_of(user_id=user.pk),
            "role": "moderator",
            "action": action,
            "reason_code": code,
            "reason": "what was written to the person alone",
            "slices": [SLICE, SLICE],
            "waiting_since": at - waited if waited else None,
        }
        | fields
    )


@pytest.fixture
def year(alice: User, bob: User, dana: User) -> Decision:
    """Alice: held, rejected after 5 hours, reversed on appeal. Bob: approved after 2 days."""
    decided(alice, "hold", "signals", role="system", at=NOW - 10 * HOUR)
    case = ReviewCase.objects.create(
        user=alice, opened_at=NOW, updated_at=NOW, due_at=NOW, held_slices=3
    )
    rejected = decided(
        alice, "reject", "made_up", at=NOW - 5 * HOUR, waited=5 * HOUR, actor=dana, case=case
    )
    Appeal.objects.create(
        user=alice,
        case=case,
        decision=rejected,
        text="I did this",
        created_at=NOW,
        due_at=NOW,
        state="granted",
        answered_at=NOW,
    )
    decided(alice, "reverse", "appeal_granted", at=NOW - HOUR, reverses=rejected)
    decided(bob, "approve", "genuine", at=NOW - 2 * HOUR, waited=48 * HOUR, actor=dana)
    ProfileReport.objects.create(reporter=bob, subject=alice, code="copied", created_at=NOW)
    return rejected


def test_before_the_first_decision_the_page_says_so(client: Client) -> None:
    page = client.get("/integrity").text
    assert "No decision was made yet." in page
    assert "nothing was decided yet" in page
    body = client.get("/api/integrity").json()["moderation"]
    assert body["ledger"] == body["decisions"] == []
    assert body["reversalRate"] is None
    assert body["timeToDecision"] == {"medianSeconds": None, "p95Seconds": None}
    assert body["pagination"]["totalPages"] == 0


def test_every_line_says_what_why_by_whom_and_after_how_long(
    client: Client, alice: User, year: Decision
) -> None:
    body = client.get("/api/integrity").json()["moderation"]
    lines = {line["action"]: line for line in body["ledger"]}
    assert [line["action"] for line in body["ledger"]] == ["reverse", "approve", "reject", "hold"]
    assert lines["reject"] == {
        "number": year.pk,
        "at": "2026-11-20T07:00:00Z",
        "subject": subject_of(user_id=alice.pk),
        "action": "reject",
        "role": "moderator",
        "reasonCode": "made_up",
        "reason": "Made up",
        "slices": 2,
        "secondsToDecision": 18_000,
        "reversed": True,
        "reverses": None,
    }
    assert lines["reverse"]["reverses"] == year.pk
    assert lines["hold"]["role"] == "system"
    page = client.get("/integrity").text
    row = page[page.index(f'<tr id="line-{year.pk}">') :].partition("</tr>")[0]
    for words in ("Not accepted", "reversed", "Made up", "moderator", ">2<", "5 hours"):
        assert words in row, words
    assert f"of No. {year.pk}" in page


@pytest.mark.usefixtures("year")
def test_the_figures_are_those_of_the_lines(client: Client) -> None:
    body = client.get("/api/integrity").json()["moderation"]
    assert body["decisions"][0] == {
        "action": "hold",
        "reasonCode": "signals",
        "reason": "Signals",
        "count": 1,
        "reversed": 0,
    }
    assert (body["verdicts"], body["verdictsReversed"], body["reversalRate"]) == (2, 1, 0.5)
    assert body["timeToDecision"]["medianSeconds"] == (5 + 48) * 3600 / 2
    assert body["timeToDecision"]["p95Seconds"] == round((5 + 43 * 0.95) * 3600)
    assert body["appeals"] == {"made": 1, "granted": 1, "upheld": 0, "open": 0}
    assert body["open"] == {"cases": 1, "slices": 3, "oldestAt": "2026-11-20T12:00:00Z"}
    assert body["profileReports"] == {"made": 1, "standing": 1}
    page = client.get("/integrity").text
    assert ">26 hours<" in page or ">27 hours<" in page or ">26 hours" in page
    assert ">50%<" in page
    assert "1 of 2 decisions reversed" in page


@pytest.mark.usefixtures("year")
def test_nobody_is_named_and_no_private_word_or_figure_shown(client: Client) -> None:
    private = ("alice", "bob", "dana", "written to the", "i did this", "123456789", "123,456,789")
    for path in ("/integrity", "/api/integrity"):
        text = client.get(path).text.lower()
        assert [words for words in private if words in text] == []


def test_what_is_older_than_a_year_stays_in_the_ledger_and_leaves_the_figures(alice: User) -> None:
    decided(alice, "reject", "copied", at=NOW - timedelta(days=400), waited=HOUR)
    assert ledger_figures(at=NOW).verdicts == 0
    assert ledger_page(page=1).total == 1


def test_a_code_that_is_not_given_any_more_is_still_shown(client: Client, alice: User) -> None:
    decided(alice, "reject", "an_older_code")
    assert "An older code" in client.get("/integrity").text


def test_the_ledger_is_read_by_pages(client: Client, alice: User) -> None:
    for _ in range(30):
        decided(alice, "hold", "signals", role="system")
    first = client.get("/api/integrity").json()["moderation"]
    second = client.get("/api/integrity?page=2").json()["moderation"]
    assert (len(first["ledger"]), len(second["ledger"])) == (25, 5)
    assert first["pagination"] == {
        "page": 1,
        "limit": 25,
        "total": 30,
        "totalPages": 2,
        "hasMore": True,
    }
    assert {line["number"] for line in first["ledger"]}.isdisjoint(
        line["number"] for line in second["ledger"]
    )
    page = client.get("/integrity?page=2").text
    assert 'href="?page=1#ledger"' in page
    assert 'rel="next"' not in page
    assert "past its end" in client.get("/integrity?page=3").text
    assert client.get("/api/integrity?page=3").json()["moderation"]["ledger"] == []


@pytest.mark.parametrize("query", ["page=0", "page=x", "limit=101", "page=-1", "page=9999999999"])
def test_a_page_that_makes_no_sense_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/integrity?{query}").status_code == 400
    answer = client.get(f"/api/integrity?{query}")
    assert answer.status_code == 400
    assert answer.json()["details"]


def test_a_decision_shows_on_the_next_request(client: Client, alice: User) -> None:
    before = client.get("/api/integrity")
    decided(alice, "exclude", "manipulation")
    after = client.get("/api/integrity", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["moderation"]["ledger"][0]["action"] == "exclude"


@pytest.mark.usefixtures("year")
def test_a_page_of_lines_takes_two_queries_and_the_figures_six() -> None:
    with CaptureQueriesContext(connection) as queries:
        ledger_page(page=1)
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        ledger_figures(at=NOW)
    assert len(queries) == 6


def test_the_apis_description_names_the_parameters_of_the_ledger(client: Client) -> None:
    schema = client.get("/api/schema", headers={"Accept": "application/json"}).json()
    names = {each["name"] for each in schema["paths"]["/api/integrity"]["get"]["parameters"]}
    assert {"page", "limit"} <= names
