"""The real ASGI application on a port of this machine, in a thread of the test process."""

import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn

START_SECONDS = 30.0
IDLE_SECONDS = 10.0


class Server:
    """uvicorn as `ccgather.ops.web` starts it, on a free port; a context manager.

    It shares the process with the test, so it shares the test's database, settings and caches.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                "ccgather.asgi:application",
                proxy_headers=False,
                server_header=False,
                lifespan="off",
                log_config=None,
                access_log=False,
            )
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended while it started"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def wait_until_idle(self) -> None:
        """Return when no request is being answered.

        The tables are emptied after each test; a request that is still on its way would write
        into the next one's.
        """
        deadline = time.monotonic() + IDLE_SECONDS
        while self._server.server_state.tasks:
            assert time.monotonic() < deadline, "a request is still being answered"
            time.sleep(0.01)
