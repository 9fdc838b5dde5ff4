"""A home folder with logs, a site on loopback, and the command in between."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "support"))

from ccgather_cli.machine import Machine
from ccgather_cli.reading.tally import Counts
from ccgather_cli.scan import Scan, scan
from claude_logs import ClaudeLogs
from command import Command
from loopback_site import ACCEPTED, CONFIG, TOKEN, WHOSE, LoopbackSite, answers


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def machine(home: Path) -> Machine:
    return Machine(home=home, environment={}, system="linux")


@pytest.fixture
def logs(home: Path) -> ClaudeLogs:
    return ClaudeLogs(home)


@pytest.fixture
def ccgather(machine: Machine) -> Command:
    return Command(machine)


@pytest.fixture
def read(machine: Machine) -> Callable[[], Scan]:
    """Read everything that is on the machine now."""

    def read_now() -> Scan:
        with scan(machine, started=lambda _: lambda _: None) as found:
            return found

    return read_now


@pytest.fixture
def counted(read: Callable[[], Scan]) -> Callable[[], dict[tuple[str, str], Counts]]:
    """The counts by day and model."""
    return lambda: {(slot.day, slot.model): counts for slot, counts in read().tally}


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    server = LoopbackSite()
    server.on("/api/auth/token", answers(WHOSE))
    server.on("/api/auth/logout", answers({"success": True}))
    server.on("/api/config", answers(CONFIG))
    server.on("/api/submit", answers(ACCEPTED))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def alice(ccgather: Command, site: LoopbackSite) -> Command:
    """Somebody who is logged in."""
    assert ccgather("login", "--server", site.url, "--token", TOKEN).code == 0
    site.seen.clear()
    return ccgather
