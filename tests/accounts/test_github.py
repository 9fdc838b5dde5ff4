"""`GET /api/auth/github` and its callback, against a look-alike of GitHub."""

import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from pytest_django import Settings

import accounts.github
from accounts.models import Session, User
from accounts.services import create_person, suspend_account
from tests.accounts.factories import make_user
from tests.accounts.github_lookalike import (
    EMAILS_PATH,
    TOKEN_PATH,
    USER_PATH,
    GitHubLookalike,
    Misbehaviour,
    Person,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db

START = "/api/auth/github"
CALLBACK = "/api/auth/github/callback"


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def through_github(start: "Response") -> str:
    """Where GitHub sends a browser that came by the site's redirect."""
    assert start.status_code == 302, start.content
    try:
        urllib.request.build_opener(_Staying).open(start["Location"], timeout=5)
    except urllib.error.HTTPError as answer:
        location = str(answer.headers["Location"])
        answer.close()
        return urlsplit(location)._replace(scheme="", netloc="").geturl()
    raise AssertionError("GitHub did not redirect")


def sign_in(client: Client, *, next_path: str = "") -> "Response":
    """The whole way; the answer to the callback."""
    start = client.get(START, {"next": next_path} if next_path else {})
    back = through_github(start)
    assert back.startswith(CALLBACK)
    return client.get(back)


def whoever_is_in(client: Client) -> str | None:
    """The username of the browser's session."""
    user = client.get("/api/auth/session").json()["user"]
    return None if user is None else str(user["username"])


def test_a_newcomer_is_made_signed_in_and_welcomed(github: GitHubLookalike, client: Client) -> None:
    github.person = Person(id=77, login="Octo-Cat", name="Mona", email="mona@example.org")
    answer = sign_in(client, next_path="/device?code=BCDF-GHJK")
    assert answer.status_code == 302
    assert answer["Location"] == "/welcome?next=%2Fdevice%3Fcode%3DBCDF-GHJK"
    user = User.objects.get(github_id=77)
    assert (user.username, user.display_name, user.email) == (
        "Octo-Cat",
        "Mona",
        "mona@example.org",
    )
    assert user.avatar_url == "https://avatars.githubusercontent.com/u/77?v=4"
    assert not user.has_usable_password()
    assert not user.is_staff
    assert whoever_is_in(client) == "Octo-Cat"


def test_github_is_asked_for_what_the_contract_names_with_pkce_and_state(
    github: GitHubLookalike, client: Client
) -> None:
    address = urlsplit(client.get(START)["Location"])
    query = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == github.url
    assert set(query["scope"][0].split()) == {"read:user", "user:email"}
    assert query["redirect_uri"] == ["http://testserver/api/auth/github/callback"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"]


def test_nothing_of_the_address_reaches_github(github: GitHubLookalike, client: Client) -> None:
    wanted = {"scope": "repo", "auth_params": "prompt=none", "process": "connect"}
    query = parse_qs(urlsplit(client.get(START, wanted)["Location"]).query)
    assert "repo" not in query["scope"][0]
    assert "prompt" not in query


def test_the_same_person_comes_back_to_the_same_account(
    github: GitHubLookalike, client: Client
) -> None:
    sign_in(client)
    User.objects.update(onboarded_at=datetime.now(UTC))
    answer = sign_in(Client(), next_path="/settings/tokens")
    assert answer["Location"] == "/settings/tokens"
    assert User.objects.count() == 1


def test_neither_githubs_token_nor_its_answer_is_kept(
    github: GitHubLookalike, client: Client
) -> None:
    sign_in(client)
    sign_in(Client())
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


def test_a_new_login_of_the_same_id_renames_the_person(
    github: GitHubLookalike, client: Client
) -> None:
    github.person = Person(id=5, login="before")
    sign_in(client)
    github.person = Person(id=5, login="after")
    sign_in(Client())
    assert [user.username for user in User.objects.all()] == ["after"]


def test_whoever_takes_over_a_released_name_inherits_nothing(
    github: GitHubLookalike, client: Client
) -> None:
    github.person = Person(id=5, login="wanted")
    sign_in(client)
    first = User.objects.get(github_id=5)
    github.person = Person(id=6, login="Wanted")
    newcomers = Client()
    sign_in(newcomers)
    first.refresh_from_db()
    assert first.username == "wanted_1"
    assert User.objects.get(username="Wanted").github_id == 6
    assert whoever_is_in(newcomers) == "Wanted"
    assert whoever_is_in(client) == "wanted_1"


def test_two_people_can_swap_their_names(github: GitHubLookalike) -> None:
    for github_id, login in ((5, "left"), (6, "right"), (5, "right"), (6, "left")):
        github.person = Person(id=github_id, login=login)
        sign_in(Client())
    assert User.objects.get(github_id=5).username == "right"
    assert User.objects.get(github_id=6).username == "left"


def test_a_person_made_by_the_operator_is_not_inherited_by_name(
    github: GitHubLookalike, client: Client
) -> None:
    made = create_person(username="octocat", at=datetime.now(UTC))
    sign_in(client)
    made.refresh_from_db()
    assert made.username == "octocat_1"
    assert User.objects.get(username="octocat").github_id == 1


def test_an_address_that_github_has_not_verified_is_not_kept(
    github: GitHubLookalike, client: Client
) -> None:
    github.person = Person(id=8, login="x", email="victim@example.org", is_email_verified=False)
    sign_in(client)
    assert User.objects.get(github_id=8).email == ""


def test_two_people_with_one_address_are_two_people(github: GitHubLookalike) -> None:
    make_user("other", email="same@example.org")
    github.person = Person(id=8, login="x", email="same@example.org")
    sign_in(Client())
    assert User.objects.filter(email="same@example.org").count() == 2


def test_an_admin_login_becomes_staff_whatever_its_case(
    github: GitHubLookalike, client: Client, settings: Settings
) -> None:
    settings.ADMIN_GITHUB_LOGINS = frozenset({"octocat"})
    github.person = Person(id=1, login="OctoCat")
    sign_in(client)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, True)


def test_a_suspended_person_sees_why_and_stays_out(github: GitHubLookalike, client: Client) -> None:
    sign_in(client)
    suspend_account(user_id=User.objects.get().pk, at=datetime.now(UTC))
    assert whoever_is_in(client) is None
    answer = sign_in(client)
    assert answer["Location"] == "/login/suspended"
    page = client.get(answer["Location"])
    assert page.status_code == 403
    assert "suspended" in page.content.decode()
    assert whoever_is_in(client) is None


def test_every_sign_in_begins_a_session_of_its_own(github: GitHubLookalike, client: Client) -> None:
    client.get("/login")
    client.get(START)
    before = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert Session.objects.filter(user__isnull=False).count() == 1


def test_the_session_knows_its_browser(github: GitHubLookalike) -> None:
    sign_in(Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}))
    assert "Firefox/140.0" in Session.objects.get(user__isnull=False).user_agent


def test_somebody_elses_address_is_no_place_to_go_on(
    github: GitHubLookalike, client: Client
) -> None:
    User.objects.update(onboarded_at=datetime.now(UTC))
    answer = sign_in(client, next_path="https://evil.example/")
    assert answer["Location"] == "/welcome?next=%2F"


def test_cancelling_leads_back_to_the_sign_in_page(github: GitHubLookalike, client: Client) -> None:
    github.person = None
    answer = sign_in(client)
    assert answer["Location"] == "/login?problem=cancelled"
    assert "did not finish" in client.get(answer["Location"]).content.decode()


def test_a_callback_that_nobody_began_signs_nobody_in(
    github: GitHubLookalike, client: Client
) -> None:
    back = through_github(Client().get(START))
    answer = client.get(back)
    assert (answer.status_code, answer["Location"]) == (302, "/login?problem=failed")
    assert not User.objects.exists()


def test_a_code_works_once(github: GitHubLookalike, client: Client) -> None:
    back = through_github(client.get(START))
    client.get(back)
    client.post("/logout")
    assert client.get(back)["Location"] == "/login?problem=failed"
    assert whoever_is_in(client) is None


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=x"])
def test_a_callback_with_anything_else_is_a_redirect_to_the_sign_in_page(
    github: GitHubLookalike, client: Client, query: str
) -> None:
    answer = client.get(f"{CALLBACK}{query}")
    assert (answer.status_code, answer["Location"]) == (302, "/login?problem=failed")


GOOD_TOKEN = {"access_token": "gho_x", "token_type": "bearer"}
HOSTILE = [
    (TOKEN_PATH, Misbehaviour(status=500, body="oops")),
    (TOKEN_PATH, Misbehaviour(status=302, headers={"Location": "http://127.0.0.1:1/"})),
    (TOKEN_PATH, Misbehaviour(body="<html>not JSON</html>")),
    (TOKEN_PATH, Misbehaviour(body="123")),
    (TOKEN_PATH, Misbehaviour(body="[" * 100_000)),
    (TOKEN_PATH, Misbehaviour(body={"access_token": {"a": 1}})),
    (TOKEN_PATH, Misbehaviour(body={"access_token": "two\r\nX-Evil: lines"})),
    (TOKEN_PATH, Misbehaviour(body={"error": "bad_verification_code"})),
    (TOKEN_PATH, Misbehaviour(body=" " * 1_500_000)),
    (TOKEN_PATH, Misbehaviour(without_headers=True)),
    (USER_PATH, Misbehaviour(status=401, body={})),
    (USER_PATH, Misbehaviour(body=[])),
    (USER_PATH, Misbehaviour(body={"login": "octocat"})),
    (USER_PATH, Misbehaviour(body={"id": "1", "login": "octocat"})),
    (USER_PATH, Misbehaviour(body={"id": True, "login": "octocat"})),
    (USER_PATH, Misbehaviour(body={"id": -1, "login": "octocat"})),
    (USER_PATH, Misbehaviour(body={"id": 2**63, "login": "octocat"})),
    (USER_PATH, Misbehaviour(body={"id": 1, "login": "../admin"})),
    (USER_PATH, Misbehaviour(body={"id": 1, "login": "o" * 40})),
    (USER_PATH, Misbehaviour(body={"id": 1, "login": None})),
    (USER_PATH, Misbehaviour(body="\x00\xff")),
]


@pytest.mark.parametrize(("path", "misbehaviour"), HOSTILE)
def test_a_failing_or_hostile_answer_signs_nobody_in_and_breaks_nothing(
    github: GitHubLookalike, client: Client, path: str, misbehaviour: Misbehaviour
) -> None:
    github.misbehaving[path] = misbehaviour
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/login?problem=failed")
    assert not User.objects.exists()
    assert client.get(answer["Location"]).status_code == 200


def test_a_redirect_of_an_answer_is_not_followed(github: GitHubLookalike, client: Client) -> None:
    github.misbehaving["/elsewhere"] = Misbehaviour(body={"id": 666, "login": "mallory"})
    github.misbehaving[USER_PATH] = Misbehaviour(
        status=302, headers={"Location": f"{github.url}/elsewhere"}
    )
    assert sign_in(client)["Location"] == "/login?problem=failed"
    assert "/elsewhere" not in github.seen


def test_hostile_words_are_made_harmless(github: GitHubLookalike, client: Client) -> None:
    github.misbehaving[USER_PATH] = Misbehaviour(
        body={
            "id": 9,
            "login": "mallory",
            "name": "\u202eevil\x00\ud800" + "x" * 5000,
            "avatar_url": "https://avatars.githubusercontent.com.evil.example/u/9",
        }
    )
    github.misbehaving[EMAILS_PATH] = Misbehaviour(
        body=[{"email": "a\r\nBcc: b@c", "verified": True, "primary": True}, 7, None]
    )
    sign_in(client)
    user = User.objects.get(github_id=9)
    assert user.display_name.startswith("evil x")
    assert len(user.display_name) <= 100
    assert (user.avatar_url, user.email) == ("", "")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_without_addresses_people_still_come_in(
    github: GitHubLookalike, client: Client, status: int
) -> None:
    github.misbehaving[EMAILS_PATH] = Misbehaviour(status=status, body={})
    sign_in(client)
    assert whoever_is_in(client) == "octocat"


@pytest.mark.parametrize(
    "misbehaviour", [Misbehaviour(delay=3, body=GOOD_TOKEN), Misbehaviour(drip=0.1, body="x" * 200)]
)
def test_a_slow_answer_is_given_up(
    github: GitHubLookalike,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    misbehaviour: Misbehaviour,
) -> None:
    monkeypatch.setattr(accounts.github, "READ_SECONDS", 0.3)
    monkeypatch.setattr(accounts.github, "TOTAL_SECONDS", 0.5)
    github.misbehaving[TOKEN_PATH] = misbehaviour
    began = datetime.now(UTC)
    assert sign_in(client)["Location"] == "/login?problem=failed"
    assert (datetime.now(UTC) - began).total_seconds() < 2


def test_a_github_that_is_not_there_is_a_failed_sign_in(
    github: GitHubLookalike, client: Client, settings: Settings
) -> None:
    back = through_github(client.get(START))
    settings.GITHUB_BASE_URL = "http://127.0.0.1:9"
    assert client.get(back)["Location"] == "/login?problem=failed"


def test_without_keys_the_sign_in_page_says_so(client: Client) -> None:
    answer = client.get(START)
    assert answer["Location"] == "/login?problem=unavailable"
    assert "not set up" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("path", [START, CALLBACK])
def test_other_methods_are_refused_in_json(client: Client, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 405
    assert answer.json()["success"] is False
