"""What we ask of GitHub while somebody signs in.

GitHub's answers are bounded in time and size, never followed elsewhere, and read with care: an
address in the settings may be wrong, and a proxy between may answer in GitHub's place.
"""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus

import requests
import urllib3
from django.conf import settings

from accounts.rules.signing_in import Identity, IdentityRefusedError, github_identity_of

READ_SECONDS = 5
TOTAL_SECONDS = 10
MAX_BYTES = 1_000_000
CHUNK_BYTES = 16 * 1024


class GitHubUnavailableError(requests.RequestException):
    """GitHub does not answer, or not as it documents. The message is for the log.

    One of the errors by which allauth knows that a provider failed.
    """


class _TokenHeader(requests.auth.AuthBase):
    """The Authorization header; given as such, `requests` lets a .netrc file replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def authorize_url() -> str:
    """Where a browser goes to let us know who it is."""
    return f"{settings.GITHUB_BASE_URL}/login/oauth/authorize"


def exchange_code(
    *, code: str, client_id: str, client_secret: str, redirect_uri: str, code_verifier: str | None
) -> str:
    """The access token for the code that a browser came back with.

    Raises GitHubUnavailableError, also when GitHub does not know the code.
    """
    form = {
        "client_id": client_id,
        "client_secret": client_secret,
        "code": code,
        "redirect_uri": redirect_uri,
    }
    if code_verifier:
        form["code_verifier"] = code_verifier
    url = f"{settings.GITHUB_BASE_URL}/login/oauth/access_token"
    status, answer = _ask("POST", url, form=form)
    if status != HTTPStatus.OK or not isinstance(answer, Mapping):
        raise GitHubUnavailableError(f"access_token answered {status}")
    token = answer.get("access_token")
    if not isinstance(token, str) or not 1 <= len(token) <= 1000 or not _is_one_word(token):
        reason = str(answer.get("error", "no token"))[:100]
        raise GitHubUnavailableError(f"access_token refused: {reason!r}")
    return token


def fetch_identity(*, token: str) -> Identity:
    """Who the access token speaks for. Raises GitHubUnavailableError."""
    status, user = _ask("GET", f"{settings.GITHUB_API_URL}/user", token=token)
    if status != HTTPStatus.OK:
        raise GitHubUnavailableError(f"user answered {status}")
    status, emails = _ask("GET", f"{settings.GITHUB_API_URL}/user/emails", token=token)
    if status != HTTPStatus.OK:
        # Somebody may refuse us their addresses; a sign-in does without.
        emails = None
    try:
        return github_identity_of(user=user, emails=emails)
    except IdentityRefusedError as error:
        raise GitHubUnavailableError(f"user answered nonsense: {error}") from error


def _is_one_word(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _ask(
    method: str, url: str, *, form: Mapping[str, str] | None = None, token: str | None = None
) -> tuple[int, object]:
    """Status and JSON of one answer (None when the status is an error's)."""
    give_up_at = time.monotonic() + TOTAL_SECONDS
    try:
        with (
            requests.Session() as session,
            session.request(
                method,
                url,
                data=form,
                headers={"Accept": "application/json", "User-Agent": "ccgather-site"},
                auth=_TokenHeader(token) if token else None,
                timeout=READ_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                return response.status_code, None
            return response.status_code, json.loads(_read(response.raw, give_up_at=give_up_at))
    except GitHubUnavailableError:
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise GitHubUnavailableError(f"{method} {url}: {type(error).__name__}") from error
    except (ValueError, RecursionError) as error:
        raise GitHubUnavailableError(f"{method} {url}: not JSON") from error


def _read(raw: urllib3.BaseHTTPResponse, *, give_up_at: float) -> bytes:
    """A body, unless it is too long or takes too long, however slowly it drips."""
    body = bytearray()
    while chunk := raw.read1(CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > MAX_BYTES:
            raise GitHubUnavailableError(f"an answer of more than {MAX_BYTES} bytes")
        if time.monotonic() > give_up_at:
            raise GitHubUnavailableError(f"an answer that takes more than {TOTAL_SECONDS} s")
    return bytes(body)
