"""`ccgather device name`: what this machine is called on the site."""

from argparse import ArgumentParser, Namespace

from ccgather_cli.context import Context
from ccgather_cli.device import name_device, this_device
from ccgather_cli.errors import DONE

SUMMARY = "what this machine is called on the site"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions")
    naming = actions.add_parser("name", help="call this machine something")
    naming.add_argument("name", help="up to 100 letters; goes out with the next report")


def run(arguments: Namespace, context: Context) -> int:
    """Name it, and say what it is called."""
    if arguments.action == "name":
        device = name_device(context.machine, arguments.name)
        context.terminal.print(f"This machine is {device.name} from the next report on.")
        return DONE
    device = this_device(context.machine)
    context.terminal.print(f"Name: {device.name or '(none; the site has the one of your login)'}")
    context.terminal.print(f"Id:   {device.id}")
    return DONE
