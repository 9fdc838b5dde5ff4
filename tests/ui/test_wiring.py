"""The settings let templates know the site, and forms be drawn by its own templates."""

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


@override_settings(SITE_NAME="Emberboard", PUBLIC_URL="https://ember.example")
def test_pages_carry_the_name_and_address_that_the_operator_set(client: Client) -> None:
    page = client.get("/").text
    assert "<span>Emberboard</span>" in page
    assert '<link rel="canonical" href="https://ember.example/">' in page
    assert "ccgather login --server https://ember.example" in page


def test_forms_are_drawn_by_the_sites_own_templates(client: Client) -> None:
    page = client.get("/styleguide").text
    assert 'class="field__errors" id="id_wrong-name_error"' in page
    assert page.count('class="field field--check"') == 2


def test_a_broken_page_asks_the_database_nothing(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: object,
) -> None:
    def broken(**_asked: object) -> None:
        message = "broken on purpose"
        raise ArithmeticError(message)

    monkeypatch.setattr("leaderboard.selectors.people_named", broken)
    client.raise_request_exception = False
    client.cookies["sessionid"] = "somebody"
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/people?q=alice")
    assert response.status_code == 500
    assert "That was our fault" in response.text
    assert "broken on purpose" not in response.text
