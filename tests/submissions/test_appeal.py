"""Objecting to a decision, or saying what happened while a day still waits."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiToken, User
from submissions.models import Appeal, Decision, ReviewCase, Slice
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept
from tests.submissions.trust import case_of, decision_on, hold

pytestmark = pytest.mark.django_db

PATH = "/settings/held/appeal"
ANSWER = "/settings/held/answer"
TEXT = "A build farm of twelve machines ran all night; its logs are on the laptop."


@pytest.fixture(autouse=True)
def now() -> object:
    """Noon of the day of the report."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slices(alice_token: ApiToken) -> list[Slice]:
    """Three days of Alice's."""
    accept(alice_token, report([row(TODAY - timedelta(days=ago), 1_000 + ago) for ago in range(3)]))
    return list(Slice.objects.filter(user=alice_token.user_id).order_by("-day"))


@pytest.fixture
def refused(alice: User, slices: list[Slice]) -> Decision:
    """One of them was not accepted."""
    Slice.objects.filter(pk=slices[0].pk).update(state="rejected")
    case = case_of(alice, state="closed")
    return decision_on(slices[:1], user=alice, action="reject", reason="Invented.", case=case)


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client


def test_a_decision_is_appealed_against_and_the_clock_is_told(
    as_alice: Client, refused: Decision
) -> None:
    page = as_alice.get(f"{PATH}?decision={refused.pk}").text
    assert "Invented." in page
    assert "1 day not accepted" in page
    answer = as_alice.post(PATH, {"decision": refused.pk, "text": TEXT}, follow=True)
    appeal = Appeal.objects.get()
    assert (appeal.decision_id, appeal.text, appeal.state) == (refused.pk, TEXT, "open")
    assert appeal.due_at > NOW
    assert "It is in. You have an answer by" in answer.text
    assert "waits; answered by" in answer.text


def test_what_still_waits_can_be_explained(
    as_alice: Client, alice: User, slices: list[Slice]
) -> None:
    hold(slices[:1])
    case = case_of(alice)
    assert f'href="{PATH}"' in as_alice.get("/settings/held").text
    assert "Say what happened" in as_alice.get(PATH).text
    as_alice.post(PATH, {"text": TEXT})
    appeal = Appeal.objects.get()
    assert (appeal.decision_id, appeal.case_id) == (None, case.pk)
    page = as_alice.get("/settings/held").text
    assert TEXT in page
    assert f'href="{PATH}"' not in page


@pytest.mark.parametrize(
    ("text", "words"), [("Too short.", "at least 20"), ("x" * 2_001, "at most 2000"), ("", "requ")]
)
def test_a_text_too_short_or_too_long_is_refused(
    as_alice: Client, refused: Decision, text: str, words: str
) -> None:
    answer = as_alice.post(PATH, {"decision": refused.pk, "text": text})
    assert answer.status_code == 400
    assert words in answer.text
    assert not Appeal.objects.exists()


def test_a_decision_is_appealed_against_once(as_alice: Client, refused: Decision) -> None:
    for _ in range(2):
        answer = as_alice.post(PATH, {"decision": refused.pk, "text": TEXT})
    assert answer.status_code == 400
    assert Appeal.objects.count() == 1
    assert "<textarea" not in as_alice.get(f"{PATH}?decision={refused.pk}").text


def test_a_decision_that_was_reversed_is_not_appealed_against(
    as_alice: Client, alice: User, refused: Decision
) -> None:
    decision_on([], user=alice, action="reverse", reason="Yes.", reverses=refused)
    page = as_alice.get(f"{PATH}?decision={refused.pk}").text
    assert "nothing left to appeal against" in page
    assert "<textarea" not in page


def test_nobody_appeals_for_others(client: Client, bob: User, refused: Decision) -> None:
    client.force_login(bob)
    assert client.get(f"{PATH}?decision={refused.pk}").status_code == 404
    assert client.post(PATH, {"decision": refused.pk, "text": TEXT}).status_code == 404
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("asked", ["", "?decision=0", "?decision=9999999", "?decision=all"])
def test_without_anything_to_appeal_against_there_is_no_form(as_alice: Client, asked: str) -> None:
    assert as_alice.get(f"{PATH}{asked}").status_code == 404
    assert as_alice.post(f"{PATH}{asked}", {"text": TEXT}).status_code == 404


def test_strangers_sign_in_first(refused: Decision) -> None:
    stranger = Client()
    where = f"{PATH}?decision={refused.pk}"
    assert stranger.get(where).status_code == 302
    assert stranger.post(PATH, {"decision": refused.pk, "text": TEXT}).status_code == 302
    assert stranger.post(ANSWER, {"text": TEXT}).status_code == 302
    assert not Appeal.objects.exists()


def test_other_methods_are_refused(as_alice: Client) -> None:
    assert as_alice.put(PATH).status_code == 405
    assert as_alice.get(ANSWER).status_code == 405


# --- Answering a reviewer --------------------------------------------------------------------


@pytest.fixture
def asked(alice: User, slices: list[Slice]) -> ReviewCase:
    """A reviewer wants to know something."""
    hold(slices[:1])
    case = case_of(alice, state="asked")
    decision_on(slices[:1], user=alice, action="ask", reason="Which machine was it?", case=case)
    return case


def test_an_answer_goes_into_the_ledger_and_the_case_back_to_the_queue(
    as_alice: Client, asked: ReviewCase
) -> None:
    page = as_alice.post(ANSWER, {"text": TEXT}, follow=True).text
    assert "Your answer is with the reviewer." in page
    assert "Which machine was it?" not in page
    asked.refresh_from_db()
    assert asked.state == "open"
    assert Decision.objects.filter(action="answer", case=asked, reason=TEXT).count() == 1


def test_an_answer_too_short_is_shown_again_with_what_was_typed(
    as_alice: Client, asked: ReviewCase
) -> None:
    answer = as_alice.post(ANSWER, {"text": "The desk."})
    assert answer.status_code == 400
    assert "The desk." in answer.text
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_where_nothing_was_asked_nothing_is_answered(as_alice: Client) -> None:
    assert as_alice.post(ANSWER, {"text": TEXT}).status_code == 302
    assert not Decision.objects.exists()
