"""The review area and the rest of the admin break no rule of accessibility, no policy and no narrow
screen; they work by keys, by mouse, and without scripts."""

from datetime import timedelta
from typing import Final

import pytest
from django.db import transaction

from accounts.models import ApiToken, User
from ccgather.ops import clock
from submissions.models import Appeal, Decision, ReviewCase, Slice
from tests.browser.conftest import Open
from tests.browser.test_every_page import in_order
from tests.cast import token_of
from tests.submissions.holding import hold, moderator
from tests.submissions.reports import row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
QUEUE: Final = "/admin/submissions/reviewcase/"


@pytest.fixture
def cases(site: str, alice: User, alice_token: ApiToken, bob_token: ApiToken) -> list[ReviewCase]:
    """Days of Alice's and Bob's wait; Alice appeals."""
    at = clock.now()
    today = at.date()
    rows = [row(today - timedelta(days=ago), 70_001 + 913 * ago) for ago in range(12)]
    with transaction.atomic():
        first = hold(alice_token, rows, at=at)
        second = hold(bob_token, [row(today, 40_507)], at=at)
    Appeal.objects.create(
        user=alice, case=first, text="It is real.", created_at=at, due_at=at + timedelta(days=3)
    )
    token_of(alice, secret="tt_" + "d" * 48, device="desk")
    return [first, second]


def test_pages_of_the_admin_are_in_order(
    open_browser: Open, dana: User, alice: User, cases: list[ReviewCase]
) -> None:
    visitor = open_browser(signed_in_as=dana)
    line = Decision.objects.order_by("pk").first()
    appeal = Appeal.objects.get()
    paths = [
        "/admin/",
        QUEUE,
        f"{QUEUE}?shown=closed",
        f"{QUEUE}{cases[0].pk}/change/",
        f"{QUEUE}people/{alice.pk}/",
        "/admin/submissions/appeal/",
        f"/admin/submissions/appeal/{appeal.pk}/change/",
        "/admin/submissions/collectorquarantine/",
        "/admin/submissions/collectorquarantine/add/",
    ]
    if line is not None:
        paths.append(f"/admin/submissions/decision/{line.pk}/change/")
    found = []
    for path in paths:
        visitor.opens(path)
        found += visitor.looks_closely(path)
    in_order(found)


def test_a_case_is_found_and_decided_by_keys(
    open_browser: Open, alice: User, cases: list[ReviewCase]
) -> None:
    visitor = open_browser(signed_in_as=moderator())
    page = visitor.opens(QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-chosen]").inner_text() == "1 chosen"
    page.keyboard.press("x")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What is held").wait_for()
    page.keyboard.press("r")
    assert page.get_by_role("radio", name="Reject").is_checked()
    assert page.evaluate("document.activeElement.id") == "reason-code"
    shown = page.locator("#reason-code option").all_inner_texts()
    assert not [words for words in shown if words.startswith("Genuine")]
    page.get_by_label("Reason", exact=True).select_option("made_up")
    page.get_by_label("In your words").fill("No log looks like this.")
    page.get_by_role("button", name="Decide").click()
    page.wait_for_url(f"**{QUEUE}")
    assert Slice.objects.rejected().count() == 12
    assert Decision.objects.get(action="reject").user == alice


def test_a_case_is_decided_without_scripts(open_browser: Open, cases: list[ReviewCase]) -> None:
    visitor = open_browser(signed_in_as=moderator(), scripts=False)
    page = visitor.opens(f"{QUEUE}{cases[1].pk}/change/")
    page.get_by_role("radio", name="Approve").check()
    page.get_by_label("Reason", exact=True).select_option("genuine")
    page.get_by_role("button", name="Decide").click()
    page.wait_for_url(f"**{QUEUE}")
    assert Decision.objects.filter(action="approve").count() == 1


def test_several_cases_are_decided_after_a_preview(
    open_browser: Open, cases: list[ReviewCase]
) -> None:
    visitor = open_browser(signed_in_as=moderator())
    page = visitor.opens(QUEUE)
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Approve 2 cases").wait_for()
    found = visitor.looks_closely("the preview of a bulk action")
    page.get_by_label("Reason", exact=True).select_option("genuine")
    page.get_by_role("button", name="Approve 2 cases").click()
    page.get_by_text("2 cases decided").wait_for()
    in_order(found)
    assert Decision.objects.filter(action="approve").count() == 2
