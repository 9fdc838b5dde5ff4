"""What the tests of accounts share."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.factories import make_user
from tests.accounts.github_lookalike import CLIENT_ID, CLIENT_SECRET, GitHubLookalike


@pytest.fixture
def ana(db: None) -> User:
    """Somebody."""
    return make_user("ana", email="ana@example.org")


@pytest.fixture
def ben(db: None) -> User:
    """Somebody else."""
    return make_user("ben")


@pytest.fixture
def as_ana(ana: User) -> Client:
    """Ana's browser."""
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def as_ben(ben: User) -> Client:
    """Ben's browser."""
    client = Client()
    client.force_login(ben, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def github(settings: Settings) -> Iterator[GitHubLookalike]:
    """A GitHub of our own, which the site is pointed at."""
    with GitHubLookalike() as lookalike:
        settings.GITHUB_CONFIGURED = True
        settings.GITHUB_BASE_URL = lookalike.url
        settings.GITHUB_API_URL = f"{lookalike.url}/api/v3"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "github": {
                "SCOPE": ["read:user", "user:email"],
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [{"client_id": CLIENT_ID, "secret": CLIENT_SECRET}],
            }
        }
        yield lookalike
