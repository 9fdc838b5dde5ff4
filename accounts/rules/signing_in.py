"""What another site says about a person, and what we believe of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from accounts.rules.names import cleaned_name_of, is_username

RECENT_SIGN_IN = timedelta(minutes=15)
AVATAR_HOST = "https://avatars.githubusercontent.com/"
MAX_URL_LENGTH = 300
MAX_EMAIL_LENGTH = 254

ProviderId = Literal["github", "google", "dummy"]


class IdentityRefusedError(ValueError):
    """The other site's answer does not name a person in the way it documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as another site knows them.

    `uid` is the site's own lasting id. `login` is a handle that is theirs there; None when the
    site has none, then `name` gives the stem of one. `email` is verified or empty.
    """

    provider: ProviderId
    uid: str
    login: str | None
    name: str
    email: str
    avatar_url: str

    @property
    def github_id(self) -> int | None:
        """The numeric id, for people who came by GitHub."""
        return int(self.uid) if self.provider == "github" else None


def github_identity_of(*, user: object, emails: object) -> Identity:
    """Read GitHub's answers to `GET /user` and `GET /user/emails` (None when it has no list).

    Raises IdentityRefusedError: the answers come over a network, and a wrong id would give one
    person's account to another.
    """
    if not isinstance(user, Mapping):
        raise IdentityRefusedError("the person is not an object")
    github_id = user.get("id")
    if isinstance(github_id, bool) or not isinstance(github_id, int):
        raise IdentityRefusedError("the id is not an integer")
    if not 0 < github_id < 2**63:
        raise IdentityRefusedError("the id is out of range")
    login = user.get("login")
    if not isinstance(login, str) or not is_username(text=login):
        raise IdentityRefusedError("the login is none")
    return Identity(
        provider="github",
        uid=str(github_id),
        login=login,
        name=_text_of(user.get("name")),
        email=verified_email_of(emails=emails),
        avatar_url=avatar_url_of(claimed=user.get("avatar_url")),
    )


def verified_email_of(*, emails: object) -> str:
    """The address that GitHub has verified, the primary one first; empty when there is none."""
    if not isinstance(emails, Sequence) or isinstance(emails, str | bytes):
        return ""
    verified = [
        entry
        for entry in emails
        if isinstance(entry, Mapping)
        and entry.get("verified") is True
        and _is_email(entry.get("email"))
    ]
    verified.sort(key=lambda entry: entry.get("primary") is not True)
    return str(verified[0]["email"]) if verified else ""


def avatar_url_of(*, claimed: object) -> str:
    """A picture on GitHub's own host, the only one that our pages may load from; else empty."""
    if (
        isinstance(claimed, str)
        and claimed.startswith(AVATAR_HOST)
        and len(claimed) <= MAX_URL_LENGTH
        and claimed.isascii()
        and claimed.isprintable()
        and not set(claimed) & set(" \"'<>\\^`{|}")
    ):
        return claimed
    return ""


def is_recent_sign_in(*, signed_in_at: datetime | None, at: datetime) -> bool:
    """Whether somebody proved who they are lately enough to do what cannot be undone."""
    return signed_in_at is not None and at - signed_in_at <= RECENT_SIGN_IN


def _text_of(value: object) -> str:
    return cleaned_name_of(text=value) if isinstance(value, str) else ""


def _is_email(value: object) -> bool:
    return (
        isinstance(value, str)
        and 3 <= len(value) <= MAX_EMAIL_LENGTH
        and value.isprintable()
        and value.count("@") == 1
        and " " not in value
        and not value.startswith("@")
        and not value.endswith("@")
    )
