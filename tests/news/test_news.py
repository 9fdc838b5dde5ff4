"""The page of stories."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from news.models import Story
from news.selectors.stories import featured_stories, news_version, story_page
from tests.news.stories import NOW, a_story

pytestmark = pytest.mark.django_db


def shown(**fields: Any) -> Story:
    return a_story(state=Story.State.PUBLISHED, **fields)


def test_published_stories_are_shown_newest_first(client: Client) -> None:
    shown(title="Older news", published_at=NOW - timedelta(days=2))
    shown(title="Newer news", checked=True, summarised_by="claude-haiku-5-5")
    a_story(title="Not published yet")
    shown(title="Taken back", slug="taken-back")
    Story.objects.filter(slug="taken-back").update(state="hidden")
    page = client.get("/news").content.decode()
    assert page.index("Newer news") < page.index("Older news")
    assert "Not published yet" not in page
    assert "Taken back" not in page
    assert "Checked against the source" in page
    assert "In the source’s own words" in page


def test_a_category_a_tool_and_words_narrow_it(client: Client) -> None:
    shown(title="Codex reads images", category="release", tool="codex")
    shown(title="An outage", category="incident", tool="claude")
    assert "An outage" not in client.get("/news?category=release").content.decode()
    assert "Codex" in client.get("/news?tool=codex").content.decode()
    assert "Codex reads" in client.get("/news?q=reading+image").content.decode()
    assert "Nothing was found" in client.get("/news?q=zebra").content.decode()


def test_featured_stories_stand_on_top_of_the_first_page_only(client: Client) -> None:
    shown(title="On top", featured_at=NOW, published_at=NOW - timedelta(days=20))
    for number in range(21):
        shown(title=f"Story {number}")
    assert "news__featured" in client.get("/news").content.decode()
    assert "news__featured" not in client.get("/news?page=2").content.decode()


@pytest.mark.parametrize("address", ["/news?page=0", "/news?page=x", "/news?category=gossip"])
def test_nonsense_is_named(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_without_stories_it_says_so(client: Client) -> None:
    assert "No news yet" in client.get("/news").content.decode()


def test_the_page_costs_a_known_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        shown(featured_at=NOW)
    with django_assert_num_queries(3):
        assert len(story_page().stories) == 5
    with django_assert_num_queries(2):
        assert len(featured_stories()) == 3
    with django_assert_num_queries(1):
        assert news_version()
