"""People who do not wait for an answer."""

import random
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PEOPLE = 8
VISITS = 12
LONGEST_PATIENCE_SECONDS = 0.15
"""A page takes about a third of it, so some leave before, some within and some after."""
SOON_SECONDS = 5.0


def leave_early(site: str, *, seed: int) -> None:
    """Ask for pages and hang up, each time after another while."""
    address = urlsplit(site)
    whims = random.Random(seed)
    for visit in range(VISITS):
        with socket.create_connection((address.hostname or "", address.port or 0)) as leaving:
            path = "/nobody" if visit % 2 else "/"
            request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            leaving.sendall(f"{request}Cookie: sessionid={'a' * 32}\r\n\r\n".encode())
            time.sleep(whims.random() * LONGEST_PATIENCE_SECONDS)


def test_those_who_leave_in_the_middle_of_a_request_keep_no_connection_of_the_database(
    site: str,
) -> None:
    people = [
        threading.Thread(target=leave_early, args=(site,), kwargs={"seed": seed})
        for seed in range(PEOPLE)
    ]
    for somebody in people:
        somebody.start()
    for somebody in people:
        somebody.join()
    began = time.monotonic()
    assert requests.get(f"{site}/", timeout=60).status_code == 200
    assert time.monotonic() - began < SOON_SECONDS
