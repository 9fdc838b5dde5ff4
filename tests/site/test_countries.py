"""The world page."""

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken
from tests.cast import person, token_of
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def usage(alice_token: ApiToken) -> None:
    """Alice in Korea, and somebody who tells no country."""
    accept(alice_token, report([row(tokens=3_000_000)]))
    nemo = person("nemo")
    accept(token_of(nemo, secret="tt_" + "e" * 48), report([row(tokens=1_000_000)]))


@pytest.mark.usefixtures("usage")
def test_the_world_has_a_row_a_country_and_one_for_those_who_tell_none(client: Client) -> None:
    page = client.get("/countries").text
    assert 'href="/countries/KR"' in page
    assert "South Korea" in page
    assert "75.0%" in page
    assert "Not told" in page
    assert "25.0%" in page
    assert "flags/kr" in page


@pytest.mark.usefixtures("usage")
def test_links_keep_the_period_and_the_order(client: Client) -> None:
    page = client.get("/countries?period=month&sort=people").text
    assert 'href="/countries/KR?period=month"' in page
    assert 'href="/countries?period=week&amp;sort=people"' in page
    assert 'href="/countries?period=month&amp;sort=cost"' in page
    assert 'href="/countries?period=2026-10&amp;sort=people"' in page
    before = client.get("/countries?period=2026-10").text
    assert "Nobody has burned anything here yet" in before
    assert 'href="/countries?period=month"' in before


def test_nobody_anywhere_is_said_so(client: Client) -> None:
    assert "Nobody has burned anything here yet" in client.get("/countries").text


@pytest.mark.parametrize("query", ["sort=days", "period=never"])
def test_nonsense_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/countries?{query}").status_code == 400
    assert client.post("/countries").status_code == 405


@pytest.mark.usefixtures("usage")
def test_a_fragment_is_the_part_that_changes(client: Client) -> None:
    page = client.get("/countries?sort=cost", headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith('<div class="stack" id="world"')
    assert "<html" not in page
