"""Which story a document tells: one that is there, or a new one. All before any paid call."""

import struct
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from django.db import connection, transaction
from django.utils.text import slugify

from ccgather.ops.runtime import runtime
from news.models import Document, Story
from news.rules.extracts import extract_of
from news.rules.nearness import NEAR, bands_of, nearness_of, runs_of, signature_of
from news.rules.relevance import relevance_of
from news.rules.visits import OLDEST

SAME_STORY_WITHIN: Final = timedelta(days=21)
MAX_CANDIDATES: Final = 50
LEAST_TO_COMPARE: Final = 120
"""Characters below which equal texts say nothing: "Bug fixes." is in many releases."""

_PLACING_LOCK: Final = 7_305_112_071
"""Any number that no other advisory lock of this database uses: two documents of one story that
are placed at once must find each other."""


def place_document(*, document: Document, at: datetime) -> bool | None:
    """Gives a document, read just now, its story; saves both.

    True: a new story; False: joined one that was there; None: it is not about the tools, or older
    than news are.
    """
    source = document.source
    scored = relevance_of(
        title=document.title, text=document.text, trust=source.trust, tool=source.tool
    )
    document.relevance = scored.score
    document.relevance_reasons = list(scored.reasons)
    document.content_digest = digest_of(text=document.text)
    signature = signature_of(runs_of(f"{document.title}\n{document.text}"))
    document.signature = struct.pack(f">{len(signature)}Q", *signature) if signature else None
    document.bands = bands_of(signature)
    is_old = document.published_at is not None and document.published_at < at - OLDEST
    if is_old or scored.score < float(runtime.value("news_least_relevance")):
        document.outcome = Document.Outcome.OLD if is_old else Document.Outcome.IRRELEVANT
        document.save()
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PLACING_LOCK])
        story = same_story(document=document, signature=signature, at=at)
        is_new = story is None
        if story is None:
            story = _new_story(document, tools=scored.tools, at=at)
        document.story = story
        document.outcome = Document.Outcome.READ
        document.save()
        if not is_new:
            _retell(story, document, at=at)
    return is_new


def digest_of(*, text: str) -> bytes:
    """16 bytes over the words of a text."""
    return blake2b(" ".join(text.casefold().split()).encode(), digest_size=16).digest()


def same_story(*, document: Document, signature: tuple[int, ...], at: datetime) -> Story | None:
    """The story that the document tells again: the same release of the same tool, the same text,
    or nearly the same."""
    recent = Document.objects.filter(
        story__isnull=False, found_at__gte=at - SAME_STORY_WITHIN
    ).exclude(pk=document.pk)
    if document.version and document.source.tool:
        found = recent.filter(
            source__tool=document.source.tool, version__in=_spellings(document.version)
        ).first()
        if found is not None:
            return found.story
    if len(document.text) >= LEAST_TO_COMPARE:
        found = recent.filter(content_digest=document.content_digest).first()
        if found is not None:
            return found.story
    if signature:
        near = recent.filter(bands__overlap=document.bands).order_by("-found_at")
        for other in near.defer("text")[:MAX_CANDIDATES]:
            if other.signature is None:
                continue
            theirs = struct.unpack(f">{len(other.signature) // 8}Q", bytes(other.signature))
            if nearness_of(a=signature, b=theirs) >= NEAR:
                return other.story
    return None


def _spellings(version: str) -> list[str]:
    bare = version.removeprefix("rust-").removeprefix("v")
    return [bare, f"v{bare}", f"rust-v{bare}", version]


def _new_story(document: Document, *, tools: tuple[str, ...], at: datetime) -> Story:
    source = document.source
    moment = document.published_at or document.found_at
    version = document.version.removeprefix("rust-").removeprefix("v")
    title = document.title
    if version and source.name.split()[0].lower() not in title.lower():
        says_more = title.removeprefix("v") != version
        title = f"{source.name}: {title}" if says_more else f"{source.name} {version}"
    return Story.objects.create(
        slug=_free_slug(title=title, day=moment),
        title=title[:300],
        summary=extract_of(title=document.title, text=document.text),
        summarised_by=Story.EXTRACT,
        category=source.category,
        tool=source.tool or (tools[0] if tools else ""),
        version=version,
        relevance=document.relevance,
        relevance_reasons=document.relevance_reasons,
        published_at=moment,
        found_at=at,
        changed_at=at,
    )


def _retell(story: Story, document: Document, *, at: datetime) -> None:
    """A further source makes a story more relevant, and may have been there earlier."""
    story.relevance = max(story.relevance, document.relevance)
    if document.published_at is not None:
        story.published_at = min(story.published_at, document.published_at)
    story.changed_at = at
    story.save(update_fields=["relevance", "published_at", "changed_at"])


def _free_slug(*, title: str, day: datetime) -> str:
    base = f"{slugify(title.replace('.', '-'))[:90].strip('-') or 'story'}-{day:%Y-%m-%d}"
    slug, number = base, 2
    while Story.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
