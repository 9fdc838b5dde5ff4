"""The API answers JSON whatever is asked for: a refusal to a browser's or a script's `Accept`
would only be one more way to fail."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysJson(BaseContentNegotiation):
    """The first renderer, whatever the client accepts; the parser for the body's media type."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The first parser that reads the body's media type."""
        stated = request.content_type or ""
        media_type = stated.partition(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type in ("*/*", media_type):
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
