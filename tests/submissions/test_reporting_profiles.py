"""Saying that a profile is not right."""

from datetime import timedelta

import pytest

from accounts.models import User
from ccgather.errors import InvalidInputError, NotFoundError, PermissionRefusedError
from submissions.errors import AlreadyReportedError, ReportRateError
from submissions.models import ProfileReport, ReviewCase
from submissions.services.reporting_profiles import dismiss_reports, report_profile
from tests.cast import person
from tests.submissions.holding import moderator
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db


def say(reporter: User, username: str, *, code: str = "copied", text: str = "") -> ProfileReport:
    return report_profile(reporter_id=reporter.pk, username=username, code=code, text=text, at=NOW)


def test_a_report_is_kept_and_holds_nothing(alice: User, bob: User) -> None:
    made = say(bob, "Alice", text=" It is mine. ")
    assert (made.subject, made.reporter, made.text) == (alice, bob, "It is mine.")
    assert not ReviewCase.objects.exists()


def test_one_report_of_a_profile_stands_until_it_is_dismissed(alice: User, bob: User) -> None:
    say(bob, "alice")
    with pytest.raises(AlreadyReportedError):
        say(bob, "alice")
    with pytest.raises(PermissionRefusedError):
        dismiss_reports(user_id=alice.pk, actor=bob, at=NOW)
    assert dismiss_reports(user_id=alice.pk, actor=moderator(), at=NOW) == 1
    say(bob, "alice")


def test_hidden_unknown_and_own_profiles_are_not_reported(alice: User, bob: User) -> None:
    bob.profile_visible = False
    bob.save()
    for name in ("bob", "nobody", "a\x00"):
        with pytest.raises(NotFoundError):
            say(alice, name)
    with pytest.raises(InvalidInputError):
        say(alice, "alice")


@pytest.mark.parametrize(("code", "text"), [("nonsense", ""), ("copied", "x" * 1_001)])
def test_nonsense_is_refused(alice: User, bob: User, code: str, text: str) -> None:
    with pytest.raises(InvalidInputError):
        say(bob, "alice", code=code, text=text)


def test_five_a_day_are_taken(bob: User) -> None:
    for number in range(6):
        person(f"p{number}")
    for number in range(5):
        say(bob, f"p{number}")
    with pytest.raises(ReportRateError) as refused:
        say(bob, "p5")
    assert (refused.value.limit, refused.value.retry_after) == (5, 86_400)
    ProfileReport.objects.update(created_at=NOW - timedelta(days=1))
    say(bob, "p5")
