"""This machine's id: random, made once, meaning nothing elsewhere."""

import os
import re
from dataclasses import dataclass

from ccgather_cli.errors import UsageError
from ccgather_cli.kept_files import keep, read_kept
from ccgather_cli.machine import Machine

FILE_NAME = "device.json"
_ID = re.compile(r"[A-Za-z0-9_.:-]{8,96}")
_NAME_LENGTH = 100


@dataclass(frozen=True)
class Device:
    """`id` goes into every report; `name` only if the person has set one."""

    id: str
    name: str | None = None


def this_device(machine: Machine) -> Device:
    """The device's id and name, made and kept on the first call."""
    content = read_kept(machine.config_dir / FILE_NAME) or {}
    known, name = content.get("id"), content.get("name")
    if isinstance(known, str) and _ID.fullmatch(known):
        return Device(known, name if isinstance(name, str) and name else None)
    made = Device(f"cg_{os.urandom(16).hex()}")
    keep(machine.config_dir / FILE_NAME, {"id": made.id})
    return made


def name_device(machine: Machine, name: str) -> Device:
    """Give the device a name of the person's own. Raises `UsageError`."""
    name = " ".join(name.split())
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        raise UsageError(f"A device's name has 1 to {_NAME_LENGTH} letters.")
    named = Device(this_device(machine).id, name)
    keep(machine.config_dir / FILE_NAME, {"id": named.id, "name": name})
    return named


def name_at_login(machine: Machine) -> str:
    """What the site is told at login, so that the person knows the device in their settings.

    The host's name goes out here, once, and never in a report.
    """
    chosen = this_device(machine).name
    if chosen:
        return chosen
    import socket  # noqa: PLC0415  (only at login)

    host = "".join(letter for letter in socket.gethostname() if letter.isprintable())
    return host.removesuffix(".local")[:_NAME_LENGTH] or "a computer"
