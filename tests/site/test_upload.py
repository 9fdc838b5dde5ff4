"""A report as a file: ccusage's output, whose machine it is from, and what is wrong with it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import ApiToken, Device, User
from accounts.services.devices import MAX_DEVICES
from submissions.bodies import MAX_DECODED_BYTES, compressed_body
from submissions.models import RejectedReport, Slice, Submission, UsageAccount
from tests.submissions.reports import NOW, native_body, row

pytestmark = pytest.mark.django_db
PATH = "/settings/upload"
WIRE = Path(__file__).resolve().parents[2] / "contract" / "examples" / "wire"
BODY = native_body([row(tokens=300)])


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(browser: Client, body: bytes, *, name: str = "usage.json", **fields: object) -> Any:
    """Sends the form with a new device, if none is chosen; follows where it leads."""
    chosen = {"new_device": "studio"} if not {"device", "new_device"} & fields.keys() else {}
    data = {"file": SimpleUploadedFile(name, body)} | chosen | fields
    return browser.post(PATH, data, follow=True)


def assert_nothing_is_stored(*, attempts: int) -> None:
    assert RejectedReport.objects.count() == attempts
    for model in (Submission, Slice, UsageAccount, Device):
        assert not model.objects.exists(), model


def test_the_form_asks_for_file_and_device(as_alice: Client, alice_token: ApiToken) -> None:
    response = as_alice.get(PATH)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert 'type="file"' in response.text
    assert ">laptop</option>" in response.text
    assert ">A new device</option>" in response.text


@pytest.mark.parametrize(
    "name",
    ["ccusage-20-claude-daily.json", "ccusage-20-daily-by-agent.json", "ccusage-20-daily.json"],
)
def test_what_ccusage_printed_is_stored_to_the_token(as_alice: Client, name: str) -> None:
    body = (WIRE / name).read_bytes()
    response = upload(as_alice, body, name=name)
    assert response.redirect_chain == [("/settings/submissions", 302)]
    assert "Submission recorded" in response.text
    assert UsageAccount.objects.get().total_tokens == json.loads(body)["totals"]["totalTokens"]
    sent = Submission.objects.get()
    assert (sent.source, sent.wire_format, sent.token) == ("upload", "ccusage", None)
    assert set(Slice.objects.values_list("source", flat=True)) == {"upload"}


@pytest.mark.parametrize("name", ["usage.json.gz", "USAGE.GZ"])
def test_a_gzipped_file_is_read(as_alice: Client, name: str) -> None:
    upload(as_alice, gzip.compress(BODY), name=name)
    assert UsageAccount.objects.get().total_tokens == 300


def test_a_zstd_file_is_read(as_alice: Client) -> None:
    upload(as_alice, compressed_body(BODY), name="usage.json.zst")
    assert UsageAccount.objects.get().total_tokens == 300


def test_a_file_sent_again_says_that_it_is_counted_already(as_alice: Client) -> None:
    upload(as_alice, BODY)
    response = upload(as_alice, BODY, device=str(Device.objects.get().pk))
    assert "Nothing new" in response.text
    assert Submission.objects.count() == 1


# --- Whose machine ---------------------------------------------------------------------------


def test_a_new_device_is_named(as_alice: Client, alice: User) -> None:
    upload(as_alice, BODY, new_device=" Studio ")
    assert Device.objects.get(user=alice).name == "Studio"


def test_a_new_device_of_a_known_name_is_the_known_one(
    as_alice: Client, alice_token: ApiToken
) -> None:
    upload(as_alice, BODY, new_device="LAPTOP")
    assert Slice.objects.get().device == alice_token.device


def test_a_known_device_is_chosen(as_alice: Client, alice_token: ApiToken) -> None:
    upload(as_alice, BODY, device=str(alice_token.device_id), new_device="ignored")
    assert Slice.objects.get().device == alice_token.device
    assert Device.objects.count() == 1


@pytest.mark.parametrize("device", [{}, {"new_device": "  "}, {"device": ""}])
def test_without_a_device_nothing_is_sent(as_alice: Client, device: dict[str, str]) -> None:
    file = SimpleUploadedFile("usage.json", BODY)
    response = as_alice.post(PATH, {"file": file} | device)
    assert response.status_code == 400
    assert "Choose a device, or name a new one." in response.text
    assert_nothing_is_stored(attempts=0)


def test_somebody_elses_device_cannot_be_chosen(as_alice: Client, bob_token: ApiToken) -> None:
    response = upload(as_alice, BODY, device=str(bob_token.device_id))
    assert response.status_code == 400
    assert not Slice.objects.exists()


def test_with_all_devices_there_is_no_new_one(as_alice: Client, alice: User) -> None:
    for number in range(MAX_DEVICES):
        Device.objects.create(user=alice, name=f"d{number}", created_at=NOW)
    response = upload(as_alice, BODY, new_device="one more")
    assert response.status_code == 409
    assert "merge or delete one first" in response.text
    assert not Slice.objects.exists()


# --- What is wrong with it -------------------------------------------------------------------


def test_the_faults_of_a_file_are_named_and_only_the_attempt_is_stored(as_alice: Client) -> None:
    document = json.loads(BODY)
    document["rows"][0]["input"] = -5
    document["totals"]["tokens"] = 7
    response = upload(as_alice, json.dumps(document).encode())
    assert response.status_code == 400
    assert "rows[0].input" in response.text
    assert_nothing_is_stored(attempts=1)
    assert RejectedReport.objects.get().token is None


def test_a_file_without_a_token_in_it_leaves_its_attempt(as_alice: Client) -> None:
    response = upload(as_alice, native_body([row(tokens=0)]))
    assert response.status_code == 400
    assert_nothing_is_stored(attempts=1)


@pytest.mark.parametrize(
    ("body", "name", "status"),
    [
        (b"not json", "usage.json", 400),
        (b'{"hello": "world"}', "usage.json", 400),
        (b"\xff\xfe\x00", "usage.json", 400),
        (BODY, "usage.json.gz", 415),
        (gzip.compress(BODY)[:-9], "usage.json.gz", 415),
        (gzip.compress(BODY), "usage.json", 400),
        (gzip.compress(b" " * (MAX_DECODED_BYTES + 1)), "bomb.gz", 413),
    ],
)
def test_a_file_that_is_no_report_is_refused(
    as_alice: Client, body: bytes, name: str, status: int
) -> None:
    response = upload(as_alice, body, name=name)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert_nothing_is_stored(attempts=0)


def test_no_file_and_an_empty_file_are_said_beside_the_field(as_alice: Client) -> None:
    assert as_alice.post(PATH, {"new_device": "studio"}).status_code == 400
    assert upload(as_alice, b"").status_code == 400
    assert_nothing_is_stored(attempts=0)


@pytest.mark.parametrize(("tool", "attempts"), [("No Tool", 1), ("../etc", 1), ("x" * 97, 0)])
def test_a_tool_that_cannot_be_is_refused(as_alice: Client, tool: str, attempts: int) -> None:
    assert upload(as_alice, BODY, client=tool).status_code == 400
    assert_nothing_is_stored(attempts=attempts)


def test_a_suspended_person_cannot_upload(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(suspended_at=NOW)
    response = upload(as_alice, BODY)
    assert response.status_code == 403
    assert "This account is blocked" in response.text
    assert_nothing_is_stored(attempts=0)


def test_a_tool_that_the_file_does_not_name_can_be_said(as_alice: Client) -> None:
    body = (WIRE / "ccusage-20-claude-daily.json").read_bytes()
    upload(as_alice, body, client="droid")
    assert set(Slice.objects.values_list("client", flat=True)) == {"droid"}


# --- Who and how ------------------------------------------------------------------------------


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PATH)["Location"].endswith(f"?next={PATH}")
    assert upload(client, BODY).redirect_chain[0][1] == 302
    assert_nothing_is_stored(attempts=0)


def test_uploading_needs_the_proof_that_it_came_from_our_page(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert upload(browser, BODY).status_code == 403
    assert_nothing_is_stored(attempts=0)


def test_other_methods_are_refused(as_alice: Client) -> None:
    assert as_alice.put(PATH).status_code == 405
    assert as_alice.delete(PATH).status_code == 405
