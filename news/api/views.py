"""`/api/news` and `/api/news/{slug}`."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from ccgather.ops.caching import cached_bytes, conditional_response, json_bytes
from news.models import Category
from news.rules.queries import news_query_of
from news.selectors.stories import ShownStory, StoryPage, news_version, story_page
from news.selectors.stories import story as one_story

NEWS_SECONDS = 300


@extend_schema(
    operation_id="news_list",
    summary="News of the tools",
    parameters=[
        OpenApiParameter("category", str, enum=[str(each) for each in Category]),
        OpenApiParameter("tool", str, description="the client a story belongs to"),
        OpenApiParameter("q", str, description="words in title or summary"),
        OpenApiParameter("page", int),
        OpenApiParameter("limit", int, description="1 to 100"),
    ],
    responses=OpenApiTypes.OBJECT,
)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def news(request: Request) -> HttpResponse:
    """Newest first."""
    query = news_query_of(request.query_params.dict())

    def build() -> bytes:
        return json_bytes(
            page_answer(
                story_page(
                    category=query.category,
                    tool=query.tool,
                    query=query.query,
                    page=query.page,
                    limit=query.limit,
                )
            )
        )

    body = cached_bytes(key=("news", query, news_version()), seconds=NEWS_SECONDS, build=build)
    return conditional_response(request, body=body, content_type="application/json")


@extend_schema(summary="One story", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def news_story(request: Request, slug: str) -> HttpResponse:
    """404 for one that is not published."""
    body = json_bytes({"data": story_answer(one_story(slug=slug))})
    return conditional_response(request, body=body, content_type="application/json")


def page_answer(page: StoryPage) -> dict[str, object]:
    """A page as the API writes it."""
    return {
        "data": [story_answer(each) for each in page.stories],
        "pagination": {
            "page": page.page,
            "limit": page.limit,
            "total": page.total,
            "totalPages": page.total_pages,
            "hasMore": page.has_more,
        },
    }


def story_answer(story: ShownStory) -> dict[str, object]:
    """A story as the API writes it."""
    return {
        "slug": story.slug,
        "title": story.title,
        "summary": story.summary,
        "keyPoints": list(story.key_points),
        "category": story.category.value,
        "tool": story.tool or None,
        "version": story.version or None,
        "sources": [
            {
                "name": source.name,
                "url": source.url,
                "publishedAt": source.published_at.isoformat().replace("+00:00", "Z")
                if source.published_at
                else None,
            }
            for source in story.sources
        ],
        "publishedAt": story.published_at.isoformat().replace("+00:00", "Z"),
        "featured": story.featured,
        "summarisedBy": story.summarised_by,
        "checked": story.checked,
    }
