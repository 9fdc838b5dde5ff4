"""HTML and Markdown to the plain text in them; moments and titles as they should be."""

import re
import unicodedata
from datetime import UTC, datetime
from html import unescape
from typing import Any

import nh3
from lxml import etree, html

_BREAKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol"),
        *("p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_MARKS = re.compile(r"^[#>\s]*(?:[*+-]\s+)?|[*_`]{1,3}|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
MAX_TITLE = 300


def clean(text: str) -> str:
    """Without control characters, one space between words, one line break between lines."""
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r", "\n")))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def title_of(text: str) -> str:
    """One line of plain text, at most `MAX_TITLE` characters."""
    line = " ".join(clean(unescape(text)).split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def text_of_html(markup: str) -> str:
    """The text of a fragment, block by block; scripts and styles are no text."""
    safe = nh3.clean(markup, clean_content_tags={"script", "style", "template"}, attributes={})
    try:
        root = html.fragment_fromstring(safe, create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    pieces: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in _BREAKS:
            pieces.append("\n")
        text = node.text if event == "start" else node.tail
        if text and tag:
            pieces.append(text)
    return clean("".join(pieces))


def text_of_markdown(markup: str) -> str:
    """The words of Markdown without its marks: good enough to compare and to check against."""
    if "<" in markup:
        markup = re.sub(r"<!--.*?-->", "", markup, flags=re.DOTALL)
        markup = re.sub(r"</?[a-zA-Z][^>\n]*>", " ", markup)
    return clean(unescape(_MARKS.sub(lambda found: found[1] or "", markup)))


def moment_of(value: Any) -> datetime | None:  # noqa: ANN401 - as it stood in somebody's JSON
    """An aware moment from RFC 3339 text or seconds since 1970; None for what is neither."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str) or not value.strip():
            return None
        found = datetime.fromisoformat(value.strip())
    except (ValueError, OverflowError, OSError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
