"""People who do not wait for an answer."""

import socket
import time
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PATIENCE_SECONDS = 5.0


def test_those_who_leave_in_the_middle_of_a_request_keep_no_connection_of_the_database(
    site: str,
) -> None:
    for turn in range(settings.DATABASE_POOL * 10):
        address = urlsplit(site)
        with socket.create_connection((address.hostname or "", address.port or 0)) as leaving:
            leaving.sendall(f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            time.sleep(0.004 * (turn % 10))
    began = time.monotonic()
    assert requests.get(f"{site}/u/nobody", timeout=60).status_code == 404
    assert time.monotonic() - began < PATIENCE_SECONDS
