"""What a person does with the pages, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from ccgather.ops import clock
from submissions.services.accept import accept_report
from tests.cast import person, token_of
from tests.submissions.reports import report, row

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(120),
]


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """A site with thirty people on its board; where it is."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    at = clock.now()
    for place in range(30):
        somebody = person(f"person-{place}", country_code="DE")
        accept_report(
            user_id=somebody.pk,
            report=report([row(at.date(), 1_000_000 - place)]),
            body=b"{}",
            at=at,
            token=token_of(somebody, secret=f"tt_{place:048x}"),
        )
    return live_server.url


@contextmanager
def browsing(chromium: str, **context: object) -> Iterator[Page]:
    """A page of a new browser, whose every error makes the test fail."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        yield page
        assert errors == []
        browser.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_accessible_and_fit(
    site: str, chromium_path: str, theme: str, width: int
) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=width == 390,
            is_mobile=width == 390,
        ).new_page()
        for path in ("/", "/?page=2", "/u/person-3", "/people?q=p", "/styleguide", "/nowhere"):
            page.goto(f"{site}{path}", wait_until="networkidle")
            across = page.evaluate("document.documentElement.scrollWidth")
            assert across <= width, path
            found = Axe().run(page).response["violations"]
            assert [(path, violation["id"]) for violation in found] == []
        browser.close()


def test_paging_and_filtering_replace_the_board_and_its_address(
    site: str, chromium_path: str
) -> None:
    with browsing(chromium_path) as page:
        page.goto(site)
        page.get_by_role("link", name="Next page").click()
        expect(page).to_have_url(f"{site}/?page=2")
        expect(
            page.get_by_role("link", name="@person-29").or_(page.get_by_text("@person-29"))
        ).to_be_visible()
        page.get_by_role("link", name="Active days").click()
        expect(page).to_have_url(f"{site}/?sort=days")
        expect(page.locator("[aria-sort=descending]")).to_have_text("Days")
        page.get_by_label("Country").select_option("FR")
        expect(page.get_by_text("Nobody has burned anything here yet")).to_be_visible()
        expect(page.locator("#figures")).to_contain_text("People in France")
        page.go_back()
        expect(page.locator("#figures dt").first).to_have_text("People")


def test_a_chosen_theme_outlives_the_page(site: str, chromium_path: str) -> None:
    with browsing(chromium_path, color_scheme="light") as page:
        page.goto(site)
        switch = page.locator("[data-theme-switch]")
        light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        switch.click()
        switch.click()
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert dark != light
        switch.click()
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme ?? null") is None


def test_slash_goes_to_the_search_which_finds_while_one_types(
    site: str, chromium_path: str
) -> None:
    with browsing(chromium_path) as page:
        page.goto(site)
        page.keyboard.press("/")
        page.keyboard.type("person-7")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site}/people?q=person-7")
        field = page.get_by_role("searchbox")
        field.fill("person-12")
        expect(page.locator("#found")).to_contain_text("@person-12")
        page.get_by_role("link", name="On the board").click()
        expect(page).to_have_url(f"{site}/?around=person-12")


def test_a_part_of_a_chart_says_its_number_under_the_pointer(site: str, chromium_path: str) -> None:
    with browsing(chromium_path) as page:
        page.goto(f"{site}/u/person-0")
        page.locator(".calendar rect.heat-4, .calendar rect.heat-1").first.hover()
        expect(page.locator(".tip")).to_contain_text("1,000,000 tokens on ")


def test_every_page_works_without_javascript(site: str, chromium_path: str) -> None:
    with browsing(chromium_path, java_script_enabled=False) as page:
        page.goto(site)
        page.get_by_role("link", name="Next page").click()
        expect(page).to_have_url(f"{site}/?page=2")
        page.get_by_label("Country").select_option("DE")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("h2").first).to_have_text("All time in Germany")
        expect(page.locator("[data-theme-switch]")).to_be_hidden()
