"""Evidence sketches and hours: stored, replaced, held, promoted and removed with their slice."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ApiToken, Device, User
from ccgather.site.sums import sum_disagreements
from submissions.models import (
    EvidenceSketch,
    RawReport,
    Slice,
    SliceHours,
    SliceRow,
    Submission,
)
from submissions.report import Evidence, UsageReport, UsageRow
from submissions.rights import export
from submissions.rules.evidence import keys_of, sketch_of
from submissions.services.deletion import delete_device, delete_submitted_data, merge_devices
from submissions.services.repricing import reprice
from submissions.services.salting import STALE_SALT_WARNING, present_salt, rotate_salt
from submissions.services.writing import delete_slices
from submissions.signals import usage_changed
from tests.cast import ALICE_SECRET
from tests.submissions.formats.bodies import example
from tests.submissions.reports import NOW, TODAY, report, row
from tests.submissions.sending import accept, send, total

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
KEY = ("claude", TODAY)
LOG = range(1, 101)
HUGE = 500_000_000_001


def with_parts(
    rows: Iterable[UsageRow],
    *,
    log: Iterable[int] | None = LOG,
    hour: int | None = 9,
    salt_id: str = "",
    **kinds: Any,
) -> UsageReport:
    """A report with one sketch (of the hashes `log`) and the hours of each of its slices."""
    plain = report(rows, **kinds)
    keys = {(r.client, r.day) for r in plain.rows}
    counts = [0] * 24
    if hour is not None:
        counts[hour] = 7
    return replace(
        plain,
        evidence=None
        if log is None
        else Evidence(sketches=dict.fromkeys(keys, sketch_of(log)), salt_id=salt_id),
        hours={} if hour is None else dict.fromkeys(keys, tuple(counts)),
    )


def stored(state: str = "accepted", day: date = TODAY) -> tuple[EvidenceSketch, list[int]]:
    """The sketch and the hours of one slice."""
    found = Slice.objects.get(state=state, day=day)
    return found.sketch, found.hours.counts


def test_a_slice_keeps_its_sketch_and_hours(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row(), row(YESTERDAY)]))
    sketch, hours = stored()
    expected = sketch_of(LOG)
    assert (bytes(sketch.hashes), sketch.messages) == (expected.hashes, 100)
    assert sketch.salt_id == present_salt(at=NOW).id
    assert sketch.keys == keys_of(day=TODAY, sketch=expected)
    assert hours == [0] * 9 + [7] + [0] * 14
    assert EvidenceSketch.objects.count() == SliceHours.objects.count() == 2


def test_a_report_without_them_has_none(alice_token: ApiToken) -> None:
    accept(alice_token, report([row()]))
    assert not EvidenceSketch.objects.exists()
    assert not SliceHours.objects.exists()


def test_the_same_again_is_unchanged_and_writes_nothing(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    before = [list(model.objects.values()) for model in (Slice, EvidenceSketch, SliceHours)]
    assert accept(alice_token, with_parts([row()]), minutes=1).mode == "unchanged"
    after = [list(model.objects.values()) for model in (Slice, EvidenceSketch, SliceHours)]
    assert before == after


def test_a_grown_slice_has_the_sketch_and_hours_of_its_new_version(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row(tokens=200)], log=range(50, 300), hour=3), minutes=1)
    sketch, hours = stored()
    assert (sketch.messages, hours[3], hours[9]) == (250, 7, 0)
    assert EvidenceSketch.objects.count() == SliceHours.objects.count() == 1


def test_a_grown_slice_without_them_loses_those_of_the_version_before(
    alice_token: ApiToken,
) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, report([row(tokens=200)]), minutes=1)
    assert not EvidenceSketch.objects.exists()
    assert not SliceHours.objects.exists()


def test_a_slice_that_is_kept_keeps_its_sketch(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row(tokens=50)], log=range(5), hour=1), minutes=1)
    sketch, hours = stored()
    assert (sketch.messages, hours[9]) == (100, 7)


def test_a_report_whose_numbers_are_stored_adds_what_is_missing(
    alice: User, alice_token: ApiToken
) -> None:
    first = accept(alice_token, report([row()]))
    told: list[object] = []

    def listen(**kinds: object) -> None:
        told.append(kinds)

    usage_changed.connect(listen)
    try:
        answer = accept(alice_token, with_parts([row()]), minutes=1)
    finally:
        usage_changed.disconnect(listen)
    assert (answer.mode, answer.submission_id) == ("unchanged", first.submission_id)
    assert told == []
    sketch, hours = stored()
    assert (sketch.messages, hours[9]) == (100, 7)
    assert Submission.objects.count() == RawReport.objects.count() == 1
    assert total(alice) == 100
    assert sum_disagreements() == []


def test_what_was_added_is_not_looked_for_again(
    alice_token: ApiToken, django_assert_max_num_queries: Any
) -> None:
    accept(alice_token, report([row()]))
    accept(alice_token, with_parts([row()]), minutes=1)
    digest = Submission.objects.get().digest
    with django_assert_max_num_queries(9) as queries:
        accept(alice_token, with_parts([row()]), minutes=2)
    assert not [q for q in queries.captured_queries if "slicehours" in q["sql"]]
    assert bytes(Submission.objects.get().digest) == bytes(digest)


def test_what_is_there_is_not_changed_while_the_numbers_stay(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row()], log=range(1, 70), hour=2), minutes=1)
    sketch, hours = stored()
    assert (sketch.messages, hours[9], hours[2]) == (100, 7, 0)


def test_adding_does_not_count_as_a_change(alice_token: ApiToken) -> None:
    for n in range(6):
        accept(alice_token, report([row(tokens=100 + n)]), minutes=n)
    assert accept(alice_token, with_parts([row(tokens=105)]), minutes=10).mode == "unchanged"
    assert stored()[0].messages == 100


def test_one_day_that_grew_brings_what_the_others_miss(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(), row(YESTERDAY)]))
    answer = accept(alice_token, with_parts([row(tokens=200), row(YESTERDAY)]), minutes=1)
    assert answer.mode == "merge"
    assert [c.day for c in answer.changes] == [TODAY]
    assert stored(day=YESTERDAY)[0].messages == stored()[0].messages == 100


def test_hours_alone_may_be_added(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()], hour=None))
    accept(alice_token, with_parts([row()]), minutes=1)
    assert stored()[1][9] == 7


# --- Salts -----------------------------------------------------------------------------------


def test_evidence_of_an_older_salt_is_left_out_with_a_warning(alice_token: ApiToken) -> None:
    old = present_salt(at=NOW)
    rotate_salt(at=NOW, by="dana")
    answer = accept(alice_token, with_parts([row()], salt_id=old.id))
    assert STALE_SALT_WARNING in answer.warnings
    assert not EvidenceSketch.objects.exists()
    assert SliceHours.objects.count() == 1


def test_after_a_change_of_salt_a_report_brings_new_sketches(alice_token: ApiToken) -> None:
    old = present_salt(at=NOW)
    accept(alice_token, with_parts([row()], salt_id=old.id))
    new = rotate_salt(at=NOW, by="dana")
    assert stored()[0].salt_id == old.id
    answer = accept(
        alice_token, with_parts([row()], log=range(500, 600), salt_id=new.id), minutes=1
    )
    assert answer.mode == "unchanged"
    sketch, _ = stored()
    assert (sketch.salt_id, sketch.keys) == (
        new.id,
        keys_of(day=TODAY, sketch=sketch_of(range(500, 600))),
    )


# --- Holds -----------------------------------------------------------------------------------


def test_a_held_version_has_its_own_beside_those_of_the_one_that_counts(
    alice_token: ApiToken,
) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row(tokens=HUGE)], log=range(9), hour=1), minutes=1)
    assert (stored()[0].messages, stored()[1][9]) == (100, 7)
    assert (stored("pending")[0].messages, stored("pending")[1][1]) == (9, 7)


def test_a_held_version_gets_what_it_misses(alice_token: ApiToken) -> None:
    accept(alice_token, report([row(tokens=HUGE)]))
    assert accept(alice_token, with_parts([row(tokens=HUGE)]), minutes=1).mode == "unchanged"
    assert stored("pending")[0].messages == 100


def test_a_promoted_version_brings_its_own(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row(tokens=HUGE)], log=range(9), hour=1), minutes=1)
    delete_slices(ids=[Slice.objects.accepted().get().pk])
    Slice.objects.pending().update(state="accepted")
    sketch, hours = stored()
    assert (sketch.messages, hours[1]) == (9, 7)
    assert EvidenceSketch.objects.count() == SliceHours.objects.count() == 1


def test_a_newer_report_takes_those_of_a_version_that_waits_along(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(alice_token, with_parts([row(tokens=HUGE)], log=range(9)), minutes=1)
    accept(alice_token, with_parts([row(tokens=200)]), minutes=2)
    assert EvidenceSketch.objects.count() == SliceHours.objects.count() == 1


# --- Devices, deletion, export, prices --------------------------------------------------------


def test_they_go_with_a_device(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()], device="machine-1"))
    accept(alice_token, with_parts([row(tokens=7)], device="machine-2"), minutes=1)
    device = Device.objects.get(keys__key="machine-1")
    delete_device(user_id=alice.pk, device_id=device.pk, at=NOW)
    assert (
        EvidenceSketch.objects.count() == SliceHours.objects.count() == Slice.objects.count() == 1
    )


def test_they_stay_with_the_larger_slice_of_two_merged_devices(
    alice: User, alice_token: ApiToken
) -> None:
    accept(alice_token, with_parts([row()], device="machine-1"))
    accept(alice_token, with_parts([row(tokens=7)], log=range(5), device="machine-2"), minutes=1)
    one = Device.objects.get(keys__key="machine-1")
    two = Device.objects.get(keys__key="machine-2")
    merge_devices(user_id=alice.pk, from_id=one.pk, into_id=two.pk, at=NOW)
    assert stored()[0].messages == EvidenceSketch.objects.get().messages == 100


def test_they_go_with_everything_submitted(
    alice: User, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, with_parts([row()]))
    accept(bob_token, with_parts([row()]))
    delete_submitted_data(user_id=alice.pk, at=NOW)
    assert EvidenceSketch.objects.get().slice.user_id == bob_token.user_id
    assert SliceHours.objects.count() == 1


def test_they_go_with_the_account(alice: User, alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    alice.delete()
    assert not EvidenceSketch.objects.exists()
    assert not SliceHours.objects.exists()


def test_the_export_shows_them(alice: User, alice_token: ApiToken, bob_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    accept(bob_token, with_parts([row()], log=range(3)))
    files = {file.name: b"".join(file.chunks).decode() for file in export(alice)}
    (evidence,) = json.loads(files["evidence.json"])
    assert (evidence["day"], evidence["client"], evidence["state"]) == (
        "2026-11-20",
        "claude",
        "accepted",
    )
    assert (evidence["messages"], len(evidence["hashes"])) == (100, 64)
    assert evidence["hashes"][0] == "0000000000000001"
    (hours,) = csv.DictReader(io.StringIO(files["hours.csv"]))
    assert (hours["day"], hours["hour_09"], hours["hour_23"]) == ("2026-11-20", "7", "0")


def test_another_price_leaves_them_alone(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    SliceRow.objects.update(price_version="older", cost_microusd=1)
    reprice(at=NOW)
    assert (stored()[0].messages, stored()[1][9]) == (100, 7)


# --- Finding the same log under another account ------------------------------------------------


def test_the_same_log_under_another_account_is_found(
    alice: User, alice_token: ApiToken, bob_token: ApiToken, django_assert_num_queries: Any
) -> None:
    accept(alice_token, with_parts([row()], log=range(1, 80)))
    accept(bob_token, with_parts([row()], log=range(4, 90)))
    accept(bob_token, with_parts([row(YESTERDAY)], log=range(4, 90)), minutes=1)
    keys = keys_of(day=TODAY, sketch=sketch_of(range(1, 80)))
    with django_assert_num_queries(1):
        (found,) = EvidenceSketch.objects.sharing(keys=keys).of_others(user_id=alice.pk)
    assert (found.messages, found.slice.user_id) == (86, bob_token.user_id)
    assert EvidenceSketch.objects.sharing(keys=keys).count() == 2


def test_candidates_are_found_by_an_index(alice_token: ApiToken) -> None:
    accept(alice_token, with_parts([row()]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = EvidenceSketch.objects.sharing(keys=[1, 2]).explain()
    assert "evidence_by_key" in plan


# --- Through the endpoint ------------------------------------------------------------------------


def test_a_body_of_the_contract_brings_both_and_its_archive_no_hashes(
    client: Client, alice_token: ApiToken
) -> None:
    body = example("native-evidence.json")
    body["evidence"]["saltId"] = client.get("/api/config").json()["evidence"]["saltId"]
    answer = send(client, json.dumps(body).encode()).json()
    assert (answer["success"], answer["warnings"]) == (True, [])
    assert EvidenceSketch.objects.count() == 3
    assert SliceHours.objects.count() == 2
    first = body["evidence"]["sketches"][0]["hashes"][0]
    files = {file.name: b"".join(file.chunks) for file in export(alice_token.user)}
    (raw,) = [text for name, text in files.items() if name.startswith("raw/")]
    assert first.encode() not in raw
    assert json.loads(raw)["rows"] == body["rows"]
    assert send(client, json.dumps(body).encode()).json()["mode"] == "unchanged"


def test_a_dry_run_stores_neither(client: Client, alice_token: ApiToken) -> None:
    body = json.dumps(example("native-evidence.json") | {"evidence": None}).encode()
    response = client.post(
        "/api/submit?dryRun=1",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {ALICE_SECRET}"},
    )
    assert response.json()["mode"] == "dry-run"
    assert not SliceHours.objects.exists()
