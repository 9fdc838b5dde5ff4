"""What an API token looks like, and what is kept of it."""

import hashlib
import re
from datetime import datetime, timedelta

PREFIX = "tt_"
SECRET_HEX_DIGITS = 48
USE_NOTED_EVERY = timedelta(minutes=1)
MAX_TOKENS = 100
"""Per person. Every sign-in from a command line makes one, so this is only a stop for loops."""

_TOKEN = re.compile(rf"{PREFIX}[0-9a-f]{{{SECRET_HEX_DIGITS}}}")


def is_token(*, text: str) -> bool:
    """Whether the text has the shape of a token of ours."""
    return _TOKEN.fullmatch(text) is not None


def token_hash_of(*, token: str) -> bytes:
    """The SHA-256 of a token (32 bytes), which is all the database knows of it.

    Of any text, even of what JSON can spell and UTF-8 cannot: strangers choose it.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def token_hint_of(*, token: str) -> str:
    """Enough of a token to tell it from one's others: `tt_` and four digits."""
    return f"{token[: len(PREFIX) + 4]}…"


def is_use_worth_noting(*, last_used_at: datetime | None, at: datetime) -> bool:
    """Whether the last use was noted long enough ago to note it again."""
    return last_used_at is None or at - last_used_at >= USE_NOTED_EVERY
