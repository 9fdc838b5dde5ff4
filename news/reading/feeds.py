"""Atom, RSS and JSON feeds; GitHub's releases; Hacker News by search."""

import calendar
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser

from news.errors import MalformedError
from news.fetching.fetcher import Page
from news.reading.plain import moment_of, text_of_html, text_of_markdown, title_of
from news.rules.entries import Entry
from news.rules.urls import canonical_url_of, is_web_address

MAX_ENTRIES = 200


def entries_of_feed(page: Page) -> list[Entry]:
    """Atom and RSS of every kind, repaired where it can be. Raises MalformedError."""
    # As bytes with one said encoding: the text has been decoded already, whatever it names.
    found = feedparser.parse(
        page.text.encode(),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.get("version") and not found.entries:
        raise MalformedError("It is no feed.")
    return _distinct(_of_feed(entry, page.url) for entry in found.entries[:MAX_ENTRIES])


def _of_feed(entry: Any, base: str) -> Entry | None:  # noqa: ANN401 - feedparser has no types
    contents = [part.get("value", "") for part in entry.get("content", [])]
    markup = max([*contents, entry.get("summary", "")], key=len)
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    return _entry(
        link=str(entry.get("link", "") or entry.get("id", "")),
        base=base,
        title=text_of_html(str(entry.get("title", ""))),
        text=text_of_html(markup),
        at=_of_struct(moment),
    )


def _of_struct(moment: Any) -> datetime | None:  # noqa: ANN401
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None
    except (ValueError, OverflowError, OSError):
        return None


def entries_of_json_feed(page: Page) -> list[Entry]:
    """JSON Feed 1 and 1.1. Raises MalformedError."""
    document = _json(page)
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise MalformedError("It is no JSON feed.")
    return _distinct(
        _entry(
            link=str(item.get("url") or item.get("external_url") or item.get("id") or ""),
            base=page.url,
            title=str(item.get("title") or ""),
            text=(
                text_of_html(str(item["content_html"]))
                if item.get("content_html")
                else str(item.get("content_text") or item.get("summary") or "")
            ),
            at=moment_of(item.get("date_published") or item.get("date_modified")),
        )
        for item in items[:MAX_ENTRIES]
        if isinstance(item, dict)
    )


def entries_of_github_releases(page: Page) -> list[Entry]:
    """`GET /repos/{owner}/{name}/releases` of GitHub's API; drafts are left out.

    Raises MalformedError.
    """
    document = _json(page)
    if not isinstance(document, list):
        raise MalformedError("It is no list of releases.")
    return _distinct(
        release_entry(release)
        for release in document[:MAX_ENTRIES]
        if isinstance(release, dict) and not release.get("draft")
    )


def release_entry(release: dict[str, Any]) -> Entry | None:
    """One release as GitHub's API and its webhooks write it."""
    tag = str(release.get("tag_name") or "")
    entry = _entry(
        link=str(release.get("html_url") or ""),
        base="",
        title=str(release.get("name") or tag),
        text=text_of_markdown(str(release.get("body") or "")),
        at=moment_of(release.get("published_at") or release.get("created_at")),
        version=tag,
    )
    if entry is None or not release.get("prerelease"):
        return entry
    return Entry(
        url=entry.url,
        title=entry.title,
        text=entry.text,
        published_at=entry.published_at,
        version=entry.version,
        is_prerelease=True,
    )


def entries_of_hacker_news(page: Page) -> list[Entry]:
    """A search of Hacker News (Algolia's API): what its stories link to.

    Raises MalformedError.
    """
    document = _json(page)
    hits = document.get("hits") if isinstance(document, dict) else None
    if not isinstance(hits, list):
        raise MalformedError("It is no answer of the search.")
    return _distinct(
        _entry(
            link=str(
                hit.get("url") or f"https://news.ycombinator.com/item?id={hit.get('objectID')}"
            ),
            base="",
            title=str(hit.get("title") or ""),
            text=text_of_html(str(hit.get("story_text") or "")),
            at=moment_of(hit.get("created_at_i")),
        )
        for hit in hits[:MAX_ENTRIES]
        if isinstance(hit, dict)
    )


def _json(page: Page) -> Any:  # noqa: ANN401 - somebody else's JSON
    try:
        return json.loads(page.text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("It is no JSON.") from error


def _entry(
    *, link: str, base: str, title: str, text: str, at: datetime | None, version: str = ""
) -> Entry | None:
    try:
        canonical_url_of(link, base=base)
    except ValueError:
        return None
    title = title_of(title) or title_of(text[:100])
    if not title:
        return None
    url = link.strip() if is_web_address(link.strip()) else canonical_url_of(link, base=base)
    return Entry(url=url, title=title, published_at=at, text=text, version=version)


def _distinct(entries: Iterator[Entry | None]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry is not None:
            found.setdefault(canonical_url_of(entry.url), entry)
    return list(found.values())
