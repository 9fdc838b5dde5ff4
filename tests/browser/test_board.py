"""Reading the boards: filters, paging, finding a person; by mouse, by keyboard, without scripts."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.usefixtures("crowd")]


def asked(page: Page) -> dict[str, str]:
    """What the address bar asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def expect_place(page: Page, words: str) -> None:
    """Which part of the board is shown, such as "1–25 of 30"."""
    expect(page.locator(".pagination__place")).to_have_text(words)


def test_filters_work_as_plain_links_and_forms_without_scripts(open_browser: Open) -> None:
    page = open_browser(scripts=False).opens("/")
    expect_place(page, "1–25 of 30")
    page.get_by_role("link", name="30 days").click()
    assert asked(page) == {"period": "30d"}
    expect_place(page, "1–25 of 25")
    page.get_by_role("link", name="Active days").click()
    assert asked(page) == {"period": "30d", "sort": "days"}
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Show").click()
    assert asked(page) == {"period": "30d", "sort": "days", "country": "DE"}
    expect_place(page, "1–12 of 12")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Germany")


def test_people_are_found_and_pages_turned_without_scripts(open_browser: Open) -> None:
    page = open_browser(scripts=False).opens("/")
    page.get_by_role("link", name="Next page").click()
    assert asked(page) == {"page": "2"}
    expect_place(page, "26–30 of 30")
    expect(page.get_by_text("@person-29")).to_be_visible()
    page.get_by_role("searchbox").fill("person-2")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="person-29", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="person-1", exact=True)).to_have_count(0)
    found = page.locator("#found li").filter(has_text="@person-29")
    found.get_by_role("link", name="On the board").click()
    expect_place(page, "26–30 of 30")


def test_filters_change_the_board_in_place_and_the_address_and_back_undoes_them(
    open_browser: Open,
) -> None:
    visitor = open_browser()
    page = visitor.opens("/")
    loads: list[str] = []
    page.on("load", lambda _: loads.append("again"))
    page.get_by_role("link", name="30 days").click()
    expect_place(page, "1–25 of 25")
    assert asked(page) == {"period": "30d"}
    page.get_by_role("link", name="Active days").click()
    expect(page.locator("[aria-sort=descending]")).to_have_text("Days")
    assert asked(page) == {"period": "30d", "sort": "days"}
    page.get_by_label("Country").select_option("DE")
    expect_place(page, "1–12 of 12")
    assert asked(page)["country"] == "DE"
    expect(page.locator("#figures dt").first).to_have_text("People in Germany")
    assert loads == []
    page.evaluate("history.back()")
    expect_place(page, "1–25 of 25")
    assert asked(page) == {"period": "30d", "sort": "days"}
    expect(page.locator("#figures dt").first).to_have_text("People")
    page.evaluate("history.go(-2)")
    expect_place(page, "1–25 of 30")
    assert asked(page) == {}
    page.evaluate("history.forward()")
    expect_place(page, "1–25 of 25")


def test_turning_pages_goes_on_with_the_ranks(open_browser: Open) -> None:
    page = open_browser().opens("/?country=KR&sort=cost")
    expect_place(page, "1–15 of 15")
    page = open_browser().opens("/")
    page.get_by_role("link", name="Next page").click()
    expect_place(page, "26–30 of 30")
    ranks = page.locator(".board__table tbody .rank").all_inner_texts()
    assert [int(rank) for rank in ranks] == [26, 27, 28, 29, 30]
    page.get_by_role("link", name="Page 1").click()
    expect_place(page, "1–25 of 30")
    expect(page.locator(".podium")).to_be_visible()


def test_a_person_is_found_while_one_types(open_browser: Open) -> None:
    page = open_browser().opens("/people")
    field = page.get_by_role("searchbox")
    field.press_sequentially("person-12")
    expect(page.locator("#found")).to_contain_text("@person-12")
    expect(page.locator("#found li")).to_have_count(1)
    assert asked(page) == {"q": "person-12"}
    field.fill("nobody-at-all")
    expect(page.locator("#found")).to_contain_text("Nobody of that name")


def test_the_board_is_read_by_keyboard_alone(open_browser: Open) -> None:
    page = open_browser().opens("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    month = page.get_by_role("link", name="30 days")
    for _ in range(30):
        page.keyboard.press("Tab")
        if month.evaluate("link => link === document.activeElement"):
            break
    expect(month).to_be_focused()
    assert month.evaluate("link => getComputedStyle(link).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect_place(page, "1–25 of 25")
    expect(page.get_by_role("link", name="30 days")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("person-29")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="person-29", exact=True)).to_be_visible()
    assert asked(page) == {"q": "person-29"}


def test_ones_own_row_is_pinned_below_another_page_and_marked_on_ones_own(
    open_browser: Open, crowd: list[User]
) -> None:
    page = open_browser(signed_in_as=crowd[28]).opens("/")
    own = page.locator("#own-row")
    expect(own).to_contain_text("person-28")
    expect(page.locator("tfoot #own-row")).to_have_count(1)
    page.get_by_role("link", name="To your place").click()
    expect_place(page, "26–30 of 30")
    expect(page.locator("tbody #own-row")).to_contain_text("person-28")
