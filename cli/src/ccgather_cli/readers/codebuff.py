"""Codebuff: chats, each one JSON array of messages that is rewritten as a whole.

The rules, each with its reason:

- **What counts**: messages of the agent (`variant` `ai` or `agent`) with tokens in
  `metadata.usage` or `metadata.codebuff.usage`, which are two places for the same numbers.
- **`metadata.runState`** is looked at where both are missing. Its `messageHistory` is the history
  up to then, with the numbers of each request: those that no earlier message of the chat has
  told of yet are this message's, all of them, for an answer takes several requests.
- **Classes**: Anthropic's keys are disjoint. OpenAI's (`prompt_tokens`, `completion_tokens`)
  include the cached part and the reasoning, which are subtracted.
- **Day**: the message's `timestamp`. One such as `11:00 AM` is no date: then it is that of the
  chat's folder, which is named after the moment it began, else that of the file: estimates.
- **Identity**: the chat's folder and the message's id, which a copy of the chat keeps in whatever
  project or channel; ids alone are counted up in each chat anew.
- Credits without tokens cannot be turned into tokens.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.reading.documents import array_of, content_of
from ccgather_cli.reading.facts import ESTIMATE, Facts, Row
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found, LogFile, Progressed
from ccgather_cli.reading.numbers import count_of, text_of
from ccgather_cli.reading.settling import greatest_of
from ccgather_cli.reading.timestamps import second_of

CLIENT = "codebuff"

_CHANNELS = ("manicode", "manicode-dev", "manicode-staging")
_FOLDER_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)")
_INPUT = ("inputTokens", "input_tokens")
_WHOLE_PROMPT = ("promptTokens", "prompt_tokens")
_OUTPUT = ("outputTokens", "output_tokens", "completionTokens", "completion_tokens")
_CACHE_READ = ("cacheReadInputTokens", "cache_read_input_tokens")
_CACHE_WRITE = (
    "cacheCreationInputTokens",
    "cache_creation_input_tokens",
    "cacheCreationTokens",
    "cache_creation_tokens",
    "cachedTokensCreated",
    "cached_tokens_created",
)
_CACHED_PART = ("cachedInputTokens", "cached_input_tokens")
_PROMPT_DETAILS = ("promptTokensDetails", "prompt_tokens_details")
_OUTPUT_DETAILS = ("completionTokensDetails", "completion_tokens_details")

_Figures = tuple[int, int, int, int, int]
"""Input, output, cache read, cache write, reasoning."""
_NOTHING: _Figures = (0, 0, 0, 0, 0)


class _Codebuff(msgspec.Struct, gc=False):
    usage: Any = None
    model: Any = None


class _Options(msgspec.Struct, gc=False):
    usage: Any = None
    codebuff: _Codebuff | None = None


class _Turn(msgspec.Struct, gc=False):
    role: Any = None
    providerOptions: _Options | None = None  # noqa: N815  (the log's own names)


class _Agent(msgspec.Struct, gc=False):
    messageHistory: list[_Turn] | None = None  # noqa: N815


class _SessionState(msgspec.Struct, gc=False):
    mainAgentState: _Agent | None = None  # noqa: N815


class _RunState(msgspec.Struct, gc=False):
    sessionState: _SessionState | None = None  # noqa: N815


class _Metadata(msgspec.Struct, gc=False):
    model: Any = None
    timestamp: Any = None
    usage: Any = None
    codebuff: _Codebuff | None = None
    runState: _RunState | None = None  # noqa: N815


class _Message(msgspec.Struct, gc=False):
    id: Any = None
    variant: Any = None
    role: Any = None
    timestamp: Any = None
    createdAt: Any = None  # noqa: N815
    metadata: _Metadata | None = None


_decode_chat = msgspec.json.Decoder(list[_Message]).decode


class CodebuffReader:
    """See the module's docstring for what is counted and why."""

    client = CLIENT
    name = "Codebuff"
    parser_version = 1
    appends = False

    def find(self, machine: Machine) -> Found:
        """Chats of every project and channel."""
        config = machine.home / ".config"
        roots = [config / channel / "projects" for channel in _CHANNELS]
        named = machine.variable("CODEBUFF_DATA_DIR")
        roots += [machine.expand(part.strip()) for part in named.split(",") if part.strip()]
        return files_below(roots, wanted=lambda name: name == "chat-messages.json")

    def extract(self, log: LogFile, facts: Facts, *, start: int, progressed: Progressed) -> int:
        """Every answer of one chat."""
        del start
        chat = _Chat(log, facts)
        for place, message in enumerate(
            array_of(content_of(log, progressed), _decode_chat, _Message)
        ):
            if message is None:
                facts.skip("a message in a shape that is not known")
            else:
                chat.take(place, message)
        return 0

    def settle(self, logs: Sequence[Facts]) -> Iterable[tuple[Facts, Row]]:
        """Each answer once over all copies of its chat."""
        return greatest_of(logs)


READER = CodebuffReader()


class _Chat:
    """A chat while it is read, with the requests that were told of so far."""

    def __init__(self, log: LogFile, facts: Facts) -> None:
        self._facts = facts
        self._name = Path(log.path).parent.name
        parts = _FOLDER_TIME.match(self._name)
        begun = second_of(f"{parts[1]}:{parts[2]}:{parts[3]}Z") if parts else None
        self._fallback_second = begun or log.changed // 1_000_000_000
        self._told: Counter[tuple[str, _Figures]] = Counter()

    def take(self, place: int, message: _Message) -> None:
        """Count a message if it is an answer with tokens."""
        metadata = message.metadata
        if (message.variant or message.role) not in ("ai", "agent", "assistant"):
            return
        if metadata is None:
            return
        for answer in self._answers(metadata):
            self._facts.records += 1
            self._add(place, message, *answer)

    def _answers(self, metadata: _Metadata) -> Iterator[tuple[str, _Figures, int, str]]:
        """(model, figures, requests, which part of the answer) of a message."""
        codebuff = metadata.codebuff or _Codebuff()
        model = text_of(metadata.model) or text_of(codebuff.model)
        figures = _first_of(metadata.usage, codebuff.usage)
        if any(figures):
            model = model or _model_in(metadata.usage) or _model_in(codebuff.usage)
            self._told[model, figures] += 1
            yield model, figures, 1, ""
            return
        history = Counter(_history(metadata, model or ""))
        new = history - self._told
        self._told |= history
        for name in dict.fromkeys(name for name, _ in new):
            ours = [(figures, times) for (of, figures), times in new.items() if of == name]
            total = [sum(figures[n] * times for figures, times in ours) for n in range(5)]
            requests = sum(times for _, times in ours)
            yield name, (total[0], total[1], total[2], total[3], total[4]), requests, f"\0{name}"

    def _add(
        self,
        place: int,
        message: _Message,
        model: str,
        figures: _Figures,
        requests: int,
        part: str,
    ) -> None:
        metadata = message.metadata or _Metadata()
        moments = (message.timestamp, message.createdAt, metadata.timestamp)
        second = next(filter(None, map(second_of, moments)), None)
        message_id = text_of(message.id) or f"#{place}"
        self._facts.add(
            identity=f"{self._name}\0{message_id}{part}",
            second=self._fallback_second if second is None else second,
            model=model,
            input=figures[0],
            output=figures[1],
            cache_read=figures[2],
            cache_write=figures[3],
            reasoning=figures[4],
            session=self._name,
            messages=requests,
            flags=ESTIMATE if second is None else 0,
            is_request=requests == 1,
        )


def _history(metadata: _Metadata, model: str) -> Iterator[tuple[str, _Figures]]:
    """(model, figures) of every request in the state of a run."""
    session = metadata.runState.sessionState if metadata.runState else None
    agent = session.mainAgentState if session else None
    for turn in (agent.messageHistory if agent else None) or ():
        options = turn.providerOptions
        if turn.role != "assistant" or options is None:
            continue
        codebuff = options.codebuff or _Codebuff()
        figures = _first_of(options.usage, codebuff.usage)
        if any(figures):
            own = text_of(codebuff.model) or _model_in(options.usage) or _model_in(codebuff.usage)
            yield own or model, figures


def _first_of(first: object, second: object) -> _Figures:
    """Two places for the same numbers: each class from the first that has it."""
    one, other = _figures(first), _figures(second)
    if not any(one) or not any(other):
        return one if any(one) else other
    if one[2:4] == (0, 0) and sum(other) > sum(one):
        return other
    return one


def _figures(usage: object) -> _Figures:
    if not isinstance(usage, dict):
        return _NOTHING
    prompt_details = _object(usage, _PROMPT_DETAILS)
    cached_part = _count(usage, _CACHED_PART) or _count(
        prompt_details, ("cachedTokens", "cached_tokens")
    )
    cache_read = _count(usage, _CACHE_READ) or cached_part
    cache_write = _count(usage, _CACHE_WRITE)
    fresh = _count(usage, _INPUT)
    if cached_part and fresh:
        fresh = max(0, fresh - cached_part)
    elif not fresh:
        whole = _count(usage, _WHOLE_PROMPT)
        cache_read = min(cache_read, whole) if cached_part else cache_read
        within = cache_read + cache_write
        fresh = whole - within if whole >= within else max(0, whole - cache_read)
    output = _count(usage, _OUTPUT)
    details = _object(usage, _OUTPUT_DETAILS)
    reasoning = min(_count(details, ("reasoningTokens", "reasoning_tokens")), output)
    return (fresh, output - reasoning, cache_read, cache_write, reasoning)


def _count(usage: dict[str, Any], names: Iterable[str]) -> int:
    """The first of these that is more than nothing."""
    return next(filter(None, (count_of(usage.get(name)) for name in names)), 0)


def _object(usage: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    found = (usage.get(name) for name in names)
    return next((each for each in found if isinstance(each, dict)), {})


def _model_in(usage: object) -> str:
    return (text_of(usage.get("model")) or "") if isinstance(usage, dict) else ""
