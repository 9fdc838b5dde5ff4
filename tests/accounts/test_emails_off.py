"""The link that ends mails with one click, for whoever holds the mail."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.email_links import emails_off_address

pytestmark = pytest.mark.django_db


def path_of(user: User) -> str:
    """The path of a person's link."""
    return emails_off_address(user=user).removeprefix("http://127.0.0.1:8000")


def test_opening_the_link_only_asks(client: Client, ana: User) -> None:
    answer = client.get(path_of(ana))
    assert "Send me no more" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    ana.refresh_from_db()
    assert ana.email_reviews


def test_the_button_ends_them_without_a_sign_in_or_a_cookie(ana: User) -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(path_of(ana))
    assert answer.status_code == 200
    assert "No more mails" in answer.content.decode()
    ana.refresh_from_db()
    assert not ana.email_reviews


def test_once_more_changes_nothing(client: Client, ana: User) -> None:
    assert client.post(path_of(ana)).status_code == 200
    assert client.post(path_of(ana)).status_code == 200
    assert "Send me no more" not in client.get(path_of(ana)).content.decode()


def test_it_ends_the_mails_of_its_own_person_alone(as_ben: Client, ana: User, ben: User) -> None:
    as_ben.post(path_of(ana))
    ben.refresh_from_db()
    assert ben.email_reviews


@pytest.mark.parametrize(
    "change", [lambda p: p[:-1] + ("a" if p[-1] != "a" else "b"), lambda _: "/emails/off/x"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_does_nothing(ana: User, client: Client, method: str, change: object) -> None:
    assert callable(change)
    assert getattr(client, method)(change(path_of(ana))).status_code == 404
    ana.refresh_from_db()
    assert ana.email_reviews


def test_another_persons_id_in_the_link_does_nothing(client: Client, ana: User, ben: User) -> None:
    path = path_of(ana).replace(ana.pk.hex, ben.pk.hex)
    assert path != path_of(ana)
    assert client.post(path).status_code == 404


def test_the_link_of_a_deleted_account_is_nothing(client: Client, ana: User) -> None:
    path = path_of(ana)
    ana.delete()
    assert client.post(path).status_code == 404


def test_other_methods_are_refused(client: Client, ana: User) -> None:
    assert client.put(path_of(ana)).status_code == 405
