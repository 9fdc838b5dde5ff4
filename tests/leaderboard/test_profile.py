"""A person's public page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import Slice
from submissions.services.accept import accept_report
from tests.submissions.reports import NOW, TODAY, report, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> object:
    """The twentieth of November 2026, noon UTC."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def usage(alice_token: ApiToken) -> None:
    """Alice on four days, with two tools, one of them last year."""
    days = [TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=200), date(2025, 12, 24)]
    rows = [row(day, 12_345_678, client=tool) for day in days for tool in ("claude", "codex")]
    accept_report(
        user_id=alice_token.user_id, report=report(rows), body=b"{}", at=NOW, token=alice_token
    )


@pytest.mark.usefixtures("usage")
def test_a_profile_shows_totals_ranks_graph_and_breakdowns(client: Client) -> None:
    response = client.get("/u/alice")
    page = response.text
    assert response.status_code == 200
    assert 'title="98,765,424 tokens">98.7M' in page
    assert 'Rank <span class="number">1</span> in the world' in page
    assert "in South Korea" in page
    assert "4 active days in the last twelve months" in page
    assert "24,691,356 tokens on 20 Nov 2026" in page
    for title in ("By tool", "By model", "By provider", "By kind of token"):
        assert title in page
    assert page.count("As a table") == 6


@pytest.mark.usefixtures("usage")
def test_a_year_has_a_graph_of_its_own(client: Client) -> None:
    page = client.get("/u/alice?year=2025").text
    assert "1 active day in 2025" in page
    assert page.count('rx="2.5"><title>') == 365
    assert 'id="year-2025" href="?year=2025&amp;range=90d"' in page


@pytest.mark.usefixtures("usage")
@pytest.mark.parametrize(
    ("span", "points", "unit"),
    [
        ("30d", 30, "on"),
        ("90d", 90, "on"),
        ("1y", 53, "in the week of"),
        ("all", 48, "in the week of"),
    ],
)
def test_tokens_over_time_have_a_point_a_day_or_a_week(
    client: Client, span: str, points: int, unit: str
) -> None:
    page = client.get(f"/u/alice?range={span}").text
    assert page.count('class="series__hit"') == points
    assert f" tokens {unit} " in page


@pytest.mark.usefixtures("usage")
def test_who_shows_ranges_shows_no_exact_count_to_others(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(show_ranges=True)
    page = client.get("/u/alice").text
    assert "50M–100M" in page
    for exact in (
        "98,765,424",
        "24,691,356",
        "12,345,678",
        "49,382,712",
        "98.7M",
        "24.6M",
        "49.3M",
    ):
        assert exact not in page
    client.force_login(alice)
    assert "98,765,424" in client.get("/u/alice").text


@pytest.mark.usefixtures("usage")
def test_a_hidden_cost_is_not_in_the_page(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(hide_cost=True)
    assert "$" not in client.get("/u/alice").text


@pytest.mark.usefixtures("usage")
def test_a_hidden_profile_is_there_for_its_owner_alone(
    client: Client, alice: User, bob: User
) -> None:
    User.objects.filter(pk=alice.pk).update(profile_visible=False)
    assert client.get("/u/alice").status_code == 404
    client.force_login(bob)
    assert client.get("/u/alice").status_code == 404
    client.force_login(alice)
    response = client.get("/u/alice")
    assert response.status_code == 200
    assert "Only you see this page" in response.text


@pytest.mark.usefixtures("usage")
def test_an_excluded_account_says_so_and_its_owner_finds_the_way_to_appeal(
    client: Client, alice: User, bob: User
) -> None:
    User.objects.filter(pk=alice.pk).update(excluded_at=NOW)
    for viewer in (None, bob):
        if viewer is not None:
            client.force_login(viewer)
        page = client.get("/u/alice").text
        assert "This account is not on the boards." in page
        assert "/settings/held" not in page
        assert "excluded" not in page.lower()
    client.force_login(alice)
    page = client.get("/u/alice").text
    assert "This account is not on the boards" in page
    assert 'href="/settings/held"' in page


def test_days_that_wait_are_marked_for_their_owner_alone(
    client: Client, alice: User, alice_token: ApiToken, bob: User
) -> None:
    rows = [row(TODAY - timedelta(days=ago), 1_000 + ago) for ago in range(3)]
    accept_report(user_id=alice.pk, report=report(rows), body=b"{}", at=NOW, token=alice_token)
    waiting = Slice.objects.filter(user=alice).order_by("-day")[:1].get()
    Slice.objects.filter(pk=waiting.pk).update(state="pending")
    client.force_login(bob)
    page = client.get("/u/alice").text
    assert "wait for review" not in page
    assert "calendar__held" not in page
    client.force_login(alice)
    page = client.get("/u/alice").text
    assert "1 day has usage that waits for review" in page
    assert f"{waiting.total_tokens:,} wait for review" in page
    assert page.count('class="calendar__held"') == 2  # the day, and the key


def test_others_may_report_a_profile_and_its_owner_not(
    client: Client, alice: User, bob: User
) -> None:
    assert "/u/alice/report" not in client.get("/u/alice").text
    client.force_login(bob)
    assert "/u/alice/report" in client.get("/u/alice").text
    client.force_login(alice)
    assert "/u/alice/report" not in client.get("/u/alice").text


def test_an_empty_profile_tells_its_owner_how_to_submit(client: Client, charlie: User) -> None:
    assert "No report has arrived" in client.get("/u/charlie").text
    client.force_login(charlie)
    assert "ccgather submit" in client.get("/u/charlie").text


def test_names_match_without_regard_to_case(client: Client, alice: User) -> None:
    page = client.get(f"/u/{alice.username.upper()}").text
    assert '/u/alice">' in page


def test_nobody_is_not_found(client: Client) -> None:
    response = client.get("/u/nobody")
    assert response.status_code == 404
    assert "There is no such profile." in response.text


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("year=2019", "year: "),
        ("year=2027", "year: "),
        ("year=soon", "year: "),
        ("year=٢٠٢٦", "year: "),
        ("range=2y", "range: "),
    ],
)
def test_nonsense_in_the_address_is_named(client: Client, question: str, field: str) -> None:
    response = client.get(f"/u/alice?{question}")
    assert response.status_code == 400
    assert field in response.text


def test_the_old_address_leads_to_the_new_one(client: Client) -> None:
    response = client.get("/profile/alice")
    assert response.status_code == 301
    assert response["Location"] == "/u/alice"


@pytest.mark.usefixtures("usage")
def test_an_anonymous_profile_may_be_kept_by_who_asks_again(client: Client) -> None:
    response = client.get("/u/alice")
    assert response["Cache-Control"] == "public, no-cache"
    assert "csrf" not in response.text
    etag = response["ETag"]
    assert client.get("/u/alice", headers={"if-none-match": etag}).status_code == 304


@pytest.mark.usefixtures("usage")
def test_htmx_gets_the_charts_alone(client: Client) -> None:
    page = client.get("/u/alice?range=30d", headers={"hx-request": "true"}).text
    assert "<html" not in page
    assert page.lstrip().startswith('<div class="stack" id="charts"')


def test_the_page_is_only_read(client: Client, alice: User) -> None:
    assert client.post(f"/u/{alice.username}").status_code == 405
