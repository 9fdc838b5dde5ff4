"""One story."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from news.models import Story
from news.selectors.stories import story
from tests.news.stories import a_story

pytestmark = pytest.mark.django_db


def test_a_story_names_its_sources_and_how_it_was_made(client: Client) -> None:
    a_story(
        slug="one",
        state=Story.State.PUBLISHED,
        summary="It **starts** faster.",
        key_points=["Sessions resume."],
        checked=True,
        summarised_by="claude-haiku-5-5",
    )
    page = client.get("/news/one").content.decode()
    assert "<strong>starts</strong>" in page
    assert "Sessions resume." in page
    assert "Summarised by claude-haiku-5-5, checked against the source" in page
    assert "https://example.org/" in page


def test_html_in_a_summary_stays_words(client: Client) -> None:
    a_story(
        slug="one", state=Story.State.PUBLISHED, summary="<script>alert(1)</script> [a](http://b)"
    )
    page = client.get("/news/one").content.decode()
    assert "<script>alert" not in page
    assert 'href="http://b"' not in page


@pytest.mark.parametrize("state", ["new", "summarised", "needs_look", "hidden"])
def test_what_is_not_published_is_not_there(client: Client, state: str) -> None:
    a_story(slug="one", state=state)
    assert client.get("/news/one").status_code == 404
    assert client.get("/api/news/one").status_code == 404


def test_a_name_that_cannot_be_is_not_there(client: Client) -> None:
    assert client.get("/news/%00").status_code == 404


def test_a_story_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_story(slug="one", state=Story.State.PUBLISHED)
    with django_assert_num_queries(2):
        assert story(slug="one").title
