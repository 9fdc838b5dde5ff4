"""The front page: the board, its filters, and what is shown of whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from ccgather.site.views.home import shown_amount_of, shown_rows
from leaderboard import selectors
from leaderboard.rules.boards import Metric
from leaderboard.shapes import BoardQuery
from submissions.services.accept import accept_report
from tests.cast import person, token_of
from tests.submissions.reports import NOW, TODAY, report, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> object:
    """The twentieth of November 2026, noon UTC."""
    with time_machine.travel(NOW, tick=False):
        yield


def send(token: ApiToken, tokens: int, *, ago: int = 0) -> None:
    accept_report(
        user_id=token.user_id,
        report=report([row(TODAY - timedelta(days=ago), tokens)]),
        body=b"{}",
        at=NOW,
        token=token,
    )


@pytest.fixture
def crowd(alice: User) -> None:
    """Thirty people, 1,000 tokens and more each; Alice, with 1, is the last."""
    for place in range(30):
        somebody = person(f"person-{place}", country_code="DE" if place % 2 else "KR")
        send(token_of(somebody, secret=f"tt_{place:048x}"), 1_000 + place)
    send(token_of(alice, secret="tt_" + "a" * 48), 1)


def ranks_in(page: str) -> list[int]:
    """The ranks of the podium and the table, in the order of the page."""
    found = re.findall(r'(?:Rank </span>|<span class="rank[^"]*">)(\d+)', page)
    return [int(rank) for rank in found]


@pytest.mark.usefixtures("crowd")
def test_the_first_page_shows_ranks_one_to_twenty_five(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert ranks_in(response.text) == list(range(1, 26))
    assert "1–25</span> of" in response.text


@pytest.mark.usefixtures("crowd")
def test_the_second_page_goes_on_where_the_first_ended(client: Client) -> None:
    page = client.get("/?page=2").text
    assert ranks_in(page) == list(range(26, 32))
    assert "podium__place" not in page


@pytest.mark.usefixtures("crowd")
def test_ones_own_row_is_pinned_when_it_stands_on_another_page(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/").text
    assert ranks_in(page) == [*range(1, 26), 31]
    assert page.count('id="own-row"') == 1
    assert "/?around=alice" in page


@pytest.mark.usefixtures("crowd")
def test_around_gives_the_page_that_holds_the_person(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/?around=alice").text
    assert ranks_in(page) == list(range(26, 32))
    assert "<tfoot>" not in page


@pytest.mark.usefixtures("crowd")
def test_a_country_filters_and_stays_chosen_in_every_link(client: Client) -> None:
    page = client.get("/?country=de&sort=days").text
    assert ranks_in(page) == list(range(1, 16))
    assert '<option value="DE" selected>' in page
    assert "/?period=7d&amp;sort=days&amp;country=DE" in page


@pytest.mark.usefixtures("crowd")
def test_a_past_week_leads_to_its_neighbours(client: Client) -> None:
    page = client.get("/?period=2026-W46").text
    assert "/?period=2026-W45" in page
    assert 'href="/?period=week"' in page
    assert "Nobody has burned anything here yet" in page
    assert "Week 46, 9 Nov 2026 – 15 Nov 2026" in page


@pytest.mark.usefixtures("crowd")
def test_the_current_month_has_no_month_after(client: Client) -> None:
    page = client.get("/?period=month").text
    assert 'id="period-earlier" href="/?period=2026-10"' in page
    assert "period-later" not in page


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/?page=0&sort=fame&country=ZZ", ["page: '0'", "sort: 'fame'", "country: 'ZZ'"]),
        ("/?page=-1", ["page: '-1'"]),
        ("/?page=99999999999999999999", ["page: "]),
        ("/?page=²", ["page: "]),
        ("/?period=yesterday", ["period: "]),
        ("/?period=2031-W01", ["period: "]),
    ],
)
def test_nonsense_in_the_address_is_named(client: Client, address: str, fields: list[str]) -> None:
    response = client.get(address)
    assert response.status_code == 400
    for field in fields:
        assert field in response.text.replace("&#x27;", "'")


def test_markup_in_the_address_is_shown_and_not_obeyed(client: Client) -> None:
    response = client.get("/?period=<script>alert(1)</script>")
    assert response.status_code == 400
    assert "<script>alert" not in response.text


def test_somebody_who_is_not_on_the_board_is_not_found_there(client: Client) -> None:
    assert client.get("/?around=nobody").status_code == 404


def test_an_empty_board_says_how_to_submit(client: Client) -> None:
    page = client.get("/").text
    assert "Nobody has burned anything here yet" in page
    assert page.count("ccgather login --server http") == 2


@pytest.mark.usefixtures("crowd")
def test_a_page_past_the_end_leads_back(client: Client) -> None:
    response = client.get("/?page=9")
    assert response.status_code == 200
    assert "The board ends before this page" in response.text


def test_a_hidden_cost_is_a_dash_and_ranges_are_bands(
    client: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    User.objects.filter(pk=alice_token.user_id).update(hide_cost=True)
    User.objects.filter(pk=bob_token.user_id).update(show_ranges=True)
    send(alice_token, 23_456_789)
    send(bob_token, 12_345_678)
    page = client.get("/").text
    assert 'title="Cost hidden">—' in page
    assert "10M–50M" in page
    assert "12,345,678" not in page


def test_a_bar_tells_no_more_than_the_band_of_who_shows_ranges(
    alice_token: ApiToken, bob_token: ApiToken
) -> None:
    User.objects.filter(pk=bob_token.user_id).update(show_ranges=True)
    send(alice_token, 20_000_000)
    send(bob_token, 12_345_678)
    board = selectors.board_page(query=BoardQuery(), viewer=None, at=NOW)
    assert [shown_amount_of(row, metric=Metric.TOKENS) for row in board.rows] == [
        20_000_000,
        10_000_000,
    ]
    assert [row.burn_width for row in shown_rows(board, board.rows)] == [1000, 500]


def test_an_anonymous_page_holds_nothing_personal_and_may_be_kept(client: Client) -> None:
    response = client.get("/")
    assert response["Cache-Control"] == "public, no-cache"
    assert "csrf" not in response.text
    assert not response.cookies
    again = client.get("/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_a_signed_in_page_is_kept_by_nobody(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.get("/")
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response


@pytest.mark.usefixtures("crowd")
def test_htmx_gets_the_board_and_the_figures_only(client: Client) -> None:
    response = client.get("/?page=2", headers={"hx-request": "true"})
    assert "<html" not in response.text
    assert response.text.lstrip().startswith('<section class="board"')
    assert 'id="figures" hx-swap-oob="true"' in response.text
    assert "HX-Request" in response["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(client: Client) -> None:
    headers = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in client.get("/", headers=headers).text


def test_the_page_is_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405
