"""The `ccgather` command, called in this process, with streams in memory and no real waits."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ccgather_cli.__main__ import answer
from ccgather_cli.context import Context
from ccgather_cli.machine import Machine
from ccgather_cli.terminal import Terminal


class _Stream(io.TextIOWrapper):
    """A stream in memory that may call itself a terminal."""

    def __init__(self, text: str = "", *, terminal: bool) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.flush()
        self.seek(0)
        return self.read()


@dataclass
class Ran:
    """What a call of the command did."""

    code: int
    out: str
    err: str
    pauses: list[float] = field(default_factory=list)


@dataclass
class Command:
    """The `ccgather` command on a machine of the test's own."""

    machine: Machine
    at: datetime = datetime(2026, 5, 3, 12, tzinfo=timezone.utc)

    def __call__(self, *words: str, typed: str = "", terminal: bool = False) -> Ran:
        stdin = _Stream(typed, terminal=terminal)
        out, err = _Stream(terminal=terminal), _Stream(terminal=terminal)
        pauses: list[float] = []
        context = Context(
            machine=self.machine,
            terminal=Terminal(stdin, out, err),
            pause=pauses.append,
            at=self.at,
        )
        code = answer(words, context)
        return Ran(code, out.text, err.text, pauses)

    def with_environment(self, **variables: str) -> "Command":
        """The same machine with these variables set."""
        environment = {**self.machine.environment, **variables}
        return Command(Machine(self.machine.home, environment, self.machine.system), self.at)
