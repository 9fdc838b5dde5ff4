"""Staff at work: held days of Alice's, and somebody who may decide."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import ReviewCase
from tests.submissions.holding import hold, moderator
from tests.submissions.reports import NOW, report, row
from tests.submissions.sending import accept


def signed_in(user: User) -> Client:
    """A browser of somebody's."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The clock stands at the moment of the reports."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mia(db: None) -> User:
    """A moderator."""
    return moderator()


@pytest.fixture
def at_work(mia: User) -> Client:
    """Mia's browser."""
    return signed_in(mia)


@pytest.fixture
def case(alice: User, alice_token: ApiToken) -> ReviewCase:
    """800 tokens of Alice's wait beside 100 that count."""
    accept(alice_token, report([row(tokens=100)]))
    return hold(alice_token, [row(tokens=900)], minutes=5)
