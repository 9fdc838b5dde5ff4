"""Releases that counted wrong."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken, Notice, User
from ccgather.errors import InvalidInputError, NotFoundError, PermissionRefusedError
from leaderboard.models import Standing
from submissions.errors import NothingToDecideError
from submissions.models import CollectorQuarantine, Decision, Slice, Submission
from submissions.rules.quarantine import is_version_within
from submissions.selectors.quarantines import active_quarantines, quarantine_preview
from submissions.services.quarantine import (
    apply_quarantine,
    apply_quarantines,
    lift,
    quarantine,
    to_apply,
)
from tests.submissions.holding import admin, moderator
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
LATER = NOW + timedelta(hours=2)


def nothing(_people: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize(
    ("version", "first", "last", "within"),
    [
        ("1.9", "1.2", "1.10", True),
        ("1.10", "1.2", "1.9", False),
        ("1.9.0", "1.9", "1.9", True),
        ("1.9.1", "", "1.9", False),
        ("1.9rc2", "1.9", "", False),
        ("1.9-beta.2", "", "1.9", True),
        ("v2.0.0", "2", "2", True),
        ("2.0.0+build7", "2.0.0", "2.0.0", True),
        ("0.3", "", "", True),
        ("", "", "", True),
        ("", "1.0", "", False),
    ],
)
def test_a_version_lies_in_a_range_or_not(
    version: str, first: str, last: str, within: bool
) -> None:
    assert is_version_within(version=version, first=first, last=last) is within


def test_stored_slices_stop_counting_and_owners_are_told_the_remedy(
    alice: User, alice_token: ApiToken, bob: User, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(YESTERDAY, 100), row(TODAY, 50)]))
    accept(bob_token, report([row(TODAY, 70)], collector="tokscale"))
    preview = quarantine_preview(collector="ccgather", first_version="0.1.0")
    assert (preview.people, preview.slices, preview.tokens) == (1, 2, 150)
    assert (preview.first_day, preview.last_day) == (YESTERDAY, TODAY)
    assert preview.versions == (("0.1.0", 2),)
    made = quarantine(
        actor=admin(),
        collector="ccgather",
        last_version="0.1.0",
        reason="It counted each block twice.",
        remedy="Install 0.2 and run ccgather --full.",
        at=NOW,
    )
    assert (total(alice), to_apply(at=NOW)) == (150, [made.pk])
    seen: list[int] = []
    assert apply_quarantine(quarantine_id=made.pk, at=LATER, progress=seen.append) == 1
    assert seen == [1]
    assert (total(alice), total(bob)) == (0, 70)
    assert not Standing.objects.filter(user=alice).exists()
    marked = Slice.objects.filter(user=alice)
    assert set(marked.values_list("state", "not_counted")) == {("accepted", "quarantine")}
    reason = marked[0].hold_reasons[0]
    assert reason["code"] == "collector_quarantined"
    assert "Releases of ccgather up to 0.1.0" in reason["sentence"]
    assert "Install 0.2" in reason["sentence"]
    notice = Notice.objects.get(user=alice)
    assert notice.tone == "ours"
    assert "Install 0.2" in notice.text
    assert not Notice.objects.filter(user=bob).exists()
    line = Decision.objects.get(user=alice)
    assert (line.action, line.role) == ("quarantine", "system")
    assert {(s["before"], s["after"]) for s in line.slices} == {("counted", "quarantine")}
    assert Decision.objects.get(user=None).after["quarantine"] == str(made.pk)
    made.refresh_from_db()
    assert (made.people, made.slices, made.passed_at) == (1, 2, LATER)


def test_it_is_gone_through_again_for_reports_that_were_being_written(
    alice: User, alice_token: ApiToken
) -> None:
    made = quarantine(actor=admin(), collector="ccgather", reason="Wrong.", at=NOW)
    assert apply_quarantines(at=NOW, progress=nothing) == 0
    assert to_apply(at=NOW + timedelta(minutes=9)) == []
    again = NOW + timedelta(minutes=10)
    assert to_apply(at=again) == [made.pk]
    accept(alice_token, report([row(tokens=100)]))
    Slice.objects.filter(user=alice).update(not_counted="", hold_reasons=[])
    assert apply_quarantines(at=again, progress=nothing) == 1
    assert to_apply(at=LATER) == []
    assert apply_quarantine(quarantine_id=made.pk, at=LATER, progress=nothing) == 0
    assert Notice.objects.filter(user=alice).count() == 1


def test_a_new_report_of_such_a_release_does_not_count(alice: User, alice_token: ApiToken) -> None:
    quarantine(actor=admin(), collector="ccgather", client="claude", reason="Wrong.", at=NOW)
    accept(alice_token, report([row(tokens=100), row(tokens=30, client="codex")]), minutes=5)
    assert total(alice) == 30
    assert Slice.objects.get(client="claude").not_counted == "quarantine"


def test_lifting_counts_them_again_with_good_news(alice: User, alice_token: ApiToken) -> None:
    ada = admin()
    accept(alice_token, report([row(tokens=100)]))
    made = quarantine(actor=ada, collector="ccgather", reason="Wrong.", at=NOW)
    apply_quarantines(at=NOW, progress=nothing)
    assert total(alice) == 0
    lift(quarantine_id=made.pk, actor=ada, reason="It was right.", at=LATER)
    assert active_quarantines() == ()
    assert apply_quarantines(at=LATER, progress=nothing) == 1
    assert total(alice) == 100
    freed = Slice.objects.get(user=alice)
    assert (freed.not_counted, freed.hold_reasons) == ("", [])
    assert Notice.objects.filter(user=alice).latest("pk").tone == "good"
    assert list(
        Decision.objects.filter(user=alice).order_by("pk").values_list("action", flat=True)
    ) == ["quarantine", "clear"]
    made_line = Decision.objects.get(user=None, action="quarantine")
    assert Decision.objects.get(action="lift").reverses == made_line
    with pytest.raises(NothingToDecideError):
        lift(quarantine_id=made.pk, actor=ada, at=LATER)


def test_a_good_copy_on_another_device_counts(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)], device="laptop"))
    newer = replace(report([row(tokens=100)], device="desk"), collector_version="0.2.0")
    accept(alice_token, newer, minutes=5)
    assert [s.not_counted for s in Slice.objects.order_by("pk")] == ["", "same_device"]
    quarantine(actor=admin(), collector="ccgather", last_version="0.1.0", reason="Wrong.", at=NOW)
    apply_quarantines(at=NOW, progress=nothing)
    assert total(alice) == 100
    assert Slice.objects.get(not_counted="").collector_version == "0.2.0"


def test_submissions_say_so(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=100)]))
    ada = admin()
    made = quarantine(actor=ada, collector="ccgather", reason="Wrong.", at=NOW)
    apply_quarantines(at=NOW, progress=nothing)
    assert Submission.objects.get().status == "flagged"
    lift(quarantine_id=made.pk, actor=ada, at=LATER)
    apply_quarantines(at=LATER, progress=nothing)
    assert Submission.objects.get().status == "verified"


def test_only_admins_quarantine_and_only_what_can_be(alice: User) -> None:
    with pytest.raises(PermissionRefusedError):
        quarantine(actor=moderator(), collector="ccgather", reason="Wrong.", at=NOW)
    ada = admin()
    for wrong, field in (
        ({"collector": " ", "reason": "x"}, "collector"),
        ({"collector": "a", "reason": " "}, "reason"),
        ({"collector": "a", "reason": "x", "first_version": "2", "last_version": "1"}, "lastV"),
        ({"collector": "a" * 65, "reason": "x"}, "collector"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            quarantine(actor=ada, at=NOW, **wrong)
        assert refused.value.details[0].startswith(field)
    quarantine(actor=ada, collector="a", reason="x", at=NOW)
    with pytest.raises(NothingToDecideError):
        quarantine(actor=ada, collector="a", reason="x", at=NOW)
    with pytest.raises(NotFoundError):
        lift(quarantine_id=uuid4(), actor=ada, at=NOW)


def test_the_command_previews_decides_and_lifts(alice: User, alice_token: ApiToken) -> None:
    admin()
    accept(alice_token, report([row(tokens=100)]))
    out = io.StringIO()
    call_command("quarantine_collector", "ccgather", "--preview", stdout=out)
    assert "1 slices of 1 people with 100 tokens" in out.getvalue()
    assert not CollectorQuarantine.objects.exists()
    with pytest.raises(CommandError, match="--by"):
        call_command("quarantine_collector", "ccgather", "--reason", "x")
    with pytest.raises(CommandError, match="reason"):
        call_command("quarantine_collector", "ccgather", "--by", "ada")
    call_command("quarantine_collector", "ccgather", "--by", "ada", "--reason", "x", stdout=out)
    assert "1 people changed." in out.getvalue()
    assert total(alice) == 0
    call_command("quarantine_collector", "ccgather", "--lift", "--by", "ada", stdout=out)
    assert total(alice) == 100


def test_what_a_report_asks_costs_one_query_more(
    alice: User, alice_token: ApiToken, django_assert_num_queries: object
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert active_quarantines() == ()
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert quarantine_preview(collector="ccgather").slices == 1
