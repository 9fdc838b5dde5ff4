"""What the staff sees."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import make_token, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_staff(db: None) -> Client:
    """A superuser's browser."""
    client = Client()
    client.force_login(
        make_user("dan", is_staff=True, is_superuser=True),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.mark.parametrize("model", ["user", "device", "apitoken"])
def test_lists_open_and_are_searched(as_staff: Client, ana: User, model: str) -> None:
    make_token(ana)
    page = as_staff.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "ana"})
    assert page.status_code == 200
    assert "ana" in page.content.decode()


def test_no_secret_is_shown(as_staff: Client, ana: User) -> None:
    _, token = make_token(ana)
    page = as_staff.get(reverse("admin:accounts_apitoken_change", args=[token.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "token_hash" not in text
    assert bytes(token.token_hash).hex() not in text


def test_decisions_cannot_be_made_by_editing_a_row(as_staff: Client, ana: User) -> None:
    address = reverse("admin:accounts_user_change", args=[ana.pk])
    as_staff.post(address, {"username": "x", "excluded_at_0": "2026-01-01", "is_staff": "on"})
    ana.refresh_from_db()
    assert (ana.username, ana.excluded_at, ana.is_staff) == ("ana", None, True)


def test_deleting_a_person_forgets_them_everywhere(as_staff: Client, ana: User) -> None:
    make_token(ana)
    as_staff.post(reverse("admin:accounts_user_delete", args=[ana.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=ana.pk).exists()


def test_people_are_not_added_and_not_seen_by_others(as_staff: Client, as_ana: Client) -> None:
    assert as_staff.get(reverse("admin:accounts_user_add")).status_code == 403
    assert as_ana.get(reverse("admin:accounts_user_changelist")).status_code == 302
