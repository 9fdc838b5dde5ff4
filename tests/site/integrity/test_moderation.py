"""What waits, was decided or is set aside, broken on purpose: each break is found as what it is."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken, User
from ccgather.site.integrity.services import check_invariants
from leaderboard.models import IntegrityRun, Standing
from leaderboard.services.tallies import correct_tallies
from submissions.models import CollectorQuarantine, Decision, ReviewCase, Slice, UserDay
from submissions.services.cases import refresh_case
from tests.site.integrity.conftest import AT
from tests.site.integrity.test_invariants import broken, damage
from tests.submissions.reports import TODAY, report, row
from tests.submissions.sending import accept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past")]
FALSE_DAY = TODAY - timedelta(days=3)
FAR_TOO_MUCH = 600_000_000_000


def proved() -> IntegrityRun:
    return check_invariants(at=AT, alerts=False)


@pytest.fixture
def held(past: None, alice: User, alice_token: ApiToken) -> Slice:
    """A day of Alice's over the hard limit beside what counts of it, in a case."""
    del past
    accept(alice_token, report([row(FALSE_DAY, FAR_TOO_MUCH)]), at=AT)
    refresh_case(user=alice, at=AT)
    return Slice.objects.get(state="pending")


def test_a_hold_in_its_case_is_well(held: Slice) -> None:
    run = proved()
    assert run.disagreements == {}
    checked = {figure["name"]: figure["checked"] for figure in run.figures}
    assert (checked["holds"], checked["uncounted"]) == (1, 1)
    case = ReviewCase.objects.get()
    assert (case.held_slices, case.held_tokens) == (1, FAR_TOO_MUCH - 100_000)
    assert held.user_id == case.user_id


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE submissions_reviewcase SET state = 'closed'", "1 slices wait, in no open case"),
        ("UPDATE submissions_reviewcase SET held_tokens = held_tokens + 1", "the case says 1 slic"),
        ("UPDATE submissions_reviewcase SET held_slices = 2", "there are 1 that would add 5999999"),
        (
            (
                "DELETE FROM submissions_slicerow WHERE total_tokens = 600000000000; "
                "DELETE FROM submissions_slice WHERE state = 'pending'"
            ),
            "an open case holds nothing",
        ),
    ],
)
@pytest.mark.usefixtures("held")
def test_a_case_that_is_not_what_waits_is_found(sql: str, sentence: str) -> None:
    damage(*sql.split("; "))
    run = proved()
    assert broken(run) == {"holds"}
    assert sentence in run.disagreements["holds"][0]


def test_what_waits_for_its_account_alone_needs_no_case(alice_token: ApiToken, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(excluded_at=AT)
    accept(alice_token, report([row(FALSE_DAY, 500_000)]), at=AT)
    assert Slice.objects.get(state="pending").hold_reasons[0]["code"] == "account_excluded"
    assert "holds" not in broken(proved())


@pytest.mark.usefixtures("held")
def test_a_sum_with_something_that_waits_is_found() -> None:
    UserDay.objects.filter(day=FALSE_DAY).update(total_tokens=7)
    run = proved()
    assert {"days", "uncounted"} <= broken(run)
    assert "of which 600000000000 must not count" in run.disagreements["uncounted"][0]


def quarantined(**fields: object) -> CollectorQuarantine:
    return CollectorQuarantine.objects.create(
        **{"collector": "ccgather", "reason": "it doubled", "made_at": AT, "passed_at": AT} | fields
    )


def test_a_release_in_quarantine_that_counts_is_found() -> None:
    quarantined(first_version="0.1.0", last_version="0.1.5")
    run = proved()
    assert broken(run) == {"uncounted"}
    assert "read by ccgather 0.1.0: counted, and in quarantine" in run.disagreements["uncounted"][0]


@pytest.mark.parametrize(
    "fields",
    [
        {"first_version": "0.2"},
        {"collector": "other"},
        {"client": "codex"},
        {"passed_at": None},
        {"lifted_at": AT},
    ],
)
def test_another_release_counts_and_so_does_one_not_gone_through_yet(
    fields: dict[str, object],
) -> None:
    quarantined(**fields)
    assert proved().disagreements == {}


def test_what_is_set_aside_without_a_quarantine_is_found() -> None:
    damage("UPDATE submissions_slice SET not_counted = 'quarantine' WHERE total_tokens = 900")
    run = proved()
    assert "uncounted" in broken(run)
    # No quarantine was ever made, and the day still has what was set aside.
    assert "counts 900 of 900 tokens" in " ".join(run.disagreements["uncounted"])
    quarantined(first_version="0.2")
    run = proved()
    assert "set aside, and in no quarantine" in " ".join(run.disagreements["uncounted"])


@pytest.mark.parametrize(
    ("sql", "after", "words"),
    [
        (
            "UPDATE submissions_slice SET state = 'rejected' WHERE state = 'pending'",
            "rejected",
            "not accepted",
        ),
        (
            "UPDATE submissions_slice SET approved_tokens = 5 WHERE total_tokens = 900",
            "accepted",
            "approved",
        ),
    ],
)
@pytest.mark.usefixtures("held")
def test_a_decision_without_a_line_is_found(sql: str, after: str, words: str) -> None:
    damage(sql)
    run = proved()
    assert "decided" in broken(run)
    assert f"{words}, and no line of the" in run.disagreements["decided"][0]
    item = Slice.objects.get(
        **({"state": "rejected"} if after == "rejected" else {"approved_tokens": 5})
    )
    Decision.objects.create(
        at=AT,
        user=item.user,
        subject="x",
        role="moderator",
        action="reject" if after == "rejected" else "approve",
        reason_code="other",
        slices=[
            {
                "day": item.day.isoformat(),
                "client": item.client,
                "device": str(item.device_id),
                "before": "pending",
                "after": after,
            }
        ],
    )
    assert "decided" not in broken(proved())


def test_somebody_excluded_who_still_stands_is_found(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(excluded_at=AT)
    run = proved()
    assert {"excluded", "standings"} <= broken(run)
    assert "boards, such as 30d from " in run.disagreements["excluded"][0]
    Standing.objects.filter(user=bob).update(on_boards=False)
    correct_tallies()
    assert "excluded" not in broken(proved())
