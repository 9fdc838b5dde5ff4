"""Small JSON files in the config folder: only their owner reads them, and never half of one."""

import contextlib
import json
import os
import sys
from pathlib import Path

from ccgather_cli.errors import CliError


def read_kept(path: Path) -> dict[str, object] | None:
    """The object in a kept file; None if there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise CliError(f"{path} could not be read: {problem}") from problem
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CliError(f"{path} is damaged. Remove it and try again.")
    return found


def keep(path: Path, content: dict[str, object]) -> None:
    """Replace a kept file in one step, readable by its owner alone from its first byte on."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _write_new(draft, text.encode())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        message = f"{path} could not be written: {problem.strerror or problem}"
        raise CliError(message) from problem


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def forget(path: Path) -> bool:
    """Remove a kept file; whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as problem:
        message = f"{path} could not be removed: {problem.strerror or problem}"
        raise CliError(message) from problem
    return True


def tighten(path: Path) -> None:
    """Take a kept file away from other users of the machine, whoever gave it to them."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
