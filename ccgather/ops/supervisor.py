"""Keeps the processes of one site running, and stops them together."""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

STOP_SECONDS = 15.0
LOOK_SECONDS = 0.2
QUICK_SECONDS = 10.0
QUICK_ENDS = 5
"""That many ends in a row, each within `QUICK_SECONDS` of its start, and we give up."""


class GivingUpError(Exception):
    """A process ends as soon as it is started."""


@dataclass(slots=True)
class Child:
    """One process: a Python module with arguments, started again when it ends."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    quick_ends: int = 0

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl-C is for the supervisor."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", "ccgather.ops.attended", *self.arguments],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            process_group=0,
        )

    @property
    def pid(self) -> int | None:
        """The process id, while it has one."""
        return None if self.process is None else self.process.pid

    def end(self) -> str | None:
        """How it ended, in words; None while it runs."""
        code = None if self.process is None else self.process.poll()
        if code is None:
            return None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@dataclass(slots=True)
class Supervisor:
    """Starts children in order, restarts those that end, stops all on SIGINT and SIGTERM.

    `say` takes one line for the person at the terminal.
    """

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Take SIGINT and SIGTERM as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._wish)

    def _wish(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def start(self, child: Child) -> None:
        """Start a process and look after it from now on."""
        self.children.append(child)
        child.start()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Look after everything until `ready`; False when asked to stop or out of time."""
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and time.monotonic() < deadline:
            if ready():
                return True
            self.look()
            self.stopping.wait(LOOK_SECONDS)
        return False

    def look(self) -> None:
        """Start again what has ended.

        Raises `GivingUpError`.
        """
        for child in self.children:
            end = child.end()
            if end is None or self.stopping.is_set():
                continue
            quick = time.monotonic() - child.started < QUICK_SECONDS
            child.quick_ends = child.quick_ends + 1 if quick else 0
            if child.quick_ends >= QUICK_ENDS:
                message = f"The {child.name} ended {QUICK_ENDS} times in a row ({end})."
                raise GivingUpError(message)
            close_input(child)
            child.start()
            self.say(f"The {child.name} ended ({end}); started it again, process {child.pid}.")

    def stop(self) -> None:
        """Ask every process to stop, last started first; kill what does not."""
        self.stopping.set()
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                self.say(f"The {child.name} does not stop; killing it.")
                child.process.kill()
                child.process.wait()
            close_input(child)


def close_input(child: Child) -> None:
    """Let go of the pipe that tells a process that we live."""
    if child.process is not None and child.process.stdin is not None:
        child.process.stdin.close()


def answers(host: str, port: int) -> bool:
    """Whether the site answers `/healthz` there."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
