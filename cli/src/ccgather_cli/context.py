"""What a command is given besides its arguments: the world it runs in."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ccgather_cli.machine import Machine
from ccgather_cli.terminal import Terminal

if TYPE_CHECKING:
    from ccgather_cli.site import Site


@dataclass(frozen=True)
class Context:
    """The machine, the terminal, and time: `pause` waits seconds, `at` is now (aware, UTC)."""

    machine: Machine
    terminal: Terminal
    pause: Callable[[float], None]
    at: datetime

    @classmethod
    def here(cls) -> "Context":
        """This process."""
        return cls(
            machine=Machine.here(),
            terminal=Terminal.here(),
            pause=time.sleep,
            at=datetime.now(timezone.utc),
        )

    def site(
        self, server: str, *, token: str = "", insecure_http: bool, patience: float = 60.0
    ) -> "Site":
        """A site to talk to. Raises `UsageError` for an open line to another machine."""
        from ccgather_cli.addresses import refuse_open_line  # noqa: PLC0415
        from ccgather_cli.site import Site  # noqa: PLC0415  (most reports need no network)

        refuse_open_line(server, allowed=insecure_http)
        return Site(
            server, token=token, pause=self.pause, say=self.terminal.note, patience=patience
        )
