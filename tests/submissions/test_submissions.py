"""The page of what one sent, and the way to take it all back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, User
from submissions.models import Slice, Submission, UsageAccount
from submissions.selectors import PAGE_SIZE, submission_page
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
PATH = "/settings/submissions"
DELETE = f"{PATH}/delete"


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send_often(token: ApiToken, times: int) -> None:
    """So many reports, each two hours after the one before."""
    for number in range(times):
        accept(token, report([row(tokens=1_000 + number)]), minutes=-120 * (times - number))


def test_submissions_are_listed_newest_first_with_what_they_changed(
    as_alice: Client, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=1_234)]), minutes=-60)
    accept(alice_token, report([row(tokens=5_678)], collector="tokscale"))
    response = as_alice.get(PATH)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    text = response.text
    assert text.index("tokscale") < text.index("ccgather 0.1.0")
    assert "1,234" in text
    assert "5,678" in text
    assert text.count(">counted<") == 2
    assert "laptop" in text


def test_a_held_day_says_why_it_waits(as_alice: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=500_000_000_001, model="m"), row(TODAY.replace(day=1))]))
    text = as_alice.get(PATH).text
    assert "partly waits" in text
    assert "2026-11-20, claude: This day comes to 500,000,000,001 tokens" in text


def test_a_warning_is_shown_with_its_submission(as_alice: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100), row(TODAY.replace(day=1))]))
    accept(alice_token, report([row(tokens=90), row(TODAY.replace(day=1), 200)]), minutes=1)
    assert "kept at 100 tokens" in as_alice.get(PATH).text


def test_nothing_sent_leads_to_the_ways_in(as_alice: Client) -> None:
    text = as_alice.get(PATH).text
    assert "Nothing sent yet" in text
    assert "/settings/upload" in text
    assert "Delete everything" not in text


def test_the_list_has_pages(as_alice: Client, alice_token: ApiToken) -> None:
    send_often(alice_token, PAGE_SIZE + 1)
    first, second = as_alice.get(PATH).text, as_alice.get(PATH, {"page": "2"}).text
    assert first.count("<tr>") == PAGE_SIZE + 1  # and the head
    assert second.count("<tr>") == 2
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 40, "99", "²"])
def test_nonsense_for_a_page_is_a_page(as_alice: Client, alice_token: ApiToken, page: str) -> None:
    send_often(alice_token, 1)
    assert as_alice.get(PATH, {"page": page}).status_code == 200


def test_a_page_costs_two_queries_however_much_was_sent(alice: User, alice_token: ApiToken) -> None:
    for times in (1, 5):
        send_often(alice_token, times)
        with CaptureQueriesContext(connection) as queries:
            submission_page(user=alice, page=1)
        assert len(queries) == 2


def test_the_list_is_ones_own(as_alice: Client, bob_token: ApiToken) -> None:
    accept(bob_token, report([row(tokens=987_654)], collector="bobs-tool"))
    text = as_alice.get(PATH).text
    assert "bobs-tool" not in text
    assert "987,654" not in text


def test_typing_the_word_takes_everything_back(
    as_alice: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    send_often(alice_token, 2)
    accept(bob_token, report([row()]))
    response = as_alice.post(DELETE, {"confirm": " DELETE "}, follow=True)
    assert response.redirect_chain == [(PATH, 302)]
    assert "2 submissions and everything they brought are deleted." in response.text
    assert {s.user_id for s in Slice.objects.all()} == {bob_token.user_id}
    assert ApiToken.objects.filter(pk=alice_token.pk).exists()


@pytest.mark.parametrize("typed", [{}, {"confirm": ""}, {"confirm": "yes"}])
def test_without_the_word_nothing_is_deleted(
    as_alice: Client, alice_token: ApiToken, typed: dict[str, str]
) -> None:
    send_often(alice_token, 1)
    response = as_alice.post(DELETE, typed, follow=True)
    assert "Nothing was deleted" in response.text
    assert UsageAccount.objects.exists()


def test_strangers_are_asked_to_sign_in(client: Client, alice_token: ApiToken) -> None:
    send_often(alice_token, 1)
    assert client.get(PATH)["Location"].endswith(f"?next={PATH}")
    assert client.post(DELETE, {"confirm": "delete"}).status_code == 302
    assert Submission.objects.exists()


def test_deleting_needs_the_proof_that_it_came_from_our_page(
    alice: User, alice_token: ApiToken
) -> None:
    send_often(alice_token, 1)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(DELETE, {"confirm": "delete"}).status_code == 403
    assert Submission.objects.exists()


def test_other_methods_are_refused(as_alice: Client) -> None:
    assert as_alice.post(PATH).status_code == 405
    assert as_alice.get(DELETE).status_code == 405


# --- The same under /api/ --------------------------------------------------------------------


def test_the_api_lists_the_same(as_alice: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(alice_token, report([row(tokens=150)]), minutes=1)
    body = as_alice.get("/api/me/submissions?limit=1").json()
    assert body["pagination"] == {
        "page": 1, "limit": 1, "total": 2, "totalPages": 2, "hasMore": True,
    }  # fmt: skip
    (line,) = body["data"]
    assert line == {
        "id": str(Submission.objects.order_by("-submitted_at")[0].pk),
        "submittedAt": (NOW + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": "cli",
        "collector": "ccgather",
        "collectorVersion": "0.1.0",
        "device": "laptop",
        "status": "verified",
        "mode": "merge",
        "tokensBefore": 100,
        "tokensAfter": 150,
        "held": [],
        "warnings": [],
    }


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "limit=0", "limit=101", "limit=-1", "page=1e3", "page=²"]
)
def test_the_api_names_nonsense(as_alice: Client, query: str) -> None:
    response = as_alice.get(f"/api/me/submissions?{query}")
    assert response.status_code == 400
    assert response.json()["details"][0].startswith(query.partition("=")[0])


def test_the_api_deletes_what_was_submitted(as_alice: Client, alice_token: ApiToken) -> None:
    send_often(alice_token, 3)
    response = as_alice.delete("/api/settings/submitted-data")
    assert response.json() == {"deleted": True, "deletedSubmissions": 3}
    assert not Slice.objects.exists()
