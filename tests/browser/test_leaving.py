"""People who do not wait for an answer."""

import random
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PEOPLE = 8
VISITS = 12
LONGEST_PATIENCE_SECONDS = 0.15
"""A page takes about a third of it, so some leave before, some within and some after."""
SOON_SECONDS = 5.0


def leave_early(site: str, *, path: str, seed: int) -> None:
    """Ask for a page and hang up, each time after another while."""
    address = urlsplit(site)
    whims = random.Random(seed)
    for _ in range(VISITS):
        with socket.create_connection((address.hostname or "", address.port or 0)) as leaving:
            request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            leaving.sendall(f"{request}Cookie: sessionid={'a' * 32}\r\n\r\n".encode())
            time.sleep(whims.random() * LONGEST_PATIENCE_SECONDS)


@pytest.mark.parametrize("path", ["/", "/nobody"])
def test_those_who_leave_in_the_middle_of_a_request_keep_no_connection_of_the_database(
    site: str, path: str
) -> None:
    # The page of an error is drawn in another thread than a view's, so it is asked for too.
    people = [
        threading.Thread(target=leave_early, args=(site,), kwargs={"path": path, "seed": seed})
        for seed in range(PEOPLE)
    ]
    for somebody in people:
        somebody.start()
    for somebody in people:
        somebody.join()
    began = time.monotonic()
    assert requests.get(f"{site}/", timeout=60).status_code == 200
    assert time.monotonic() - began < SOON_SECONDS
    assert connections_in_use(within_seconds=SOON_SECONDS) <= 1


def connections_in_use(*, within_seconds: float) -> int:
    """How many connections the pool has lent, once no more than this test's own are out."""
    deadline = time.monotonic() + within_seconds
    while True:
        stats = connection.pool.get_stats()  # type: ignore[attr-defined]  # Django's own pool
        lent = int(stats["pool_size"]) - int(stats["pool_available"])
        if lent <= 1 or time.monotonic() > deadline:
            return lent
        time.sleep(0.05)
