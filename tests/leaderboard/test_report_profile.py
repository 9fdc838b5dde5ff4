"""Saying that somebody's profile is not right."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from ccgather.ops.services import change_setting
from submissions.models import ProfileReport
from tests.cast import person
from tests.submissions.reports import NOW

pytestmark = pytest.mark.django_db

PATH = "/u/alice/report"
SAID = {"code": "false_usage", "text": "Every day is twice the day before."}


@pytest.fixture
def as_bob(client: Client, bob: User) -> Client:
    """Bob's browser."""
    client.force_login(bob)
    return client


def test_a_report_is_kept_for_reviewers_and_shown_to_nobody(
    as_bob: Client, alice: User, bob: User
) -> None:
    assert "The usage looks made up" in as_bob.get(PATH).text
    answer = as_bob.post(PATH, SAID, follow=True)
    assert "A reviewer reads it" in answer.text
    kept = ProfileReport.objects.get()
    assert (kept.reporter_id, kept.subject_id) == (bob.pk, alice.pk)
    assert (kept.code, kept.text) == (SAID["code"], SAID["text"])
    owner = Client()
    owner.force_login(alice)
    assert SAID["text"] not in owner.get("/u/alice").text


def test_one_report_of_a_person_and_profile_stands(as_bob: Client, alice: User) -> None:
    as_bob.post(PATH, SAID)
    answer = as_bob.post(PATH, SAID | {"code": "copied"})
    assert answer.status_code == 409
    assert ProfileReport.objects.get().code == "false_usage"
    ProfileReport.objects.update(dismissed_at=NOW)
    assert as_bob.post(PATH, SAID).status_code == 302


def test_nobody_reports_themselves(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, SAID).status_code == 403
    assert not ProfileReport.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "required"),
        ({"code": "ugly"}, "valid choice"),
        ({"code": "other"}, "Say in a few words"),
        ({"code": "copied", "text": "x" * 1_001}, "at most 1000"),
    ],
)
def test_a_report_without_a_reason_is_refused(
    as_bob: Client, alice: User, said: dict[str, str], words: str
) -> None:
    answer = as_bob.post(PATH, said)
    assert answer.status_code == 400
    assert words in answer.text
    assert not ProfileReport.objects.exists()


def test_five_a_day_and_the_operator_says_how_many(as_bob: Client, alice: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for place in range(6):
            person(f"person-{place}")
            answer = as_bob.post(f"/u/person-{place}/report", SAID)
        assert answer.status_code == 429
        assert "At most 5 profiles can be reported in a day." in answer.text
        assert ProfileReport.objects.count() == 5
        clock.shift(timedelta(days=2))
        assert as_bob.post("/u/person-5/report", SAID).status_code == 302
        change_setting(key="profile_reports_per_day", value=1, by="dana", at=NOW)
        assert as_bob.post(PATH, SAID).status_code == 429


def test_hidden_people_and_nobody_cannot_be_reported(as_bob: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(profile_visible=False)
    assert as_bob.get(PATH).status_code == 404
    assert as_bob.post("/u/nobody/report", SAID).status_code == 404
    assert not ProfileReport.objects.exists()


def test_strangers_sign_in_first(client: Client, alice: User) -> None:
    assert client.get(PATH).headers["Location"] == f"/login?next={PATH}"
    assert client.post(PATH, SAID).status_code == 302
    assert not ProfileReport.objects.exists()


def test_other_methods_are_refused(as_bob: Client, alice: User) -> None:
    assert as_bob.delete(PATH).status_code == 405
