"""Published stories: by page, one by one, and the releases that charts mark."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Max, QuerySet

from ccgather.errors import NotFoundError
from news.models import SEARCHED, Category, Document, Story

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_QUERY = 100
SHOWN_SOURCES = 12


class UnknownStoryError(NotFoundError):
    """No story of that name, or one that is not published: nobody is told which."""

    def __init__(self) -> None:
        super().__init__("There is no such story.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySource:
    """Where a story was told."""

    name: str
    url: str
    title: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStory:
    """A published story. `summary` is Markdown; `is_extract` says that it is the source's own
    words, `checked` that every claim of it was found in the sources."""

    slug: str
    title: str
    summary: str
    key_points: tuple[str, ...]
    category: Category
    tool: str
    version: str
    published_at: datetime
    changed_at: datetime
    featured: bool
    summarised_by: str
    is_extract: bool
    by_hand: bool
    checked: bool
    sources: tuple[StorySource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """One page of published stories, newest first."""

    stories: tuple[ShownStory, ...]
    page: int
    limit: int
    total: int

    @property
    def total_pages(self) -> int:
        """At least 0."""
        return -(-self.total // self.limit)

    @property
    def has_more(self) -> bool:
        """Whether a page follows."""
        return self.page < self.total_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release to mark on a chart."""

    day: date
    slug: str
    title: str
    tool: str
    version: str


def news_version() -> str:
    """Changes whenever what readers see may have changed; one query."""
    newest = Story.objects.filter(state=Story.State.PUBLISHED).aggregate(at=Max("changed_at"))["at"]
    return newest.isoformat() if newest else ""


def story_page(
    *, category: str = "", tool: str = "", query: str = "", page: int = 1, limit: int = PAGE_SIZE
) -> StoryPage:
    """Published stories, newest first; three queries. A query finds words in title and summary."""
    found = _published()
    if category:
        found = found.filter(category=category)
    if tool:
        found = found.filter(tool=tool)
    query = query.replace("\x00", "").strip()[:MAX_QUERY]
    if query:
        words = SearchQuery(query, config="english", search_type="websearch")
        found = found.annotate(searched=SEARCHED).filter(searched=words)
    total = found.count()
    stories = list(found.order_by("-published_at", "-pk")[(page - 1) * limit : page * limit])
    return StoryPage(stories=_shown(stories), page=page, limit=limit, total=total)


def latest_stories(*, limit: int) -> tuple[ShownStory, ...]:
    """The newest; two queries, one where there are none."""
    return _shown(_published().order_by("-published_at", "-pk")[:limit])


def featured_stories(*, limit: int = 3) -> tuple[ShownStory, ...]:
    """Those an editor put on top, the last one first; two queries, one where there are none."""
    featured = _published().filter(featured_at__isnull=False)
    return _shown(featured.order_by("-featured_at")[:limit])


def story(*, slug: str) -> ShownStory:
    """One story; two queries. Raises UnknownStoryError."""
    found = _published().filter(slug=slug.replace("\x00", "")).first()
    if found is None:
        raise UnknownStoryError
    return _shown([found])[0]


def releases_of(*, tools: Collection[str], first: date, last: date) -> tuple[Release, ...]:
    """Releases of tools in a span of UTC days, the earliest first; one query."""
    found = (
        _published()
        .filter(
            category=Category.RELEASE,
            tool__in=list(tools),
            published_at__date__range=(first, last),
        )
        .exclude(version="")
        .order_by("published_at")
        .values_list("published_at", "slug", "title", "tool", "version")
    )
    return tuple(
        Release(day=at.date(), slug=slug, title=title, tool=tool, version=version)
        for at, slug, title, tool, version in found
    )


def _published() -> QuerySet[Story]:
    return Story.objects.filter(state=Story.State.PUBLISHED)


def _shown(stories: Iterable[Story]) -> tuple[ShownStory, ...]:
    listed = list(stories)
    sources = _sources_of([item.pk for item in listed]) if listed else {}
    return tuple(
        ShownStory(
            slug=item.slug,
            title=item.title,
            summary=item.summary,
            key_points=tuple(item.key_points),
            category=Category(item.category),
            tool=item.tool,
            version=item.version,
            published_at=item.published_at,
            changed_at=item.changed_at,
            featured=item.featured_at is not None,
            summarised_by=item.summarised_by,
            is_extract=item.summarised_by == Story.EXTRACT,
            by_hand=item.summarised_by == Story.HAND,
            checked=item.checked,
            sources=tuple(sources.get(item.pk, ())),
        )
        for item in listed
    )


def _sources_of(ids: Collection[int]) -> Mapping[int, list[StorySource]]:
    found: dict[int, list[StorySource]] = {}
    documents = (
        Document.objects.filter(story__in=list(ids))
        .order_by("-source__trust", "published_at", "pk")
        .values_list("story_id", "source__name", "url", "title", "published_at")
    )
    for story_id, name, url, title, at in documents:
        listed = found.setdefault(story_id, [])
        if len(listed) < SHOWN_SOURCES:
            listed.append(StorySource(name=name, url=url, title=title, published_at=at))
    return found
