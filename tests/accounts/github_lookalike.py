"""A server on loopback that speaks GitHub's sign-in: kind, slow, failing and hostile.

The four calls of https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
and https://docs.github.com/en/rest/users, with the checks that GitHub makes: client, secret, code
(once, ten minutes), redirect address, PKCE.
"""

import base64
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID = "Iv1.lookalike"
CLIENT_SECRET = "not-a-secret-of-anybody"
TOKEN_PATH = "/login/oauth/access_token"
USER_PATH = "/api/v3/user"
EMAILS_PATH = "/api/v3/user/emails"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a GitHub account."""

    id: int
    login: str
    name: str | None = None
    email: str | None = None
    is_email_verified: bool = True

    def profile(self) -> dict[str, Any]:
        """Answer of `GET /user`."""
        return {
            "id": self.id,
            "login": self.login,
            "name": self.name,
            "email": None,
            "avatar_url": f"https://avatars.githubusercontent.com/u/{self.id}?v=4",
            "html_url": f"https://github.com/{self.login}",
            "type": "User",
        }

    def emails(self) -> list[dict[str, Any]]:
        """Answer of `GET /user/emails`."""
        if self.email is None:
            return []
        return [{"email": self.email, "primary": True, "verified": self.is_email_verified}]


@dataclass(frozen=True, kw_only=True)
class Misbehaviour:
    """What one path answers instead of the truth.

    `body` is sent as it is (text) or as JSON; `delay` waits before the first byte, `drip` between
    single bytes; `without_headers` closes the connection at once.
    """

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    without_headers: bool = False


@dataclass
class _Grant:
    person: Person
    redirect_uri: str
    challenge: str | None
    scopes: str


class GitHubLookalike:
    """The server and its state; a context manager.

    `person` is whoever sits before the browser (None cancels); `misbehaving` maps a path to what
    it answers instead; `seen` lists the paths that were asked for.
    """

    def __init__(self) -> None:
        self.person: Person | None = Person(id=1, login="octocat")
        self.misbehaving: dict[str, Misbehaviour] = {}
        self.seen: list[str] = []
        self.scopes_asked = ""
        self._codes: dict[str, _Grant] = {}
        self._tokens: dict[str, Person] = {}
        self._stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"github": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, seconds: float) -> None:
        """Dawdle, but not past the end of the test."""
        self._stopping.wait(seconds)

    def authorize(self, query: dict[str, str]) -> tuple[int, str]:
        """The consent page, answered by `person`: status and where the browser goes."""
        if query.get("client_id") != CLIENT_ID:
            return 404, ""
        self.scopes_asked = query.get("scope", "")
        back = query["redirect_uri"]
        if self.person is None:
            refusal = {"error": "access_denied", "state": query["state"]}
            return 302, f"{back}?{urlencode(refusal)}"
        code = secrets.token_hex(10)
        self._codes[code] = _Grant(
            person=self.person,
            redirect_uri=back,
            challenge=query.get("code_challenge"),
            scopes=self.scopes_asked,
        )
        return 302, f"{back}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, str]:
        """The token for a code; GitHub answers refusals with 200 too."""
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return {"error": "incorrect_client_credentials"}
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None:
            return {"error": "bad_verification_code"}
        if form.get("redirect_uri") != grant.redirect_uri:
            return {"error": "redirect_uri_mismatch"}
        if grant.challenge is not None:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != grant.challenge:
                return {"error": "bad_verification_code"}
        token = f"gho_{secrets.token_hex(18)}"
        self._tokens[token] = grant.person
        return {"access_token": token, "token_type": "bearer", "scope": grant.scopes}

    def person_of(self, authorization: str) -> Person | None:
        """Whom an Authorization header speaks for."""
        return self._tokens.get(authorization.removeprefix("Bearer "))


class _Handler(BaseHTTPRequestHandler):
    github: ClassVar[GitHubLookalike]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if self._misbehaves(address.path):
            return
        if address.path == "/login/oauth/authorize":
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            status, target = self.github.authorize(query)
            self._send(status, b"", {"Location": target} if target else {})
            return
        person = self.github.person_of(self.headers.get("Authorization", ""))
        if person is None:
            self._json(401, {"message": "Bad credentials"})
        elif address.path == USER_PATH:
            self._json(200, person.profile())
        elif address.path == EMAILS_PATH:
            self._json(200, person.emails())
        else:
            self._json(404, {"message": "Not Found"})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = parse_qs(self.rfile.read(length).decode())
        path = urlsplit(self.path).path
        if self._misbehaves(path):
            return
        if path != TOKEN_PATH:
            self._json(404, {"message": "Not Found"})
            return
        self._json(200, self.github.exchange({name: values[0] for name, values in form.items()}))

    def _misbehaves(self, path: str) -> bool:
        self.github.seen.append(path)
        instead = self.github.misbehaving.get(path)
        if instead is None:
            return False
        self.github.wait(instead.delay)
        if instead.without_headers:
            self.close_connection = True
            return True
        text = instead.body if isinstance(instead.body, str) else json.dumps(instead.body)
        self._send(instead.status, text.encode(), instead.headers, drip=instead.drip)
        return True

    def _json(self, status: int, body: object) -> None:
        kind = {"Content-Type": "application/json; charset=utf-8"}
        self._send(status, json.dumps(body).encode(), kind)

    def _send(
        self, status: int, body: bytes, headers: dict[str, str], *, drip: float = 0.0
    ) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                self.github.wait(drip)
        except (BrokenPipeError, ConnectionResetError):
            # The site gave up on us, as it should.
            self.close_connection = True
