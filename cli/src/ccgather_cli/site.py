"""Talking to a CCGather site over HTTP.

Every way in which an answer can be missing, late, cut off or something else entirely becomes
one sentence here; nothing above sees a traceback of the network.
"""

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ccgather_cli import __version__
from ccgather_cli.errors import CliError, NotLoggedInError, SiteError, UnreachableError

if TYPE_CHECKING:
    import urllib3
    from typing_extensions import Self

TRIES = 4
LONGEST_WAIT_SECONDS = 60.0
"""How long one call waits between its tries, all together; a site that wants more is left."""
_SAID_FROM_SECONDS = 3.0
_ANSWER_BYTES = 16 * 1024 * 1024
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """A whole answer with a JSON object in it."""

    status: int
    content: Mapping[str, object]
    body: bytes
    retry_after: float | None = None

    def error(self) -> CliError:
        """What this answer says went wrong."""
        message, code = self.content.get("message"), self.content.get("error")
        told = self.content.get("details")
        details = [str(each) for each in told] if isinstance(told, list) else []
        sentence = message if isinstance(message, str) and message else _refusal(self.status)
        if self.status == 401:
            return NotLoggedInError(
                "The site does not know this token (any more). Run `ccgather login`."
            )
        return SiteError(
            sentence,
            status=self.status,
            code=code if isinstance(code, str) else "",
            details=details,
            retry_after=self.retry_after,
        )


class Site:
    """One server, spoken to with one token or none.

    `pause` waits the seconds it is given, `say` tells the person about a wait.
    `patience` is how many seconds a silent server is given, `deadline` how many a whole answer.
    """

    def __init__(
        self,
        server: str,
        *,
        token: str = "",
        pause: Callable[[float], None],
        say: Callable[[str], None],
        patience: float = 60.0,
        deadline: float = 180.0,
    ) -> None:
        self.server = server
        self._token = token
        self._pause = pause
        self._say = say
        self._patience = patience
        self._deadline = deadline
        self._pool: urllib3.PoolManager | None = None

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.clear()

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
    ) -> Answer:
        """Send, and again after a hiccup. Raises `CliError` unless the site agreed."""
        waited = 0.0
        for attempt in range(1, tries + 1):
            result = self._attempt(method, path, body, headers)
            if isinstance(result, Answer):
                return result
            problem = result
            wait = _wait_before(attempt, problem)
            if wait is None or attempt == tries:
                raise problem
            if waited + wait > LONGEST_WAIT_SECONDS:
                raise _come_back(problem, wait)
            if wait >= _SAID_FROM_SECONDS:
                self._say(f"{problem} Trying again in {wait:.0f} s.")
            self._pause(wait)
            waited += wait
        raise AssertionError("a loop over at least one try ends inside it")

    def _attempt(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None
    ) -> Answer | CliError:
        try:
            answer = self.send(method, path, body=body, headers=headers)
        except (UnreachableError, SiteError) as problem:
            return problem
        return answer if answer.status < 300 else answer.error()

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send once. Refusals are answers; `UnreachableError` and `SiteError` if none came."""
        import urllib3  # noqa: PLC0415  (50 ms that `--version` and `--help` do without)

        sent = {
            "Accept": "application/json",
            "User-Agent": f"ccgather/{__version__}",
            **({"Content-Type": "application/json"} if body is not None else {}),
            **({"Authorization": f"Bearer {self._token}"} if self._token else {}),
            **(headers or {}),
        }
        started = time.monotonic()
        try:
            response = self._connection().request(
                method,
                self.server + path,
                body=body,
                headers=sent,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=self._patience),
            )
            try:
                content = self._whole_body(response, started)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except urllib3.exceptions.HTTPError as problem:
            raise _unreachable(self.server, problem) from problem
        return self._answer(response, content)

    def _whole_body(self, response: "urllib3.BaseHTTPResponse", started: float) -> bytes:
        content = bytearray()
        while block := response.read1(65_536):
            content += block
            if len(content) > _ANSWER_BYTES:
                raise UnreachableError(f"{self.server} sent more than an answer.", passing=False)
            if time.monotonic() - started > self._deadline:
                raise UnreachableError(f"{self.server} took too long to answer.")
        return bytes(content)

    def _answer(self, response: "urllib3.BaseHTTPResponse", content: bytes) -> Answer:
        status = response.status
        retry_after = _seconds(response.headers.get("Retry-After", ""))
        if 300 <= status < 400:
            to = _printable(response.headers.get("Location", "another address"))
            message = f"{self.server} sends visitors to {to}. Log in there instead."
            raise SiteError(message, status=status)
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return Answer(status, found, content, retry_after)
        if status >= 500 or status == 429:
            message = f"{self.server} is in trouble ({status})."
            raise SiteError(message, status=status, retry_after=retry_after)
        if content.lstrip()[:1] in (b"{", b"["):
            raise UnreachableError(f"The answer of {self.server} was cut off.")
        raise SiteError(
            f"{self.server} did not answer like a CCGather site ({status}). Is the address right?",
            status=status,
        )

    def _connection(self) -> "urllib3.PoolManager":
        if self._pool is None:
            self._pool = _pool_for(self.server)
        return self._pool


def _pool_for(server: str) -> "urllib3.PoolManager":
    """Connections to `server`, through the proxy that the system names for it, if any."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415

    import urllib3  # noqa: PLC0415

    from ccgather_cli.addresses import is_loopback  # noqa: PLC0415

    parts = urlsplit(server)
    host = parts.hostname or ""
    proxy = getproxies().get(parts.scheme, "")
    if proxy and not is_loopback(host) and not proxy_bypass(host):
        return urllib3.ProxyManager(proxy if "://" in proxy else f"http://{proxy}")
    return urllib3.PoolManager()


def _wait_before(attempt: int, problem: CliError) -> float | None:
    """Seconds to wait before trying again after `problem`; None if it will not pass."""
    backoff = 0.5 * 2.0 ** (attempt - 1) * random.uniform(0.8, 1.2)
    if isinstance(problem, UnreachableError):
        return backoff if problem.passing else None
    if not isinstance(problem, SiteError):
        return None
    busy = problem.code == "upload_in_progress"
    if problem.status == 429 or busy or problem.status in (500, 502, 503, 504, 520, 522, 524):
        return backoff if problem.retry_after is None else max(problem.retry_after, 0.1)
    return None


def _come_back(problem: CliError, wait: float) -> CliError:
    again = f"{wait / 60:.0f} minutes" if wait >= 120 else f"{wait:.0f} seconds"
    message = f"{problem} The site asks to come back in {again}."
    if isinstance(problem, SiteError):
        return SiteError(
            message,
            status=problem.status,
            code=problem.code,
            details=problem.details,
            retry_after=problem.retry_after,
        )
    return CliError(message, details=problem.details)


def _seconds(text: str) -> float | None:
    """A `Retry-After` header in seconds; it may also hold a date."""
    if re.fullmatch(r"\s*\d{1,9}\s*", text):
        return float(text)
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _refusal(status: int) -> str:
    if status == 429:
        return "The site has had too many requests from here."
    if status >= 500:
        return f"The site is in trouble ({status})."
    return f"The site refused ({status})."


def _unreachable(server: str, problem: Exception) -> UnreachableError:
    """A sentence for what urllib3 met."""
    from urllib3 import exceptions  # noqa: PLC0415

    if isinstance(problem, exceptions.NameResolutionError):
        return UnreachableError(f"There is no server called {urlsplit(server).hostname}.")
    if isinstance(problem, exceptions.ProxyError):
        return UnreachableError(f"The proxy on the way to {server} could not be reached.")
    if isinstance(problem, exceptions.SSLError):
        message = f"{server} could not prove who it is (TLS): {_printable(str(problem))}"
        return UnreachableError(message, passing=False)
    if isinstance(problem, exceptions.NewConnectionError):
        return UnreachableError(f"{server} could not be reached.")
    if isinstance(problem, exceptions.TimeoutError):
        return UnreachableError(f"{server} took too long to answer.")
    if isinstance(problem, (exceptions.LocationValueError, exceptions.LocationParseError)):
        return UnreachableError(f"{server} is no address.", passing=False)
    return UnreachableError(f"The answer of {server} was cut off.")


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:300]
