"""The other sides: a Messages API on loopback, and a small internet."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.news.messages_lookalike import MessagesLookalike


@pytest.fixture
def messages_api(settings: Settings) -> Iterator[MessagesLookalike]:
    """A Messages API that the summariser speaks to."""
    with MessagesLookalike() as server:
        settings.ANTHROPIC_API_KEY = server.key
        settings.ANTHROPIC_BASE_URL = server.url
        settings.ANTHROPIC_MODEL = "claude-haiku-5-5"
        yield server
