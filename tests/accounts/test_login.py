"""The page with the ways to sign in."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

PATH = "/login"


def test_the_ways_of_this_site_are_shown(client: Client, settings: Settings) -> None:
    settings.LOCAL, settings.GITHUB_CONFIGURED, settings.GOOGLE_CONFIGURED = False, True, True
    text = client.get(PATH, {"next": "/device?code=A&b=c"}).content.decode()
    assert 'href="/api/auth/github?next=%2Fdevice%3Fcode%3DA%26b%3Dc"' in text
    assert "/login/google" in text
    assert "/login/local" not in text


def test_a_site_without_keys_says_so(client: Client, settings: Settings) -> None:
    settings.LOCAL = False
    assert "No way of signing in" in client.get(PATH).content.decode()


def test_on_ones_own_machine_a_name_is_enough(client: Client) -> None:
    assert "/login/local" in client.get(PATH).content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil"])
def test_nobody_is_sent_elsewhere(client: Client, elsewhere: str) -> None:
    assert "evil" not in client.get(PATH, {"next": elsewhere}).content.decode()


def test_somebody_who_is_in_goes_on(as_ana: Client) -> None:
    answer = as_ana.get(PATH, {"next": "/settings/tokens"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/tokens")


def test_somebody_who_is_in_can_prove_it_again(as_ana: Client) -> None:
    assert as_ana.get(PATH, {"again": "1"}).status_code == 200


def test_an_unknown_problem_is_none(client: Client) -> None:
    text = client.get(PATH, {"problem": "<script>"}).content.decode()
    assert "script>" not in text.partition("<main")[2]


def test_allauths_address_leads_here_with_everything_in_it(client: Client) -> None:
    answer = client.get("/accounts/login/?next=/device")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/device")


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post(PATH).status_code == 405
