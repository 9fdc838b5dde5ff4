"""What happens to a request before any view sees it."""

import ipaddress

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client, override_settings


def test_doubled_slashes_are_collapsed_without_a_redirect(client: Client) -> None:
    answer = client.get("/healthz", PATH_INFO="//healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_doubled_slashes_are_collapsed_on_an_asynchronous_server(
    async_client: AsyncClient,
) -> None:
    answer = async_to_sync(async_client.request)(method="GET", path="//healthz")
    assert answer.status_code == 200


@override_settings(HTTPS=True, PUBLIC_URL="https://ccgather.example.org")
def test_plain_http_goes_to_https_with_its_method_and_query(client: Client) -> None:
    answer = client.post("/api/submit?mode=merge", data="{}", content_type="application/json")
    assert answer.status_code == 308
    assert answer["Location"] == "https://ccgather.example.org/api/submit?mode=merge"


@override_settings(HTTPS=True, PUBLIC_URL="https://ccgather.example.org")
def test_a_redirect_to_https_never_leaves_the_site(client: Client) -> None:
    answer = client.get("/", PATH_INFO="//evil.example/x")
    assert answer["Location"].startswith("https://ccgather.example.org/")


@override_settings(HTTPS=True, PUBLIC_URL="https://ccgather.example.org")
def test_health_probes_may_stay_on_http(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("trusted", "status"), [((), 308), (("127.0.0.0/8",), 200)])
def test_https_is_believed_from_our_proxy_only(
    client: Client, trusted: tuple[str, ...], status: int
) -> None:
    with override_settings(
        HTTPS=True,
        PUBLIC_URL="https://ccgather.example.org",
        TRUSTED_PROXIES=tuple(map(ipaddress.ip_network, trusted)),
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    ):
        answer = client.get(
            "/admin/login/",
            headers={"x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1"},
        )
    assert answer.status_code == status


def test_pages_carry_the_policy_that_forbids_foreign_scripts(client: Client) -> None:
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
