"""No page breaks a rule of accessibility, its own policy, or a narrow screen.

Each page is looked at wide and narrow, light and dark. What the visitor hears on the way (errors
on the console, blocked or missing parts, requests to other hosts) fails the test too.
"""

from datetime import timedelta
from typing import Final

import pytest

from accounts.models import ApiToken, User
from accounts.services import start_device_login
from ccgather.ops import clock
from submissions.services.accept import accept_report
from tests.browser.conftest import Open
from tests.cast import token_of
from tests.submissions.reports import report, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BOARDS: Final = (
    "/",
    "/?period=week&sort=cost",
    "/?page=9",
    "/?country=FR",
    "/people?q=person",
    "/people?q=nobody",
    "/u/person-0",
    "/badges",
    "/countries",
    "/countries?period=month&sort=people",
    "/countries/KR",
    "/countries/FR",
    "/countries/XX",
    "/integrity",
    "/methodology",
    "/news",
)
OPEN_PAGES: Final = (
    "/login",
    "/login?problem=cancelled",
    "/login/suspended",
    "/api/docs",
    "/nowhere",
    "/?period=never",
)
PERSONAL: Final = (
    "/",
    "/u/alice",
    "/welcome",
    "/device",
    "/device?code=BCDF-GHJK",
    "/notices",
    "/settings",
    "/badges",
    "/countries/KR",
    "/settings/profile",
    "/settings/badges",
    "/settings/submissions",
    "/settings/held",
    "/settings/upload",
    "/settings/devices",
    "/settings/tokens",
    "/settings/sessions",
    "/settings/emails",
    "/settings/account",
)
EMPTY: Final = (
    "/",
    "/notices",
    "/settings/held",
    "/u/charlie",
    "/badges",
    "/settings/badges",
    "/settings/submissions",
    "/settings/devices",
    "/settings/tokens",
)


@pytest.fixture
def busy_alice(alice: User, alice_token: ApiToken) -> User:
    """Alice has two machines and has used several tools for weeks."""
    at = clock.now()
    desk = token_of(alice, secret="tt_" + "c" * 48, device="desk")
    for token, span in ((alice_token, 40), (desk, 4)):
        rows = [
            used
            for ago in range(0, span, 3)
            for day in (at.date() - timedelta(days=ago),)
            for used in (
                row(day, 1_000_000 * (ago % 5 + 1), client="claude"),
                row(day, 300_000 + ago, client="codex", model="gpt-5"),
                row(day, 70_000, client="opencode", model="a-model-nobody-knows-the-price-of"),
            )
        ]
        accept_report(user_id=alice.pk, report=report(rows), body=b"{}", at=at, token=token)
    return alice


def faults_of(open_browser: Open, paths: tuple[str, ...], user: User | None = None) -> list[str]:
    """What is wrong with the pages at these paths."""
    visitor = open_browser(signed_in_as=user)
    found = []
    for path in paths:
        visitor.opens(path)
        found += visitor.looks_closely(path)
    return found


def in_order(found: list[str]) -> None:
    """Fail, with a line for each fault, if there is one."""
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("crowd")
def test_boards_and_profiles_are_in_order(open_browser: Open) -> None:
    in_order(faults_of(open_browser, BOARDS))


def test_the_style_guide_is_in_order(open_browser: Open) -> None:
    in_order(faults_of(open_browser, ("/styleguide",)))


def test_pages_for_everybody_and_refusals_are_in_order(open_browser: Open) -> None:
    in_order(faults_of(open_browser, OPEN_PAGES))


def test_pages_of_somebody_with_a_history_are_in_order(
    open_browser: Open, busy_alice: User
) -> None:
    in_order(faults_of(open_browser, PERSONAL, busy_alice))


def test_pages_of_somebody_new_are_in_order(open_browser: Open, charlie: User) -> None:
    in_order(faults_of(open_browser, EMPTY, charlie))


def test_the_question_whether_a_program_may_come_in_is_in_order(
    open_browser: Open, busy_alice: User
) -> None:
    asking = start_device_login(
        device_name="workbench",
        address="192.0.2.7",
        user_agent="ccgather/0.1.0 (workbench)",
        at=clock.now(),
    )
    in_order(faults_of(open_browser, (f"/device?code={asking.user_code}",), busy_alice))


def test_forms_with_faults_and_results_are_in_order(open_browser: Open, alice: User) -> None:
    visitor = open_browser(signed_in_as=alice)
    page = visitor.opens("/settings/upload")
    page.get_by_role("button", name="Upload").evaluate("button => button.form.noValidate = true")
    page.get_by_role("button", name="Upload").click()
    page.locator(".field__errors").first.wait_for()
    found = visitor.looks_closely("an upload without a file")
    page = visitor.opens("/settings/tokens")
    page.get_by_label("Name").fill("build machine")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_role("region", name="Your new API token").wait_for()
    found += visitor.looks_closely("a new token")
    in_order(found)
