"""What can stand where on the command line, read off the parsers."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from ccgather_cli.commands import all_commands
from ccgather_cli.parsing import whole_parser
from ccgather_cli.readers import all_readers
from ccgather_cli.scheduling.rhythm import HOURS


@dataclass(frozen=True)
class Option:
    """`flags` are its spellings; `values` what may follow: None if nothing, () for anything."""

    flags: tuple[str, ...]
    says: str
    values: tuple[str, ...] | None


@dataclass(frozen=True)
class Place:
    """A place behind the words of `path`: `words` with what they say, and `options`."""

    path: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]


def places() -> list[Place]:
    """Every place there is, the one behind `ccgather` itself first."""
    parser, _ = whole_parser(all_commands())
    return list(_below(parser, ()))


def _below(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[Place]:
    words: list[tuple[str, str]] = []
    options: list[Option] = []
    inner: list[tuple[str, argparse.ArgumentParser]] = []
    for action in parser._actions:  # noqa: SLF001  (argparse has no other way to ask)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            says = {each.dest: each.help or "" for each in action._choices_actions}  # noqa: SLF001
            words += [(name, says.get(name, "")) for name in action.choices]
            inner += list(action.choices.items())
        elif action.option_strings and action.help != argparse.SUPPRESS:
            options.append(Option(tuple(action.option_strings), _help(action), _values(action)))
        elif action.choices:
            words += [(str(choice), "") for choice in action.choices]
    yield Place(path, tuple(words), tuple(options))
    for name, child in inner:
        yield from _below(child, (*path, name))


def _values(action: argparse.Action) -> tuple[str, ...] | None:
    if action.nargs == 0:
        return None
    if "--client" in action.option_strings:
        return tuple(reader.client for reader in all_readers())
    if "--every" in action.option_strings:
        return tuple("1d" if hours == 24 else f"{hours}h" for hours in HOURS)
    return tuple(map(str, action.choices or ()))


def _help(action: argparse.Action) -> str:
    """The first few words: a line of a menu is short."""
    return (action.help or "").partition(";")[0].partition(" (")[0]
