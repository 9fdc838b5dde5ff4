"""The lines of the ledger and whom they name."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import ApiToken, User
from accounts.rights import delete_account
from submissions.models import Decision
from submissions.services.appeals import appeal
from submissions.services.ledger import subject_of
from submissions.services.review import decide
from tests.submissions.holding import hold, moderator
from tests.submissions.reports import NOW, row

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def test_a_pseudonym_is_stable_differs_by_person_and_needs_the_secret(
    alice: User, bob: User, settings: object
) -> None:
    first = subject_of(user_id=alice.pk)
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert subject_of(user_id=alice.pk) == first != subject_of(user_id=bob.pk)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert subject_of(user_id=alice.pk) != first


def test_no_line_is_changed_or_deleted(alice: User, alice_token: ApiToken) -> None:
    case = hold(alice_token, [row(tokens=900)])
    decide(case_id=case.pk, actor=moderator(), version=1, action="approve", at=LATER)
    for change in (
        lambda: Decision.objects.all().update(action="reject"),
        lambda: Decision.objects.all().update(reason="something else"),
        lambda: Decision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Decision.objects.get().action == "approve"


def test_who_deletes_their_account_leaves_lines_without_a_name_or_words(
    alice: User, alice_token: ApiToken
) -> None:
    mia = moderator()
    case = hold(alice_token, [row(tokens=900)])
    done = decide(
        case_id=case.pk, actor=mia, version=1, action="reject", reason="No, Alice.", at=NOW
    )
    appeal(user_id=alice.pk, decision_id=done.decision.pk, text="I am Alice.", at=LATER)
    subject = subject_of(user_id=alice.pk)
    delete_account(user_id=alice.pk, at=LATER)
    lines = Decision.objects.order_by("pk")
    assert [(x.user_id, x.case_id, x.subject, x.reason, x.action) for x in lines] == [
        (None, None, subject, "", "reject"),
        (None, None, subject, "", "appeal"),
    ]
    assert [x.actor for x in lines] == [mia, None]
    delete_account(user_id=mia.pk, at=LATER)
    assert set(Decision.objects.values_list("actor", flat=True)) == {None}
