"""Finding people by the beginning of their name."""

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from submissions.services.accept import accept_report
from tests.submissions.reports import NOW, report, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice and Bob have both sent something."""
    for token in (alice_token, bob_token):
        accept_report(
            user_id=token.user_id, report=report([row()]), body=b"{}", at=NOW, token=token
        )


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize("asked", ["al", "ALICE", "@ali", " alice "])
def test_a_person_is_found_by_how_the_name_begins(client: Client, asked: str) -> None:
    page = client.get("/people", {"q": asked}).text
    assert "/u/alice" in page
    assert "/u/bob" not in page
    assert "/?around=alice" in page


@pytest.mark.usefixtures("ranked")
def test_hidden_people_are_not_found(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(profile_visible=False)
    assert "Nobody of that name" in client.get("/people?q=alice").text


def test_nothing_asked_shows_the_field_alone(client: Client) -> None:
    response = client.get("/people")
    assert response.status_code == 200
    assert "Nobody of that name" not in response.text


@pytest.mark.parametrize("asked", ["a" * 41, "a\x00b"])
def test_what_no_name_can_be_is_refused(client: Client, asked: str) -> None:
    response = client.get("/people", {"q": asked})
    assert response.status_code == 400
    assert "q: at most 40 characters" in response.text


@pytest.mark.usefixtures("ranked")
def test_wild_cards_are_letters_like_any_other(client: Client) -> None:
    assert "Nobody of that name" in client.get("/people", {"q": "%"}).text


@pytest.mark.usefixtures("ranked")
def test_htmx_gets_the_people_alone(client: Client) -> None:
    page = client.get("/people?q=al", headers={"hx-request": "true"}).text
    assert "<html" not in page
    assert "/u/alice" in page


def test_the_page_is_only_read(client: Client) -> None:
    assert client.post("/people").status_code == 405
