"""One crawl: sources that are due are asked, what is new is read, and becomes stories.

The network is asked first, all of it at once and nothing of the database held meanwhile; then
what came is stored, source by source. Whatever breaks off in between is found again next time.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from news.errors import FetchError, MalformedError
from news.fetching.addresses import Resolver, resolved
from news.fetching.fetcher import Fetcher, FetchLimits, Known, Page
from news.fetching.robots import KeptRobots, Robots
from news.models import Document, KeptRobotsFile, Source
from news.reading import feeds, pages
from news.rules.entries import Article, Entry
from news.rules.urls import canonical_url_of
from news.rules.visits import OLDEST, next_visit_of
from news.services.placing import place_document

READ_AT_ONCE: Final = 200
MAX_ATTEMPTS: Final = 4
FULL_TEXT: Final = 600
"""Characters from which on the text that a feed brings is the article, and no page is fetched."""

FEED_TYPES: Final = ("application/*", "text/*")
PAGE_TYPES: Final = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
_FETCHES_ARTICLES: Final = frozenset(
    {Source.Kind.FEED, Source.Kind.JSON_FEED, Source.Kind.LISTING, Source.Kind.HACKER_NEWS}
)
_HAS_ROBOTS: Final = frozenset({Source.Kind.LISTING, Source.Kind.CHANGELOG, Source.Kind.FEED})

Progress = Callable[[int], object]


@dataclass(slots=True)
class CrawlCounts:
    """What one crawl did."""

    sources: int = 0
    unchanged: int = 0
    failed: int = 0
    entries: int = 0
    new: int = 0
    read: int = 0
    unreadable: int = 0
    stories: int = 0
    joined: int = 0
    requests: int = 0
    received_bytes: int = 0


@dataclass(slots=True)
class _Shelf:
    """robots.txt files, read from the database before a crawl and written after it."""

    kept: dict[str, KeptRobots] = field(default_factory=dict)
    fresh: dict[str, KeptRobots] = field(default_factory=dict)

    def find(self, origin: str) -> KeptRobots | None:
        return self.kept.get(origin)

    def keep(self, origin: str, robots: KeptRobots) -> None:
        self.kept[origin] = self.fresh[origin] = robots


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What asking one source brought: entries, or nothing new, or an error."""

    source: Source
    entries: Sequence[Entry] = ()
    known: Known | None = None
    is_unchanged: bool = False
    error: FetchError | None = None


USUAL_LIMITS: Final = FetchLimits()


def new_fetcher(
    *, at: datetime, resolve: Resolver = resolved, limits: FetchLimits = USUAL_LIMITS
) -> Fetcher:
    """A client as the settings describe it."""
    return Fetcher(
        user_agent=settings.NEWS_USER_AGENT,
        limits=limits,
        resolve=resolve,
        allowed_hosts=settings.NEWS_ALLOWED_HOSTS,
        now=lambda: at,
    )


def crawl(
    *,
    at: datetime,
    resolve: Resolver = resolved,
    limits: FetchLimits = USUAL_LIMITS,
    only: Collection[str] | None = None,
    progress: Progress = lambda _steps: None,
) -> CrawlCounts:
    """Asks every source that is due (or those named by `only`, due or not)."""
    counts = CrawlCounts()
    sources = list(_due(at=at, only=only))
    shelf = _Shelf(
        {row.origin: KeptRobots(row.text, row.fetched_at) for row in KeptRobotsFile.objects.all()}
    )
    fetcher = new_fetcher(at=at, resolve=resolve, limits=limits)
    visits = asyncio.run(_visit_all(fetcher, shelf, sources, at))

    for visit in visits:
        _store_visit(visit, at=at, counts=counts)
        progress(1)

    def another() -> Fetcher:
        return new_fetcher(at=at, resolve=resolve, limits=limits)

    _read_waiting(another=another, shelf=shelf, at=at, counts=counts, progress=progress)
    for origin, robots in shelf.fresh.items():
        KeptRobotsFile.objects.update_or_create(
            origin=origin, defaults={"text": robots.text, "fetched_at": robots.at}
        )
    counts.requests += fetcher.traffic.requests
    counts.received_bytes += fetcher.traffic.received_bytes
    return counts


def _due(*, at: datetime, only: Collection[str] | None) -> Sequence[Source]:
    if only is not None:
        return list(Source.objects.filter(slug__in=only))
    is_due = Q(next_at__isnull=True) | Q(next_at__lte=at)
    return list(Source.objects.filter(is_due, is_enabled=True).order_by("next_at", "pk"))


async def _visit_all(
    fetcher: Fetcher, shelf: _Shelf, sources: Sequence[Source], at: datetime
) -> list[Visit]:
    async with fetcher:
        robots = Robots(fetcher=fetcher, shelf=shelf, agent=settings.NEWS_ROBOTS_AGENT, at=at)
        return await asyncio.gather(*(_visit(fetcher, robots, source) for source in sources))


async def _visit(fetcher: Fetcher, robots: Robots, source: Source) -> Visit:
    known = Known(etag=source.etag, last_modified=source.last_modified)
    try:
        if source.kind in _HAS_ROBOTS:
            await robots.allow(source.url)
        page = await fetcher.get(
            source.url, accept=FEED_TYPES, known=known, headers=_headers_of(source)
        )
        if page.is_unchanged:
            return Visit(source=source, known=known, is_unchanged=True)
        entries = await asyncio.to_thread(entries_of, source=source, page=page)
    except FetchError as error:
        return Visit(source=source, error=error)
    return Visit(source=source, entries=entries, known=page.known)


def _headers_of(source: Source) -> dict[str, str]:
    if source.kind != Source.Kind.GITHUB:
        return {}
    token = settings.NEWS_GITHUB_TOKEN
    return {"X-GitHub-Api-Version": "2022-11-28"} | (
        {"Authorization": f"Bearer {token}"} if token else {}
    )


def entries_of(*, source: Source, page: Page) -> list[Entry]:
    """What a page of a source announces, by the source's kind. Raises MalformedError."""
    match source.kind:
        case Source.Kind.FEED:
            return feeds.entries_of_feed(page)
        case Source.Kind.JSON_FEED:
            return feeds.entries_of_json_feed(page)
        case Source.Kind.GITHUB:
            return feeds.entries_of_github_releases(page)
        case Source.Kind.HACKER_NEWS:
            return feeds.entries_of_hacker_news(page)
        case Source.Kind.CHANGELOG:
            return pages.entries_of_changelog(page)
        case _:
            return pages.entries_of_listing(page, pattern=source.pattern or "/")


def _store_visit(visit: Visit, *, at: datetime, counts: CrawlCounts) -> None:
    source = visit.source
    counts.sources += 1
    failures = 0 if visit.error is None else source.failures + 1
    changes: dict[str, object] = {
        "visited_at": at,
        "failures": failures,
        "next_at": next_visit_of(
            at=at,
            interval_minutes=source.interval_minutes,
            failures=failures,
            retry_after=visit.error.retry_after if visit.error else None,
        ),
        "error_code": visit.error.code if visit.error else "",
        "error": visit.error.message[:300] if visit.error else "",
    }
    if visit.error is not None:
        counts.failed += 1
        changes["outcome"] = Source.Outcome.FAILED
        Source.objects.filter(pk=source.pk).update(**changes)
        return
    counts.unchanged += visit.is_unchanged
    counts.entries += len(visit.entries)
    with transaction.atomic():
        new = store_entries(source=source, entries=visit.entries, at=at)
        counts.new += new
        known = visit.known or Known()
        Source.objects.filter(pk=source.pk).update(
            **changes,
            worked_at=at,
            outcome=Source.Outcome.NEW if new else Source.Outcome.SAME,
            etag=known.etag,
            last_modified=known.last_modified,
        )


def store_entries(*, source: Source, entries: Sequence[Entry], at: datetime) -> int:
    """Notes the entries that were never seen before; answers how many."""
    fresh: dict[str, Document] = {}
    for entry in entries:
        address = address_of(entry=entry)
        is_old = entry.published_at is not None and entry.published_at < at - OLDEST
        fresh.setdefault(
            address,
            Document(
                source=source,
                address=address,
                url=entry.url,
                title=entry.title,
                text=entry.text,
                version=entry.version[:64],
                language=source.language,
                published_at=min(entry.published_at, at) if entry.published_at else None,
                found_at=at,
                outcome=Document.Outcome.OLD if is_old else Document.Outcome.WAITING,
            ),
        )
    seen = set(Document.objects.filter(address__in=list(fresh)).values_list("address", flat=True))
    wanted = [document for address, document in fresh.items() if address not in seen]
    if not wanted:
        return 0
    Document.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


def address_of(*, entry: Entry) -> str:
    """By what an entry is known: its canonical address, and its part of the page."""
    address = canonical_url_of(entry.url)
    return f"{address}#{entry.identity}" if entry.identity else address


def _read_waiting(
    *,
    another: Callable[[], Fetcher],
    shelf: _Shelf,
    at: datetime,
    counts: CrawlCounts,
    progress: Progress,
) -> None:
    while True:
        waiting = list(
            Document.objects.filter(outcome=Document.Outcome.WAITING)
            .exclude(read_at=at)
            .select_related("source")
            .order_by("found_at", "pk")[:READ_AT_ONCE]
        )
        if not waiting:
            return
        to_fetch = [document for document in waiting if needs_page(document=document)]
        fetcher = another()
        found = asyncio.run(_fetch_articles(fetcher, shelf, to_fetch, at)) if to_fetch else {}
        counts.requests += fetcher.traffic.requests
        counts.received_bytes += fetcher.traffic.received_bytes
        for document in waiting:
            _finish(document, found.get(document.pk), at=at, counts=counts)
            progress(1)


def needs_page(*, document: Document) -> bool:
    """Whether what the source brought is not the article itself."""
    return document.source.kind in _FETCHES_ARTICLES and len(document.text) < FULL_TEXT


async def _fetch_articles(
    fetcher: Fetcher, shelf: _Shelf, documents: Sequence[Document], at: datetime
) -> dict[int, Article | FetchError]:
    async with fetcher:
        robots = Robots(fetcher=fetcher, shelf=shelf, agent=settings.NEWS_ROBOTS_AGENT, at=at)
        found = await asyncio.gather(
            *(_fetch_article(fetcher, robots, document.url) for document in documents)
        )
    return {document.pk: result for document, result in zip(documents, found, strict=True)}


async def _fetch_article(fetcher: Fetcher, robots: Robots, url: str) -> Article | FetchError:
    try:
        await robots.allow(url)
        page = await fetcher.get(url, accept=PAGE_TYPES)
        if "html" in page.content_type:
            return await asyncio.to_thread(pages.article_of, page)
        if len(page.text) < pages.MIN_ARTICLE:
            return MalformedError("There is no article in the page.")
        return Article(url=page.url, title="", text=page.text)
    except FetchError as error:
        return error


def _finish(
    document: Document, found: Article | FetchError | None, *, at: datetime, counts: CrawlCounts
) -> None:
    document.read_at = at
    if isinstance(found, FetchError) and len(document.text) < pages.MIN_ARTICLE:
        document.attempts += 1
        document.error = found.message[:300]
        if found.is_lasting or document.attempts >= MAX_ATTEMPTS:
            document.outcome = Document.Outcome.FAILED
            counts.unreadable += 1
        document.save(update_fields=["read_at", "attempts", "error", "outcome"])
        return
    if isinstance(found, Article):
        document.text = found.text
        document.title = found.title or document.title
        document.published_at = document.published_at or found.published_at
        document.language = found.language or document.language
    counts.read += 1
    is_new = place_document(document=document, at=at)
    counts.stories += is_new is True
    counts.joined += is_new is False


def forget_old_documents(*, at: datetime) -> int:
    """Texts of documents that became nothing are not kept for ever; their addresses are."""
    old = Document.objects.filter(found_at__lt=at - OLDEST * 2, story__isnull=True).exclude(text="")
    return old.update(text="", signature=None, bands=[])
