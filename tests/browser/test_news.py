"""Reading the news, and an editor's queue, in a real browser."""

from datetime import timedelta

import pytest

from accounts.models import User
from ccgather.ops import clock
from news.models import Story
from tests.browser.conftest import Open
from tests.browser.test_every_page import faults_of, in_order
from tests.news.stories import GOOD, a_story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def told(site: str) -> list[Story]:
    """Stories of each kind."""
    assert site
    now = clock.now()
    published = [
        a_story(
            slug=f"story-of-day-{ago}",
            title=f"Claude Code 2.1.{ago} starts faster and reads larger files than before",
            state=Story.State.PUBLISHED,
            published_at=now - timedelta(days=ago),
            summary=str(GOOD["summary"]),
            key_points=GOOD["key_points"],
            checked=ago % 2 == 0,
            summarised_by="claude-haiku-5-5" if ago % 2 == 0 else Story.EXTRACT,
            featured_at=now if ago == 3 else None,
            version=f"2.1.{ago}",
            tool="claude",
        )
        for ago in range(24)
    ]
    waiting = a_story(
        slug="waits", state=Story.State.NEEDS_LOOK, summary="It starts 99% faster.", category="tool"
    )
    return [*published, waiting]


@pytest.mark.usefixtures("told")
def test_pages_of_the_news_are_in_order(open_browser: Open) -> None:
    paths = ("/news", "/news?q=faster&page=2", "/news?q=zebra", "/news/story-of-day-2", "/")
    in_order(faults_of(open_browser, paths))


@pytest.mark.usefixtures("told")
def test_a_reader_searches_pages_on_and_opens_a_story(open_browser: Open) -> None:
    page = open_browser().opens("/news")
    assert page.locator(".story-card").count() == 21
    page.get_by_role("link", name="Next page").click()
    page.get_by_text("21–24").wait_for()
    page.get_by_role("searchbox", name="Search the news").fill("nothing like this")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing was found").wait_for()
    page.get_by_role("link", name="All news").click()
    page.get_by_role("link", name="Claude Code 2.1.2 starts").first.click()
    page.get_by_role("heading", level=1, name="Claude Code 2.1.2").wait_for()
    assert page.get_by_text("checked against the source").count() == 1


@pytest.mark.usefixtures("told")
def test_an_editor_finds_what_waits_mends_and_publishes_it(open_browser: Open, dana: User) -> None:
    User.objects.filter(pk=dana.pk).update(is_staff=True, is_superuser=True)
    page = open_browser(signed_in_as=dana).opens("/admin/news/story/?state__exact=needs_look")
    page.get_by_role("link", name="Claude Code 2.1.5").click()
    assert page.locator(".beside mark").first.inner_text() == "99%"
    page.get_by_label("Summary").fill("It starts 40% faster.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("checkbox").nth(1).check()
    page.locator("select[name=action]").select_option("publish")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).first.click()
    page.get_by_text("1 published.").wait_for()
    page.goto(page.url.split("/admin")[0] + "/news/waits")
    page.get_by_text("It starts 40% faster.").wait_for()
    page.get_by_text("Written by an editor").wait_for()
