"""The page of a person's profile and privacy."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import change_settings

pytestmark = pytest.mark.django_db

PATH = "/settings/profile"
FILLED = {"display_name": "Ana", "country": "PT", "timezone": "Europe/Lisbon", "hide_cost": "on"}


def test_the_form_shows_what_is_set(as_ana: Client, ana: User) -> None:
    wanted = {"displayName": "A & B", "timezone": "Asia/Seoul"}
    change_settings(user_id=ana.pk, wanted=wanted, at=datetime.now(UTC))
    page = as_ana.get(PATH)
    text = page.content.decode()
    assert page.status_code == 200
    assert "A &amp; B" in text
    assert '<option value="Asia/Seoul" selected>' in text
    assert "no-store" in page["Cache-Control"]


def test_what_is_sent_is_kept(as_ana: Client, ana: User) -> None:
    answer = as_ana.post(PATH, FILLED, follow=True)
    assert "Your settings are saved" in answer.content.decode()
    ana.refresh_from_db()
    assert (ana.display_name, ana.country_code, ana.timezone) == ("Ana", "PT", "Europe/Lisbon")
    assert (ana.hide_cost, ana.profile_visible) == (True, False)


def test_a_refusal_stands_beside_its_field_and_changes_nothing(as_ana: Client, ana: User) -> None:
    as_ana.post(PATH, FILLED)
    answer = as_ana.post(PATH, FILLED | {"country": "DE", "display_name": "Other"})
    assert answer.status_code == 400
    assert "May change once in 30 days" in answer.content.decode()
    ana.refresh_from_db()
    assert (ana.country_code, ana.display_name) == ("PT", "Ana")


@pytest.mark.parametrize(
    "fault", [{"timezone": "Mars"}, {"country": "XX"}, {"display_name": "x" * 101}]
)
def test_nonsense_says_so(as_ana: Client, fault: dict[str, str]) -> None:
    assert as_ana.post(PATH, FILLED | fault).status_code == 400


def test_a_zone_with_an_old_name_stays(as_ana: Client, ana: User) -> None:
    ana.timezone = "Japan"
    ana.save()
    assert '<option value="Japan" selected>' in as_ana.get(PATH).content.decode()
    as_ana.post(PATH, FILLED | {"timezone": "Japan"})
    ana.refresh_from_db()
    assert (ana.timezone, ana.display_name) == ("Japan", "Ana")


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(PATH)["Location"] == "/login?next=/settings/profile"
    assert client.post(PATH, FILLED).status_code == 302


def test_other_methods_are_refused(as_ana: Client) -> None:
    assert as_ana.put(PATH).status_code == 405
