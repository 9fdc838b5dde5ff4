"""What of a body is kept: everything but names that are nobody's business, and evidence.

Evidence sketches are stored with their slices; they do not compress, and in an archive of every
report they would be most of it.

Some senders put more into a report than it needs: tokscale the names of MCP servers, ccusage (with
`--instances`) the paths of projects. They are never read, and not archived either.
"""

import json
import re
from typing import Any

_SUSPECT = re.compile("mcp|project|instance", re.IGNORECASE)
_EVIDENCE = '"evidence"'
_COLON = re.compile(r"\s*:\s*")
_DROPPED = re.compile(r"mcp|^(project|projectpath|instance)$", re.IGNORECASE)


def archivable_body(body: bytes) -> bytes:
    """The body without evidence, MCP names and project names. Must have been read as JSON before.

    Bodies that hold none are kept byte by byte.
    """
    text = body.decode(json.detect_encoding(body), "replace")
    if _EVIDENCE in text:
        cut = _without_evidence(text)
        if cut != text:
            text, body = cut, cut.encode()
    if not _SUSPECT.search(text):
        return body
    document = json.loads(text)
    cleaned = _cleaned(document)
    if cleaned == document:
        return body
    return json.dumps(cleaned, ensure_ascii=False, separators=(",", ":")).encode()


def _without_evidence(text: str) -> str:
    """The text with null in place of each value under "evidence", the rest as it came.

    A key is told by its colon: no value is followed by one, and quotes inside a string are escaped.
    """
    kept: list[str] = []
    start = 0
    scanner = json.JSONDecoder()
    found = text.find(_EVIDENCE)
    while found >= 0:
        after = found + len(_EVIDENCE)
        colon = _COLON.match(text, after)
        if colon and text[found - 1] != "\\":
            _, after = scanner.raw_decode(text, colon.end())
            kept += (text[start : colon.end()], "null")
            start = after
        found = text.find(_EVIDENCE, after)
    return "".join((*kept, text[start:]))


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _cleaned(item) for name, item in value.items() if not _DROPPED.search(name)}
    if isinstance(kept.get("projects"), dict):
        # The map's own names are the projects' paths; their order is all that may stay.
        kept["projects"] = {
            f"project-{number}": item
            for number, item in enumerate(kept["projects"].values(), start=1)
        }
    return kept
