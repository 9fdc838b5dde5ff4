"""The tasks of Cline and of the extensions that derive from it, as VS Code's extensions keep them.

A task is a folder. Its `ui_messages.json` is an array of what the person was shown, rewritten as
a whole; a request is an entry `api_req_started`, whose `text` is JSON again and is completed in
place when the answer is there. The rules that the readers share, each with its reason:

- **Identity**: the task, the entry's `ts` and, where several have the same, its place among them.
  A task's folder keeps its name when it is copied to another editor or synced to another machine,
  and then the greater of the two tells more. The place in the whole file would not do: rewinding
  a task removes entries before others.
- **`deleted_api_reqs` / `api_req_deleted`** sum up the requests of messages that were removed from
  the file by going back to a checkpoint. Their tokens were burned. Their day is not known: it is
  that of the going back, an estimate.
- **`subagent_usage`** sums up sub-agents, which are not shown one by one and have no task of
  their own. Such sums say nothing of how long a request was.
- **`api_req_finished`** holds the numbers in very old tasks, and belongs to the request before
  it. What both say is one request.
- **Day**: the entry's `ts`.
- **Model**: `modelInfo` beside the text, else the last `<model>` that the task's
  `api_conversation_history.json` tells the model of itself, for the whole task, else what
  `task_metadata.json` has been noting at that time. The text of a person, who may write such
  tags too, does not count: the tag must stand inside `<environment_details>`.
- An entry without tokens is a request that was not answered, or not yet.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.reading.documents import array_of, content_of, decoded, document_in, text_in
from ccgather_cli.reading.facts import ESTIMATE, Facts
from ccgather_cli.reading.interface import LogFile, Progressed
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.timestamps import second_of
from ccgather_cli.reading.vscode_places import HISTORY, METADATA

_REQUEST, _FINISHED = "api_req_started", "api_req_finished"
_DELETED = ("deleted_api_reqs", "api_req_deleted")
_SUMS = (*_DELETED, "subagent_usage")
_SAYS = (_REQUEST, _FINISHED, *_SUMS)


_NULL = msgspec.Raw(b"null")


class _ModelInfo(msgspec.Struct, gc=False):
    providerId: Any = None  # noqa: N815  (the log's own names)
    modelId: Any = None  # noqa: N815


class _Entry(msgspec.Struct, gc=False):
    ts: Any = None
    type: Any = None
    say: Any = None
    text: msgspec.Raw = _NULL  # a union with None would refuse everything else
    modelInfo: _ModelInfo | None = None  # noqa: N815


class _LenientEntry(msgspec.Struct, gc=False):
    ts: Any = None
    type: Any = None
    say: Any = None
    text: Any = None
    modelInfo: Any = None  # noqa: N815


class _Figures(msgspec.Struct, gc=False):
    tokensIn: Any = None  # noqa: N815
    tokensOut: Any = None  # noqa: N815
    cacheWrites: Any = None  # noqa: N815
    cacheReads: Any = None  # noqa: N815

    def tokens(self) -> tuple[int, int, int, int]:
        """Input as it is written, output, cache read, cache write."""
        return (
            count_of(self.tokensIn) or 0,
            count_of(self.tokensOut) or 0,
            count_of(self.cacheReads) or 0,
            count_of(self.cacheWrites) or 0,
        )


_decode_entries = msgspec.json.Decoder(list[_Entry]).decode
_decode_text = msgspec.json.Decoder(str).decode
_decode_figures = msgspec.json.Decoder(_Figures).decode


def extract_task(
    log: LogFile, facts: Facts, *, includes_cache: bool, progressed: Progressed
) -> None:
    """Every request of one task.

    `includes_cache`: `tokensIn` is the whole prompt, cache included, where it can be.
    """
    task = _Task(log, facts, includes_cache=includes_cache)
    for entry in _entries_of(log, progressed):
        if entry is None:
            facts.skip("not readable as JSON")
        elif entry.type == "say" and entry.say in _SAYS:
            task.take(entry)
    task.tell()


def _entries_of(log: LogFile, progressed: Progressed) -> Iterable[_Entry | None]:
    content = content_of(log, progressed)
    entries = decoded(content, _decode_entries)
    if entries is not None:
        return entries
    records = array_of(content, msgspec.json.Decoder(list[_LenientEntry]).decode, _LenientEntry)
    return (None if record is None else _plain(record) for record in records)


def _plain(record: _LenientEntry) -> _Entry:
    """An entry whose parts have the wrong types, as far as it can be told what they mean."""
    about = record.modelInfo if isinstance(record.modelInfo, dict) else {}
    return _Entry(
        ts=record.ts,
        type=record.type,
        say=record.say,
        text=msgspec.Raw(json.dumps(record.text).encode()),
        modelInfo=_ModelInfo(about.get("providerId"), about.get("modelId")),
    )


class _Task:
    """A task's requests while its messages are read; the model may only be known at the end."""

    def __init__(self, log: LogFile, facts: Facts, *, includes_cache: bool) -> None:
        self._log = log
        self._facts = facts
        self._includes_cache = includes_cache
        self._name = Path(log.path).parent.name
        self._requests: list[tuple[_Entry, tuple[int, int, int, int]]] = []
        self._open: int | None = None  # the request that a finish would belong to

    def take(self, entry: _Entry) -> None:
        """Remember an entry that may have numbers."""
        if entry.say == _REQUEST or entry.say in _SUMS:
            self._facts.records += 1
        figures = _figures_of(entry)
        if figures is None:
            self._facts.skip("a request whose text is not readable as JSON")
            return
        tokens = figures.tokens()
        if entry.say == _FINISHED and self._open is not None:
            self._finish(self._open, entry, tokens)
            self._open = None
            return
        if entry.say == _REQUEST:
            self._open = len(self._requests)
        self._requests.append((entry, tokens))

    def _finish(self, place: int, entry: _Entry, tokens: tuple[int, int, int, int]) -> None:
        started, earlier = self._requests[place]
        if sum(tokens) > sum(earlier):
            if not any(earlier) and second_of(entry.ts) is not None:
                started.ts = entry.ts
            self._requests[place] = (started, tokens)

    def tell(self) -> None:
        """Give the facts the requests that have tokens."""
        alike: Counter[str] = Counter()
        counted = [(entry, tokens) for entry, tokens in self._requests if any(tokens)]
        models = _Models(self._log, [entry for entry, _ in counted])
        for entry, tokens in counted:
            second = second_of(entry.ts)
            if second is None:
                self._facts.skip("without a usable time")
                continue
            moment = text_of(entry.ts) or str(entry.ts)
            alike[moment] += 1
            self._add(entry, tokens, second, models.at(entry, second), f"{moment}\0{alike[moment]}")

    def _add(
        self,
        entry: _Entry,
        tokens: tuple[int, int, int, int],
        second: int,
        model: tuple[str, str],
        place: str,
    ) -> None:
        fresh, output, cache_read, cache_write = tokens
        if self._includes_cache and fresh >= cache_read + cache_write:
            fresh -= cache_read + cache_write
        self._facts.add(
            identity=f"{self._name}\0{place}",
            second=second,
            model=model[0],
            provider=model[1],
            input=fresh,
            output=output,
            cache_read=cache_read,
            cache_write=cache_write,
            session=self._name,
            flags=ESTIMATE if entry.say in _DELETED else 0,
            is_request=entry.say not in _SUMS,
        )


def _figures_of(entry: _Entry) -> _Figures | None:
    """The numbers in an entry's text; None if it is no JSON object."""
    raw = bytes(entry.text)
    if raw == b"null":
        return _Figures()
    text = decoded(raw, _decode_text)
    if text is None:  # an object in place of a text, or bytes that are no UTF-8
        found = document_in(text_in(raw))
        text = found if isinstance(found, str) else text_in(raw)
    if not text.strip():
        return _Figures()
    figures = decoded(text, _decode_figures)
    if figures is not None:
        return figures
    document = document_in(text)
    if not isinstance(document, dict):
        return None
    return _Figures(*(document.get(name) for name in _Figures.__struct_fields__))


class _Models:
    """The models of a task's requests; its other files are only read if one does not say."""

    def __init__(self, log: LogFile, entries: Iterable[_Entry]) -> None:
        folder = os.path.dirname(log.path)
        self._whole = ""
        self._noted: list[tuple[int, str, str]] = []
        if all(_own_model(entry) for entry in entries):
            return
        self._whole = model_in_history(os.path.join(folder, HISTORY))
        if not self._whole:
            self._noted = _noted_models(os.path.join(folder, METADATA))

    def at(self, entry: _Entry, second: int) -> tuple[str, str]:
        """(model, provider) of a request, "" for what is not known."""
        own = _own_model(entry)
        if own:
            provider = entry.modelInfo.providerId if entry.modelInfo else None
            return own, text_of(provider) or ""
        if self._whole:
            return self._whole, ""
        before = [noted for noted in self._noted if noted[0] <= second] or self._noted[:1]
        return before[-1][1:] if before else ("", "")


def _own_model(entry: _Entry) -> str:
    return (text_of(entry.modelInfo.modelId) or "") if entry.modelInfo else ""


_START, _END = b"<environment_details>", b"</environment_details>"
_MODEL = re.compile(rb"<model>(.*?)</model>", re.DOTALL)
_TAIL_BYTES = 1 << 20


def model_in_history(path: str) -> str:
    """The last model that a task's conversation names in the details of its environment, or "".

    Reads from the end, a megabyte at a time: the last details are nearly always there.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            place = file.seek(0, os.SEEK_END)
            text = b""
            while place > 0:
                size = min(_TAIL_BYTES, place)
                place = file.seek(place - size)
                text = file.read(size) + text
                model, text = _last_model(text)
                if model:
                    return model
    except OSError:
        pass
    return ""


def _last_model(text: bytes) -> tuple[str, bytes]:
    """The last model in `text`, and what of it may still matter with more in front of it."""
    limit = len(text)
    while True:
        end = text.rfind(_END, 0, limit)
        if end < 0:
            return "", text[: min(limit, len(_END))]
        start = text.rfind(_START, 0, end)
        if start < 0:
            return "", text[: end + len(_END)]
        found = _MODEL.search(text, start, end)
        name = found[1].decode("utf-8", errors="replace").strip() if found else ""
        if name:
            unescaped = document_in(f'"{name}"')
            return (unescaped if isinstance(unescaped, str) else name).strip(), b""
        limit = start


def _noted_models(path: str) -> list[tuple[int, str, str]]:
    """(second, model, provider) from when on a task used which model."""
    try:
        with open(path, "rb") as file:
            document = document_in(text_in(file.read()))
    except OSError:
        return []
    usage = document.get("model_usage") if isinstance(document, dict) else None
    noted = []
    for each in usage if isinstance(usage, list) else ():
        if isinstance(each, dict):
            model, second = text_of(each.get("model_id")), second_of(each.get("ts"))
            if model and second is not None:
                noted.append((second, model, text_of(each.get("model_provider_id")) or ""))
    return sorted(noted)
