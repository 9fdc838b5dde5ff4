"""The public page of the nightly proof and the ledger, and the same for programs."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from ccgather.site.integrity.catalogue import INVARIANTS
from ccgather.site.integrity.selectors import integrity
from leaderboard.models import IntegrityRun
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def run(*, ago: timedelta = timedelta(hours=11), outcome: str = "held", wrong: int = 0) -> None:
    at = NOW - ago
    IntegrityRun.objects.create(
        at=at,
        started_at=at,
        ended_at=at + timedelta(seconds=83),
        outcome=outcome,
        figures=[
            {
                "name": invariant.name,
                "checked": 1_204_500,
                "wrong": wrong if invariant.name == "days" else 0,
                "seconds": 7.5,
                "applies": invariant.name != "copy",
            }
            for invariant in INVARIANTS
        ],
        disagreements={"days": ["alice on 2026-11-20: 7 where 8 is due"]} if wrong else {},
    )


def test_before_the_first_proof_the_page_says_so(client: Client) -> None:
    page = client.get("/integrity").text
    assert "Nothing has been proved yet" in page
    assert page.count("not looked at yet") == len(INVARIANTS)
    assert client.get("/api/integrity").json()["state"] == "never"


def test_the_last_run_is_shown_with_its_figures(client: Client) -> None:
    run(ago=DAY + timedelta(hours=11))
    run()
    page = client.get("/integrity").text
    assert "Every number is what it was made of" in page
    assert "at 01:00 UTC" in page
    assert ">83.0<" in page
    assert '<span class="number">1,204,500</span> slices' in page
    assert "not in use here" in page
    assert "The last 2 proofs" in page
    assert page.count("20 Nov 2026, 01:00 UTC: held") == 2  # a title, and words
    for invariant in INVARIANTS:
        assert invariant.sentence in page


def test_what_is_wrong_is_counted_and_nobody_is_named(client: Client) -> None:
    run(outcome="broken", wrong=7)
    for path in ("/integrity", "/api/integrity"):
        answer = client.get(path)
        assert "alice" not in answer.text
    assert "Something does not add up" in client.get("/integrity").text
    assert "7 wrong" in client.get("/integrity").text


def test_a_proof_that_is_late_is_said_to_be(client: Client) -> None:
    run(ago=DAY * 3)
    assert "The proof is late" in client.get("/integrity").text


def test_a_run_that_broke_off_or_still_runs_is_no_proof(client: Client) -> None:
    run(ago=DAY * 2 - timedelta(hours=13), outcome="failed")
    IntegrityRun.objects.create(at=NOW, started_at=NOW)
    page = client.get("/integrity").text
    assert "The proof is late" in page
    run(ago=timedelta(hours=1), outcome="failed")
    assert "did not come to its end" in client.get("/integrity").text


def test_the_api_says_the_same(client: Client) -> None:
    run(outcome="broken", wrong=7)
    answer = client.get("/api/integrity")
    body = answer.json()
    assert body["state"] == "broken"
    assert body["lastRun"] == {
        "at": "2026-11-20T01:00:00Z",
        "seconds": 83.0,
        "outcome": "broken",
        "checked": 1_204_500 * len(INVARIANTS),
        "wrong": 7,
    }
    assert body["runs"] == [body["lastRun"]]
    by_name = {invariant["name"]: invariant for invariant in body["invariants"]}
    assert by_name["days"]["wrong"] == 7
    assert by_name["profiles"]["isSample"] is True
    assert by_name["copy"]["applies"] is False
    again = client.get("/api/integrity", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_thirty_nights_are_shown_the_newest_last(client: Client) -> None:
    for ago in range(40):
        run(ago=DAY * ago + timedelta(hours=11))
    page = client.get("/integrity").text
    assert page.count('<li class="night night--held"') == 30
    assert page.index("19 Nov 2026, 01:00 UTC: held") < page.index("20 Nov 2026, 01:00 UTC: held")
    assert len(client.get("/api/integrity").json()["runs"]) == 30


def test_the_proof_is_read_by_one_query() -> None:
    run()
    with CaptureQueriesContext(connection) as queries:
        integrity(at=NOW)
    assert len(queries) == 1


def test_the_page_only_answers_questions(client: Client) -> None:
    assert client.post("/integrity").status_code == 405
    assert client.post("/api/integrity").status_code == 405


def test_admins_see_whose_numbers_disagree(client: Client, dana: User) -> None:
    run(outcome="broken", wrong=7)
    client.force_login(dana, backend="django.contrib.auth.backends.ModelBackend")
    row = IntegrityRun.objects.get()
    page = client.get(f"/admin/leaderboard/integrityrun/{row.pk}/change/").text
    assert "alice on 2026-11-20" in page


def test_the_footer_leads_here(client: Client) -> None:
    assert '<a href="/integrity">' in client.get("/").text
