"""The command line as argparse sees it, and the help that people see."""

from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Mapping, Sequence

from ccgather_cli import __version__
from ccgather_cli.commands import Command, all_commands, command_named, command_names

DESCRIPTION = """\
Counts the tokens that your coding agents burn, from the logs they leave on
this machine, and sends daily sums to a CCGather board. Prompts, answers, paths
and project names never leave it."""

GROUPS = {
    "look at your own usage; needs no account and no network": ("report", "graph", "doctor"),
    "join a board": ("login", "submit", "status", "autosubmit", "whoami", "logout"),
    "settings of this machine": ("device", "hourly", "completion"),
}

EPILOG = """\
first use:
  ccgather report           what your agents burned, day by day
  ccgather login            sign this machine in to a board
  ccgather submit           look at the sums, then send them

environment:
  CCGATHER_URL, CCGATHER_TOKEN   server and token, for CI; they win over `login`
  CCGATHER_CONFIG_DIR            where the login is kept
  CCGATHER_CACHE_DIR             where what was read is kept
  NO_COLOR                       no colours

exit codes:
  0 done, 1 failed, 2 usage, 3 not logged in, 4 held for review

`ccgather COMMAND --help` says more about each."""

_NAME_COLUMNS = 12


def parser_for(words: Sequence[str]) -> tuple[ArgumentParser, Mapping[str, Command]]:
    """The parser and the commands it knows: only the one that is called, where that is plain."""
    if words and words[0] in command_names():
        return whole_parser({words[0]: command_named(words[0])})
    return whole_parser(all_commands())


def whole_parser(
    commands: Mapping[str, Command],
) -> tuple[ArgumentParser, Mapping[str, Command]]:
    """A parser of these commands."""
    parser = ArgumentParser(
        prog="ccgather",
        usage="ccgather COMMAND [OPTIONS]",
        description=DESCRIPTION,
        epilog=f"{_listing(commands)}\n{EPILOG}",
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"ccgather {__version__}")
    choices = parser.add_subparsers(
        metavar="COMMAND", dest="command", help=SUPPRESS, prog="ccgather"
    )
    for name, command in commands.items():
        described = choices.add_parser(
            name,
            help=command.SUMMARY,
            description=getattr(command, "DESCRIPTION", "") or _sentence(command.SUMMARY),
            epilog=getattr(command, "EXAMPLES", ""),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(described)
    return parser, commands


def _listing(commands: Mapping[str, Command]) -> str:
    lines = ["commands:"]
    grouped: Iterable[tuple[str, Sequence[str]]] = GROUPS.items()
    for title, names in grouped:
        lines.append(f"  {title}")
        lines += [_line(name, commands[name]) for name in names if name in commands]
        lines.append("")
    known = {name for names in GROUPS.values() for name in names}
    others = [_line(name, commands[name]) for name in commands if name not in known]
    return "\n".join([*lines, *(["  others", *others, ""] if others else [])])


def _line(name: str, command: Command) -> str:
    return f"    {name:<{_NAME_COLUMNS}}{command.SUMMARY}"


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."
