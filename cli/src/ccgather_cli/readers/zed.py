"""Zed: one database of threads, each a document, nearly always compressed with Zstandard.

- A thread's document has its `model` and `request_token_usage`, the usage of each request under
  the id of the message that asked. Where there are none, `cumulative_token_usage` is the thread's
  sum. The four figures are disjoint; reasoning is in output.
- **Only `zed.dev`** models count: models with a person's own key and outside agents are paid and
  counted elsewhere, and an `imported` thread was another person's.
- **Day**: a document has no moments of its requests. They stand on the day the thread began
  (`created_at`; `updated_at` where a version has no such column): approximate for a thread that
  goes on for days, but the same day however long it does.
- **Identity** is (thread, message): the same in a copied or synced database.
- A document that cannot be unpacked costs that thread and is named. Python has Zstandard from
  3.14 on; before, the package `backports.zstd` is needed.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.databases import companions_of, opened, text
from ccgather_cli.reading.facts import ESTIMATE, Facts, Row
from ccgather_cli.reading.files import found_at
from ccgather_cli.reading.interface import Found, LogFile, Progressed, UnreadableLogError
from ccgather_cli.reading.lines import object_in
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "zed"

_HOSTED = "zed.dev"
_MOST_BYTES = 512 * 1024 * 1024
"""A document that unpacks to more is not a conversation."""
_CHUNK = 1 << 20
_NEEDED = ("model", "imported", "request_token_usage", "cumulative_token_usage", "updated_at")


class _Document(msgspec.Struct, gc=False):
    model: object = None
    imported: object = None
    request_token_usage: object = None
    cumulative_token_usage: object = None
    updated_at: object = None


_decode = msgspec.json.Decoder(_Document).decode


class ZedReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Zed"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """The database of threads."""
        path = _folder(machine) / "threads.db"
        return found_at([os.fspath(path)], roots=[path], companions=companions_of)

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every request of threads with Zed's own models."""
        del start  # threads change in place: always everything
        told = 0
        with opened(log.path) as database:
            if "threads" in database.tables():
                columns = database.columns("threads")
                if not {"id", "data"} <= columns:
                    message = "a database of another layout: columns are missing in `threads`"
                    raise UnreadableLogError(message)
                query = database.chosen(
                    "threads", "id", "created_at", "updated_at", "data_type", "data"
                )
                for thread, created, updated, kind, data in database.rows(query):
                    if isinstance(data, bytes):
                        _take_thread(facts, text(thread), (created, updated), text(kind), data)
                        size = min(len(data), log.size - told)
                        progressed(size)
                        told += size
            elif database.tables():
                message = "a database of another layout: no table `threads`"
                raise UnreadableLogError(message)
        progressed(log.size - told)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each request once."""
        return greatest_of(logs)


READER = ZedReader()


def _folder(machine: Machine) -> Path:
    if machine.system == "macos":
        return machine.home / "Library" / "Application Support" / "Zed" / "threads"
    if machine.system == "windows":
        return machine.folder("LOCALAPPDATA", "AppData", "Local") / "Zed" / "threads"
    return machine.folder("XDG_DATA_HOME", ".local", "share") / "zed" / "threads"


def _take_thread(
    facts: Facts, thread: str, moments: tuple[object, object], kind: str, data: bytes
) -> None:
    document = _document_in(facts, kind.strip().lower(), data)
    if document is None:
        facts.records += 1
        return
    if document.imported is True or not isinstance(document.model, dict):
        return
    usages = list(_usages(document))
    if not usages:
        return
    if (text_of(document.model.get("provider")) or "").strip().lower() != _HOSTED:
        facts.skip("a thread with a model that is not Zed's own: counted where it is paid")
        return
    facts.records += len(usages)
    seconds = (_second(moment) for moment in (*moments, document.updated_at))
    second = next((second for second in seconds if second is not None), None)
    if second is None:
        facts.skip("without a usable time")
        return
    for message, usage, is_request in usages:
        facts.add(
            identity=f"{thread}\0{message}",
            second=second,
            model=document.model.get("model"),
            input=_count(usage, "input_tokens"),
            output=_count(usage, "output_tokens"),
            cache_read=_count(usage, "cache_read_input_tokens"),
            cache_write=_count(usage, "cache_creation_input_tokens"),
            session=thread,
            flags=ESTIMATE,
            is_request=is_request,
        )


def _usages(document: _Document) -> Iterator[tuple[str, dict[str, object], bool]]:
    """(message, figures, whether it is one request) of each request, else of the thread."""
    requests = document.request_token_usage
    items: Iterable[tuple[object, object]] = ()
    if isinstance(requests, dict):
        items = requests.items()
    elif isinstance(requests, list):
        items = enumerate(requests)
    there = False
    for message, usage in items:
        if isinstance(usage, dict) and _total(usage):
            there = True
            yield str(message), usage, True
    whole = document.cumulative_token_usage
    if not there and isinstance(whole, dict) and _total(whole):
        yield "", whole, False


def _total(usage: dict[str, object]) -> int:
    return sum(
        _count(usage, f"{kind}_tokens")
        for kind in ("input", "output", "cache_read_input", "cache_creation_input")
    )


def _count(usage: dict[str, object], name: str) -> int:
    return count_of(usage.get(name)) or 0


def _second(moment: object) -> int | None:
    return second_of(text(moment) if isinstance(moment, bytes) else moment)


def _document_in(facts: Facts, kind: str, data: bytes) -> _Document | None:
    """A thread's document; the reason is noted where there is none."""
    if kind == "zstd" or (kind != "json" and data.startswith(b"\x28\xb5\x2f\xfd")):
        unpack = _unpacker()
        if unpack is None:
            facts.skip("compressed with Zstandard: install the package backports.zstd")
            return None
        unpacked = unpack(data)
        if unpacked is None:
            facts.skip("a damaged or too large thread")
            return None
        data = unpacked
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = object_in(data)
    if document is None:
        facts.skip("not readable as JSON")
        return None
    return _Document(**{name: document.get(name) for name in _NEEDED})


def _unpacker() -> Callable[[bytes], bytes | None] | None:
    """What unpacks Zstandard here: Python 3.14's own module, or the same as a package."""
    zstd = None
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            zstd = zstd or import_module(name)
    if zstd is None:
        return None
    new_frame, damage = zstd.ZstdDecompressor, zstd.ZstdError

    def unpack(data: bytes) -> bytes | None:
        """The content of every frame; None for a damaged one, or for more than a thread has."""
        parts: list[bytes] = []
        size = 0
        while data:
            frame = new_frame()
            while not frame.eof:
                try:
                    parts.append(frame.decompress(data, _CHUNK))
                except damage:
                    return None
                data = b""
                size += len(parts[-1])
                if size > _MOST_BYTES or (frame.needs_input and not frame.eof):
                    return None
            data = frame.unused_data
        return b"".join(parts)

    return unpack
