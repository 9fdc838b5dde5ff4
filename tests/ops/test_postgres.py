"""The embedded PostgreSQL: shared, stopped by the last, usable after any crash."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings

from ccgather.ops import postgres
from ccgather.ops.postgres import Cluster, EmbeddedPostgresError, Server

USER_PROGRAM = """
import sys
from pathlib import Path
from ccgather.ops import postgres
server = postgres.use(postgres.Cluster(folder=Path(sys.argv[1]), durable=False))
print(server.pid, flush=True)
sys.stdin.readline()
"""


class Other:
    """Another process that uses the cluster until it is told to leave."""

    def __init__(self, cluster: Cluster) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_PROGRAM, str(cluster.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        assert self.process.stdout is not None
        self.server_pid = int(self.process.stdout.readline())

    def leave(self) -> None:
        """End as a program ends."""
        self.process.communicate("\n", timeout=30)

    def kill(self) -> None:
        """End without a chance to clean up."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A throw-away cluster of one test."""
    found = Cluster(folder=tmp_path / "var", durable=False)
    yield found
    postgres.release(found)
    if found.folder.exists():
        postgres.stop(found)


def query(server: Server, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(
        host=str(server.socket_folder), user="postgres", dbname="ccgather", autocommit=True
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def use_once_gone(cluster: Cluster, pid: int) -> Server:
    while not is_gone(pid):
        os.sched_yield()
    return postgres.use(cluster)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_second_process_shares_the_server_and_the_last_one_out_stops_it(cluster: Cluster) -> None:
    server = postgres.use(cluster)
    other = Other(cluster)
    assert other.server_pid == server.pid
    postgres.release(cluster)
    assert not is_gone(server.pid)
    assert server.socket_folder.exists()
    other.leave()
    assert is_gone(server.pid)
    assert postgres.running(cluster) is None
    assert not server.socket_folder.exists()


def test_a_killed_process_is_not_counted_as_a_user_for_ever(cluster: Cluster) -> None:
    other = Other(cluster)
    other.kill()
    assert not is_gone(other.server_pid)
    server = postgres.use(cluster)
    assert server.pid == other.server_pid
    postgres.release(cluster)
    assert is_gone(server.pid)


def test_a_killed_server_is_started_again_at_once_with_its_data_at_the_same_address(
    cluster: Cluster,
) -> None:
    kept = Cluster(folder=cluster.folder)
    server = postgres.use(kept)
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    for _ in range(3):
        os.kill(server.pid, signal.SIGKILL)  # nobody waits for it: its number is still taken
        again = use_once_gone(kept, server.pid)
        assert again.pid != server.pid
        assert again.socket_folder == server.socket_folder
        assert query(again, "SELECT answer FROM kept") == [(42,)]
        server = again


def test_a_second_start_finds_the_data_of_the_first(cluster: Cluster) -> None:
    query(postgres.use(cluster), "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.release(cluster)
    assert query(postgres.use(cluster), "SELECT answer FROM kept") == [(42,)]


def test_a_stale_file_that_names_a_living_stranger_does_not_hinder_a_start(
    cluster: Cluster,
) -> None:
    postgres.use(cluster)
    left = (cluster.data / "postmaster.pid").read_text()
    postgres.release(cluster)
    stale = left.replace(left.splitlines()[0], str(os.getpid()), 1)
    (cluster.data / "postmaster.pid").write_text(stale)
    assert query(postgres.use(cluster), "SELECT 1") == [(1,)]


def test_a_stale_file_that_names_the_server_of_another_cluster_is_not_believed(
    cluster: Cluster, tmp_path: Path
) -> None:
    beside = Cluster(folder=tmp_path / "beside", durable=False)
    postgres.use(cluster)
    postgres.release(cluster)
    try:
        stranger = postgres.use(beside)
        (cluster.data / "postmaster.pid").write_text((beside.data / "postmaster.pid").read_text())
        assert postgres.use(cluster).pid != stranger.pid
    finally:
        postgres.release(beside)


def test_a_creation_that_was_cut_off_is_made_anew(cluster: Cluster) -> None:
    draft = cluster.folder / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "half").write_text("made")
    assert query(postgres.use(cluster), "SELECT 1") == [(1,)]
    assert not draft.exists()


def test_a_throw_away_cluster_that_does_not_start_is_made_anew(cluster: Cluster) -> None:
    postgres.use(cluster)
    postgres.release(cluster)
    (cluster.data / "global" / "pg_control").write_bytes(b"torn")
    assert query(postgres.use(cluster), "SELECT 1") == [(1,)]


def test_a_durable_cluster_that_does_not_start_is_kept_and_says_why(cluster: Cluster) -> None:
    postgres.use(cluster)
    postgres.release(cluster)
    control = cluster.data / "global" / "pg_control"
    control.write_bytes(b"torn")
    with pytest.raises(EmbeddedPostgresError, match="pg_control"):
        postgres.use(Cluster(folder=cluster.folder, durable=True))
    assert control.read_bytes() == b"torn"


def test_data_of_another_release_is_refused_by_number(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 16"):
        postgres.use(Cluster(folder=cluster.folder, durable=True))


def test_two_clusters_side_by_side_do_not_meet(cluster: Cluster, tmp_path: Path) -> None:
    beside = Cluster(folder=tmp_path / "beside", durable=False)
    try:
        one, two = postgres.use(cluster), postgres.use(beside)
        assert one.socket_folder != two.socket_folder
        query(one, "CREATE TABLE here AS SELECT 1 AS n")
        with pytest.raises(psycopg.errors.UndefinedTable):
            query(two, "SELECT * FROM here")
    finally:
        postgres.release(beside)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who can close a folder to others")
def test_root_can_use_a_folder_that_nobody_else_may_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(folder=closed / "var", durable=False)
    try:
        assert query(postgres.use(cluster), "SELECT 1") == [(1,)]
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.release(cluster)


def test_tests_never_meet_the_data_of_the_site() -> None:
    assert settings.VAR.name == "test"
    assert settings.DATABASE_URL or not settings.EMBEDDED_POSTGRES.durable


def test_the_socket_is_private(cluster: Cluster) -> None:
    server = postgres.use(cluster)
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    assert len(os.fsencode(server.socket_folder / ".s.PGSQL.5432")) <= 100
