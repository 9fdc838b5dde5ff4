"""A program asks to be let in; its person decides; what it submits shows on the board."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from playwright.sync_api import Page, expect

from accounts.models import ApiToken, User
from ccgather.ops import clock
from tests.browser.conftest import Open
from tests.cast import token_of
from tests.submissions.reports import native_body, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

AGENT = {"User-Agent": "ccgather/0.1.0 (workbench)"}
NEXT_POLL = timedelta(seconds=6)


def call(
    site: str, path: str, body: object, *, token: str | None = None, status: int = 200
) -> dict[str, Any]:
    """What the program gets from the API."""
    headers = AGENT | {"Content-Type": "application/json"}
    if token is not None:
        headers |= {"Authorization": f"Bearer {token}"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = requests.post(f"{site}{path}", data=data, headers=headers, timeout=15)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def poll(site: str, asking: dict[str, Any]) -> dict[str, Any]:
    """The program's next question, after it has waited as long as it was told to."""
    with time_machine.travel(clock.now() + NEXT_POLL, tick=True):
        return call(site, "/api/auth/device/poll", {"deviceCode": asking["deviceCode"]})


def details_on(page: Page) -> str:
    """What the page says about the program that asks."""
    return page.locator("dl.definitions").inner_text()


@pytest.mark.usefixtures("crowd")
def test_a_program_is_let_in_submits_and_its_person_finds_themselves(
    site: str, open_browser: Open, alice: User
) -> None:
    asking = call(site, "/api/auth/device", {"deviceName": "workbench"})
    assert asking["verificationUrlComplete"].startswith(f"{site}/device?code=")
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens(asking["verificationUrlComplete"].removeprefix(site))
    assert call(site, "/api/auth/device/poll", {"deviceCode": asking["deviceCode"]}) == {
        "status": "pending"
    }
    assert not ApiToken.objects.filter(user=alice).exists(), "opening the link let it in"
    said = details_on(page)
    for words in (asking["userCode"], "workbench", AGENT["User-Agent"], "127.0.0.1", "ago"):
        assert words in said or (words == "ago" and "now" in said), (words, said)

    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_text("The program is let in.")).to_be_visible()
    answer = poll(site, asking)
    assert (answer["status"], answer["user"]["username"]) == ("complete", "alice")
    assert poll(site, asking) == {"status": "expired"}

    today = clock.now().date()
    rows = [row(today - timedelta(days=ago), 900_000 - ago) for ago in range(3)]
    submitted = call(site, "/api/submit", native_body(rows), token=answer["token"])
    assert submitted["status"] == "verified"
    assert submitted["rank"]["global"] == 1

    visitor.opens("/")
    expect(page.locator("#own-row, .podium .is-own")).to_contain_text("Alice")
    visitor.opens("/?page=2")
    expect(page.locator("tfoot #own-row")).to_contain_text("Alice")
    visitor.opens("/")
    page.locator("#own-row, .podium .is-own").get_by_role("link", name="Alice").click()
    expect(page).to_have_url(f"{site}/u/alice")
    graph = page.get_by_role("region", name="3 active days in the last twelve months", exact=True)
    expect(graph.locator("rect:not(.heat-0)")).to_have_count(3)
    table = page.locator(".calendar details")
    expect(table.get_by_role("table")).to_be_hidden()
    table.get_by_text("As a table").click()
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table).to_contain_text("900,000")


def test_a_program_is_turned_away(site: str, open_browser: Open, alice: User) -> None:
    asking = call(site, "/api/auth/device", {"deviceName": "strange"})
    visitor = open_browser(signed_in_as=alice, scripts=False)
    page = visitor.opens("/device")
    page.get_by_label("Code").fill("BCDF-GHJK")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("No program waits under this code.")).to_be_visible()
    page.get_by_label("Code").fill(asking["userCode"].lower().replace("-", " "))
    page.get_by_role("button", name="Continue").click()
    assert "strange" in details_on(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("The program was turned away.")).to_be_visible()
    assert poll(site, asking) == {"status": "expired"}
    assert not ApiToken.objects.filter(user=alice).exists()


def test_a_program_is_let_in_as_a_device_that_is_known(
    site: str, open_browser: Open, alice: User, alice_token: ApiToken
) -> None:
    asking = call(site, "/api/auth/device", {"deviceName": "another name"})
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens(f"/device?code={asking['userCode']}")
    expect(page.get_by_label("A new device: another name")).to_be_checked()
    page.get_by_label("laptop").check()
    page.get_by_role("button", name="Authorize").click()
    answer = poll(site, asking)
    assert answer["status"] == "complete"
    assert {token.device_id for token in alice.tokens.all()} == {alice_token.device_id}


def test_somebody_signed_out_signs_in_first_and_comes_back_to_the_code(
    site: str, open_browser: Open
) -> None:
    asking = call(site, "/api/auth/device", {"deviceName": "workbench"})
    page = open_browser().opens(f"/device?code={asking['userCode']}")
    page.get_by_label("Username").fill("somebody")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    assert asking["userCode"] in details_on(page)


def test_a_token_of_the_settings_names_its_device(
    open_browser: Open, alice: User, alice_token: ApiToken
) -> None:
    token_of(alice, secret="tt_" + "c" * 48, device="desk")
    page = open_browser(signed_in_as=alice).opens("/settings/tokens")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="desk")).to_have_count(1)
    expect(rows.filter(has_text=alice_token.name)).to_have_count(1)
