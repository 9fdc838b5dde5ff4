"""Reports that did not arrive: kept until they do, sent once.

Logs are deleted by the tools that wrote them, so a report that could not be sent may be all that
is left of its days. One that is covered by a newer report is dropped instead of sent.
"""

import base64
import contextlib
import gzip
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ccgather_cli.errors import CliError
from ccgather_cli.kept_files import forget, keep, read_kept
from ccgather_cli.machine import Machine

FOLDER = "unsent"
MOST = 8
"""Reports that are kept at most; the oldest goes first. Each is a whole history."""


@dataclass(frozen=True)
class Unsent:
    """A kept report: `body` as it would be sent, `replaces` for one with `--force`."""

    path: Path
    server: str
    body: bytes
    replaces: bool
    kept_at: str
    reason: str


def keep_unsent(
    machine: Machine, *, server: str, body: bytes, replaces: bool, at: datetime, reason: str
) -> Path:
    """Keep a report that could not be sent; reports that it covers are dropped."""
    folder = machine.config_dir / FOLDER
    path = folder / f"{at:%Y%m%dT%H%M%S%f}.json"
    keep(
        path,
        {
            "server": server,
            "replaces": replaces,
            "keptAt": at.isoformat(timespec="seconds"),
            "reason": reason,
            "body": base64.b64encode(gzip.compress(body, 6, mtime=0)).decode(),
        },
    )
    for other in unsent_reports(machine, server=server):
        if other.path != path and is_covered(other, by=body, replaces=replaces):
            forget(other.path)
    for oldest in sorted(folder.glob("*.json"))[:-MOST]:
        forget(oldest)
    return path


def unsent_reports(machine: Machine, *, server: str | None = None) -> list[Unsent]:
    """What is kept for a server (or for any), oldest first. Damaged files are passed over."""
    found = []
    with contextlib.suppress(OSError):
        for path in sorted((machine.config_dir / FOLDER).glob("*.json")):
            report = _read(path)
            if report is not None and server in (None, report.server):
                found.append(report)
    return found


def is_covered(report: Unsent, *, by: bytes, replaces: bool) -> bool:
    """Whether another body says at least as much of every tool's day that the report names."""
    if report.replaces and not replaces:
        return False
    newer, older = slices_of(by), slices_of(report.body)
    return all(newer[key] >= tokens for key, tokens in older.items())


def slices_of(body: bytes) -> Counter[tuple[str, str]]:
    """Tokens by (day, client) in a report's body."""
    slices: Counter[tuple[str, str]] = Counter()
    for row in json.loads(body)["rows"]:
        classes = ("input", "output", "cacheRead", "cacheWrite", "reasoning")
        slices[row["day"], row["client"]] += sum(row.get(name, 0) for name in classes)
    return slices


def _read(path: Path) -> Unsent | None:
    try:
        content = read_kept(path) or {}
        body = gzip.decompress(base64.b64decode(str(content["body"])))
        slices_of(body)
        return Unsent(
            path=path,
            server=str(content["server"]),
            body=body,
            replaces=content.get("replaces") is True,
            kept_at=str(content.get("keptAt", "")),
            reason=str(content.get("reason", "")),
        )
    except (CliError, OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        return None
