"""Calling the programs of the system that schedule others.

Everything that autosubmit starts goes through here. Which program is meant is looked up in the
machine's own PATH.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine

_PATIENCE_SECONDS = 30
_BEHIND = 0x08000000 | 0x00004000 | 0x00000200 if os.name == "nt" else 0
"""Windows: no window, below normal priority, a process group of its own."""


@dataclass(frozen=True)
class Ran:
    """How a program ended and what it said."""

    code: int
    out: bytes
    err: bytes

    @property
    def words(self) -> str:
        """What it said about trouble, on one line."""
        said = (self.err.strip() or self.out.strip()).decode(errors="replace")
        return " ".join(said.split())[:300]


def path_of(machine: Machine, name: str) -> str | None:
    """Where a program is; None if it is not here."""
    return shutil.which(name, path=machine.environment.get("PATH", ""))


def call(machine: Machine, name: str, *words: str, given: bytes = b"") -> Ran:
    """Run a program to its end, with `given` on its standard input. Raises `CliError`."""
    path = path_of(machine, name)
    if path is None:
        raise CliError(f"{name} is not on this machine.")
    environment = {**machine.environment, "LC_ALL": "C"}  # what it says is compared below
    for secret in ("CCGATHER_TOKEN", "CCGATHER_URL"):
        environment.pop(secret, None)
    if os.name == "nt":
        environment.setdefault("SYSTEMROOT", os.environ.get("SYSTEMROOT", ""))
    try:
        ended = subprocess.run(  # noqa: S603  (a name of ours, looked up by us, no shell)
            [path, *words],
            input=given,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CliError(f"{name} did not work: {problem}") from problem
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def call_well(machine: Machine, name: str, *words: str, given: bytes = b"") -> Ran:
    """The same, for a program that must succeed. Raises `CliError` with what it said."""
    ran = call(machine, name, *words, given=given)
    if ran.code != 0:
        doing = f"{name} {' '.join(words[:2])}".strip()
        raise CliError(f"`{doing}` failed ({ran.code}): {ran.words or 'it did not say why'}")
    return ran


def start(machine: Machine, command: tuple[str, ...]) -> None:
    """Start a program that outlives this one, quietly and behind everything else."""
    nice = path_of(machine, "nice") if os.name == "posix" else None
    words = [nice, "-n", "10", *command] if nice else list(command)
    try:
        started = subprocess.Popen(  # noqa: S603  (this program, by its own path, no shell)
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            env=dict(machine.environment),
            start_new_session=True,
            creationflags=_BEHIND,
        )
    except OSError as problem:
        raise CliError(f"{command[0]} did not start: {problem}") from problem
    started.returncode = 0  # nobody waits for it, and Python need not complain
