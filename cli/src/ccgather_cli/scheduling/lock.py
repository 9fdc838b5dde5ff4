"""One run at a time on a machine: the second leaves.

The system holds the lock for as long as the process lives, so a run that was killed leaves none.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ccgather_cli.machine import Machine

FILE_NAME = "autosubmit.lock"


@contextmanager
def only_run(machine: Machine) -> Iterator[bool]:
    """Whether this is the only run, until the end of the block.

    Where a file system has no locks, two runs may meet: the site takes the second as unchanged.
    """
    path = machine.config_dir / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield True
        return
    try:
        yield _locked(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
