"""Countries: ranked by their people's sums, with everybody in them or in "not told"."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.settings import change_settings
from leaderboard.selectors.countries import CountryOrder, countries
from tests.cast import person, token_of
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
PEOPLE = (
    ("kim", "KR", 500_000),
    ("lee", "KR", 300_000),
    ("ada", "DE", 700_000),
    ("bea", "DE", 100_000),
    ("ines", "ES", 900_000),
    ("nemo", "", 50_000),
)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world() -> dict[str, User]:
    """Two in Korea, two in Germany, one in Spain, and one who tells no country."""
    found = {}
    for number, (name, country, tokens) in enumerate(PEOPLE):
        user = person(name, country_code=country)
        accept(token_of(user, secret=f"tt_{number:048x}"), report([row(tokens=tokens)]))
        found[name] = user
    return found


def board(order: CountryOrder = CountryOrder.TOKENS) -> Any:
    return countries(period="all", order=order, at=NOW)


@pytest.mark.usefixtures("world")
def test_countries_are_ranked_by_what_is_asked_and_ties_go_to_more_people() -> None:
    assert [(c.code, c.tokens, c.people, c.rank) for c in board().rows] == [
        ("ES", 900_000, 1, 1),
        ("DE", 800_000, 2, 2),
        ("KR", 800_000, 2, 3),
    ]
    assert [c.code for c in board(CountryOrder.PEOPLE).rows] == ["DE", "KR", "ES"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("order", CountryOrder)
def test_shares_add_up_with_those_who_tell_no_country(order: CountryOrder) -> None:
    found = board(order)
    rows = (*found.rows, found.elsewhere)
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert sum(row.tokens for row in rows) == found.world.tokens == 2_550_000
    assert sum(row.people for row in rows) == found.world.people == 6
    assert sum(row.cost_microusd for row in rows) == found.world.cost_microusd > 0


def test_who_hides_their_country_is_in_none(world: dict[str, User]) -> None:
    change_settings(user_id=world["ines"].pk, wanted={"hideCountry": True}, at=NOW)
    found = board()
    assert [row.code for row in found.rows] == ["DE", "KR"]
    assert (found.elsewhere.people, found.elsewhere.tokens) == (2, 950_000)


def test_who_hides_their_cost_adds_none(world: dict[str, User]) -> None:
    before = board().of("ES").cost_microusd
    assert before > 0
    change_settings(user_id=world["ines"].pk, wanted={"hideCost": True}, at=NOW)
    assert board().of("ES").cost_microusd == 0
    assert board().of("ES").tokens == 900_000


def test_hidden_people_are_nowhere(world: dict[str, User]) -> None:
    change_settings(user_id=world["ines"].pk, wanted={"profileVisible": False}, at=NOW)
    assert board().world.people == 5
    assert board().of("ES").rank == 0


@pytest.mark.usefixtures("world")
def test_all_countries_cost_two_queries() -> None:
    with CaptureQueriesContext(connection) as queries:
        board()
    assert len(queries) == 2


@pytest.mark.usefixtures("world")
def test_the_api_lists_countries(client: Client) -> None:
    response = client.get("/api/countries")
    body = response.json()
    assert body["data"][0] == {
        "code": "ES",
        "name": "Spain",
        "people": 1,
        "tokens": 900_000,
        "cost": body["data"][0]["cost"],
        "rank": 1,
        "share": 0.352941,
    }
    assert body["meta"]["notTold"]["people"] == 1
    assert body["meta"]["total"]["tokens"] == 2_550_000
    again = client.get("/api/countries", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.post("/api/countries").status_code == 405


@pytest.mark.usefixtures("world")
def test_the_api_shows_one_country_and_its_first_people(client: Client) -> None:
    data = client.get("/api/countries/kr?period=month").json()["data"]
    assert (data["code"], data["rank"], data["people"]) == ("KR", 3, 2)
    assert [person["user"]["username"] for person in data["top"]] == ["kim", "lee"]
    nobody = client.get("/api/countries/FR").json()["data"]
    assert (nobody["rank"], nobody["people"], nobody["top"]) == (None, 0, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/countries?sort=height", 400),
        ("/api/countries?period=never", 400),
        ("/api/countries/XX", 404),
        ("/api/countries/KOR", 404),
        ("/api/countries/KR?sort=days", 400),
        ("/api/countries/KR?period=2026-W99", 400),
    ],
)
def test_nonsense_is_refused_in_json(client: Client, db: None, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.json()["success"] is False


def test_a_decision_shows_on_the_next_request(client: Client, world: dict[str, User]) -> None:
    assert client.get("/api/countries").json()["meta"]["countries"] == 3
    change_settings(user_id=world["ines"].pk, wanted={"hideCountry": True}, at=NOW)
    assert client.get("/api/countries").json()["meta"]["countries"] == 2
