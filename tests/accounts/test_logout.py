"""Signing out of a browser."""

import pytest
from django.test import Client

from accounts.models import Session, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/logout", "/accounts/logout/"])
def test_signing_out_ends_the_session(as_ana: Client, path: str) -> None:
    answer = as_ana.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not Session.objects.exists()


def test_signing_out_twice_is_no_harm(client: Client) -> None:
    assert client.post("/logout").status_code == 302


def test_a_link_does_not_sign_anybody_out(as_ana: Client) -> None:
    assert as_ana.get("/logout").status_code == 405
    assert Session.objects.exists()


def test_it_needs_the_proof_that_it_came_from_our_page(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/logout").status_code == 403
    assert Session.objects.exists()
