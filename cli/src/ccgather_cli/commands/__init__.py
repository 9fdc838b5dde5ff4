"""One module a command; its name is the module's name, with `-` for `_`."""

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from ccgather_cli.context import Context


class Command(Protocol):
    """What a module here has. It imports anything heavy inside `run`.

    `DESCRIPTION` and `EXAMPLES`, texts for its own help, may be there too.
    """

    SUMMARY: str

    def add_arguments(self, parser: "ArgumentParser") -> None:
        """Declare the command's arguments."""

    def run(self, arguments: "Namespace", context: "Context") -> int:
        """Do it; gives the exit code. Raises `CliError`."""


def command_names() -> tuple[str, ...]:
    """The name of every command, in order; loads none of them."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name.replace("_", "-") for name in names)


def command_named(name: str) -> Command:
    """One command."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast("Command", module)


def all_commands() -> dict[str, Command]:
    """Every command, in the order of the names."""
    return {name: command_named(name) for name in command_names()}
