"""Where people would stand."""

import pytest

from accounts.models import ApiToken, User
from ccgather.site.review.selectors import places
from ccgather.site.review.selectors.places import NOWHERE, Move, Place, moves
from ccgather.site.review.selectors.queue import ALL_TIME
from tests.cast import person, token_of
from tests.submissions.reports import report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db


def burn(name: str, tokens: int, **fields: object) -> User:
    user = person(name, **fields)
    secret = "tt_" + name.encode().hex().ljust(48, "0")[:48]
    accept(token_of(user, secret=secret), report([row(tokens=tokens)]))
    return user


def test_more_tokens_pass_everybody_who_has_fewer(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    for place in range(3):
        burn(f"person-{place}", 1_000 * (place + 1))
    found = moves(window=ALL_TIME, added={alice.pk: 1_950})
    assert found[alice.pk] == Move(now=Place(4), then=Place(2))
    assert found[alice.pk].places == 2


def test_each_is_moved_alone(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    other = burn("person-1", 200)
    found = moves(window=ALL_TIME, added={alice.pk: 10_000, other.pk: 10_000})
    assert found[alice.pk].then == Place(1)
    assert found[other.pk].then == Place(1)


def test_a_tie_is_won_by_who_came_first(alice: User, alice_token: ApiToken) -> None:
    burn("person-1", 300)
    accept(alice_token, report([row(tokens=100)]), minutes=60)
    assert moves(window=ALL_TIME, added={alice.pk: 200})[alice.pk].then == Place(2)
    assert moves(window=ALL_TIME, added={alice.pk: 201})[alice.pk].then == Place(1)


def test_somebody_without_anything_stands_nowhere_until_something_counts(charlie: User) -> None:
    found = moves(window=ALL_TIME, added={charlie.pk: 5})
    assert found[charlie.pk] == Move(now=None, then=Place(1))
    assert found[charlie.pk].places == 0


def test_who_is_not_on_boards_stands_nowhere(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    User.objects.filter(pk=alice.pk).update(profile_visible=False)
    assert moves(window=ALL_TIME, added={alice.pk: 5})[alice.pk] == NOWHERE


def test_a_country_counts_its_own(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    burn("person-de", 1_000, country_code="DE")
    burn("person-kr", 500, country_code="KR")
    found = moves(window=ALL_TIME, added={alice.pk: 450}, country="KR")
    assert found[alice.pk] == Move(now=Place(2), then=Place(1))


def test_places_far_back_are_not_counted(
    alice: User, alice_token: ApiToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "COUNTED_TO", 2)
    accept(alice_token, report([row(tokens=100)]))
    for place in range(4):
        burn(f"person-{place}", 1_000 * (place + 1))
    found = moves(window=ALL_TIME, added={alice.pk: 9_000})[alice.pk]
    assert found.now is not None
    assert found.now.is_beyond
    assert found.then == Place(1)
    assert str(found.now) == "beyond #2"


def test_two_queries_whatever_the_number_of_people(
    alice: User, bob: User, charlie: User, django_assert_num_queries: object
) -> None:
    added = {alice.pk: 1, bob.pk: 2, charlie.pk: 3}
    with django_assert_num_queries(2):  # type: ignore[operator]
        moves(window=ALL_TIME, added=added)
