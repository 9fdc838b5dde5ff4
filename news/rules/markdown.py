"""Markdown of summaries as HTML that is safe to show."""

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "link"])
_ALLOWED = {"p", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "br"}


def html_of(text: str) -> str:
    """Paragraphs, lists, emphasis, code; no links, images or HTML of its own."""
    return nh3.clean(_MARKDOWN.render(text), tags=_ALLOWED, attributes={})
