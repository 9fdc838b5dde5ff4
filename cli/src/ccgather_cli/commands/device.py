"""`ccgather device`: what this machine is called on the site."""

import json
from argparse import ArgumentParser, Namespace

from ccgather_cli.context import Context
from ccgather_cli.device import name_device, this_device
from ccgather_cli.errors import DONE

SUMMARY = "what this machine is called on the site"
DESCRIPTION = """\
Shows this machine's id, which is random and stands in every report, and the
name that you gave it."""
EXAMPLES = """\
examples:
  ccgather device
  ccgather device name "The box under the desk\""""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")
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
    if arguments.json:
        context.terminal.print(json.dumps({"id": device.id, "name": device.name}))
        return DONE
    context.terminal.print(f"Name  {device.name or 'none of its own: the site has its host name'}")
    context.terminal.print(f"Id    {device.id}")
    return DONE
