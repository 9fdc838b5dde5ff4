"""Where VS Code and the editors that derive from it let extensions keep their tasks."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ccgather_cli.machine import Machine
from ccgather_cli.reading.documents import document_in
from ccgather_cli.reading.files import files_below
from ccgather_cli.reading.interface import Found

HISTORY = "api_conversation_history.json"
METADATA = "task_metadata.json"
MESSAGES = ("ui_messages.json", "claude_messages.json")
"""The second is what the first was called in 2024."""


def find_tasks(
    machine: Machine, extension: str, *, setting: str = "", others: Iterable[Path] = ()
) -> Found:
    """The tasks of an extension in every editor of VS Code's family, local or served.

    `setting` is the editor's setting that moves the extension's storage; `others` are storage
    folders outside of any editor.
    """
    storages = [*others]
    for user in _user_folders(machine):
        storages.append(user / "globalStorage" / extension)
        profiles = user / "profiles"
        storages += [profiles / name / "globalStorage" / extension for name in _names_in(profiles)]
        moved = _moved_to(user / "settings.json", setting) if setting else ""
        if moved:
            storages.append(machine.expand(moved))
    default = _config_folder(machine) / "Code" / "User" / "globalStorage" / extension
    there = [storage / "tasks" for storage in storages if (storage / "tasks").is_dir()]
    return files_below(
        there or [default / "tasks"],
        wanted=lambda name: name in MESSAGES,
        entered=lambda name: name != "checkpoints",
        companions=_companions,
    )


def _companions(path: str) -> tuple[str, str]:
    folder = os.path.dirname(path)
    return (os.path.join(folder, HISTORY), os.path.join(folder, METADATA))


def _config_folder(machine: Machine) -> Path:
    """Where editors keep their user data."""
    if machine.system == "windows":
        return machine.folder("APPDATA", "AppData", "Roaming")
    if machine.system == "macos":
        return machine.home / "Library" / "Application Support"
    return machine.folder("XDG_CONFIG_HOME", ".config")


def _user_folders(machine: Machine) -> Iterator[Path]:
    """`User` folders of all editors that derive from VS Code.

    There are dozens, and new ones each month: every folder that has the layout is taken. Servers
    for remote editing are `~/.<name>-server/data`; Flatpak gives each editor a home of its own.
    """
    config, home = _config_folder(machine), machine.home
    bases = [config / name for name in _names_in(config)]
    bases += [home / name / "data" for name in _names_in(home) if _is_server(name)]
    bases.append(home / ".local" / "share" / "code-server")
    flatpak = home / ".var" / "app"
    for app in _names_in(flatpak):
        bases += [flatpak / app / "config" / name for name in _names_in(flatpak / app / "config")]
    portable = machine.variable("VSCODE_PORTABLE")
    if portable:
        bases.append(machine.expand(portable) / "user-data")
    agent = machine.variable("VSCODE_AGENT_FOLDER")
    if agent:
        bases.append(machine.expand(agent) / "data")
    for base in bases:
        if (base / "User").is_dir():
            yield base / "User"


def _is_server(name: str) -> bool:
    return name.startswith(".") and ("-server" in name or "-remote" in name)


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _moved_to(settings: Path, setting: str) -> str:
    """The folder that an editor's settings, JSON with comments, name for an extension."""
    try:
        text = settings.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(rf'^\s*"{re.escape(setting)}"\s*:\s*("(?:[^"\\]|\\.)+")', text, re.MULTILINE)
    folder = document_in(found[1]) if found else None
    return folder.strip() if isinstance(folder, str) else ""
