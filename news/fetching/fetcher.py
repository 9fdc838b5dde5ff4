"""Asking another site for one page: politely, safely, and for a limited time."""

import asyncio
import email.utils
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

import httpx2

from news.errors import (
    AddressRefusedError,
    ConnectionBrokenError,
    ContentRefusedError,
    FetchError,
    HttpStatusError,
    TooLargeError,
    TooManyRedirectsError,
    TooSlowError,
)
from news.fetching.addresses import Resolver, pinned_address, resolved
from news.fetching.charsets import text_of
from news.fetching.unpacking import ACCEPT_ENCODING, Unpacker

MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long each phase may take (seconds) and how much may come (bytes, unpacked)."""

    connect_seconds: float = 5.0
    silence_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 4_000_000
    at_once_a_host: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was kept of an answer, to ask later whether there is a newer one."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came. `url` is where it came from in the end. `received_bytes` counts what went over
    the wire; a page that has not changed since has no body."""

    url: str
    status: int
    content_type: str
    text: str = ""
    known: Known
    is_unchanged: bool = False
    received_bytes: int = 0


@dataclass(slots=True)
class _Traffic:
    requests: int = 0
    received_bytes: int = 0


def check_every_address(_url: str) -> None:
    """The usual guard of a redirect: none beyond the address itself."""


@dataclass(slots=True)
class Fetcher:
    """A client for one crawl. `resolve` answers names; `allowed_hosts` may be private; `now` is
    only asked to understand dates in `Retry-After`."""

    user_agent: str
    limits: FetchLimits = field(default_factory=FetchLimits)
    resolve: Resolver = resolved
    allowed_hosts: Collection[str] = ()
    now: Callable[[], datetime] | None = None
    traffic: _Traffic = field(default_factory=_Traffic)
    _trusted: ssl.SSLContext = field(default_factory=httpx2.create_ssl_context)
    _clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    _hosts: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    def _client_of(self, host: str) -> httpx2.AsyncClient:
        """One a host: connections are kept by address, and two hosts at one address must not
        share one that was secured for the other."""
        if host not in self._clients:
            limits = self.limits
            self._clients[host] = httpx2.AsyncClient(
                # Nothing of the environment: a proxy would resolve names by itself.
                trust_env=False,
                verify=self._trusted,
                follow_redirects=False,
                timeout=httpx2.Timeout(
                    limits.silence_seconds,
                    connect=limits.connect_seconds,
                    pool=limits.total_seconds,
                ),
                headers={"User-Agent": self.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            )
        return self._clients[host]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(
        self,
        url: str,
        *,
        accept: Collection[str],
        known: Known | None = None,
        headers: Mapping[str, str] | None = None,
        check: Callable[[str], object] = check_every_address,
    ) -> Page:
        """The page at an address, redirects followed.

        `accept` are the content types that are read ("text/html", "application/*"); `check` is
        called with the address of each redirect and may refuse it. Raises FetchErrors.
        """
        sent = dict(headers or {})
        if known is not None and known.etag:
            sent["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            sent["If-Modified-Since"] = known.last_modified
        turn = self._hosts.setdefault(
            _parts_of(url).host, asyncio.Semaphore(self.limits.at_once_a_host)
        )
        # Waiting for one's turn is no fault of the other side, so the clock starts after it.
        async with turn:
            try:
                async with asyncio.timeout(self.limits.total_seconds):
                    return await self._follow(url, accept=accept, headers=sent, check=check)
            except TimeoutError as error:
                raise TooSlowError(
                    f"The answer took longer than {self.limits.total_seconds:g} s."
                ) from error

    async def _follow(
        self,
        url: str,
        *,
        accept: Collection[str],
        headers: dict[str, str],
        check: Callable[[str], object],
    ) -> Page:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._ask(url, accept=accept, headers=headers)
            if isinstance(found, Page):
                return found
            url = urljoin(url, found)
            check(url)
        raise TooManyRedirectsError(f"More than {MAX_REDIRECTS} redirects.")

    async def _ask(
        self, url: str, *, accept: Collection[str], headers: dict[str, str]
    ) -> Page | str:
        """The page, or the address it sends us on to."""
        parts = _parts_of(url)
        host = parts.host
        port = parts.port or _PORTS[parts.scheme]
        address = await pinned_address(
            host=host, port=port, resolve=self.resolve, allowed_hosts=self.allowed_hosts
        )
        client = self._client_of(host)
        request = client.build_request(
            "GET",
            # To the address that was checked; the name stays in the header and the handshake.
            parts.copy_with(host=address, fragment=None),
            headers={**headers, "Accept": ", ".join(accept), "Host": _host_header(parts)},
            extensions={"sni_hostname": host},
        )
        self.traffic.requests += 1
        try:
            response = await client.send(request, stream=True)
            try:
                return await self._read(response, url=url, accept=accept)
            finally:
                await response.aclose()
        except httpx2.TimeoutException as error:
            raise TooSlowError(f"{host} did not answer in time.") from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise ConnectionBrokenError(f"The connection to {host} broke off.") from error

    async def _read(
        self, response: httpx2.Response, *, url: str, accept: Collection[str]
    ) -> Page | str:
        status = response.status_code
        if status in _REDIRECTS and "location" in response.headers:
            return str(response.headers["location"])
        header = response.headers.get("content-type", "")
        kind, charset = _content_type_of(header)
        known = Known(
            etag=response.headers.get("etag", "")[:300],
            last_modified=response.headers.get("last-modified", "")[:80],
        )
        if status == 304:
            return Page(url=url, status=status, content_type=kind, known=known, is_unchanged=True)
        if not response.is_success:
            raise HttpStatusError(
                f"{httpx2.URL(url).host} answered {status}.",
                http_status=status,
                retry_after=self._retry_after(response.headers.get("retry-after", "")),
            )
        if not any(_matches(kind, wanted) for wanted in accept):
            raise ContentRefusedError(f"It is {kind or 'of no said type'}, which is not read here.")
        body, received = await self._body(response)
        return Page(
            url=url,
            status=status,
            content_type=kind,
            text=text_of(body=body, charset=charset),
            known=known,
            received_bytes=received,
        )

    async def _body(self, response: httpx2.Response) -> tuple[bytes, int]:
        limit = self.limits.max_bytes
        unpacker = Unpacker(encoding=response.headers.get("content-encoding", ""), max_bytes=limit)
        said = response.headers.get("content-length", "")
        if said.isdigit() and int(said) > limit:
            raise TooLargeError(f"The body has more than {limit:,} bytes.")
        out: list[bytes] = []
        received = 0
        async for piece in response.aiter_raw():
            received += len(piece)
            self.traffic.received_bytes += len(piece)
            out.append(unpacker.feed(piece))
        return b"".join(out), received

    def _retry_after(self, text: str) -> float | None:
        if text.strip().isdigit():
            return float(text)
        if self.now is None or not text:
            return None
        try:
            moment = email.utils.parsedate_to_datetime(text)
            return max(0.0, (moment - self.now()).total_seconds())
        except (TypeError, ValueError):  # no date, or one without a zone
            return None


def _parts_of(url: str) -> httpx2.URL:
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise AddressRefusedError(f"{url[:100]!r} is not an address.") from error
    if parts.scheme not in _PORTS or not parts.host or parts.userinfo:
        raise AddressRefusedError(f"{url[:100]!r} is not an address of the web.")
    return parts


def _host_header(parts: httpx2.URL) -> str:
    return parts.netloc.decode("ascii")


def _content_type_of(header: str) -> tuple[str, str]:
    kind, _, rest = header.partition(";")
    charset = ""
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'")
    return kind.strip().lower(), charset


def _matches(kind: str, wanted: str) -> bool:
    if wanted.endswith("/*"):
        return kind.startswith(wanted[:-1])
    return kind == wanted


__all__ = ["FetchError", "FetchLimits", "Fetcher", "Known", "Page"]
