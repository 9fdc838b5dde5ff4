"""The named cast: Alice competes, Bob is her rival, Charlie is new, Dana is staff.

Imported by `conftest`, so that every test knows them.
"""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from accounts.models import ApiToken, Device, User
from accounts.rules.tokens import token_hash_of
from ccgather.ops.runtime import runtime
from submissions.services.cohorts import forget_cohort

JOINED = datetime(2026, 1, 1, tzinfo=UTC)
ALICE_SECRET = "tt_" + "a" * 48
BOB_SECRET = "tt_" + "b" * 48


def person(username: str, **fields: object) -> User:
    """Somebody who joined on 2026-01-01 and has said where they live."""
    return User.objects.create(
        username=username, **({"created_at": JOINED, "onboarded_at": JOINED} | fields)
    )


def token_of(user: User, *, secret: str, device: str = "laptop") -> ApiToken:
    """A token of `user` with a known secret, bound to a device of that name."""
    machine, _ = Device.objects.get_or_create(
        user=user, name=device, defaults={"created_at": JOINED}
    )
    return ApiToken.objects.create(
        user=user,
        device=machine,
        name=device,
        token_hash=token_hash_of(token=secret),
        token_hint=secret[:7],
        created_at=JOINED,
    )


@pytest.fixture(autouse=True)
def fresh_process_state() -> None:
    """Caches of the process know nothing of the test before."""
    cache.clear()
    runtime.forget()
    forget_cohort()


@pytest.fixture
def alice(db: None) -> User:
    """Competes; lives in Korea."""
    return person("alice", display_name="Alice", country_code="KR", github_id=1001)


@pytest.fixture
def bob(db: None) -> User:
    """Her rival; lives in Korea too."""
    return person("bob", display_name="Bob", country_code="KR", github_id=1002)


@pytest.fixture
def charlie(db: None) -> User:
    """Has just signed up; nothing sent, nothing said."""
    return person("charlie", github_id=1003, onboarded_at=None)


@pytest.fixture
def dana(db: None) -> User:
    """Staff."""
    return person("dana", github_id=1004, is_staff=True, is_superuser=True, country_code="ES")


@pytest.fixture
def alice_token(alice: User) -> ApiToken:
    """Alice's laptop speaks with `ALICE_SECRET`."""
    return token_of(alice, secret=ALICE_SECRET)


@pytest.fixture
def bob_token(bob: User) -> ApiToken:
    """Bob's laptop speaks with `BOB_SECRET`."""
    return token_of(bob, secret=BOB_SECRET)
