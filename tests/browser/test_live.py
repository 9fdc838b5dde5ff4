"""The board moves while somebody looks at it."""

import pytest
from playwright.sync_api import expect

from accounts.models import ApiToken
from tests.browser.conftest import Open
from tests.submissions.reports import report, row
from tests.submissions.sending import accept

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_report_moves_the_rows_of_an_open_page_without_a_reload(
    open_browser: Open, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    visitor = open_browser()
    page = visitor.opens("/")
    loads: list[str] = []
    page.on("load", lambda _: loads.append("again"))
    places = page.locator(".podium [data-person]")
    expect(places).to_have_count(1)
    alice = places.get_by_role("link", name="Alice")
    alice.focus()
    accept(bob_token, report([row(input_tokens=500)]))
    expect(places).to_have_count(2, timeout=2_500)
    expect(places.first).to_contain_text("Bob")
    expect(page.locator("#figures")).to_contain_text("600")
    expect(alice).to_be_focused()
    assert loads == []


def test_the_moving_can_be_stopped_and_stays_so(
    open_browser: Open, alice_token: ApiToken, bob_token: ApiToken
) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    page = open_browser().opens("/")
    switch = page.get_by_role("button", name="Live")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    accept(bob_token, report([row(input_tokens=500)]))
    page.wait_for_timeout(2_500)
    expect(page.locator(".podium [data-person]")).to_have_count(1)
    switch.click()
    expect(page.locator(".podium [data-person]")).to_have_count(2, timeout=2_500)


def test_without_scripts_there_is_no_switch(open_browser: Open, alice_token: ApiToken) -> None:
    accept(alice_token, report([row(input_tokens=100)]))
    page = open_browser(scripts=False).opens("/")
    expect(page.get_by_role("button", name="Live")).to_have_count(0)
