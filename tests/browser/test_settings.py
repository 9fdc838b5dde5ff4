"""The settings of one person: what others see, tokens, sessions, devices."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import ApiToken, Device, User
from ccgather.ops import clock
from submissions.services.accept import accept_report
from tests.browser.conftest import Open
from tests.browser.visitor import Visitor
from tests.cast import token_of
from tests.submissions.reports import report, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def burned(token: ApiToken, *, tokens: int = 5_000, days: int = 1) -> None:
    """The machine of that token has sent its last days."""
    at = clock.now()
    accept_report(
        user_id=token.user_id,
        report=report([row(at.date() - timedelta(days=ago), tokens) for ago in range(days)]),
        body=b"{}",
        at=at,
        token=token,
    )


def saves(page: Page) -> None:
    """Press the button, and read that it worked."""
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_name_shows_on_the_board_and_a_hidden_profile_is_gone_at_once(
    open_browser: Open, alice: User, alice_token: ApiToken, bob_token: ApiToken, scripts: bool
) -> None:
    burned(alice_token)
    burned(bob_token)
    owner = open_browser(signed_in_as=alice, scripts=scripts)
    stranger = open_browser(scripts=scripts)
    page = owner.opens("/settings/profile")
    page.get_by_label(re.compile(r"^Name")).fill("Alice Liddell")
    saves(page)
    board = stranger.opens("/")
    expect(board.get_by_role("link", name="Alice Liddell")).to_be_visible()

    page.get_by_label("Show my profile").uncheck()
    saves(page)
    stranger.opens("/")
    expect(board.get_by_role("link", name="Bob")).to_be_visible()
    expect(board.get_by_role("link", name="Alice Liddell")).to_have_count(0)
    stranger.opens("/u/alice")
    expect(board.get_by_text("404")).to_be_visible()
    owner.opens("/u/alice")
    expect(page.get_by_text("Only you see this page")).to_be_visible()

    owner.opens("/settings/profile")
    page.get_by_label("Show my profile").check()
    saves(page)
    stranger.opens("/")
    expect(board.get_by_role("link", name="Alice Liddell")).to_be_visible()


def test_a_country_changes_once_in_thirty_days_and_the_page_says_so(
    open_browser: Open, alice: User
) -> None:
    page = open_browser(signed_in_as=alice).opens("/settings/profile")
    country = page.get_by_label("Country", exact=False).first
    country.select_option("ES")
    saves(page)
    country.select_option("FR")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field__errors")).to_contain_text("30 days")
    page.reload()


def test_a_token_is_shown_once_and_revoked(open_browser: Open, alice: User) -> None:
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens("/settings/tokens")
    page.get_by_label("Name").fill("build machine")
    page.get_by_role("button", name="Make a token").click()
    shown = page.get_by_role("region", name="Your new API token").inner_text().strip()
    assert re.fullmatch(r"tt_[0-9a-f]{48}", shown)
    expect(page.get_by_role("button", name=re.compile("Copy"))).to_be_visible()
    visitor.opens("/settings/tokens")
    assert shown not in page.content()
    expect(page.get_by_role("row").filter(has_text="build machine")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Revoke.*build machine")).click()
    expect(page.get_by_text("The token is revoked.")).to_be_visible()
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()
    assert not ApiToken.objects.filter(user=alice).exists()


def test_other_sessions_are_ended_one_by_one_and_all_at_once(
    open_browser: Open, alice: User
) -> None:
    here = open_browser(signed_in_as=alice)
    others = [open_browser(signed_in_as=alice) for _ in range(3)]
    page = here.opens("/settings/sessions")
    expect(page.get_by_role("row")).to_have_count(5)
    expect(page.get_by_role("row").filter(has_text="this one")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^End (?!all)")).first.click()
    expect(page.get_by_role("row")).to_have_count(4)
    assert sorted(is_signed_in(other) for other in others) == [False, True, True]
    page.get_by_role("button", name="End all other sessions").click()
    expect(page.get_by_role("row")).to_have_count(2)
    assert not any(is_signed_in(other) for other in others)
    assert is_signed_in(here)


def is_signed_in(visitor: Visitor) -> bool:
    """Whether the settings open for them."""
    return visitor.opens("/settings").url == f"{visitor.site}/settings"


def test_devices_are_renamed_merged_and_deleted(
    open_browser: Open, alice: User, alice_token: ApiToken
) -> None:
    burned(alice_token, tokens=5_000, days=2)
    burned(token_of(alice, secret="tt_" + "c" * 48, device="desk"), tokens=7_000)
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens("/settings/devices")
    desk = page.locator(".card").filter(has=page.get_by_role("heading", name="desk"))
    desk.get_by_text("Rename, merge or delete").click()
    desk.get_by_label("Name").fill("standing desk")
    desk.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("This device is called standing desk now.")).to_be_visible()

    desk = page.locator(".card").filter(has=page.get_by_role("heading", name="standing desk"))
    desk.get_by_text("Rename, merge or delete").click()
    desk.get_by_label("Is the same machine as").select_option(label="laptop")
    desk.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("The two devices are one now")).to_be_visible()
    assert [device.name for device in Device.objects.filter(user=alice)] == ["laptop"]
    visitor.opens("/u/alice")
    expect(page.locator("dl.stats")).to_contain_text("12K")

    visitor.opens("/settings/devices")
    laptop = page.locator(".card").filter(has=page.get_by_role("heading", name="laptop"))
    laptop.get_by_text("Rename, merge or delete").click()
    laptop.get_by_role("button", name="Delete").click()
    assert Device.objects.filter(user=alice).exists(), "deleted without the box ticked"
    laptop.get_by_label("Delete this device").check()
    laptop.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No device yet")).to_be_visible()
    visitor.opens("/u/alice")
    expect(page.get_by_role("heading", name="Nothing burned yet")).to_be_visible()
