"""Where a request came from: believed only as far as our own proxies wrote it."""

import ipaddress

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from ccgather.ops.address import client_address

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("connection", "forwarded", "expected"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # written by a stranger
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # the first was claimed
        ("10.0.0.1", ["203.0.113.9", "10.0.0.2"], "203.0.113.9"),  # two proxies of ours
        ("10.0.0.1", ["203.0.113.9", "nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
    ],
)
def test_the_client_is_the_first_hop_that_is_not_ours(
    connection: str, forwarded: list[str], expected: str
) -> None:
    found = client_address(connection=connection, forwarded_for=forwarded, trusted=PROXIES)
    assert found == expected


@given(claimed=st.lists(st.ip_addresses().map(str) | st.text(max_size=20), max_size=5))
def test_nothing_a_client_writes_changes_its_address(claimed: list[str]) -> None:
    """The proxy appends the true address; whatever stood there before is the client's own."""
    found = client_address(
        connection="10.0.0.1", forwarded_for=[*claimed, "203.0.113.9"], trusted=PROXIES
    )
    assert found == "203.0.113.9"


def test_local_mode_answers_this_machine_only(client: Client) -> None:
    assert client.get("/healthz", REMOTE_ADDR="192.168.1.5").status_code == 403


@override_settings(TRUSTED_PROXIES=())
def test_a_forwarded_address_from_nobody_we_trust_is_dropped(client: Client) -> None:
    answer = client.get("/healthz", headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 200
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"
    assert "HTTP_X_FORWARDED_FOR" not in answer.wsgi_request.META


@override_settings(TRUSTED_PROXIES=(ipaddress.ip_network("127.0.0.0/8"),))
def test_a_forwarded_address_from_our_proxy_is_the_client(client: Client) -> None:
    answer = client.get("/healthz", headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 403  # the client is elsewhere, and this is local mode
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "203.0.113.9"
