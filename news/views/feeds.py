"""The news as Atom and as JSON Feed, for readers of other programs."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from news.rules.markdown import html_of
from news.selectors.stories import ShownStory, latest_stories, news_version

FEED_STORIES = 50
FEED_SECONDS = 300
DESCRIPTION = "What happened to the AI coding tools, each claim checked against its source."


@require_safe
def feed_atom(request: HttpRequest) -> HttpResponse:
    """`/news/feed.atom`, RFC 4287."""
    body = cached_bytes(key=("feed.atom", news_version()), seconds=FEED_SECONDS, build=_atom)
    return conditional_response(request, body=body, content_type="application/atom+xml")


@require_safe
def feed_json(request: HttpRequest) -> HttpResponse:
    """`/news/feed.json`, JSON Feed 1.1."""
    body = cached_bytes(key=("feed.json", news_version()), seconds=FEED_SECONDS, build=_json)
    return conditional_response(request, body=body, content_type="application/feed+json")


def _atom() -> bytes:
    site = str(settings.PUBLIC_URL)
    feed = Atom1Feed(
        title=f"{settings.SITE_NAME} news",
        link=f"{site}/news",
        description=DESCRIPTION,
        language="en",
        feed_url=f"{site}/news/feed.atom",
        author_name=settings.SITE_NAME,
    )
    for story in latest_stories(limit=FEED_STORIES):
        feed.add_item(
            title=story.title,
            link=_address(story),
            description=_content(story),
            pubdate=story.published_at,
            updateddate=story.changed_at,
            unique_id=_address(story),
            categories=[str(story.category.label)],
        )
    return feed.writeString("utf-8").encode()


def _json() -> bytes:
    site = str(settings.PUBLIC_URL)
    return json_bytes(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{settings.SITE_NAME} news",
            "home_page_url": f"{site}/news",
            "feed_url": f"{site}/news/feed.json",
            "description": DESCRIPTION,
            "language": "en",
            "items": [
                {
                    "id": _address(story),
                    "url": _address(story),
                    "title": story.title,
                    "content_html": _content(story),
                    "date_published": story.published_at.isoformat(),
                    "date_modified": story.changed_at.isoformat(),
                    "tags": [str(story.category.label)],
                }
                for story in latest_stories(limit=FEED_STORIES)
            ],
        }
    )


def _address(story: ShownStory) -> str:
    return f"{settings.PUBLIC_URL}/news/{story.slug}"


def _content(story: ShownStory) -> str:
    return html_of("\n\n".join([story.summary, *(f"- {p}" for p in story.key_points)]))
