"""`python -m ccgather.ops.attended MODULE ARGS…`: run a module, and end with the supervisor.

The supervisor holds the other end of standard input. When it is gone, however it went, the pipe
closes and this process asks itself to stop: nothing is left behind that holds the port.
"""

import os
import runpy
import signal
import sys
import threading


def _end_with_supervisor() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the named module as a program."""
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
