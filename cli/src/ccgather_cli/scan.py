"""Reading every tool's logs on this machine: what changed from the disk, the rest from the
cache."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ccgather_cli.machine import Machine
from ccgather_cli.readers import all_readers
from ccgather_cli.reading.cache import Cache, Head, Kept, is_unchanged, only_grew
from ccgather_cli.reading.extraction import Job, extract, extracted
from ccgather_cli.reading.facts import Facts, Row, unpacked
from ccgather_cli.reading.interface import Found, LogFile, Progressed, Reader
from ccgather_cli.reading.settling import groups_of
from ccgather_cli.reading.sums import book, sums_of
from ccgather_cli.reading.tally import Tally

if TYPE_CHECKING:
    from typing_extensions import Self

_decode_head = msgspec.msgpack.Decoder(Head).decode


@dataclass
class ToolScan:
    """One tool: where its logs are, and what became of them.

    `records` looked like responses, `counted` are rows of figures; `from_cache` counts files
    that had not changed, `bytes_read` what was read of the others. `estimated` responses have an
    approximate day. `skipped` counts lines by the
    reason in words. `problems` are sentences about files and folders that could not be read.
    """

    reader: Reader
    found: Found
    tally: Tally = field(default_factory=Tally)
    from_cache: int = 0
    bytes_read: int = 0
    records: int = 0
    counted: int = 0
    estimated: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _groups: list[list[LogFile]] = field(default_factory=list)

    @property
    def looks_changed(self) -> bool:
        """Whether there are responses in the logs and none that this version understands."""
        return self.records > 0 and self.counted == 0


@dataclass
class Scan:
    """What is on the machine now."""

    tools: list[ToolScan] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    cache_path: Path = Path()
    cache_trouble: str = ""
    _packed: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _cache: Cache | None = None

    @property
    def parser_versions(self) -> dict[str, int]:
        """The version of the reader of every tool that has logs here, by its client id."""
        return {
            tool.reader.client: tool.reader.parser_version
            for tool in self.tools
            if tool.found.files
        }

    @property
    def files(self) -> int:
        """How many logs there are."""
        return sum(len(tool.found.files) for tool in self.tools)

    @property
    def skipped(self) -> Counter[str]:
        """What could not be counted, by the reason in words."""
        return sum((tool.skipped for tool in self.tools), Counter())

    @property
    def problems(self) -> list[str]:
        """Sentences about files and folders that could not be read."""
        return [problem for tool in self.tools for problem in tool.problems]

    @property
    def complete(self) -> bool:
        """Whether every log that was found was read."""
        return not self.problems

    @property
    def looked_in(self) -> list[tuple[str, tuple[Path, ...]]]:
        """The tools' names and the folders where their logs would be."""
        return [(tool.reader.name, tool.found.roots) for tool in self.tools]

    def rows(self) -> Iterator[tuple[str, LogFile, Facts, Row]]:
        """Every row that counts, with its client and the log it is from.

        For what sums a day do not tell: sessions, hours, evidence. Reads the facts of every log.
        """
        for tool in self.tools:
            client = tool.reader.client
            for group in tool._groups:  # noqa: SLF001
                logs = {id(facts): (log, facts) for log, facts in self._facts_of(tool, group)}
                for facts, row in tool.reader.settle([facts for _, facts in logs.values()]):
                    yield client, logs[id(facts)][0], facts, row

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the cache; `rows` is for before that."""
        if self._cache is not None:
            self._cache.close()

    def _facts_of(
        self, tool: ToolScan, group: Sequence[LogFile]
    ) -> Iterator[tuple[LogFile, Facts]]:
        client = tool.reader.client
        for log in group:
            content = self._packed.get((client, log.path))
            if content is None and self._cache is not None:
                content = self._cache.facts_of(client, log.path)
            if content is None:  # the cache was lost since
                again = extract(Job(tool.reader, log), progressed=lambda _: None)
                if again is None:
                    continue
                content = again.facts
            yield log, unpacked(content)


def scan(
    machine: Machine,
    *,
    started: Callable[[int], Progressed],
    clients: Collection[str] = (),
    use_cache: bool = True,
) -> Scan:
    """Read everything, or only the logs of `clients`.

    `started` takes the bytes there are to read, gives who is told of progress.
    """
    readers = [reader for reader in all_readers() if not clients or reader.client in clients]
    cache = Cache(machine.cache_dir) if use_cache else None
    kept = cache.all_kept() if cache else {}
    result = Scan(_cache=cache)
    jobs: list[Job] = []
    heads: dict[tuple[str, str], Head] = {}
    for reader in readers:
        tool = ToolScan(reader, reader.find(machine))
        tool.problems.extend(tool.found.problems)
        result.tools.append(tool)
        for log in tool.found.files:
            head = _known(reader, log, kept)
            if head is None:
                jobs.append(_job(reader, log, kept, cache))
            else:
                heads[reader.client, log.path] = head
                tool.from_cache += 1
    fresh = list(extracted(jobs, progressed=started(sum(job.bytes for job in jobs))))
    for each in fresh:
        heads[each.client, each.log.path] = _decode_head(each.head)
        result._packed[each.client, each.log.path] = each.facts  # noqa: SLF001
    read = Counter[str]()
    for job in jobs:
        read[job.reader.client] += job.bytes
    for tool in result.tools:
        tool.bytes_read = read[tool.reader.client]
        _settle(tool, heads, result)
        result.tally.merge(tool.tally)
    if cache is not None:
        cache.keep(fresh, gone=_gone(kept, heads, readers))
        result.cache_path, result.cache_trouble = cache.path, cache.trouble
    return result


def _known(reader: Reader, log: LogFile, kept: dict[tuple[str, str], Kept]) -> Head | None:
    known = kept.get((reader.client, log.path))
    if known is None or not is_unchanged(known, log, reader.parser_version):
        return None
    try:
        return _decode_head(known.head)
    except (msgspec.DecodeError, ValueError):
        return None


def _job(
    reader: Reader, log: LogFile, kept: dict[tuple[str, str], Kept], cache: Cache | None
) -> Job:
    """Read the whole log, or only what was added since."""
    known = kept.get((reader.client, log.path))
    if cache and known and reader.appends and only_grew(known, log, reader.parser_version):
        content = cache.facts_of(reader.client, log.path)
        if content is not None and _is_sound(content):
            return Job(reader, log, start=known.end, known=content)
    return Job(reader, log)


def _is_sound(content: bytes) -> bool:
    try:
        unpacked(content)
    except (msgspec.DecodeError, ValueError):
        return False
    return True


def _settle(tool: ToolScan, heads: dict[tuple[str, str], Head], result: Scan) -> None:
    """Sum up what counts: by file where nothing is shared, row by row where something is."""
    client = tool.reader.client
    there = [log for log in tool.found.files if (client, log.path) in heads]
    own = [heads[client, log.path] for log in there]
    for head in own:
        tool.records += head.records
        tool.counted += head.counted
        tool.estimated += head.estimated
        tool.skipped.update(head.skipped)
        if head.problem:
            tool.problems.append(head.problem)
    for numbers in groups_of([head.link_array() for head in own]):
        group = [there[number] for number in numbers]
        tool._groups.append(group)  # noqa: SLF001
        if len(group) == 1:
            book(tool.tally, client, own[numbers[0]].sums)
        else:
            facts = [facts for _, facts in result._facts_of(tool, group)]  # noqa: SLF001
            book(tool.tally, client, sums_of(tool.reader.settle(facts)))


def _gone(
    kept: dict[tuple[str, str], Kept],
    heads: dict[tuple[str, str], Head],
    readers: Sequence[Reader],
) -> list[tuple[str, str]]:
    clients = {reader.client for reader in readers}
    return [key for key in kept if key not in heads and key[0] in clients]
