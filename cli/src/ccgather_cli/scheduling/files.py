"""Files of other programs: written in one step, and only when something changes."""

import os
import secrets
from pathlib import Path

from ccgather_cli.errors import CliError


def read_bytes(path: Path) -> bytes | None:
    """What is in a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise CliError(f"{path} could not be read: {problem.strerror or problem}") from problem


def replace(path: Path, content: bytes) -> bool:
    """Make a file say `content`, never half of it; whether it said something else.

    A link stays a link (settings are often kept in a folder of dotfiles), and its target keeps
    its mode.
    """
    if read_bytes(path) == content:
        return False
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            _write_new(draft, content, mode)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        raise CliError(f"{path} could not be written: {problem.strerror or problem}") from problem
    return True


def remove(path: Path) -> bool:
    """Remove a file or a link; whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as problem:
        raise CliError(f"{path} could not be removed: {problem.strerror or problem}") from problem
    return True


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)
