"""Telling the five wire formats apart by their shape, never by a version."""

from collections.abc import Mapping

from submissions.errors import UnknownFormatError
from submissions.report import WireFormat

_FIVE = (
    'native: "schema": "ccgather-report/1" with "rows" and "totals"',
    'tokscale: "contributions" at the top, each with "clients" (before 2.0: "sources")',
    'Token Tracker: "data" with "contributions" inside, beside "cliVersion"',
    'single day: "date" with "inputTokens", "outputTokens" and "totalTokens"',
    'ccusage daily --json: "daily" (with --instances: "projects") with "totals"',
)


def recognised(body: object) -> tuple[WireFormat, Mapping[str, object]]:
    """The format whose shape `body` has, and `body` as the object that it then is.

    Looks only at which keys are there and what kind of thing two of them hold. Raises
    `UnknownFormatError`, which names all five.
    """
    if isinstance(body, dict):
        wire_format = _wire_format_of(body)
        if wire_format is not None:
            return wire_format, body
    raise UnknownFormatError(
        "This body has the shape of none of the five formats: native, tokscale, Token Tracker, "
        "single day, ccusage daily",
        details=_FIVE,
    )


def _wire_format_of(body: Mapping[str, object]) -> WireFormat | None:
    data = body.get("data")
    if "rows" in body or str(body.get("schema")).startswith("ccgather-report/"):
        return "native"
    if "contributions" in body:
        return "tokscale"
    if isinstance(data, Mapping) and "contributions" in data:
        return "token_tracker"
    if "daily" in body or "projects" in body:
        return "ccusage"
    if body.get("type") == "daily" and isinstance(data, list):
        return "ccusage"
    if "date" in body and not body.keys().isdisjoint(
        ("inputTokens", "outputTokens", "totalTokens")
    ):
        return "single_day"
    return None
