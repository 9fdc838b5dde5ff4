"""What is measured of the news."""

import random
import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from benchmarks.news.web import SITES
from news.models import Category, Document, Source, Story
from news.rules.nearness import BANDS, bands_of, runs_of, signature_of
from news.services.crawling import crawl
from news.services.placing import same_story

TIMED = 300


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl."""

    documents: int
    stories: int
    joined: int
    seconds: float


async def resolve(_host: str, _port: int) -> list[str]:
    """Every name is here."""
    return ["127.0.0.1"]


def crawl_once(*, port: int, at: datetime) -> Run:
    """A crawl of every site."""
    settings.NEWS_ALLOWED_HOSTS = [f"site{number}.test" for number in range(SITES)]
    for number in range(SITES):
        Source.objects.get_or_create(
            slug=f"bench-{number}",
            defaults={
                "name": f"Site {number}",
                "kind": Source.Kind.FEED,
                "url": f"http://site{number}.test:{port}/feed",
                "category": Category.TOOL,
                "trust": 0.8,
            },
        )
    begun = time.perf_counter()
    only = [f"bench-{number}" for number in range(SITES)]
    counts = crawl(at=at, resolve=resolve, only=only)
    return Run(counts.new, counts.stories, counts.joined, time.perf_counter() - begun)


def fill(*, documents: int, at: datetime) -> None:
    """Documents of the last weeks, each of a story of its own."""
    draw = random.Random(1)
    source = Source.objects.create(
        slug="stored",
        name="Stored",
        kind=Source.Kind.FEED,
        url="https://example.org/feed",
        category=Category.TOOL,
        is_enabled=False,
    )
    for first in range(0, documents, 5_000):
        numbers = range(first, min(first + 5_000, documents))
        moment = at - timedelta(minutes=draw.randint(1, 28_000))
        stories = Story.objects.bulk_create(
            Story(
                slug=f"stored-{number}",
                title=f"Stored {number}",
                category=Category.TOOL,
                published_at=moment,
                found_at=moment,
                changed_at=moment,
            )
            for number in numbers
        )
        Document.objects.bulk_create(
            Document(
                source=source,
                story=story,
                address=f"https://example.org/{number}",
                url=f"https://example.org/{number}",
                title=f"Stored {number}",
                found_at=moment,
                outcome=Document.Outcome.READ,
                content_digest=draw.randbytes(16),
                signature=draw.randbytes(8 * 72),
                bands=[draw.getrandbits(63) for _ in range(BANDS)],
            )
            for number, story in zip(numbers, stories, strict=True)
        )


def time_placing(*, at: datetime) -> float:
    """The median of what finding a document's story costs, in milliseconds."""
    documents = list(
        Document.objects.filter(source__slug__startswith="bench-", outcome="read")
        .select_related("source")
        .order_by("pk")[:TIMED]
    )
    times = []
    for document in documents:
        signature = signature_of(runs_of(f"{document.title}\n{document.text}"))
        document.bands = bands_of(signature)
        begun = time.perf_counter()
        same_story(document=document, signature=signature, at=at)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)
