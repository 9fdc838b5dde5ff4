"""One module a command; its name is the module's name, with `-` for `_`."""

import importlib
import pkgutil
from argparse import ArgumentParser, Namespace
from typing import Protocol, cast

from ccgather_cli.context import Context


class Command(Protocol):
    """What a module here has. It imports anything heavy inside `run`."""

    SUMMARY: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: Namespace, context: Context) -> int:
        """Do it; gives the exit code. Raises `CliError`."""


def all_commands() -> dict[str, Command]:
    """Every command, in the order of the names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {
        name.replace("_", "-"): cast("Command", importlib.import_module(f"{__name__}.{name}"))
        for name in names
    }
