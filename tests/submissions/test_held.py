"""What does not count, as its owner reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from submissions.models import Appeal, Decision, Slice
from submissions.selectors.held import (
    Kind,
    decision_against,
    held_day_count,
    held_days,
    held_overview,
    held_slices,
)
from tests.cast import token_of
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept
from tests.submissions.trust import case_of, decision_on, hold

pytestmark = pytest.mark.django_db

PATH = "/settings/held"


@pytest.fixture(autouse=True)
def now() -> object:
    """Noon of the day of the report."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def days(alice_token: ApiToken) -> list[Slice]:
    """Three days of Alice's, the latest first."""
    accept(alice_token, report([row(TODAY - timedelta(days=ago), 1_000 + ago) for ago in range(3)]))
    return list(Slice.objects.filter(user=alice_token.user_id).order_by("-day"))


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


def test_a_held_day_tells_why_with_figures_what_would_clear_it_and_until_when(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    hold(days[:1])
    case_of(alice)
    page = as_alice.get(PATH).text
    for words in (
        "This day comes to 600,000,000,000 tokens.",
        "times the limit",
        "gpt-5",
        "What would clear it: A reviewer has to see it.",
        "25 Nov 2026",
        "Meanwhile nothing of this tool counts on that day and device.",
        "laptop",
        "ccgather 0.1.0",
    ):
        assert escape(words) in page, words
    assert "1,001" not in page


def test_what_was_accepted_before_counts_meanwhile(
    as_alice: Client, alice_token: ApiToken, days: list[Slice]
) -> None:
    Slice.objects.create(
        **{
            field.attname: getattr(days[0], field.attname)
            for field in Slice._meta.concrete_fields
            if field.attname not in {"id", "total_tokens", "state"}
        },
        total_tokens=9_999,
        state="pending",
    )
    page = as_alice.get(PATH).text
    assert "9,999" in page
    assert 'Meanwhile <span class="number">1,000</span> tokens of the version before count.' in page


def test_a_late_review_says_so(as_alice: Client, alice: User, days: list[Slice]) -> None:
    hold(days[:1])
    case_of(alice, at=NOW - timedelta(days=6))
    assert "late, and first in the queue" in as_alice.get(PATH).text


def test_what_was_refused_stands_with_the_reason_and_the_way_to_appeal(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    Slice.objects.filter(pk__in=[days[0].pk, days[1].pk]).update(state="rejected")
    decision = decision_on(
        days[:2], user=alice, action="reject", reason="The counts are <multiplied>."
    )
    page = as_alice.get(PATH).text
    assert "The counts are &lt;multiplied&gt;." in page
    assert f'href="/settings/held/appeal?decision={decision.pk}"' in page
    assert "2 days not accepted" in page
    assert page.count("<strong>20 Nov 2026</strong>") == 1


def test_an_appeal_shows_its_clock_and_then_its_answer(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    Slice.objects.filter(pk=days[0].pk).update(state="rejected")
    case = case_of(alice, state="closed")
    decision = decision_on(days[:1], user=alice, action="reject", reason="No.", case=case)
    appeal = Appeal.objects.create(
        user=alice,
        case=case,
        decision=decision,
        text="It was a build farm.",
        created_at=NOW,
        due_at=NOW + timedelta(days=9),
    )
    page = as_alice.get(PATH).text
    assert "waits; answered by" in page
    assert "29 Nov 2026" in page
    assert "/settings/held/appeal?decision=" not in page
    Appeal.objects.filter(pk=appeal.pk).update(
        state="upheld", answer="The logs say otherwise.", answered_at=NOW
    )
    page = as_alice.get(PATH).text
    assert "the decision stands" in page
    assert "The logs say otherwise." in page


def test_a_decision_that_was_reversed_says_so(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    refused = decision_on(days[:1], user=alice, action="reject", reason="No.")
    decision_on(days[:1], user=alice, action="reverse", reason="Yes.", reverses=refused)
    assert "reversed since" in as_alice.get(PATH).text


def test_a_quarantined_day_tells_how_to_send_it_anew(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    reason = {"code": "collector_quarantined", "sentence": "Release 1.2 counted twice. Update it."}
    Slice.objects.filter(pk=days[0].pk).update(not_counted="quarantine", hold_reasons=[reason])
    page = as_alice.get(PATH).text
    assert "Release 1.2 counted twice. Update it." in page
    assert "A newer report of this day by a release that counts right" in page


def test_what_two_devices_sent_is_told_to_count_once(
    as_alice: Client, alice: User, alice_token: ApiToken, days: list[Slice]
) -> None:
    desk = token_of(alice, secret="tt_" + "c" * 48, device="desk")
    accept(desk, report([row(days[0].day, days[0].total_tokens)]), minutes=1)
    assert held_overview(user=alice).elsewhere == 1
    page = as_alice.get(PATH).text
    assert "Another of your devices sent the same usage; it counts once, there." in page
    assert "Nothing needs to be done." in page


def test_a_question_of_a_reviewer_is_asked_until_it_is_answered(
    as_alice: Client, alice: User, days: list[Slice]
) -> None:
    hold(days[:1])
    case = case_of(alice, state="asked")
    decision_on(days[:1], user=alice, action="ask", reason="Which machine was that?", case=case)
    page = as_alice.get(PATH).text
    assert "Which machine was that?" in page
    assert 'action="/settings/held/answer"' in page
    case.state = "open"
    case.save()
    assert "Which machine was that?" not in as_alice.get(PATH).text


def test_an_excluded_account_reads_why_and_may_appeal(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(excluded_at=NOW)
    assert "Your account is off the boards" in as_alice.get(PATH).text
    decision = decision_on([], user=alice, action="exclude", reason="Ten invented months.")
    page = as_alice.get(PATH).text
    assert "Ten invented months." in page
    assert f'href="/settings/held/appeal?decision={decision.pk}"' in page
    User.objects.filter(pk=alice.pk).update(excluded_at=None)
    decision_on([], user=alice, action="restore", reason="", at=NOW + timedelta(days=1))
    page = as_alice.get(PATH).text
    assert "Your account is off the boards" not in page
    assert "reversed since" in page


def test_nothing_of_others_is_there(
    client: Client, alice: User, bob: User, days: list[Slice]
) -> None:
    hold(days[:1])
    case_of(alice)
    decision = decision_on(days[1:2], user=alice, action="reject", reason="Not for Bob's eyes")
    client.force_login(bob)
    page = client.get(PATH).text
    assert "Nothing waits" in page
    assert "Not for Bob" not in page
    assert decision_against(user=bob, decision_id=decision.pk) is None


def test_strangers_sign_in_first_and_nothing_is_written_here(
    client: Client, as_alice: Client
) -> None:
    assert Client().get(PATH).headers["Location"] == f"/login?next={PATH}"
    assert as_alice.post(PATH).status_code == 405
    assert "no-store" in as_alice.get(PATH).headers["Cache-Control"]


def test_the_list_is_in_pages_and_keeps_what_it_shows(
    as_alice: Client, alice_token: ApiToken
) -> None:
    rows = [row(TODAY - timedelta(days=ago), 1_000) for ago in range(21)]
    accept(alice_token, report(rows))
    hold(Slice.objects.all())
    page = as_alice.get(PATH).text
    assert "?show=waiting&amp;page=2" in page
    assert page.count('class="held held--waiting"') == 20
    assert as_alice.get(f"{PATH}?show=waiting&page=2").text.count("held--waiting") == 1
    assert as_alice.get(f"{PATH}?show=nonsense&page=x").status_code == 200


def test_a_reason_stored_before_there_were_signals_is_told_too(
    as_alice: Client, days: list[Slice]
) -> None:
    plain = {"code": "over_hard_limit", "sentence": "Too much."}
    Slice.objects.filter(pk=days[0].pk).update(state="pending", hold_reasons=[plain])
    assert "Too much." in as_alice.get(PATH).text


def test_selectors_ask_as_often_as_they_say(
    alice: User, days: list[Slice], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hold(days[:1])
    Slice.objects.filter(pk=days[1].pk).update(state="rejected")
    decision = decision_on(days[1:2], user=alice, action="reject", reason="No.")
    case_of(alice)
    with django_assert_num_queries(4):
        overview = held_overview(user=alice)
    assert (overview.waiting, overview.refused, overview.quarantined) == (1, 1, 0)
    with django_assert_num_queries(3):
        held_slices(user=alice, kind=Kind.WAITING, page=1)
    with django_assert_num_queries(5):
        (refused,) = held_slices(user=alice, kind=Kind.REFUSED, page=1)
    assert refused.decision is not None
    assert refused.decision.id == decision.pk
    with django_assert_num_queries(1):  # of nothing nothing is read
        held_slices(user=alice, kind=Kind.QUARANTINED, page=1)
    with django_assert_num_queries(2):
        decision_against(user=alice, decision_id=decision.pk)
    with django_assert_num_queries(1):
        assert held_days(user=alice) == {days[0].day: days[0].total_tokens}
    with django_assert_num_queries(1):
        assert held_day_count(user=alice) == 1


def test_the_newest_decision_about_a_day_is_the_one_that_is_told(
    alice: User, days: list[Slice]
) -> None:
    Slice.objects.filter(pk=days[0].pk).update(state="rejected")
    decision_on(days[:1], user=alice, action="reject", reason="First.")
    later = NOW + timedelta(days=1)
    decision_on(days[:1], user=alice, action="reject", reason="Second.", at=later)
    (refused,) = held_slices(user=alice, kind=Kind.REFUSED, page=1)
    assert refused.decision is not None
    assert refused.decision.reason == "Second."
    assert Decision.objects.count() == 2


def test_status_is_told_how_many_days_wait(as_alice: Client, days: list[Slice]) -> None:
    assert as_alice.get("/api/me/stats").json()["heldDays"] == 0
    hold(days[:2])
    assert as_alice.get("/api/me/stats").json()["heldDays"] == 2
