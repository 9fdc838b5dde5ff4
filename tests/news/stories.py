"""Stories to test with."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from news.models import Category, Document, Source, Story

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXT = (
    "Anthropic today released Claude Code 2.1.5. It starts 40% faster and reads files of up to "
    "200,000 lines. The price stays at $3 per million input tokens. Sessions are resumed with one "
    "command. “We think it is our best release yet,” said Boris Cherny. It came out on "
    "November 20, 2026, for macOS, Linux and Windows."
)
GOOD = {
    "title": "Claude Code 2.1.5 starts 40% faster",
    "summary": "Anthropic released **Claude Code 2.1.5**. It reads files of up to 200,000 lines.",
    "key_points": ["It starts 40% faster.", "Sessions are resumed with one command."],
    "category": "release",
    "relevance": 0.8,
    "entities": ["Claude Code", "Anthropic"],
    "versions": ["2.1.5"],
}
INVENTED = {**GOOD, "summary": "Anthropic released Claude Code 2.1.5, which starts 75% faster."}
_numbers = count(1)


def a_source(**fields: Any) -> Source:
    """A source of its own."""
    number = next(_numbers)
    wanted = {
        "slug": f"source-{number}",
        "name": f"Source {number}",
        "kind": Source.Kind.FEED,
        "url": f"https://source-{number}.example.org/feed",
        "category": Category.TOOL,
        "trust": 0.8,
        **fields,
    }
    return Source.objects.create(**wanted)


def a_story(*, text: str = TEXT, source: Source | None = None, **fields: Any) -> Story:
    """A story with one document, not summarised yet."""
    number = next(_numbers)
    wanted = {
        "slug": f"story-{number}",
        "title": "Claude Code 2.1.5",
        "summary": "Anthropic today released Claude Code 2.1.5.",
        "summarised_by": Story.EXTRACT,
        "category": Category.RELEASE,
        "relevance": 0.9,
        "published_at": NOW,
        "found_at": NOW,
        "changed_at": NOW,
        **fields,
    }
    story = Story.objects.create(**wanted)
    Document.objects.create(
        source=source or a_source(),
        story=story,
        address=f"https://example.org/{number}",
        url=f"https://example.org/{number}",
        title="Claude Code 2.1.5",
        text=text,
        found_at=NOW,
        published_at=NOW,
        outcome=Document.Outcome.READ,
    )
    return story
