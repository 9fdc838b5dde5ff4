"""What is counted of a generated corpus, and what a corpus must hold against: its truth, the
cache, files that come, go and grow."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeAlias

from corpora.truth import Truth

from ccgather_cli.machine import Machine
from ccgather_cli.reading.interface import Reader
from ccgather_cli.scan import Scan, scan

Sums: TypeAlias = dict[tuple[str, str], tuple[int, ...]]
"""By day and model: the five classes and the responses."""
Generate: TypeAlias = Callable[..., Truth]


def scanned(machine: Machine, client: str, *, use_cache: bool = False) -> Scan:
    """One tool's logs, read now."""
    with scan(machine, started=lambda _: lambda _: None, clients=[client], use_cache=use_cache) as (
        found
    ):
        return found


def sums(machine: Machine, client: str, *, use_cache: bool = False) -> Sums:
    """What is counted of one tool."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for slot, counts in scanned(machine, client, use_cache=use_cache).tally:
        columns = (
            counts.input,
            counts.output,
            counts.cache_read,
            counts.cache_write,
            counts.reasoning,
            counts.messages,
        )
        for place, value in enumerate(columns):
            found[slot.day, slot.model][place] += value
    return {key: tuple(values) for key, values in found.items()}


def truth_of(truth: Truth) -> Sums:
    """What was really burned, in the same shape."""
    return {
        key: (
            burned.input,
            burned.output,
            burned.cache_read,
            burned.cache_write,
            burned.reasoning,
            burned.messages,
        )
        for key, burned in truth.burned.items()
    }


def check_truth(
    machine: Machine, client: str, generate: Generate, seed: int, traps: Collection[str]
) -> None:
    """The corpus gives its truth, without the cache and twice through it."""
    truth = truth_of(generate(machine.home, random.Random(seed), sessions=12, traps=traps))
    assert sums(machine, client) == truth
    assert sums(machine, client, use_cache=True) == truth
    assert sums(machine, client, use_cache=True) == truth


def check_changes(machine: Machine, client: str, generate: Generate, seed: int, ext: str) -> None:
    """Through the cache, files that go, come back and grow give what reading anew gives."""
    chance = random.Random(seed)
    generate(machine.home, chance, sessions=8, traps=())
    files = sorted(machine.home.rglob(f"*{ext}"))
    for _ in range(6):
        sums(machine, client, use_cache=True)
        path = chance.choice(files)
        content = path.read_bytes() if path.exists() else b""
        other = chance.choice(files)
        change = chance.choice(("delete", "cut", "copy", "append"))
        if change == "delete" and len(files) > 3:
            path.unlink(missing_ok=True)
        elif change == "cut":
            path.write_bytes(content[: len(content) // 2])
        elif change == "copy" and other.exists():
            (path.parent / f"copy-{chance.getrandbits(32):x}{ext}").write_bytes(other.read_bytes())
        elif other.exists():
            with open(path, "ab") as file:  # noqa: PTH123  (appends)
                file.write(other.read_bytes())
        assert sums(machine, client, use_cache=True) == sums(machine, client)


def check_appending(machine: Machine, client: str, path: Path) -> None:
    """A file that grows line by line gives at each line what reading it anew gives."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"")
    for place in range(len(lines)):
        with open(path, "ab") as file:  # noqa: PTH123  (appends)
            file.write(lines[place])
        assert sums(machine, client, use_cache=True) == sums(machine, client)


def check_resuming(reader: Reader, path: Path) -> None:
    """Cut at any newline and read on, the facts are those of one read."""
    from ccgather_cli.reading.facts import Facts, packed, unpacked  # noqa: PLC0415
    from ccgather_cli.reading.interface import log_file  # noqa: PLC0415

    content = path.read_bytes()
    log = log_file(path)
    assert log is not None
    whole = Facts(reader.client)
    reader.extract(log, whole, start=0, progressed=lambda _: None)
    for place in [place + 1 for place, byte in enumerate(content) if byte == 10]:
        path.write_bytes(content[:place])
        first = Facts(reader.client)
        end = reader.extract(log, first, start=0, progressed=lambda _: None)
        assert end == place
        path.write_bytes(content)
        second = unpacked(packed(first))
        reader.extract(log, second, start=end, progressed=lambda _: None)
        assert packed(second) == packed(whole)
