"""A held day from both sides: found, explained, refused, appealed against, reversed, on record.

Two moderators, the owner and the public, each in a browser of their own.
"""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from accounts.models import ApiToken, User
from ccgather.ops import clock
from submissions.models import Decision
from submissions.services.accept import accept_report
from submissions.services.staff import MODERATORS
from tests.browser.conftest import Open
from tests.browser.visitor import Visitor
from tests.cast import person
from tests.submissions.reports import report, row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TOO_MUCH = 600_000_000_000
STORY = "A build farm of forty machines replayed every session of the year on this one day."
VERDICT = "The logs of one machine cannot hold six hundred billion tokens of one day."
OBJECTION = "The forty machines write into one shared home, which is why it looks like one."
ANSWER = "The shared home explains it: the sketches of all forty machines differ."


def moderator(name: str) -> User:
    """Somebody who reviews."""
    somebody = person(name, is_staff=True)
    somebody.groups.add(Group.objects.get(name=MODERATORS))
    return somebody


@pytest.fixture
def held(site: str, alice: User, alice_token: ApiToken) -> User:
    """Alice has usual days, and one beyond every limit."""
    at = clock.now()
    rows = [row(at.date() - timedelta(days=ago), 5_000 + ago) for ago in range(1, 4)]
    accept_report(
        user_id=alice.pk,
        report=report([*rows, row(at.date(), TOO_MUCH)]),
        body=b"{}",
        at=at,
        token=alice_token,
    )
    return alice


def says(page: Page, *, label: str, text: str, button: str) -> None:
    """Fill in a text and send it."""
    page.get_by_label(label).fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def tokens_shown(visitor: Visitor) -> str:
    """Lifetime tokens on Alice's profile, as this visitor sees them."""
    return visitor.opens("/u/alice").locator("dl.stats .stat").first.inner_text()


def finds_and_explains(owner: Visitor) -> None:
    """The mark in the header leads to the notice, the notice to the day, the day to a form."""
    page = owner.opens("/u/alice")
    expect(page.get_by_text("1 day has usage that waits for review")).to_be_visible()
    page.get_by_role("link", name="Notices, some are new").click()
    expect(page.get_by_text("under review").first).to_be_visible()
    page.get_by_role("button", name="Look at it").first.click()
    expect(page.get_by_role("heading", name="Held days")).to_be_visible()
    day = page.locator(".held--waiting")
    expect(day).to_have_count(1)
    expect(day).to_contain_text("600,000,000,000")
    expect(day).to_contain_text("What would clear it")
    expect(page.get_by_text("Decided by")).to_be_visible()
    page.get_by_role("link", name="Say what happened").click()
    says(page, label="What should we know?", text=STORY, button="Send it")
    expect(page.get_by_text("It is in. You have an answer by")).to_be_visible()


def refuses(reviewer: Visitor) -> None:
    """From the queue into the case, to a decision with its reason."""
    page = reviewer.opens("/admin/submissions/reviewcase/")
    page.get_by_role("link", name="Alice", exact=True).click()
    expect(page.get_by_text(STORY).first).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Reject")).check()
    page.locator("#reason-code").select_option("impossible")
    says(page, label="In your words", text=VERDICT, button="Decide")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()


def reads_and_appeals(owner: Visitor) -> None:
    """The owner reads why, and objects."""
    page = owner.opens("/notices")
    told = page.get_by_role("heading", name=re.compile("not accepted", re.IGNORECASE))
    expect(told).to_be_visible()
    page.get_by_role("button", name="Look at it").first.click()
    refused = page.locator(".held--refused")
    expect(refused).to_contain_text(VERDICT)
    expect(refused).to_contain_text("600,000,000,000")
    refused.get_by_role("link", name="Appeal").click()
    expect(page.get_by_text(VERDICT).first).to_be_visible()
    says(page, label="What should we know?", text=OBJECTION, button="Appeal")
    expect(page.locator(".held--refused")).to_contain_text("waits; answered by")


def reverses(reviewer: Visitor) -> None:
    """Somebody else answers, and the day counts."""
    page = reviewer.opens("/admin/submissions/appeal/")
    page.get_by_role("link", name="Alice", exact=True).click()
    expect(page.get_by_text(OBJECTION).first).to_be_visible()
    expect(page.get_by_text(VERDICT).first).to_be_visible()
    page.get_by_role("radio", name=re.compile("The owner is right")).check()
    says(page, label="In your words", text=ANSWER, button="Answer")
    expect(page.get_by_role("heading", name="Nobody waits for an answer")).to_be_visible()


def test_a_held_day_is_explained_refused_appealed_against_and_reversed(
    open_browser: Open, held: User
) -> None:
    first, second = moderator("mona"), moderator("nils")
    owner, public = open_browser(signed_in_as=held), open_browser()
    assert "15K" in tokens_shown(public)

    finds_and_explains(owner)
    refuses(open_browser(signed_in_as=first))
    assert "15K" in tokens_shown(public)
    reads_and_appeals(owner)
    reverses(open_browser(signed_in_as=second))
    assert "600B" in tokens_shown(public)

    page = owner.opens("/settings/held")
    expect(page.get_by_text("reversed since")).to_be_visible()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    expect(page.locator(".held--refused")).to_have_count(0)

    ledger = public.opens("/integrity").locator("#ledger")
    for words in ("held by the rules", "appealed", "not accepted", "decision reversed"):
        expect(ledger.get_by_text(words, exact=False).first).to_be_visible()
    expect(ledger).not_to_contain_text("alice")
    expect(ledger).not_to_contain_text("mona")
    expect(ledger).not_to_contain_text(VERDICT)
    reversal = Decision.objects.get(action=Decision.Action.REVERSE)
    assert (reversal.actor, reversal.reverses) == (
        second,
        Decision.objects.get(action=Decision.Action.REJECT, actor=first),
    )
