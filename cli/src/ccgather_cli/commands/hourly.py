"""`ccgather hourly`: whether the hours of your responses are sent too."""

from argparse import ArgumentParser, Namespace

from ccgather_cli.context import Context
from ccgather_cli.errors import DONE
from ccgather_cli.preferences import Preferences, keep_preferences, preferences

SUMMARY = "whether the hours of the day are sent too (off)"
DESCRIPTION = """\
Some badges are for hours of the day. With `on`, every report also carries 24
counts of responses a day and tool; without, hours stay on this machine."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("switch", nargs="?", choices=("on", "off"), help="without it: say which")


def run(arguments: Namespace, context: Context) -> int:
    """Switch, and say what holds."""
    if arguments.switch:
        keep_preferences(context.machine, Preferences(hourly=arguments.switch == "on"))
    if preferences(context.machine).hourly:
        context.terminal.print(
            "Hours are on: every report carries 24 counts of responses a day and tool."
        )
    else:
        context.terminal.print("Hours are off: they stay on this machine.")
    return DONE
