"""The `ccgather` command."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ccgather_cli import __version__

if TYPE_CHECKING:
    from ccgather_cli.context import Context


_COLLECTED_AFTER = 200_000
"""New objects between two searches for circles."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; gives the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--version"]:  # 60 ms less than through everything below
        sys.stdout.write(f"ccgather {__version__}\n")
        return 0

    # A command lives for a moment and leaves few circles: looking for them while modules load,
    # and once more in all of them at the end, is a sixth of a small report.
    gc.set_threshold(_COLLECTED_AFTER)
    try:
        return _ended(words)
    finally:
        gc.freeze()


def _ended(words: Sequence[str]) -> int:
    from ccgather_cli.context import Context  # noqa: PLC0415
    from ccgather_cli.errors import INTERRUPTED  # noqa: PLC0415

    try:
        context = Context.here()
        return answer(words, context)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; flushing at exit must not fail for it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def answer(words: Sequence[str], context: "Context") -> int:
    """Run, and tell what went wrong, if anything did; gives the exit code."""
    from ccgather_cli.errors import CliError  # noqa: PLC0415

    try:
        return run(words, context)
    except CliError as problem:
        context.terminal.note(f"ccgather: {problem.message}")
        for detail in problem.details:
            context.terminal.note(f"  {detail}")
        return problem.exit_code


def run(words: Sequence[str], context: "Context") -> int:
    """Parse and run. Raises `CliError`; argparse itself ends with 2 for a wrong call."""
    from ccgather_cli.errors import USAGE  # noqa: PLC0415
    from ccgather_cli.parsing import parser_for  # noqa: PLC0415

    parser, commands = parser_for(words)
    arguments = parser.parse_args(words)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    return commands[arguments.command].run(arguments, context)


if __name__ == "__main__":
    sys.exit(main())
