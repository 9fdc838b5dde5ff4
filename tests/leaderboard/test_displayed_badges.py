"""Which badges stand beside a name: chosen on a page or by the API; and news dismissed."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from ccgather.ops.runtime import runtime
from leaderboard.models import BadgeEvent, EarnedBadge
from tests.cast import ALICE_SECRET
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
HELD = ("first_million", "streak_7", "streak_14", "polyglot", "whale", "podium")
PAGE = "/settings/badges"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser; she holds six badges."""
    for badge in HELD:
        EarnedBadge.objects.create(user=alice, badge=badge, earned_at=NOW, on_boards=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def displayed(user: User) -> list[str]:
    shown = EarnedBadge.objects.filter(user=user, place__isnull=False).order_by("place")
    return list(shown.values_list("badge", flat=True))


def choose(client: Client, badges: object) -> Any:
    return client.post(
        "/api/me/badges/display", data={"badges": badges}, content_type="application/json"
    )


def test_five_badges_are_shown_in_the_order_asked_for(as_alice: Client, alice: User) -> None:
    wanted = ["whale", "podium", "first_million", "streak_7", "polyglot"]
    response = choose(as_alice, wanted)
    assert response.status_code == 200
    assert response.json() == {"success": True, "displayedBadges": wanted}
    assert displayed(alice) == wanted
    assert choose(as_alice, wanted[::-1]).status_code == 200
    assert displayed(alice) == wanted[::-1]
    assert as_alice.get("/api/me").json()["displayedBadges"] == wanted[::-1]
    assert choose(as_alice, []).status_code == 200
    assert displayed(alice) == []


@pytest.mark.parametrize(
    ("badges", "says"),
    [
        (list(HELD), "badges: 6 were named, at most 5 can be shown"),
        (["whale", "whale"], "badges: one is named twice"),
        (["nothing"], "badges: there is no 'nothing'"),
        (["streak_365"], "badges: 'streak_365' is not earned yet"),
        ("whale", "badges: must be an array of badge ids"),
        ([1], "badges: must be an array of badge ids"),
        (None, "badges: must be an array of badge ids"),
    ],
)
def test_what_cannot_be_shown_is_named_and_changes_nothing(
    as_alice: Client, alice: User, badges: object, says: str
) -> None:
    choose(as_alice, ["podium"])
    response = choose(as_alice, badges)
    assert response.status_code == 400
    body = response.json()
    assert (body["error"], body["details"]) == ("validation_failed", [says])
    assert displayed(alice) == ["podium"]


def test_a_body_that_is_no_object_is_refused(as_alice: Client) -> None:
    response = as_alice.post("/api/me/badges/display", data="[]", content_type="application/json")
    assert response.status_code == 400


def test_the_choice_is_limited_and_needs_a_session(as_alice: Client, alice_token: ApiToken) -> None:
    statuses = [choose(as_alice, []).status_code for _ in range(runtime.profile_changes_per_hour)]
    assert set(statuses) == {200}
    assert choose(as_alice, []).status_code == 429
    stranger = Client()
    assert choose(stranger, []).status_code == 401
    by_token = stranger.post(
        "/api/me/badges/display",
        data={"badges": []},
        content_type="application/json",
        headers={"Authorization": f"Bearer {ALICE_SECRET}"},
    )
    assert by_token.status_code == 403
    assert as_alice.get("/api/me/badges/display").status_code == 405


def test_a_cookie_alone_chooses_nothing(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert choose(client, []).status_code == 403
    assert client.post(PAGE).status_code == 403


def test_the_page_chooses_by_places(as_alice: Client, alice: User) -> None:
    form = {"place-podium": "2", "place-whale": "1", "place-polyglot": ""}
    response = as_alice.post(PAGE, form, follow=True)
    assert "2 badges stand beside your name now." in response.text
    assert displayed(alice) == ["whale", "podium"]
    assert '<option value="1" selected>' in response.text


def test_the_page_says_what_is_wrong(as_alice: Client, alice: User) -> None:
    response = as_alice.post(PAGE, {"place-streak_365": "1", "place-x": "y"})
    assert response.status_code == 400
    assert "is not earned yet" in response.text
    everything = {f"place-{badge}": "1" for badge in HELD}
    assert as_alice.post(PAGE, everything).status_code == 400
    assert displayed(alice) == []


def test_the_page_is_for_people_who_are_signed_in(client: Client, charlie: User) -> None:
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE).status_code == 302
    client.force_login(charlie)
    assert "No badge yet" in client.get(PAGE).text
    assert client.put(PAGE).status_code == 405


def test_news_is_shown_until_it_is_dismissed(
    client: Client, alice: User, bob: User, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=2_000_000)]))
    client.force_login(bob)
    assert client.post("/settings/badges/seen").status_code == 302
    assert BadgeEvent.objects.filter(seen_at__isnull=True).count() == 1
    client.force_login(alice)
    assert "What happened to your badges" in client.get("/u/alice").text
    response = client.post("/settings/badges/seen")
    assert (response.status_code, response["Location"]) == (302, "/u/alice")
    assert "What happened to your badges" not in client.get("/u/alice").text
    assert client.get("/settings/badges/seen").status_code == 405


def test_a_withdrawn_badge_is_not_shown_any_more(as_alice: Client, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=2_000_000)]))
    assert choose(as_alice, ["first_million"]).status_code == 200
    accept(alice_token, report([row(tokens=10)]), minutes=5, mode="replace")
    assert displayed(alice_token.user) == []
    assert "was withdrawn" in as_alice.get("/u/alice").text
