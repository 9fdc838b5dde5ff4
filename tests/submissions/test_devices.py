"""The page of one's machines: listed, renamed, merged, deleted."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, Device, User
from accounts.services.devices import MAX_DEVICES
from submissions.models import Slice, UsageAccount
from tests.cast import token_of
from tests.submissions.reports import TODAY, report, row
from tests.submissions.sending import accept

pytestmark = pytest.mark.django_db
PATH = "/settings/devices"
NOBODYS = UUID(int=7)


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk_token(alice: User) -> ApiToken:
    """Alice's other machine."""
    return token_of(alice, secret="tt_" + "d" * 48, device="desk")


def do(client: Client, what: str, device_id: object, **fields: object) -> str:
    """Sends the form; answers what the page says after it."""
    response = client.post(f"{PATH}/{device_id}/{what}", fields, follow=True)
    assert response.redirect_chain == [(PATH, 302)]
    return response.text


def test_devices_are_listed_with_what_they_sent(
    as_alice: Client, alice_token: ApiToken, desk_token: ApiToken, bob_token: ApiToken
) -> None:
    Device.objects.filter(pk=bob_token.device_id).update(name="bobs")
    accept(alice_token, report([row(), row(TODAY.replace(day=1)), row(client="codex")]))
    response = as_alice.get(PATH)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "laptop" in response.text
    assert "3 days of usage stored, counted by tool" in response.text
    assert "Nothing sent yet" in response.text
    assert "bobs" not in response.text


def test_without_a_device_the_page_says_how_to_get_one(as_alice: Client) -> None:
    assert "No device yet" in as_alice.get(PATH).text


def test_the_page_asks_as_much_for_one_device_as_for_all(
    as_alice: Client, alice: User, alice_token: ApiToken
) -> None:
    with CaptureQueriesContext(connection) as one:
        as_alice.get(PATH)
    for number in range(MAX_DEVICES - 1):
        Device.objects.create(user=alice, name=f"d{number}", created_at=alice.created_at)
    with CaptureQueriesContext(connection) as all_of_them:
        as_alice.get(PATH)
    assert len(all_of_them) == len(one)


def test_a_device_gets_another_name(as_alice: Client, alice_token: ApiToken) -> None:
    page = do(as_alice, "rename", alice_token.device_id, name=" Studio <b> ")
    assert "This device is called Studio &lt;b&gt; now." in page
    assert Device.objects.get().name == "Studio <b>"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "DESK"])
def test_a_name_that_cannot_be_is_refused_in_words(
    as_alice: Client, alice_token: ApiToken, desk_token: ApiToken, name: str
) -> None:
    page = do(as_alice, "rename", alice_token.device_id, name=name)
    assert "Another of your devices" in page or "needs a name" in page
    assert set(Device.objects.values_list("name", flat=True)) == {"laptop", "desk"}


def test_two_devices_become_one(
    as_alice: Client, alice_token: ApiToken, desk_token: ApiToken
) -> None:
    accept(alice_token, report([row(tokens=100)]))
    accept(desk_token, report([row(tokens=70)]), minutes=1)
    page = do(as_alice, "merge", alice_token.device_id, into=desk_token.device_id)
    assert "The two devices are one now" in page
    assert Device.objects.get() == desk_token.device
    assert UsageAccount.objects.get().total_tokens == 100


@pytest.mark.parametrize("into", ["", "nonsense", "itself"])
def test_a_merge_needs_another_device(
    as_alice: Client, alice_token: ApiToken, desk_token: ApiToken, into: str
) -> None:
    target = alice_token.device_id if into == "itself" else into
    page = do(as_alice, "merge", alice_token.device_id, into=target)
    assert "Choose the device that stays." in page or "cannot be merged with itself" in page
    assert Device.objects.count() == 2


def test_a_device_is_deleted_once_the_box_is_ticked(
    as_alice: Client, alice_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    assert "tick the box" in do(as_alice, "delete", alice_token.device_id)
    assert Slice.objects.exists()
    page = do(as_alice, "delete", alice_token.device_id, confirm="on")
    assert "The device and what it alone sent are deleted." in page
    assert not Slice.objects.exists()
    assert not Device.objects.exists()
    assert not ApiToken.objects.exists()


ACTIONS = [("rename", {"name": "x"}), ("merge", {"into": "own"}), ("delete", {"confirm": "on"})]


@pytest.mark.parametrize(("what", "fields"), ACTIONS)
@pytest.mark.parametrize("whose", ["bobs", "nobodys"])
def test_what_is_not_ones_own_is_not_there(
    as_alice: Client,
    alice_token: ApiToken,
    bob_token: ApiToken,
    what: str,
    fields: dict[str, str],
    whose: str,
) -> None:
    accept(bob_token, report([row()]))
    device_id = bob_token.device_id if whose == "bobs" else NOBODYS
    sent = {"into": str(alice_token.device_id)} if what == "merge" else fields
    response = as_alice.post(f"{PATH}/{device_id}/{what}", sent)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert Device.objects.get(pk=bob_token.device_id).name == "laptop"
    assert Slice.objects.get().device == bob_token.device


def test_a_device_is_not_merged_into_somebody_elses(
    as_alice: Client, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row()]))
    path = f"{PATH}/{alice_token.device_id}/merge"
    assert as_alice.post(path, {"into": str(bob_token.device_id)}).status_code == 404
    assert Slice.objects.get().device == alice_token.device


def test_an_address_that_is_no_id_is_not_there(as_alice: Client) -> None:
    assert as_alice.post(f"{PATH}/1/delete", {"confirm": "on"}).status_code == 404


def test_strangers_are_asked_to_sign_in(client: Client, alice_token: ApiToken) -> None:
    assert client.get(PATH)["Location"].endswith(f"?next={PATH}")
    for what, fields in ACTIONS:
        response = client.post(f"{PATH}/{alice_token.device_id}/{what}", fields)
        assert response.status_code == 302
        assert "/login" in response["Location"]
    assert Device.objects.get().name == "laptop"


def test_forms_need_the_proof_that_they_came_from_our_page(
    alice: User, alice_token: ApiToken
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    for what, fields in ACTIONS:
        path = f"{PATH}/{alice_token.device_id}/{what}"
        assert browser.post(path, fields).status_code == 403
    assert Device.objects.get().name == "laptop"


def test_other_methods_are_refused(as_alice: Client, alice_token: ApiToken) -> None:
    assert as_alice.post(PATH).status_code == 405
    for what, _fields in ACTIONS:
        assert as_alice.get(f"{PATH}/{alice_token.device_id}/{what}").status_code == 405
        assert as_alice.get(f"{PATH}/{uuid4()}/{what}").status_code == 405
