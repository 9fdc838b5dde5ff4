"""What the person switched on or off on this machine."""

from dataclasses import dataclass

from ccgather_cli.kept_files import keep, read_kept
from ccgather_cli.machine import Machine

FILE_NAME = "preferences.json"


@dataclass(frozen=True)
class Preferences:
    """`hourly`: whether the hours of the responses are sent too, as 24 counts a day."""

    hourly: bool = False


def preferences(machine: Machine) -> Preferences:
    """What is switched on here."""
    content = read_kept(machine.config_dir / FILE_NAME) or {}
    return Preferences(hourly=content.get("hourly") is True)


def keep_preferences(machine: Machine, chosen: Preferences) -> None:
    """Replace them."""
    keep(machine.config_dir / FILE_NAME, {"hourly": chosen.hourly})
