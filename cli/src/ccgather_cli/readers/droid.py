"""Droid: a settings file a session, with the session's running total.

`<session>.settings.json` lies beside the transcript `<session>.jsonl`, which has the messages
and no numbers. The rules, each with its reason:

- **The total is exact, its day is not**: nothing is told a turn. The whole session is booked on
  the day of its first answer, which stays the same while the session grows, so that no day ever
  falls. It is an estimate unless the session began and ended on one day.
- **The first answer** is when the provider was locked (`providerLockTimestamp`), or the
  transcript's first answer if that was earlier (the lock is renewed when the provider changes),
  else the time of the file.
- **Classes**: five disjoint numbers. Whether thinking is a part of the output is documented
  nowhere; both other counters add it, and so does this one.
- **Model**: `model`. A model of the person's own is `custom:Name-[Provider]-0`: what is in
  brackets is not its name, and the rest is spelled as both other counters do (`name-0`). Without
  `model` it is the first `Model: …` of the transcript, else its provider is all that is known.
- **Identity**: the session, which is the file's name. A copy in another project's folder is the
  same session, and the greater total the later state of it.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ccgather_cli.machine import Machine
from ccgather_cli.reading.documents import content_of, document_in, text_in
from ccgather_cli.reading.facts import ESTIMATE, Facts, Row
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import DAY_SECONDS, second_of

CLIENT = "droid"

_ENDING = ".settings.json"
_EDGE_BYTES = 1 << 20
_OVERLAP_BYTES = 512
_TIME = re.compile(rb'"timestamp"\s*:\s*"([^"]{10,40})"')
_ANSWER = re.compile(rb'"role"\s*:\s*"assistant"')
_MODEL = re.compile(rb"Model: *([^\\\"\r\n<]{1,200})")
_BRACKETS = re.compile(r"\[[^\]]*\]?")
_DASHES = re.compile(r"[-\s.]+")
_FAMILIES = {"anthropic": "claude", "openai": "gpt", "google": "gemini", "xai": "grok"}
"""What other counters call the unknown model of a provider."""
_NUMBERS = (
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheCreationTokens",
    "thinkingTokens",
)


class DroidReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Droid"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Settings of every session; the transcripts are companions."""
        roots = [machine.home / ".factory" / "sessions"]
        named = machine.variable("DROID_SESSIONS_DIR")  # another counter's
        roots += [machine.expand(part.strip()) for part in named.split(",") if part.strip()]
        return files_below(
            roots,
            wanted=lambda name: name.endswith(_ENDING),
            companions=lambda path: (f"{path.removesuffix(_ENDING)}.jsonl",),
        )

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """The total of one session."""
        del start
        settings = document_in(text_in(content_of(log, progressed)))
        if not isinstance(settings, dict):
            facts.skip("not readable as JSON")
            return 0
        usage = settings.get("tokenUsage")
        if isinstance(usage, dict):
            _count(log, facts, settings, usage)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each session once over all its copies."""
        return greatest_of(logs)


READER = DroidReader()


def _count(log: LogFile, facts: Facts, settings: dict[str, Any], usage: dict[str, Any]) -> None:
    facts.records += 1
    fresh, output, cache_read, cache_write, thinking = (
        count_of(usage.get(name)) or 0 for name in _NUMBERS
    )
    if fresh + output + cache_read + cache_write + thinking == 0:
        if usage and not usage.keys() & set(_NUMBERS):
            facts.skip("a total without numbers that are known")
        return
    transcript = _Transcript(log.path.removesuffix(_ENDING) + ".jsonl")
    first, last = transcript.times()
    written = log.changed // 1_000_000_000
    lock = second_of(settings.get("providerLockTimestamp"))
    begun = min((second for second in (lock, first) if second is not None), default=None)
    second = written if begun is None else begun
    ended = last if last is not None else written
    is_one_day = begun is not None and begun // DAY_SECONDS == ended // DAY_SECONDS
    provider = text_of(settings.get("providerLock")) or ""
    name = os.path.basename(log.path).removesuffix(_ENDING)
    model = _cleaned(text_of(settings.get("model")) or "") or _cleaned(transcript.model())
    facts.add(
        identity=name,
        second=second,
        model=model or _unnamed(provider),
        provider=provider,
        input=fresh,
        output=output,
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=thinking,
        session=name,
        flags=0 if is_one_day else ESTIMATE,
        is_request=False,
    )


def _cleaned(model: str) -> str:
    """The name of a model without what the person's own configuration puts around it.

    `custom:GLM-4.6-[Z.AI]-0` is `glm-4-6-0`; a model's id is left as it is.
    """
    name = model.strip()
    if not (name.startswith("custom:") or "[" in name or " " in name):
        return name
    name = _BRACKETS.sub("", name.removeprefix("custom:")).lower()
    return _DASHES.sub("-", name).strip("-")


def _unnamed(provider: str) -> str:
    """All that is known of a model whose provider alone is."""
    return f"{_FAMILIES.get(provider.lower(), provider)}-unknown" if provider else ""


class _Transcript:
    """The messages of a session, of which the edges are looked at."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def times(self) -> tuple[int | None, int | None]:
        """The moments of the first answer and of the last line; None for what is not there."""
        try:
            with self._path.open("rb", buffering=0) as file:
                head = file.read(_EDGE_BYTES)
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _EDGE_BYTES))
                tail = file.read(_EDGE_BYTES)
        except OSError:
            return None, None
        return _first_answer(head), _last_time(tail)

    def model(self) -> str:
        """The first model that the transcript names, or ""."""
        try:
            with self._path.open("rb", buffering=0) as file:
                text = b""
                while block := file.read(_EDGE_BYTES):
                    text = text[-_OVERLAP_BYTES:] + block
                    found = _MODEL.search(text)
                    if found is not None:
                        return found[1].decode("utf-8", errors="replace").strip()
        except OSError:
            pass
        return ""


def _first_answer(head: bytes) -> int | None:
    for line in head.split(b"\n"):
        if _ANSWER.search(line) is not None:
            found = _TIME.search(line)
            second = second_of(found[1].decode(errors="replace")) if found else None
            if second is not None:
                return second
    return None


def _last_time(tail: bytes) -> int | None:
    times = _TIME.findall(tail)
    return second_of(times[-1].decode(errors="replace")) if times else None
