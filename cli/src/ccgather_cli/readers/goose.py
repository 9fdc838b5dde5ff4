"""Goose: one database of sessions, since mid 2026 with a ledger of requests.

- **`usage_ledger`** has a row a request, compactions included, with its second and its model:
  the exact source. NULL is 0. Its `created_timestamp` gives the UTC day.
- **`sessions.accumulated_*`** is a session's sum from its beginning. What it holds beyond the
  ledger's rows was spent before there was a ledger; without a ledger it is everything. Nothing
  says when, so it stands on the session's first day, `created_at` (UTC): approximate, but the
  same day however long the session goes on.
- A ledger row with `cost_source` `carried_forward` is that same rest, written by Goose when it
  met the first request with a ledger: not a request of its day, so it is booked with the rest.
- The plain columns (`input_tokens`, …) are the last request; they count where there is no sum.
- **Classes**: since `cache_read_tokens` and `cache_write_tokens` exist, `input_tokens` includes
  both, and they are subtracted. Before, what was cached cannot be told from input. Reasoning has
  no column: it is what `total_tokens` has beyond input and output.
- **Identity** is (session, row, second, figures) for a request and (session, `created_at`) for a
  rest: the same in a copy of the database, which older installations leave behind elsewhere.
  The numbers of sessions begin anew every day on every machine, hence the moments.
- A copied session starts at zero. An imported one brings the other's sum along under a new name,
  and nothing tells it from work done here.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.databases import Database, companions_of, opened, text
from ccgather_cli.reading.facts import ESTIMATE, Facts, Row
from ccgather_cli.reading.files import found_at
from ccgather_cli.reading.interface import Found, LogFile, Progressed, UnreadableLogError
from ccgather_cli.reading.numbers import count_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "goose"

_LEDGER = (
    "session_id",
    "id",
    "created_timestamp",
    "model",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cost_source",
)
_KINDS = ("input", "output", "total", "cache_read", "cache_write")
_SESSION = (
    "id",
    "created_at",
    "model_config_json",
    "provider_name",
    *(f"accumulated_{kind}_tokens" for kind in _KINDS),
    *(f"{kind}_tokens" for kind in _KINDS),
)


class GooseReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Goose"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """The database of this version, and those that older ones left."""
        paths = [folder / "sessions.db" for folder in _folders(machine)]
        return found_at(map(os.fspath, paths), roots=paths, companions=companions_of)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every request of the ledger, and what sessions spent beside it."""
        del start  # rows change in place: always everything
        with opened(log.path) as database:
            tables = database.tables()
            if tables and "sessions" not in tables:
                message = "a database of another layout: no table `sessions`"
                raise UnreadableLogError(message)
            if "sessions" in tables:
                _read(database, facts, has_ledger="usage_ledger" in tables)
        progressed(log.size)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each request and each rest once; of a rest in two copies the greater."""
        return greatest_of(logs)


READER = GooseReader()


def _folders(machine: Machine) -> list[Path]:
    """Where `sessions.db` can be: `GOOSE_PATH_ROOT`, else the places of all versions."""
    if machine.variable("GOOSE_PATH_ROOT"):
        return [machine.folder("GOOSE_PATH_ROOT") / "data" / "sessions"]
    shared = machine.folder("XDG_DATA_HOME", ".local", "share")
    folders = [shared / "goose", shared / "Block" / "goose"]
    if machine.system == "macos":
        support = machine.home / "Library" / "Application Support"
        folders += [support / "goose", support / "Block" / "goose"]
    if machine.system == "windows":
        roaming = machine.folder("APPDATA", "AppData", "Roaming")
        folders += [roaming / "Block" / "goose" / "data", roaming / "Block" / "goose"]
    return [folder / "sessions" for folder in folders]


def _read(database: Database, facts: Facts, *, has_ledger: bool) -> None:
    columns = database.columns("sessions")
    if not {"id", "created_at"} <= columns or not columns & {
        "accumulated_total_tokens",
        "accumulated_input_tokens",
        "total_tokens",
    }:
        message = "a database of another layout: columns are missing in `sessions`"
        raise UnreadableLogError(message)
    spent: dict[str, list[int]] = {}
    models: dict[str, tuple[str, str]] = {}
    for key, _, configuration, provider in database.rows(
        database.chosen("sessions", "id", "created_at", "model_config_json", "provider_name")
    ):
        models[text(key)] = (_model_in(configuration), text(provider))
    if has_ledger:
        for row in database.rows(database.chosen("usage_ledger", *_LEDGER)):
            _take_request(row, facts, spent, models)
    for row in database.rows(database.chosen("sessions", *_SESSION)):
        _take_rest(row, facts, spent, models)


def _take_request(
    row: tuple[object, ...],
    facts: Facts,
    spent: dict[str, list[int]],
    models: dict[str, tuple[str, str]],
) -> None:
    """A row of the ledger; what it spent is noted for the session's rest."""
    session, number, moment, model = text(row[0]), text(row[1]), _second(row[2]), text(row[3])
    figures = _with_total([_count(value) for value in row[4:9]])
    if not any(figures) or text(row[9]) == "carried_forward":
        return
    facts.records += 1
    known = spent.setdefault(session, [0] * len(_KINDS))
    for place, value in enumerate(figures):
        known[place] += value
    if moment is None:
        facts.skip("without a usable time")
        return
    own_model, provider = models.get(session, ("", ""))
    _add(
        facts,
        figures,
        identity=f"{session}\0{number}\0{moment}\0{figures}",
        second=moment,
        model=model or own_model,
        provider=provider,
        session=session,
    )


def _take_rest(
    row: tuple[object, ...],
    facts: Facts,
    spent: dict[str, list[int]],
    models: dict[str, tuple[str, str]],
) -> None:
    """What a session's sum holds beyond its rows in the ledger."""
    session, created, sums, last = text(row[0]), text(row[1]), row[4:9], row[9:14]
    known = spent.get(session, [0] * len(_KINDS))
    # A sum that is missing is the last request's figure: the session then has only one.
    whole = _with_total(
        [
            _count(last[place] if value is None and session not in spent else value)
            for place, value in enumerate(sums)
        ]
    )
    rest = [max(0, value - counted) for value, counted in zip(whole, known)]
    if not any(rest):
        return
    facts.records += 1
    second = _second(row[1])
    if second is None:
        facts.skip("without a usable time")
        return
    model, provider = models[session]
    _add(
        facts,
        rest,
        identity=f"{session}\0{created}",
        second=second,
        model=model,
        provider=provider,
        session=session,
        flags=ESTIMATE,
        is_request=False,
    )


def _with_total(figures: list[int]) -> list[int]:
    """The figures of `_KINDS`, the total at least what input and output make."""
    whole, output, total, *cached = figures
    return [whole, output, max(total, whole + output), *cached]


def _add(
    facts: Facts,
    figures: Sequence[int],
    *,
    identity: str,
    second: int,
    model: str,
    provider: str,
    session: str,
    flags: int = 0,
    is_request: bool = True,
) -> None:
    whole, output, total, read, written = figures
    read = min(read, whole)
    written = min(written, whole - read)
    facts.add(
        identity=identity,
        second=second,
        model=model,
        provider=provider,
        input=whole - read - written,
        output=output,
        cache_read=read,
        cache_write=written,
        reasoning=max(0, total - whole - output),
        session=session,
        flags=flags,
        is_request=is_request,
    )


def _count(value: object) -> int:
    return count_of(text(value) if isinstance(value, bytes) else value) or 0


def _second(value: object) -> int | None:
    """`YYYY-MM-DD HH:MM:SS` in UTC, a day alone, or a number."""
    if isinstance(value, bytes):
        moment = text(value).strip()
        return second_of(f"{moment}T00:00:00Z" if len(moment) == len("2026-05-02") else moment)
    return second_of(value)


def _model_in(configuration: object) -> str:
    """The model's name in a session's configuration, "" if there is none."""
    if not isinstance(configuration, bytes):
        return ""
    try:
        document = msgspec.json.decode(configuration)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    name = document.get("model_name") if isinstance(document, dict) else None
    return name if isinstance(name, str) else ""
