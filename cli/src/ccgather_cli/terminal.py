"""What a person sees: results on standard output, everything else on standard error."""

import io
import sys
import textwrap
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from typing_extensions import Self

_PROGRESS_AFTER_SECONDS = 0.5
_PIPE_COLUMNS = 160
"""Wide enough for every number in one piece: nobody can widen a pipe."""

_READABLE_COLUMNS = 100
_LEAST_COLUMNS = 30


class Terminal:
    """The three streams. Rich is only loaded when something is drawn."""

    def __init__(self, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._stderr = stderr
        self._consoles: dict[bool, Console] = {}

    @classmethod
    def here(cls) -> "Terminal":
        """This process's streams; a letter that a stream cannot show never ends the program."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return cls(sys.stdin, sys.stdout, sys.stderr)

    @property
    def can_ask(self) -> bool:
        """Whether there is a person who can read a question and answer it."""
        return self._stdin.isatty() and self._stderr.isatty()

    @property
    def out(self) -> "Console":
        """Standard output, for tables and colours."""
        return self._console(error=False)

    @property
    def notes(self) -> "Console":
        """Standard error, for tables and colours."""
        return self._console(error=True)

    def write(self, content: bytes) -> None:
        """Exactly these bytes on standard output."""
        self._stdout.flush()
        buffer = getattr(self._stdout, "buffer", None)
        if buffer is None:
            self._stdout.write(content.decode())
        else:
            buffer.write(content)
        self._stdout.flush()

    def print(self, text: str) -> None:
        """A line on standard output."""
        self._stdout.write(clean(text) + "\n")
        self._stdout.flush()

    def show(self, text: str, *, label: str = "", indent: int = 2, column: int = 0) -> None:
        """A sentence behind a label, folded on a terminal, in one piece for a program.

        The text begins at `column` and goes on there on the lines below.
        """
        head = f"{'':<{indent}}{label}"
        head = f"{head:<{column}}" if column else head
        text = clean(text)
        if self._stdout.isatty():
            room = max(min(self.out.width, _READABLE_COLUMNS) - 1, column + _LEAST_COLUMNS)
            text = textwrap.fill(
                text,
                room,
                initial_indent=" " * len(head),
                subsequent_indent=" " * (column or indent + 2),
                break_long_words=False,
                break_on_hyphens=False,
            ).lstrip()
        self.print(f"{head}{text}".rstrip())

    def note(self, text: str) -> None:
        """A line on standard error."""
        self._stderr.write(clean(text) + "\n")
        self._stderr.flush()

    def read_line(self) -> str:
        """A line of standard input without its end; "" when there is none."""
        return self._stdin.readline().strip()

    def confirmed(self, question: str) -> bool:
        """Whether the person said yes; anything else is no."""
        self._stderr.write(clean(f"{question} [y/N] "))
        self._stderr.flush()
        return self.read_line().lower() in ("y", "yes")

    def progress(self, label: str) -> "ReadingProgress":
        """A bar that shows only on a terminal, and only if it takes a while."""
        return ReadingProgress(self, label, shown=self._stderr.isatty())

    def _console(self, *, error: bool) -> "Console":
        if error not in self._consoles:
            from rich.console import Console  # noqa: PLC0415  (40 ms that most calls do without)

            stream = self._stderr if error else self._stdout
            self._consoles[error] = Console(
                file=stream,
                width=None if stream.isatty() else _PIPE_COLUMNS,
                markup=False,
                highlight=False,
                emoji=False,
            )
        return self._consoles[error]


class ReadingProgress:
    """Bytes read so far, drawn at most from half a second on."""

    def __init__(self, terminal: Terminal, label: str, *, shown: bool) -> None:
        self._terminal = terminal
        self._label = label
        self._shown = shown
        self._started = time.monotonic()
        self._done = 0
        self._total = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def done(self) -> None:
        """Take the bar away: what follows is shown in its place."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._shown = False

    def started(self, total: int) -> Callable[[int], None]:
        """Take the bytes there are to read; gives who is to be told of each part."""
        self._total = total
        return self._progressed

    def _progressed(self, count: int) -> None:
        self._done += count
        if not self._shown:
            return
        if self._bar is None:
            if time.monotonic() - self._started < _PROGRESS_AFTER_SECONDS:
                return
            self._draw()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done)

    def _draw(self) -> None:
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=self._terminal.notes,
            transient=True,
        )
        self._task = self._bar.add_task(self._label, total=self._total)
        self._bar.start()


def clean(text: str) -> str:
    """`text` without control characters: a server's words must not steer the terminal."""
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())
