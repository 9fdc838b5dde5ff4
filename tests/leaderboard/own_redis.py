"""A real Redis for one test, on a loopback port and in a folder of its own: to be emptied, killed,
and started again from what it saved."""

import socket
import subprocess
from pathlib import Path
from typing import Self

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry


class OwnRedis:
    """Started on entering the with block, ended on leaving it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.server: subprocess.Popen[bytes] | None = None
        self.options: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Up and answering, with the dump of its folder if there is one."""
        self.server = subprocess.Popen(
            [
                "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self.folder), "--logfile", "log",
                "--enable-debug-command", "local", *self.options,
            ]
        )  # fmt: skip
        self.ask("PING")

    def kill(self) -> None:
        """Without saving anything."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server = None

    def restart_empty(self) -> None:
        self.kill()
        (self.folder / "dump.rdb").unlink(missing_ok=True)
        self.start()

    def restart_from_dump(self) -> None:
        self.kill()
        self.start()

    def ask(self, *parts: str) -> object:
        """The answer to a command."""
        retry = Retry(ConstantBackoff(0.05), 200)
        with redis.Redis.from_url(
            self.url, retry=retry, retry_on_error=[redis.ConnectionError]
        ) as client:
            return client.execute_command(*parts)
