"""A hook of Claude Code: runs whenever a session ends.

Claude Code reads `hooks.SessionEnd` of its `settings.json`: a list of `{"hooks": [{"type":
"command", "command": …}]}`, where no `matcher` means every reason to end. All hooks of a session's
end share 1.5 seconds unless one names a longer `timeout`; ours only starts a process that outlives
it, and names one for slow machines.
"""

import json
import shlex
from pathlib import Path

from ccgather_cli.errors import CliError
from ccgather_cli.machine import Machine
from ccgather_cli.scheduling.files import read_bytes, remove, replace
from ccgather_cli.scheduling.json_text import (
    Node,
    children,
    member,
    root_of,
    with_child,
    without_child,
)

HOOK_WORDS = ("autosubmit", "run", "--hook")
_EVENT = "SessionEnd"
_TIMEOUT_SECONDS = 15
_WORDS = " ".join(HOOK_WORDS)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")


class SessionHook:
    """The hook in the person's settings. Every other setting keeps its spelling."""

    name = "Claude Code session-end hook"
    id = "hook"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.path = _settings_of(machine)

    def enable(self, command: tuple[str, ...]) -> bool:
        """Put the hook in; whether it was not there like that already."""
        line = _shell_line(command, self._machine)
        content = read_bytes(self.path)
        if content is None:
            settings = {"hooks": {_EVENT: [_entry(line)]}}
            return replace(self.path, (json.dumps(settings, indent=2) + "\n").encode())
        text = self._text(content)
        known = self._ours(text)
        if known == [line]:
            return False
        if known:
            text = self._without_ours(text)
        return replace(self.path, self._with_hook(text, line).encode())

    def disable(self, *, made_file: bool) -> bool:
        """Take the hook out, and what would be empty without it: the file too if it was ours."""
        content = read_bytes(self.path)
        if content is None:
            return False
        text = self._text(content)
        if not self._ours(text):
            return False
        left = self._without_ours(text)
        if made_file and json.loads(left) == {}:
            return remove(self.path)
        return replace(self.path, left.encode())

    def is_enabled(self) -> bool:
        """Whether the hook is there. Settings that cannot be read hold none of ours."""
        try:
            content = read_bytes(self.path)
            return content is not None and bool(self._ours(self._text(content)))
        except CliError:
            return False

    def _text(self, content: bytes) -> str:
        """The settings, if they are what Claude Code would read. Raises `CliError`."""
        why = ""
        try:
            text = content.decode("utf-8")
            found = json.loads(text)
        except ValueError as problem:
            why = f" ({problem})"
            found = None
        if not isinstance(found, dict):
            raise CliError(
                f"{self.path} is not valid JSON{why}, so it was left as it is. Mend it, or put "
                "the hook in by hand."
            )
        hooks = found.get("hooks", {})
        if not isinstance(hooks, dict) or not isinstance(hooks.get(_EVENT, []), list):
            raise CliError(
                f"The hooks in {self.path} are not in a form that this version understands, so "
                "the file was left as it is."
            )
        return text

    def _ours(self, text: str) -> list[str]:
        """The commands of ours that are there."""
        entries = json.loads(text).get("hooks", {}).get(_EVENT, [])
        inner = [entry.get("hooks") for entry in entries if isinstance(entry, dict)]
        hooks = [hook for each in inner if isinstance(each, list) for hook in each]
        return [str(hook["command"]) for hook in hooks if _is_ours(hook)]

    def _with_hook(self, text: str, line: str) -> str:
        root = root_of(text)
        hooks = member(text, root, "hooks")
        if hooks is None:
            return with_child(text, root, {_EVENT: [_entry(line)]}, key="hooks")
        event = member(text, hooks, _EVENT)
        if event is None:
            return with_child(text, hooks, [_entry(line)], key=_EVENT)
        return with_child(text, event, _entry(line))

    def _without_ours(self, text: str) -> str:
        """One at a time: every edit moves the places of what is behind it."""
        while (chain := _first_of_ours(text)) is not None:
            # Up from the hook through everything that would be left empty without it.
            parent, child = chain.pop()
            while chain and len(children(text, parent)) == 1:
                parent, child = chain.pop()
            text = without_child(text, parent, child)
        return text


def _first_of_ours(text: str) -> list[tuple[Node, Node]] | None:
    """Containers with what to take out of each, outermost first; None if there is none of ours."""
    root = root_of(text)
    hooks = member(text, root, "hooks")
    event = member(text, hooks, _EVENT) if hooks else None
    if hooks is None or event is None:
        return None
    for entry in children(text, event):
        inner = member(text, entry, "hooks") if text[entry.start] == "{" else None
        if inner is None or text[inner.start] != "[":
            continue
        for hook in children(text, inner):
            if _is_ours(json.loads(text[hook.start : hook.end])):
                return [(root, hooks), (hooks, event), (event, entry), (inner, hook)]
    return None


def _is_ours(hook: object) -> bool:
    command = hook.get("command") if isinstance(hook, dict) else None
    return isinstance(command, str) and "ccgather" in command and _WORDS in command


def _entry(line: str) -> dict[str, object]:
    return {"hooks": [{"type": "command", "command": line, "timeout": _TIMEOUT_SECONDS}]}


def _shell_line(command: tuple[str, ...], machine: Machine) -> str:
    """For the shell that runs hooks; on Windows that is Git's bash, which takes both slashes."""
    if machine.system == "windows":
        program, *words = command
        quoted = [f'"{program.replace(chr(92), "/")}"', *(_windows_word(word) for word in words)]
        return " ".join(quoted)
    return shlex.join(command)


def _windows_word(word: str) -> str:
    return f'"{word.replace(chr(92), "/")}"' if set(word) - _PLAIN else word


def _settings_of(machine: Machine) -> Path:
    """Where Claude Code reads its settings; the first folder where several are named."""
    named = machine.variable("CLAUDE_CONFIG_DIR")
    folder = machine.expand(named.split(",")[0].strip()) if named else machine.home / ".claude"
    return folder / "settings.json"
