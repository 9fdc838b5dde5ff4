"""Every route × who asks: the authorization matrix. A route that is missing fails the test."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiToken, Device, User
from submissions.services.accept import accept_report
from tests.cast import ALICE_SECRET
from tests.submissions.reports import NOW, native_body, report, row

pytestmark = pytest.mark.django_db
WHO = ("anonymous", "owner", "other", "staff", "token")
Statuses = tuple[int, int, int, int, int]
PUBLIC: Statuses = (200, 200, 200, 200, 200)
PAGE_OF_ONES_OWN: Statuses = (302, 200, 200, 200, 302)
SESSION_ONLY: Statuses = (401, 200, 200, 200, 403)
SESSION_OR_TOKEN: Statuses = (401, 200, 200, 200, 200)
TO_SIGN_IN: Statuses = (302, 302, 302, 302, 302)
"""What is not configured under the tests leads back to the sign-in page."""

NOT_THERE: Statuses = (404, 404, 404, 404, 404)
UNSIGNED: Statuses = (401, 401, 401, 401, 401)
"""Who does not sign a delivery is nobody to it, signed in or not."""

DONE_TO_ALICES: Statuses = (302, 302, 404, 404, 302)
"""A form about something of Alice's: anonymous people sign in, others find nothing there."""


@dataclass(frozen=True)
class Route:
    """A method of a route and the status each of `WHO` gets."""

    statuses: Statuses
    method: str = "get"
    arguments: Callable[[User], Mapping[str, object]] = field(default=lambda _alice: {})
    data: Any = None


def _alice(_user: User) -> Mapping[str, object]:
    return {"username": "alice"}


def _device(user: User) -> Mapping[str, object]:
    return {"device_id": Device.objects.get(user=user).pk}


def _token(user: User) -> Mapping[str, object]:
    return {"token_id": ApiToken.objects.get(user=user).pk}


def _notice(user: User) -> Mapping[str, object]:
    return {"notice_id": user.pk}


def _session(user: User) -> Mapping[str, object]:
    session = user.sessions.first()
    return {"session_id": session.id if session else user.pk}


MATRIX: dict[str, Route] = {
    "healthz": Route(PUBLIC),
    "readyz": Route(PUBLIC),
    "api_not_found": Route((404, 404, 404, 404, 404), arguments=lambda _: {}),
    "github_callback": Route(TO_SIGN_IN),
    "account_login": Route((302, 302, 302, 302, 302)),
    "account_logout": Route((302, 302, 302, 302, 302), "post"),
    "accounts_api:github": Route(TO_SIGN_IN),
    "accounts_api:session": Route(PUBLIC),
    "accounts_api:logout": Route((401, 200, 200, 200, 200), "post"),
    "accounts_api:token": Route((401, 403, 403, 403, 200)),
    "accounts_api:device": Route(PUBLIC, "post", data={}),
    "accounts_api:device_poll": Route(PUBLIC, "post", data={"deviceCode": "0" * 32}),
    "accounts_api:export": Route(SESSION_ONLY),
    "submissions_api:flagged": Route((401, 403, 403, 200, 403)),
    "submissions_api:review": Route((401, 403, 403, 400, 403), "post", data={}),
    "submissions_api:my_submissions": Route(SESSION_OR_TOKEN),
    "submissions_api:submitted_data": Route(SESSION_OR_TOKEN, "delete"),
    "leaderboard_api:leaderboard": Route(PUBLIC),
    "leaderboard_api:user_profile": Route(PUBLIC, arguments=_alice),
    "leaderboard_api:user_chart": Route(PUBLIC, arguments=_alice),
    "leaderboard_api:user_contributions": Route(PUBLIC, arguments=_alice),
    "leaderboard_api:my_rank_story": Route(SESSION_ONLY),
    "leaderboard_api:badges": Route(PUBLIC),
    "leaderboard_api:badge_display": Route((401, 200, 200, 200, 403), "post", data={"badges": []}),
    "leaderboard_api:countries": Route(PUBLIC),
    "leaderboard_api:country": Route(PUBLIC, arguments=lambda _: {"code": "KR"}),
    "site_api:submit_report": Route((401, 401, 401, 401, 200), "post", data=native_body([row()])),
    "site_api:me": Route(SESSION_ONLY),
    "site_api:me_stats": Route(SESSION_OR_TOKEN),
    "site_api:config": Route(PUBLIC),
    "site_api:stats": Route(PUBLIC),
    "site_api:integrity": Route(PUBLIC),
    "site_api:json_schema": Route(PUBLIC, arguments=lambda _: {"name": "report-1.json"}),
    "site_api:schema": Route(PUBLIC),
    "site_api:api_docs": Route(PUBLIC),
    "accounts:login": Route((200, 302, 302, 302, 200)),
    "accounts:google_login": Route(TO_SIGN_IN),
    "accounts:local_login": Route((302, 302, 302, 302, 302), "post", data={"name": "newcomer"}),
    "accounts:suspended": Route((403, 403, 403, 403, 403)),
    "accounts:logout": Route((302, 302, 302, 302, 302), "post"),
    "accounts:welcome": Route(PAGE_OF_ONES_OWN),
    "accounts:device": Route(PAGE_OF_ONES_OWN),
    "accounts:notices": Route(PAGE_OF_ONES_OWN),
    "accounts:notices_seen": Route((302, 302, 302, 302, 302), "post"),
    "accounts:notice_open": Route((302, 302, 302, 302, 302), "post", _notice),
    "accounts:emails": Route(PAGE_OF_ONES_OWN),
    "accounts:emails_off": Route((404, 404, 404, 404, 404), arguments=lambda _: {"token": "x"}),
    "accounts:profile_settings": Route(PAGE_OF_ONES_OWN),
    "accounts:tokens": Route(PAGE_OF_ONES_OWN),
    "accounts:token_revoke": Route(DONE_TO_ALICES, "post", _token),
    "accounts:sessions": Route(PAGE_OF_ONES_OWN),
    "accounts:sessions_end": Route((302, 302, 302, 302, 302), "post"),
    "accounts:session_end": Route(DONE_TO_ALICES, "post", _session),
    "accounts:account": Route(PAGE_OF_ONES_OWN),
    "accounts:avatar": Route(PUBLIC, arguments=_alice),
    "submissions:submissions": Route(PAGE_OF_ONES_OWN),
    "submissions:held": Route(PAGE_OF_ONES_OWN),
    "submissions:appeal": Route((302, 404, 404, 404, 302)),
    "submissions:case_answer": Route((302, 400, 400, 400, 302), "post"),
    "submissions:submitted_data_delete": Route((302, 302, 302, 302, 302), "post"),
    "submissions:devices": Route(PAGE_OF_ONES_OWN),
    "submissions:device_rename": Route(DONE_TO_ALICES, "post", _device, {"name": "desk"}),
    "submissions:device_merge": Route((302, 302, 302, 302, 302), "post", _device),
    "submissions:device_delete": Route(DONE_TO_ALICES, "post", _device, {"confirm": "on"}),
    "leaderboard:profile": Route(PUBLIC, arguments=_alice),
    "leaderboard:report_profile": Route((302, 403, 200, 200, 302), arguments=_alice),
    "leaderboard:badges": Route(PUBLIC),
    "leaderboard:displayed_badges": Route(PAGE_OF_ONES_OWN),
    "leaderboard:badge_news_dismiss": Route((302, 302, 302, 302, 302), "post"),
    "leaderboard:old_profile": Route((301, 301, 301, 301, 301), arguments=_alice),
    "site:home": Route(PUBLIC),
    "site:countries": Route(PUBLIC),
    "site:country": Route(PUBLIC, arguments=lambda _: {"code": "KR"}),
    "news:news": Route(PUBLIC),
    "news:story": Route(NOT_THERE, arguments=lambda _user: {"slug": "nothing-of-that-name"}),
    "news:feed_atom": Route(PUBLIC),
    "news:feed_json": Route(PUBLIC),
    "news_api:news": Route(PUBLIC),
    "news_api:news_story": Route(
        NOT_THERE, arguments=lambda _user: {"slug": "nothing-of-that-name"}
    ),
    "site_api:github_webhook": Route(UNSIGNED, "post"),
    "site:integrity": Route(PUBLIC),
    "site:methodology": Route(PUBLIC),
    "site:people": Route(PUBLIC),
    "site:settings": Route(PAGE_OF_ONES_OWN),
    "site:upload": Route(PAGE_OF_ONES_OWN),
    "site:styleguide": Route(PUBLIC),
}


def _routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _routes(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_route_is_in_the_matrix() -> None:
    assert sorted(_routes(get_resolver().url_patterns)) == sorted(MATRIX)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", MATRIX)
def test_the_matrix(
    name: str, who: str, alice: User, alice_token: ApiToken, bob: User, dana: User
) -> None:
    route = MATRIX[name]
    client = Client()
    with time_machine.travel(NOW, tick=False):
        accept_report(
            user_id=alice.pk, report=report([row()]), body=b"{}", at=NOW, token=alice_token
        )
        Client().force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
        person = {"owner": alice, "other": bob, "staff": dana}.get(who)
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        headers = {"Authorization": f"Bearer {ALICE_SECRET}"} if who == "token" else {}
        address = reverse(name, kwargs=dict(route.arguments(alice)))
        is_api = address.startswith("/api/")
        response = getattr(client, route.method)(
            address,
            data=route.data,
            headers=headers,
            **({"content_type": "application/json"} if is_api and route.method == "post" else {}),
        )
    assert response.status_code == route.statuses[WHO.index(who)], response.content[:300]


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/submissions/slice/"])
def test_the_admin_is_for_staff(client: Client, path: str, alice: User, dana: User) -> None:
    assert client.get(path).status_code == 302
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code in (302, 403)
    client.force_login(dana, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/submit/",
        "/api/../x",
        "/api/users/",
        "/api/user/a/b/c",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete", "put"])
def test_unknown_addresses_under_api_answer_json(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert response.json()["error"] == "not_found"


@pytest.mark.parametrize("path", ["/api/me", "/api/settings/submitted-data"])
def test_a_cookie_alone_writes_nothing(alice: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    for method in ("patch", "delete"):
        response = getattr(client, method)(path, data=b"{}", content_type="application/json")
        assert response.status_code in (403, 405)
        assert response.json()["success"] is False
    assert User.objects.filter(pk=alice.pk).exists()
