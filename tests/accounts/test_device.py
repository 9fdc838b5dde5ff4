"""The page that lets a program in."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Device, DeviceLogin, User
from accounts.rules.device_codes import CODE_LOOKUPS_ALLOWED
from accounts.services import MAX_DEVICES, create_device, start_device_login
from tests.accounts.factories import make_device

pytestmark = pytest.mark.django_db

PATH = "/device"


@pytest.fixture
def code() -> str:
    """The code of a program that waits."""
    started = start_device_login(
        device_name="Studio <b>",
        address="203.0.113.7",
        user_agent="ccgather/1",
        at=datetime.now(UTC),
    )
    return started.user_code


def login_state() -> str:
    return DeviceLogin.objects.get().state


def test_a_stranger_signs_in_first_and_comes_back_to_the_code(client: Client, code: str) -> None:
    answer = client.get(PATH, {"code": code})
    assert answer.status_code == 302
    assert answer["Location"] == f"/login?next=/device%3Fcode%3D{code}"


def test_a_stranger_cannot_authorize(client: Client, code: str) -> None:
    answer = client.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert answer["Location"] == "/login?next=/device"
    assert login_state() == "pending"


def test_without_a_code_the_page_asks_for_one(as_ana: Client) -> None:
    page = as_ana.get(PATH)
    assert page.status_code == 200
    assert 'name="code"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_opening_a_link_with_the_code_shows_who_asks_and_lets_nobody_in(
    as_ana: Client, code: str
) -> None:
    page = as_ana.get(PATH, {"code": code.lower().replace("-", " ")})
    text = page.content.decode()
    assert page.status_code == 200
    for shown in (code, "Studio &lt;b&gt;", "203.0.113.7", "ccgather/1"):
        assert shown in text
    assert login_state() == "pending"
    assert not Device.objects.exists()


def test_a_head_request_lets_nobody_in(as_ana: Client, code: str) -> None:
    as_ana.head(PATH, {"code": code, "answer": "authorize", "device": "new"})
    as_ana.get(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert login_state() == "pending"


def test_authorizing_as_a_new_device(as_ana: Client, ana: User, code: str) -> None:
    answer = as_ana.post(PATH, {"code": code, "answer": "authorize", "device": "new"}, follow=True)
    assert "let in" in answer.content.decode()
    login = DeviceLogin.objects.get()
    assert (login.state, login.user) == ("approved", ana)
    assert login.device == Device.objects.get()


def test_authorizing_as_a_known_device_that_is_chosen_beforehand_by_its_name(
    as_ana: Client, ana: User, code: str
) -> None:
    make_device(ana, "aaa")
    studio = make_device(ana, "studio <B>")
    page = as_ana.get(PATH, {"code": code}).content.decode()
    assert f'value="{studio.pk}" required id="id_device_2" checked' in page
    as_ana.post(PATH, {"code": code, "answer": "authorize", "device": str(studio.pk)})
    assert DeviceLogin.objects.get().device == studio


def test_somebody_elses_device_cannot_be_chosen(as_ana: Client, ben: User, code: str) -> None:
    his = make_device(ben)
    for chosen in (str(his.pk), str(uuid4()), "nonsense", ""):
        answer = as_ana.post(PATH, {"code": code, "answer": "authorize", "device": chosen})
        assert answer.status_code == 400
    assert login_state() == "pending"


def test_denying(as_ana: Client, code: str) -> None:
    answer = as_ana.post(PATH, {"code": code, "answer": "deny"}, follow=True)
    assert "turned away" in answer.content.decode()
    assert login_state() == "denied"


def test_a_code_is_answered_once(as_ana: Client, as_ben: Client, code: str) -> None:
    as_ana.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    again = as_ben.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert again.status_code == 404
    assert DeviceLogin.objects.get().user is not None
    assert DeviceLogin.objects.get().user.username == "ana"  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "nonsense", "%00", "x" * 5000])
def test_an_unknown_code_says_so(as_ana: Client, typed: str) -> None:
    page = as_ana.get(PATH, {"code": typed})
    assert page.status_code == 404
    assert "No program waits" in page.content.decode()


def test_codes_cannot_be_guessed_one_after_another(
    as_ana: Client, as_ben: Client, code: str
) -> None:
    for _ in range(CODE_LOOKUPS_ALLOWED):
        as_ana.get(PATH, {"code": "BCDF-GHJK"})
    refused = as_ana.get(PATH, {"code": code})
    assert refused.status_code == 429
    assert "Retry-After" in refused
    assert "Studio" not in refused.content.decode()
    refused = as_ana.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert refused.status_code == 429
    assert login_state() == "pending"
    assert as_ben.get(PATH, {"code": code}).status_code == 200


def test_with_all_devices_there_is_no_new_one(as_ana: Client, ana: User, code: str) -> None:
    for number in range(MAX_DEVICES):
        create_device(user=ana, name=f"d{number}", at=datetime.now(UTC))
    page = as_ana.get(PATH, {"code": code}).content.decode()
    assert "as many devices as one may have" in page
    refused = as_ana.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert refused.status_code == 400


def test_authorizing_needs_the_proof_that_it_came_from_our_page(ana: User, code: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(PATH, {"code": code, "answer": "authorize", "device": "new"})
    assert answer.status_code == 403
    assert login_state() == "pending"


def test_other_methods_are_refused(as_ana: Client) -> None:
    assert as_ana.put(PATH).status_code == 405
