"""HTML pages: lists of articles, changelogs, and the article in a page."""

import json
import re
from calendar import month_abbr
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document, use_config

from news.errors import MalformedError
from news.fetching.fetcher import Page
from news.reading.plain import moment_of, text_of_markdown, title_of
from news.rules.entries import Article, Entry
from news.rules.urls import canonical_url_of, host_of

MAX_LINKS = 100
MAX_SECTIONS = 60
MIN_ARTICLE = 200
"""Characters below which a page holds no article."""

_CONFIG = use_config()
_CONFIG.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")  # signals work in the main thread only
_VERSION = re.compile(r"\bv?(\d+\.\d+(?:\.\d+)*(?:[-+.]?[a-z]+[.\d]*)?)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b(\d{4})-(\d{2})-(\d{2})\b|\b([A-Z][a-z]{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b"
)
_MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
_HEADING = re.compile(r"^(#{1,4})\s+(.+?)\s*#*\s*$", re.MULTILINE)


def entries_of_listing(page: Page, *, pattern: str) -> list[Entry]:
    """The articles that a listing page links to: links of the same site whose path matches
    `pattern` (a regular expression), each once, in the page's order. The listing itself is never
    one (trap 30). Raises MalformedError when nothing matches: then the page was rebuilt."""
    wanted = re.compile(pattern)
    root = _root(page)
    here = canonical_url_of(page.url)
    found: dict[str, Entry] = {}
    for link in root.iterfind(".//a[@href]"):
        try:
            url = canonical_url_of(link.get("href", ""), base=page.url)
        except ValueError:
            continue
        path = url.split("/", 3)[3] if url.count("/") > 2 else ""
        is_ours = host_of(url) == host_of(page.url) and url != here
        if not is_ours or not wanted.search(f"/{path}"):
            continue
        title = title_of(link.text_content()) or title_of(link.get("title", ""))
        if title and (url not in found or len(title) > len(found[url].title)):
            found[url] = Entry(url=urljoin(page.url, link.get("href", "").strip()), title=title)
    if not found:
        raise MalformedError("The page links to no article.")
    return list(found.values())[:MAX_LINKS]


def entries_of_changelog(page: Page) -> list[Entry]:
    """A changelog page, Markdown or HTML, split at the headings that name a version.

    Raises MalformedError when no heading does.
    """
    if "html" in page.content_type or page.text.lstrip()[:1] == "<":
        sections = list(_html_sections(page))
    else:
        sections = list(_markdown_sections(page.text))
    entries: dict[str, Entry] = {}
    for heading, text in sections[: MAX_SECTIONS * 4]:
        version = _VERSION.search(heading)
        if version is None or not text.strip():
            continue
        name = version[1]
        entries.setdefault(
            name,
            Entry(
                url=f"{page.url.split('#')[0]}#{name}",
                title=title_of(heading),
                text=text,
                published_at=day_in(heading),
                identity=name,
                version=name,
            ),
        )
    if not entries:
        raise MalformedError("No heading of the page names a version.")
    return list(entries.values())[:MAX_SECTIONS]


def day_in(text: str) -> datetime | None:
    """The first day that a text names, as 00:00 UTC."""
    for found in _DAY.finditer(text):
        year, month, day = (
            (found[1], found[2], found[3])
            if found[1]
            else (found[6], str(_MONTHS.get(found[4][:3].lower(), 0)), found[5])
        )
        try:
            return datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:
            continue
    return None


def _markdown_sections(text: str) -> Iterator[tuple[str, str]]:
    headings = list(_HEADING.finditer(text))
    versions = [h for h in headings if _VERSION.search(h[2])]
    level = min((len(h[1]) for h in versions), default=0)
    starts = [h for h in versions if len(h[1]) == level]
    for heading, following in zip(starts, [*starts[1:], None], strict=True):
        body = text[heading.end() : following.start() if following else len(text)]
        yield text_of_markdown(heading[2]), text_of_markdown(body)


def _html_sections(page: Page) -> Iterator[tuple[str, str]]:
    root = _root(page)
    for junk in root.xpath("//script|//style|//nav|//footer|//template"):
        junk.drop_tree()
    heading, lines = "", list[str]()
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag in ("h1", "h2", "h3"):
            text = " ".join(node.text_content().split())
            if _VERSION.search(text):
                if heading:
                    yield heading, "\n".join(lines)
                heading, lines = text, []
                continue
        if heading and node.tag in ("p", "li", "pre", "h3", "h4", "td"):
            lines.append(" ".join(node.text_content().split()))
    if heading:
        yield heading, "\n".join(lines)


def article_of(page: Page) -> Article:
    """The article in a page. Raises MalformedError when there is none in it."""
    found = trafilatura.bare_extraction(
        page.text,
        url=page.url,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_precision=False,
        config=_CONFIG,
    )
    fields: dict[str, Any] = found.as_dict() if isinstance(found, Document) else {}
    text = str(fields.get("text") or "")
    if len(text) < MIN_ARTICLE:
        raise MalformedError("There is no article in the page.")
    url = str(fields.get("url") or "")
    # A page may name its own address, on its own site only: else it could pass for another.
    own = url if url and host_of(url) == host_of(page.url) else page.url
    return Article(
        url=own,
        title=title_of(str(fields.get("title") or "")),
        text=text,
        published_at=_published(page) or moment_of(fields.get("date")),
        language=str(fields.get("language") or "")[:8],
        site_name=title_of(str(fields.get("sitename") or ""))[:100],
    )


def _published(page: Page) -> datetime | None:
    """The moment of publication that the page states for machines."""
    root = _root(page)
    for path in (
        "//meta[@property='article:published_time']/@content",
        "//time[@datetime]/@datetime",
    ):
        for value in root.xpath(path)[:3]:
            if (moment := moment_of(str(value))) is not None:
                return moment
    for script in root.xpath("//script[@type='application/ld+json']")[:5]:
        try:
            document = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for node in document if isinstance(document, list) else [document]:
            if isinstance(node, dict) and (moment := moment_of(node.get("datePublished"))):
                return moment
    return None


def _root(page: Page) -> Any:  # noqa: ANN401 - lxml's elements have no types
    try:
        return html.document_fromstring(
            page.text.encode(), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError) as error:
        raise MalformedError("It is no page.") from error
