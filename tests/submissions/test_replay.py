"""`manage.py replay`: what other thresholds would hold, without a word written."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, User
from ccgather.ops.services import change_setting
from submissions.bodies import archived_body
from submissions.models import RawReport, Slice
from submissions.report import UsageRow
from submissions.services.cohorts import forget_cohort
from submissions.services.replaying import (
    PersonReplay,
    _read_only,
    replay,
    report_count,
    thresholds_of,
)
from tests.submissions.reports import NOW, TODAY, native_body, report, row
from tests.submissions.sending import accept, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    forget_cohort()
    with time_machine.travel(NOW, tick=False):
        yield


def sent(client: Client, rows: list[UsageRow], *, minutes: float = 0) -> dict[str, Any]:
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        answer: dict[str, Any] = send(client, native_body(rows)).json()
    assert answer["success"] is True, answer
    return answer


def replayed(**overrides: object) -> list[PersonReplay]:
    return list(replay(now=thresholds_of(overrides={}), then=thresholds_of(overrides=overrides)))


def ran(*arguments: str) -> str:
    out = StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def days_of_two_kinds() -> list[UsageRow]:
    """Nine days of one's own, and three of a model that was not out yet."""
    return [
        row(
            TODAY - n * DAY if n < 9 else date(2025, 6, n),
            input_tokens=300_017 + 13_331 * n,
            output_tokens=90_011 + 7_919 * n,
            cache_write_tokens=800_003 + 5_077 * n * n,
            cache_read_tokens=30_000_301 + 1_234_577 * n,
            messages=400 + 7 * n,
        )
        for n in range(12)
    ]


PROOF = "model_before_release"


@pytest.mark.usefixtures("alice_token")
def test_a_lower_limit_would_hold_the_days_above_it(client: Client) -> None:
    sent(client, [row(TODAY, 900), row(TODAY - DAY, 2_000)])
    (person,) = replayed(max_daily_tokens=1_000)
    assert (person.username, person.reports, person.slices) == ("alice", 1, 2)
    assert (person.held_now, person.held_then) == (0, 1)
    (held,) = person.would_hold
    assert (held.day, held.client, held.tokens) == ("2026-11-19", "claude", 2_000)
    assert (held.codes, held.stands) == (("over_hard_limit",), "counts")
    assert person.would_release == ()


@pytest.mark.usefixtures("alice_token")
def test_a_higher_limit_would_release_what_waits(client: Client) -> None:
    change_setting(key="max_daily_tokens", value=1_000, by="dana", at=NOW)
    sent(client, [row(TODAY, 900), row(TODAY - DAY, 2_000)])
    assert Slice.objects.pending().count() == 1
    (person,) = replayed(max_daily_tokens=5_000)
    (released,) = person.would_release
    assert (released.tokens, released.stands) == (2_000, "waits")
    assert person.would_hold == ()


@pytest.mark.usefixtures("alice_token")
def test_the_settings_in_force_hold_in_a_replay_just_what_they_held(client: Client) -> None:
    """The same facts as then: several reports, a grown day, a day that was sent again."""
    sent(client, days_of_two_kinds()[:5])
    sent(client, days_of_two_kinds(), minutes=1)
    sent(client, [*days_of_two_kinds(), row(TODAY - 20 * DAY, 777)], minutes=2)
    waiting = {
        (day.isoformat(), client_)
        for day, client_ in Slice.objects.pending().values_list("day", "client")
    }
    assert waiting
    (person,) = replayed(signal_model_before_release_weight=0)
    assert {(item.day, item.client) for item in person.would_release} == waiting
    assert person.held_now == len(waiting)
    assert all(PROOF in item.codes for item in person.would_release)
    assert {item.stands for item in person.would_release} == {"waits"}


@pytest.mark.usefixtures("alice_token")
def test_nothing_is_written_and_nobody_is_locked_out(client: Client) -> None:
    sent(client, days_of_two_kinds())
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        ran("--set", "max_daily_tokens=1000")
        ran("--set", "signal_model_before_release_weight=0", "--json")
    assert everything() == before
    for query in queries:
        words = query["sql"].split()
        assert words[0] in {"SELECT", "SAVEPOINT", "RELEASE", "SET"}, query["sql"]
        assert "FOR UPDATE" not in query["sql"]
        assert "FOR NO KEY UPDATE" not in query["sql"]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608
            found[table] = cursor.fetchall()
    return found


@pytest.mark.usefixtures("alice")
def test_a_replay_could_not_write_if_it_tried() -> None:
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic(), _read_only():
        User.objects.update(country_code="")
    assert User.objects.update(country_code="ES") == 1


@pytest.mark.usefixtures("alice_token")
def test_what_a_reviewer_approved_is_not_held_again(client: Client) -> None:
    sent(client, [row(TODAY - DAY, 2_000)])
    Slice.objects.update(approved_tokens=2_000)
    (person,) = replayed(max_daily_tokens=1_000)
    assert person.would_hold == ()


@pytest.mark.usefixtures("alice_token")
def test_history_before_the_first_report_is_what_still_stands_of_it(client: Client) -> None:
    sent(client, days_of_two_kinds()[:9])
    sent(client, days_of_two_kinds(), minutes=60 * 24)
    RawReport.objects.filter(submission__submitted_at=NOW).delete()
    (person,) = replayed(signal_model_before_release_weight=0)
    assert person.reports == 1
    assert person.slices == 3
    assert person.held_now == Slice.objects.pending().count() > 0


def test_reports_that_cannot_be_read_again_are_counted(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(TODAY)]))  # with a body of `{}`
    (person,) = replayed(max_daily_tokens=1)
    assert (person.reports, person.unreadable, person.slices) == (1, 1, 0)
    assert "1 reports could not be read again" in ran()


@pytest.mark.usefixtures("alice_token")
def test_a_report_with_evidence_is_read_again_without_it(client: Client) -> None:
    body = (ROOT / "contract" / "examples" / "native-evidence.json").read_bytes()
    assert send(client, body).json()["success"] is True
    assert b'"evidence": null' in archived_body(bytes(RawReport.objects.get().body))
    (person,) = replayed(max_daily_tokens=1)
    assert (person.unreadable, len(person.would_hold)) == (0, 3)


@pytest.mark.usefixtures("alice_token")
def test_who_is_excluded_is_left_out(client: Client, alice: User) -> None:
    sent(client, [row(TODAY)])
    User.objects.filter(pk=alice.pk).update(excluded_at=NOW)
    assert replayed(max_daily_tokens=1) == []
    assert report_count(since=None) == 0


@pytest.mark.usefixtures("alice_token")
def test_the_words_name_people_days_codes_and_what_stands(client: Client) -> None:
    sent(client, [row(TODAY - n * DAY, 2_000 + n) for n in range(7)])
    text = ran("--set", "max_daily_tokens=1_000")
    assert "1 reports of 1 people, 7 slices judged" in text
    assert "Tried out: max_daily_tokens=1000" in text
    assert "Held: 0 now, 7 then." in text
    assert "Would be held: 7 slices of 1 people, 14,021 tokens." in text
    assert "by code: over_hard_limit 7" in text
    assert "alice: 0 held now, 7 then" in text
    assert "  + 2026-11-14 claude: 2,006 tokens" in text
    assert "  + … and 2 more" in text
    assert text.endswith("Nothing was written.\n")


@pytest.mark.usefixtures("alice_token")
def test_json_has_every_slice(client: Client) -> None:
    sent(client, [row(TODAY - n * DAY, 2_000 + n) for n in range(7)])
    found = json.loads(ran("--set", "max_daily_tokens=1000", "--json"))
    assert found["settings"] == {"max_daily_tokens": 1000}
    assert (found["heldNow"], found["heldThen"], found["wouldHold"]["slices"]) == (0, 7, 7)
    assert found["wouldHold"]["codes"] == {"over_hard_limit": 7}
    assert len(found["changedPeople"][0]["wouldHold"]) == 7
    assert found["peopleNotNamed"] == 0
    none = json.loads(ran("--set", "max_daily_tokens=1000", "--json", "--people", "0"))
    assert (none["changedPeople"], none["peopleNotNamed"]) == ([], 1)


@pytest.mark.usefixtures("alice_token", "bob_token")
def test_one_person_or_a_stretch_of_time_can_be_asked_for(client: Client) -> None:
    sent(client, [row(TODAY)])
    assert "1 reports of 1 people" in ran("--user", "ALICE")
    assert "0 reports of 0 people" in ran("--user", "bob")
    assert "1 reports of 1 people" in ran("--since", "2026-11-20")
    assert "0 reports of 0 people" in ran("--since", "2026-11-21")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "no_such_thing=1"), "no setting called"),
        (("--set", "api_per_minute=5"), "decides nothing"),
        (("--set", "max_daily_tokens=-1"), "cannot have that value"),
        (("--set", "max_daily_tokens"), "KEY=VALUE"),
        (("--set", "max_daily_tokens=nan"), "KEY=VALUE"),
        (("--since", "yesterday"), "a day such as"),
        (("--user", "nobody"), "Nobody is called"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        ran(*arguments)
