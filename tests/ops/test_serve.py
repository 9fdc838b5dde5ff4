"""`manage.py serve`: everything starts, ends together, and comes back after a crash."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ccgather.ops.supervisor import answers

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Site:
    """A running `serve`, and what it printed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port, self.output = port, folder / f"output-{port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "serve"],
                env=kept
                | {"CCGATHER_MODE": "local", "CCGATHER_VAR": str(folder / "var")}
                | {"PORT": str(port), "DEMO": "0", "EMBEDDED_POSTGRES_DURABLE": "0"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def printed(self, pattern: str, *, seconds: float = 90) -> re.Match[str]:
        """Wait for a line."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, self.output.read_text())
            if found:
                return found
            assert self.process.poll() is None, self.output.read_text()
            signal.sigtimedwait([], 0.1)
        pytest.fail(f"no line like {pattern!r} in:\n{self.output.read_text()}")

    def ready(self) -> int:
        """The status of `/readyz`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    started = Site(tmp_path, free_port())
    started.printed(r"Ctrl-C stops it")
    yield started
    if started.process.poll() is None:
        started.stop()


def test_it_starts_everything_and_stops_all_of_it_on_ctrl_c(site: Site, tmp_path: Path) -> None:
    assert site.ready() == 200
    children = psutil.Process(site.process.pid).children(recursive=True)
    assert len(children) >= 3
    database = int((tmp_path / "var" / "postgres" / "postmaster.pid").read_text().split()[0])
    assert site.stop(signal.SIGINT) == 0
    assert not any(child.is_running() for child in children)
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()
    assert not psutil.pid_exists(database) or (
        psutil.Process(database).status() == psutil.STATUS_ZOMBIE
    )


def test_a_killed_web_process_is_started_again(site: Site) -> None:
    web = int(site.printed(r"web process \((\d+)\)")[1])
    os.kill(web, signal.SIGKILL)
    site.printed(r"web process ended \(killed by SIGKILL\); started it again")
    site.printed(r"(?s)(Uvicorn running.*){2}")
    assert site.ready() == 200


def test_a_killed_database_is_started_again(site: Site, tmp_path: Path) -> None:
    database = (tmp_path / "var" / "postgres" / "postmaster.pid").read_text().split()[0]
    os.kill(int(database), signal.SIGKILL)
    site.printed("The database ended; starting it again")
    deadline = time.monotonic() + 60
    while site.ready() != 200:
        assert time.monotonic() < deadline
    assert site.process.poll() is None


def test_a_killed_supervisor_leaves_nothing_that_holds_the_port(site: Site, tmp_path: Path) -> None:
    children = psutil.Process(site.process.pid).children(recursive=True)
    site.process.kill()
    site.process.wait()
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    again = Site(tmp_path, site.port)
    again.printed(r"Ctrl-C stops it")
    assert again.ready() == 200
    assert again.stop() == 0


def test_a_second_site_runs_beside_the_first(site: Site, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    beside = Site(other, free_port())
    beside.printed(r"Ctrl-C stops it")
    assert (site.ready(), beside.ready()) == (200, 200)
    assert beside.stop() == 0
    assert site.ready() == 200


def test_a_second_site_on_the_same_folder_is_refused_in_one_sentence(
    site: Site, tmp_path: Path
) -> None:
    second = Site(tmp_path, free_port())
    assert second.process.wait(timeout=60) == 1
    assert "A site already runs on" in second.output.read_text()
    assert answers("127.0.0.1", site.port)


def test_a_port_in_use_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = Site(tmp_path, taken.getsockname()[1])
        assert site.process.wait(timeout=60) == 1
    assert "cannot be used (Address already in use)" in site.output.read_text()
    assert "Traceback" not in site.output.read_text()
