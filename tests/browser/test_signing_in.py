"""Coming in for the first time, by way of GitHub."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect
from pytest_django import Settings

from tests.accounts.github_lookalike import GitHubLookalike, Person
from tests.browser.conftest import Open
from tests.browser.visitor import AVATARS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'


@pytest.fixture
def newcomer(open_browser: Open, github: GitHubLookalike, settings: Settings) -> Visitor:
    """Somebody whom GitHub knows and the site does not. Their picture comes from GitHub's host,
    the one host beside its own that the site's policy names."""
    github.person = Person(id=77, login="Newcomer", name="New Comer")
    settings.SECURE_CSP = settings.SECURE_CSP | {"form-action": ["'self'", github.url]}
    visitor = open_browser()
    visitor.hosts |= {urlsplit(github.url).netloc, urlsplit(AVATARS).netloc}

    def answer(route: Route) -> None:
        route.fulfill(body=PICTURE, content_type="image/svg+xml")

    visitor.context.route(f"{AVATARS}/**", answer)
    return visitor


def test_a_newcomer_says_where_they_live_and_lands_on_the_board(newcomer: Visitor) -> None:
    page = newcomer.opens("/")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Continue with GitHub").click()
    expect(page.get_by_role("heading", name="Welcome, New Comer")).to_be_visible()
    page.get_by_label("Country").select_option(label="South Korea")
    page.get_by_label("Time zone").select_option("Asia/Seoul")
    page.get_by_role("button", name="Save and go on").click()
    expect(page).to_have_url(f"{newcomer.site}/")
    page.get_by_role("link", name="Profile").click()
    expect(page).to_have_url(f"{newcomer.site}/u/Newcomer")
    expect(page.get_by_role("heading", name="Nothing burned yet")).to_be_visible()
    newcomer.opens("/settings/profile")
    expect(page.get_by_label(re.compile("^Country"))).to_have_value("KR")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Seoul")


def test_the_two_questions_can_be_skipped_and_are_asked_once(newcomer: Visitor) -> None:
    page = newcomer.opens("/login?next=/settings/devices")
    page.get_by_role("link", name="Continue with GitHub").click()
    expect(page).to_have_url(re.compile("/welcome"))
    page.get_by_role("button", name="Skip").click()
    expect(page).to_have_url(f"{newcomer.site}/settings/devices")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{newcomer.site}/")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Continue with GitHub").click()
    expect(page).to_have_url(f"{newcomer.site}/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_somebody_who_cancels_on_github_is_told_so(
    newcomer: Visitor, github: GitHubLookalike
) -> None:
    github.person = None
    page = newcomer.opens("/login")
    page.get_by_role("link", name="Continue with GitHub").click()
    expect(page.get_by_text("You did not finish signing in. Nothing was changed.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_on_ones_own_machine_a_name_is_enough(open_browser: Open) -> None:
    visitor = open_browser(scripts=False)
    page = visitor.opens("/login?next=/settings")
    page.get_by_label("Username").fill("not a name")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Letters, digits, hyphens and underscores")).to_be_visible()
    page.get_by_label("Username").fill("me")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Skip").click()
    expect(page).to_have_url(f"{visitor.site}/settings")
