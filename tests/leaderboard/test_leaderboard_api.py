"""`/api/leaderboard` and the profile endpoints."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from accounts.services.settings import change_settings
from leaderboard.selectors import board_page, profile
from leaderboard.shapes import BoardQuery
from submissions.services.accept import accept_report
from tests.cast import person, token_of
from tests.submissions.reports import NOW, TODAY, report, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def submit(token: ApiToken, tokens: int, **fields: Any) -> None:
    sent = report([row(TODAY, tokens, **fields)])
    accept_report(user_id=token.user_id, report=sent, body=b"{}", at=NOW, token=token)


@pytest.fixture
def crowd(db: None) -> list[User]:
    """Thirty people, p00 with most."""
    people = []
    for index in range(30):
        user = person(f"p{index:02}", country_code="ES" if index % 3 else "KR")
        submit(token_of(user, secret=f"tt_{index:048x}"), 1000 - index)
        people.append(user)
    return people


def test_pages_go_on_where_the_last_ended(client: Client, crowd: list[User]) -> None:
    seen = []
    for page in (1, 2, 3):
        body = client.get(f"/api/leaderboard?limit=13&page={page}").json()
        seen += [(row["rank"], row["user"]["username"]) for row in body["data"]]
    assert seen == [(n + 1, f"p{n:02}") for n in range(30)]
    assert body["pagination"] == {
        "page": 3,
        "limit": 13,
        "total": 30,
        "totalPages": 3,
        "hasMore": False,
    }


def test_a_page_past_the_end_is_empty(client: Client, crowd: list[User]) -> None:
    body = client.get("/api/leaderboard?page=99").json()
    assert body["data"] == []
    assert body["pagination"]["total"] == 30


def test_a_countrys_board_counts_from_one_and_sums_itself(
    client: Client, crowd: list[User]
) -> None:
    body = client.get("/api/leaderboard?country=kr").json()
    assert [row["rank"] for row in body["data"]] == list(range(1, 11))
    assert {row["user"]["countryCode"] for row in body["data"]} == {"KR"}
    assert body["stats"]["totalUsers"] == 10
    assert body["stats"]["totalTokens"] == sum(row["tokens"] for row in body["data"])


def test_around_finds_the_page_of_a_person(client: Client, crowd: list[User]) -> None:
    body = client.get("/api/leaderboard?limit=10&around=P17").json()
    assert body["pagination"]["page"] == 2
    assert "p17" in [row["user"]["username"] for row in body["data"]]
    assert client.get("/api/leaderboard?around=nobody").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=8d", "period"),
        ("sort=cheapest", "sort"),
        ("country=XX", "country"),
        ("country=Korea", "country"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1e3", "page"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("around=" + "x" * 50, "around"),
        ("around=%00", "around"),
    ],
)
def test_nonsense_is_400_and_names_the_field(
    client: Client, db: None, query: str, field: str
) -> None:
    response = client.get(f"/api/leaderboard?{query}")
    assert response.status_code == 400
    body = response.json()
    assert body["error"] == "validation_failed"
    assert body["details"][0].startswith(f"{field}:")


def test_all_faults_are_named_at_once(client: Client, db: None) -> None:
    body = client.get("/api/leaderboard?sort=x&page=0&limit=0&country=1").json()
    assert len(body["details"]) == 4


def test_an_unchanged_answer_is_304(client: Client, alice_token: ApiToken) -> None:
    submit(alice_token, 10)
    first = client.get("/api/leaderboard")
    again = client.get("/api/leaderboard", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    submit(alice_token, 20)
    changed = client.get("/api/leaderboard", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["data"][0]["tokens"] == 20


def test_public_answers_are_open_to_other_sites_and_personal_ones_are_not(
    client: Client, alice: User
) -> None:
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    public = client.get("/api/leaderboard", headers={"Origin": "https://elsewhere.example"})
    assert public["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in public
    private = client.get("/api/me", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in private


def test_hiding_shows_on_the_next_request(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    submit(alice_token, 10)
    assert client.get("/api/user/alice").status_code == 200
    assert len(client.get("/api/leaderboard").json()["data"]) == 1
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    assert client.get("/api/leaderboard").json()["data"] == []
    for path in ("/api/user/alice", "/api/users/alice", "/api/user/alice/chart"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.json() == client.get(path.replace("alice", "nobody")).json()


def test_a_hidden_person_sees_their_own_profile(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    submit(alice_token, 10)
    change_settings(user_id=alice.pk, wanted={"profileVisible": False}, at=NOW)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/api/user/alice")
    assert response.json()["totalTokens"] == 10
    assert response.json()["globalRank"] is None
    assert response["Cache-Control"] == "private, no-store"


def test_the_time_zone_is_for_the_owner_only(
    client: Client, alice: User, alice_token: ApiToken
) -> None:
    submit(alice_token, 10)
    assert "timezone" not in client.get("/api/user/alice").json()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/user/alice").json()["timezone"] == "UTC"


def test_a_hidden_cost_is_nowhere(client: Client, alice: User, alice_token: ApiToken) -> None:
    submit(alice_token, 1_000_000)
    change_settings(user_id=alice.pk, wanted={"hideCost": True}, at=NOW)
    assert client.get("/api/leaderboard").json()["data"][0]["cost"] is None
    assert client.get("/api/leaderboard").json()["stats"]["totalCost"] == 0
    assert client.get("/api/leaderboard?sort=cost").json()["data"] == []
    assert client.get("/api/user/alice").json()["totalCost"] is None
    assert client.get("/api/user/alice").json()["stats"]["avgDailyCost"] is None
    assert client.get("/api/users/alice").json()["contributions"][0]["cost"] is None
    assert client.get("/api/user/alice/chart").json()["points"][-1]["cost"] is None


def test_a_hidden_country_is_nowhere(client: Client, alice: User, alice_token: ApiToken) -> None:
    submit(alice_token, 10)
    change_settings(user_id=alice.pk, wanted={"hideCountry": True}, at=NOW)
    assert client.get("/api/leaderboard").json()["data"][0]["user"]["countryCode"] is None
    assert client.get("/api/leaderboard?country=KR").json()["data"] == []
    body = client.get("/api/user/alice").json()
    assert (body["countryCode"], body["countryRank"], body["globalRank"]) == (None, None, 1)


def test_bands_show_no_exact_count(client: Client, alice: User, alice_token: ApiToken) -> None:
    submit(alice_token, 12_345_678)
    change_settings(user_id=alice.pk, wanted={"showRanges": True}, at=NOW)
    for path in (
        "/api/leaderboard",
        "/api/user/alice",
        "/api/users/alice",
        "/api/user/alice/chart",
    ):
        text = client.get(path).content.decode().partition('"stats":{"totalUsers"')[0]
        assert "12345678" not in text, path
    row_ = client.get("/api/leaderboard").json()["data"][0]
    assert row_["tokensRange"] == [10_000_000, 50_000_000]


def test_the_chart_has_every_day_of_its_range(client: Client, alice_token: ApiToken) -> None:
    submit(alice_token, 10)
    body = client.get("/api/user/alice/chart?range=90d").json()
    assert len(body["points"]) == 90
    assert body["points"][-1]["day"] == TODAY.isoformat()
    assert body["points"][-1]["tokens"] == 10
    assert client.get("/api/user/alice/chart?range=2y").status_code == 400


def test_board_and_profile_cost_the_same_number_of_queries_at_any_size(
    crowd: list[User], django_assert_num_queries: Any
) -> None:
    for limit in (5, 30):
        with django_assert_num_queries(6):
            board_page(query=BoardQuery(limit=limit), viewer=None, at=NOW)
    with django_assert_num_queries(11):
        profile(username="p00", viewer=None, at=NOW)


@pytest.mark.parametrize("name", ["a%00b", "%00", "%ff%fe", "x" * 5000, "%F0%9F%94%A5", "..%2F.."])
@pytest.mark.parametrize("path", ["/api/user/{}", "/api/users/{}", "/api/user/{}/chart", "/u/{}"])
def test_names_that_cannot_be_are_nobody(client: Client, db: None, path: str, name: str) -> None:
    assert client.get(path.format(name)).status_code == 404


def test_answers_are_json_whatever_is_accepted(client: Client, db: None) -> None:
    for accept in ("text/html", "application/xml", "nonsense"):
        response = client.get("/api/leaderboard", headers={"Accept": accept})
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"
