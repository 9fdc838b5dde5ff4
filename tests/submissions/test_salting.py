"""The salt of a site: made once, the same for everybody, never changed without a trace."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from submissions.models import EvidenceSalt
from submissions.rules.evidence import salt_id_of
from submissions.services.salting import Salt, present_salt, rotate_salt
from tests.submissions.reports import NOW


@pytest.mark.django_db
def test_a_salt_is_made_once() -> None:
    first = present_salt(at=NOW)
    assert len(first.salt) == 32
    assert first.id == salt_id_of(first.salt)
    assert present_salt(at=NOW + timedelta(days=400)) == first
    assert EvidenceSalt.objects.get().made_at == NOW


@pytest.mark.django_db
def test_the_salt_in_use_is_one_query(django_assert_num_queries: object) -> None:
    present_salt(at=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        present_salt(at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_first_get_the_same() -> None:
    def ask(_: int) -> Salt:
        try:
            return present_salt(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(ask, range(8)))
    assert len(found) == 1
    assert EvidenceSalt.objects.count() == 1


@pytest.mark.django_db
def test_a_new_salt_says_since_when_and_who_made_it() -> None:
    first = present_salt(at=NOW)
    later = NOW + timedelta(days=1)
    second = rotate_salt(at=later, by="dana")
    assert second.salt != first.salt
    assert present_salt(at=later) == second
    assert list(
        EvidenceSalt.objects.order_by("number").values_list("id", "made_at", "made_by")
    ) == [
        (first.id, NOW, "the site itself"),
        (second.id, later, "dana"),
    ]


@pytest.mark.django_db
def test_the_command_wants_to_be_sure() -> None:
    with pytest.raises(CommandError, match="--yes"):
        call_command("rotate_evidence_salt", by="dana")
    assert not EvidenceSalt.objects.exists()
    said = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("rotate_evidence_salt", by="dana", yes=True, stdout=said)
    assert said.getvalue() == f"Salt {present_salt(at=NOW).id} is in use.\n"
    assert EvidenceSalt.objects.get(number=2).made_by == "dana"
