"""A country's page."""

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from tests.cast import person, token_of
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def koreans(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice before Bob, and thirty behind them; one German ahead of all."""
    accept(alice_token, report([row(tokens=9_000_000)]))
    accept(bob_token, report([row(tokens=8_000_000)]))
    for number in range(30):
        user = person(f"k{number:02}", country_code="KR")
        sent = report([row(tokens=1_000_000 - number)])
        accept(token_of(user, secret=f"tt_{number:048x}"), sent)
    ada = person("ada", country_code="DE")
    accept(token_of(ada, secret="tt_" + "d" * 48), report([row(tokens=90_000_000)]))


@pytest.mark.usefixtures("koreans")
def test_a_country_shows_its_sums_its_rank_and_its_people(client: Client) -> None:
    page = client.get("/countries/KR").text
    assert "South Korea" in page
    assert "of 2, by tokens" in page
    assert page.index("@alice") < page.index("@bob") < page.index("@k00")
    assert "@ada" not in page
    assert 'href="/countries/KR?page=2"' in page
    assert 'href="/countries/KR?period=week"' in page
    assert 'href="/countries/KR?sort=cost"' in page
    assert "@k29" in client.get("/countries/KR?page=2").text
    assert "The board ends before this page" in client.get("/countries/KR?page=9").text


@pytest.mark.usefixtures("koreans")
def test_ones_own_row_is_pinned_and_its_page_found(client: Client) -> None:
    client.force_login(User.objects.get(username="k29"))
    page = client.get("/countries/KR").text
    assert "To your place, 32 of 32" in page
    assert 'href="/countries/KR?around=k29"' in page
    assert "@k29" in client.get("/countries/KR?around=k29").text


def test_a_country_without_people_says_so_and_shows_a_way_out(client: Client) -> None:
    response = client.get("/countries/FR")
    assert response.status_code == 200
    assert "Nobody from France stands here" in response.text
    assert 'href="/countries"' in response.text


@pytest.mark.parametrize("code", ["XX", "KOR", "1", "%00"])
def test_a_code_that_names_none_is_not_found(client: Client, code: str) -> None:
    assert client.get(f"/countries/{code}").status_code == 404


def test_small_letters_do_and_nonsense_is_refused(client: Client) -> None:
    assert client.get("/countries/kr").status_code == 200
    assert client.get("/countries/KR?sort=height").status_code == 400
    assert client.get("/countries/KR?period=never").status_code == 400
    assert client.post("/countries/KR").status_code == 405
