"""The small scripts of every page: the theme, and what a chart says under the pointer."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.usefixtures("crowd")]


def test_a_chosen_theme_outlives_the_page(open_browser: Open) -> None:
    page = open_browser().opens("/")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    switch = page.locator("[data-theme-switch]")
    light = page.evaluate(background)
    switch.click()
    switch.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(background) != light
    switch.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme ?? null") is None


def test_a_part_of_a_chart_says_its_number_under_the_pointer(open_browser: Open) -> None:
    page = open_browser().opens("/u/person-0")
    page.locator(".calendar rect.heat-4, .calendar rect.heat-1").first.hover()
    expect(page.locator(".tip")).to_contain_text("tokens on ")
