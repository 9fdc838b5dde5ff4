"""A whole site of its own in other processes: started, killed, started again."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil

from ccgather.ops import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120.0
WEB = "ccgather.ops.web"


class NoAnswerError(Exception):
    """The connection ended before the site answered."""


@dataclass
class RunningSite:
    """`manage.py serve` on a free port, with its data in `folder`."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = kept | {
            "CCGATHER_MODE": "local",
            "CCGATHER_VAR": str(self.folder),
            "DEMO": "0",
            "EMBEDDED_POSTGRES_DURABLE": "1",
            "LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when the site takes requests again."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                if self.request("GET", "/readyz", timeout=5)[0] == 200:
                    return
            except NoAnswerError:
                threading.Event().wait(0.1)
        log = (self.folder / "serve.log").read_text(errors="replace")
        raise AssertionError(f"the site does not answer; its log ends:\n{log[-3000:]}")

    def kill_web(self) -> None:
        """`kill -9` of the process that serves requests; `serve` starts another one."""
        web = self._web_process()
        web.kill()
        web.wait(10)

    def kill_everything_of_the_site(self) -> None:
        """`kill -9` of the web process and of `serve` itself; the database lives on."""
        assert self.process is not None
        web = self._web_process()
        web.kill()
        self.process.kill()
        self.process.wait(10)

    def _web_process(self) -> psutil.Process:
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if WEB in child.cmdline():
                return child
        raise AssertionError("the site has no web process")

    def stop(self) -> None:
        """Stop it in order; whatever a failed test left is stopped too."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        postgres.stop(postgres.Cluster(folder=self.folder))

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        secret: str = "",
        timeout: float = 60,
    ) -> tuple[int, Any]:
        """The status and the decoded JSON of an answer. Raises NoAnswerError."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Host": f"localhost:{self.port}", "Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException) as error:
            raise NoAnswerError from error
        finally:
            connection.close()

    def manage(self, *arguments: str) -> str:
        """What a management command of this site prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()
