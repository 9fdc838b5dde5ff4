"""The page of one case."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from ccgather.site.review.selectors.case import board_moves, held
from ccgather.site.review.selectors.history import history
from ccgather.site.review.selectors.person import dossier
from submissions.models import (
    Appeal,
    CohortFigure,
    Decision,
    ProfileReport,
    ReviewCase,
    SharedUsage,
    Slice,
)
from submissions.services.review import decide
from tests.cast import person
from tests.site.review.conftest import signed_in
from tests.submissions.holding import admin, hold, moderator, states
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, total

pytestmark = pytest.mark.django_db


def address(case: ReviewCase) -> str:
    return f"/admin/submissions/reviewcase/{case.pk}/change/"


def form(case: ReviewCase, **more: object) -> dict[str, object]:
    return {
        "version": case.version,
        "seen": 0,
        "scope": "whole",
        "action": "approve",
        "reason_code": "genuine",
    } | more


def test_the_page_says_what_is_held_and_why(at_work: Client, case: ReviewCase) -> None:
    body = at_work.get(address(case)).content.decode()
    assert "It is very much." in body
    assert "over hard limit" in body
    assert 'title="900 tokens"' in body
    assert 'name="action"' in body


def test_held_slices_stand_beside_what_counts(case: ReviewCase, alice: User) -> None:
    (only,) = held(user=alice).slices
    assert (only.before, only.tokens, only.adds, only.device) == (100, 900, 800, "laptop")
    assert [(burned.tokens, burned.provider) for burned in only.models] == [(900, "anthropic")]
    assert [line.code for line in held(user=alice).signals] == ["over_hard_limit"]


def test_the_strip_has_held_days_the_own_median_and_the_cohort(
    alice: User, alice_token: ApiToken
) -> None:
    used = [1_013, 977, 1_241, 860, 1_109]
    rows = [row(TODAY - timedelta(days=ago + 1), each) for ago, each in enumerate(used)]
    accept(alice_token, report(rows))
    hold(alice_token, [row(tokens=50_021)])
    CohortFigure.objects.create(
        client="claude",
        family="opus",
        measure="total",
        centre=7,
        spread=1,
        within=1,
        low=5,
        high=10,
        people=20,
        days=400,
        measured_at=NOW,
    )
    shown = history(user=alice, slices=held(user=alice).slices)
    assert [(day.counted, day.proposed) for day in shown.days[:2]] == [(0, 50_021), (1_013, None)]
    assert (shown.own_median, shown.own_days) == (1_013, 5)
    assert shown.cohort is not None
    assert shown.cohort.people == 20
    assert shown.strip.band is not None
    assert [bar.total for bar in shown.mix] == [50_021, 5_200]


def test_boards_that_would_move_are_named(case: ReviewCase, alice: User) -> None:
    found = board_moves(user=alice, slices=held(user=alice).slices, at=NOW)
    assert [each.board for each in found] == [
        "All time, world",
        "All time, country",
        "30 days, world",
        "7 days, world",
    ]
    assert {str(each.move.then) for each in found} == {"#1"}


def test_the_dossier_knows_overlaps_devices_reports_and_appeals(
    case: ReviewCase, alice: User, bob: User, bob_token: ApiToken
) -> None:
    other = hold(bob_token, [row(tokens=900)])
    mine = Slice.objects.get(user=alice, state="pending")
    SharedUsage.objects.create(
        user=bob,
        client="claude",
        day=TODAY,
        other=alice,
        other_slice=mine.pk,
        other_day=TODAY - timedelta(days=3),
        kind="counts",
        part=0.9,
        found_at=NOW,
    )
    ProfileReport.objects.create(
        reporter=bob, subject=alice, code="copied", text="Mine.", created_at=NOW
    )
    Appeal.objects.create(user=alice, case=case, text="No.", created_at=NOW, due_at=NOW)
    known = dossier(user=alice)
    (overlap,) = known.overlaps
    assert (overlap.other, overlap.other_case, overlap.had_it_first) == ("bob", other.pk, True)
    assert (overlap.days[0].day, overlap.days[0].other_day) == (TODAY - timedelta(days=3), TODAY)
    assert [device.name for device in known.devices] == ["laptop"]
    assert (known.devices[0].counted, known.devices[0].held) == (1, 1)
    assert [each.reporter for each in known.reports] == ["bob"]
    assert len(known.appeals) == 1


def test_the_page_takes_a_known_number_of_queries(
    at_work: Client, case: ReviewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at_work.get(address(case))
    with django_assert_num_queries(QUERIES):
        at_work.get(address(case))


QUERIES = 29


def test_days_and_slices_more_do_not_cost_more_queries(
    at_work: Client,
    alice_token: ApiToken,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    days = [TODAY - timedelta(days=ago) for ago in range(30)]
    accept(alice_token, report([row(day, 100) for day in days]))
    many = hold(alice_token, [row(day, 1_000 + n) for n, day in enumerate(days)], minutes=5)
    at_work.get(address(many))
    with django_assert_num_queries(QUERIES):
        at_work.get(address(many))


def test_a_moderator_approves(at_work: Client, case: ReviewCase, alice: User) -> None:
    response = at_work.post(address(case), form(case))
    assert response.status_code == 302
    assert states(alice) == [("accepted", 900)]
    assert total(alice) == 900


def test_a_moderator_rejects_with_words(at_work: Client, case: ReviewCase, alice: User) -> None:
    sent = form(case, action="reject", reason_code="made_up", reason="No log looks like this.")
    assert at_work.post(address(case), sent).status_code == 302
    line = Decision.objects.filter(user=alice, action="reject").get()
    assert (line.reason, line.reason_code) == ("No log looks like this.", "made_up")
    assert total(alice) == 100


def test_only_chosen_days_are_decided(at_work: Client, alice: User, alice_token: ApiToken) -> None:
    yesterday = TODAY - timedelta(days=1)
    case = hold(alice_token, [row(tokens=900), row(yesterday, 500)])
    chosen = Slice.objects.get(user=alice, day=yesterday, state="pending")
    response = at_work.post(address(case), form(case, scope="days", slice=[chosen.pk]))
    assert response.headers["Location"] == address(case)
    assert total(alice) == 500
    assert Slice.objects.pending().filter(user=alice).count() == 1


def test_a_rejection_without_words_is_refused_and_nothing_is_lost(
    at_work: Client, case: ReviewCase, alice: User
) -> None:
    response = at_work.post(address(case), form(case, action="reject", reason_code="made_up"))
    assert response.status_code == 400
    body = response.content.decode()
    assert 'value="reject" form="decide" data-action data-key="r" required checked' in body
    assert 'value="made_up"' in body
    assert total(alice) == 100


def test_a_conflict_shows_what_happened_and_keeps_what_was_typed(
    at_work: Client, case: ReviewCase, alice: User
) -> None:
    seen = Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    other = moderator("noa")
    asked = "Which machine was this?"
    decide(
        case_id=case.pk,
        actor=other,
        version=case.version,
        action="ask",
        reason_code="question",
        reason=asked,
        at=NOW,
    )
    typed = "I typed for a long time."
    sent = form(case, action="reject", reason_code="made_up", reason=typed, seen=seen)
    response = at_work.post(address(case), sent)
    assert response.status_code == 409
    body = response.content.decode()
    assert typed in body
    assert asked in body
    assert "by noa" in body
    case.refresh_from_db()
    assert f'name="version" value="{case.version}"' in body
    assert not Decision.objects.filter(action="reject").exists()


def test_a_claim_is_taken_and_let_go(at_work: Client, case: ReviewCase, mia: User) -> None:
    at_work.post(address(case), {"claim": "claim"})
    case.refresh_from_db()
    assert case.claimed_by == mia
    assert b"Let somebody else" in at_work.get(address(case)).content
    at_work.post(address(case), {"claim": "release"})
    case.refresh_from_db()
    assert case.claimed_by is None


def test_nobody_sees_a_decision_about_themselves(alice_token: ApiToken) -> None:
    User.objects.filter(username="alice").update(is_staff=True, is_superuser=True)
    case = hold(alice_token, [row(tokens=900)])
    own = signed_in(User.objects.get(username="alice"))
    body = own.get(address(case)).content.decode()
    assert "This is about you" in body
    assert 'name="action"' not in body
    assert own.post(address(case), form(case)).status_code == 403
    assert Slice.objects.pending().exists()


def test_staff_without_a_group_look_and_decide_nothing(case: ReviewCase) -> None:
    looking = signed_in(person("liv", is_staff=True))
    response = looking.get(address(case))
    assert response.status_code == 200
    assert b'name="action"' not in response.content
    assert looking.post(address(case), form(case)).status_code == 403
    assert Slice.objects.pending().exists()


@pytest.mark.parametrize("key", ["nonsense", "019aa000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_found(key: str, at_work: Client) -> None:
    assert at_work.get(f"/admin/submissions/reviewcase/{key}/change/").status_code == 404


def test_a_closed_case_offers_nothing(at_work: Client, case: ReviewCase, mia: User) -> None:
    decide(case_id=case.pk, actor=mia, version=case.version, action="approve", at=NOW)
    body = at_work.get(address(case)).content.decode()
    assert 'name="action"' not in body
    assert "Nothing any more." in body


def test_other_methods_are_refused(case: ReviewCase) -> None:
    assert signed_in(admin()).put(address(case), urlencode({})).status_code == 405
