"""The last report that arrived, and the last that did not: what `status` and `doctor` tell."""

from dataclasses import dataclass
from datetime import datetime

from ccgather_cli.errors import CliError
from ccgather_cli.kept_files import keep, read_kept
from ccgather_cli.machine import Machine

FILE_NAME = "history.json"


@dataclass(frozen=True)
class Attempt:
    """When a report went to which server; `problem` is "" for one that arrived."""

    server: str
    at: str
    problem: str = ""
    source: str = "cli"


def note_attempt(
    machine: Machine, *, server: str, at: datetime, problem: str = "", source: str = "cli"
) -> None:
    """Write down how sending ended. Never a reason to fail."""
    known = _content(machine)
    entry = {"server": server, "at": at.isoformat(timespec="seconds"), "source": source}
    if problem:
        known["failed"] = {**entry, "problem": problem}
    else:
        known["arrived"] = entry
    try:
        keep(machine.config_dir / FILE_NAME, known)
    except CliError:
        return


def last_arrived(machine: Machine) -> Attempt | None:
    """The last report that the site took."""
    return _attempt(_content(machine).get("arrived"))


def last_failed(machine: Machine) -> Attempt | None:
    """The last one that did not arrive; None if one arrived since."""
    content = _content(machine)
    failed, arrived = _attempt(content.get("failed")), _attempt(content.get("arrived"))
    if failed is None or (arrived is not None and arrived.at >= failed.at):
        return None
    return failed


def _content(machine: Machine) -> dict[str, object]:
    try:
        return read_kept(machine.config_dir / FILE_NAME) or {}
    except CliError:
        return {}


def _attempt(entry: object) -> Attempt | None:
    if not isinstance(entry, dict):
        return None
    texts = {name: entry.get(name, "") for name in ("server", "at", "problem", "source")}
    return Attempt(**{name: text if isinstance(text, str) else "" for name, text in texts.items()})
