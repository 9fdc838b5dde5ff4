"""What a newcomer is asked."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db

PATH = "/welcome"


@pytest.fixture
def newcomer(db: None) -> User:
    """Somebody who has just signed in for the first time."""
    return make_user("nia", onboarded_at=None)


@pytest.fixture
def as_newcomer(newcomer: User) -> Client:
    """Their browser."""
    client = Client()
    client.force_login(newcomer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_nothing_is_guessed(as_newcomer: Client) -> None:
    page = as_newcomer.get(PATH)
    assert page.status_code == 200
    text = page.content.decode()
    assert '<option value="" selected>Not said</option>' in text
    assert '<option value="UTC" selected>UTC</option>' in text


def test_answers_are_kept_and_the_person_goes_on(as_newcomer: Client, newcomer: User) -> None:
    answers = {"country": "KR", "timezone": "Asia/Seoul", "next": "/device?code=BCDF-GHJK"}
    answer = as_newcomer.post(PATH, answers)
    assert answer["Location"] == "/device?code=BCDF-GHJK"
    newcomer.refresh_from_db()
    assert (newcomer.country_code, newcomer.timezone) == ("KR", "Asia/Seoul")
    assert newcomer.onboarded_at is not None


def test_it_can_be_skipped(as_newcomer: Client, newcomer: User) -> None:
    assert as_newcomer.post(PATH, {"skip": "1", "country": "nonsense"})["Location"] == "/"
    newcomer.refresh_from_db()
    assert (newcomer.country_code, newcomer.timezone) == ("", "UTC")
    assert newcomer.onboarded_at is not None


def test_nonsense_says_so(as_newcomer: Client, newcomer: User) -> None:
    assert as_newcomer.post(PATH, {"country": "XX", "timezone": "Mars"}).status_code == 400
    newcomer.refresh_from_db()
    assert newcomer.onboarded_at is None


def test_nobody_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(PATH)["Location"].startswith("/login?next=")


def test_other_methods_are_refused(as_newcomer: Client) -> None:
    assert as_newcomer.delete(PATH).status_code == 405
