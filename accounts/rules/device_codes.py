"""The codes of the device login: what they look like, how long they live, how often to ask."""

from datetime import datetime, timedelta

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants only: no letter looks or sounds like a digit, and no code spells a word."""
USER_CODE_LETTERS = 8
DEVICE_CODE_HEX_DIGITS = 32
LIFETIME = timedelta(seconds=900)
POLL_INTERVAL = timedelta(seconds=5)
POLL_GRACE = timedelta(milliseconds=500)
"""A program that waits exactly the interval arrives a little early when its first request was
slow on the way."""
CODE_LOOKUPS_ALLOWED = 20
CODE_LOOKUPS_WINDOW = timedelta(minutes=10)
"""A person, right codes included. With 20^8 codes and some thousands open at once, twenty guesses
in ten minutes find nobody's."""


def shown_code_of(*, letters: str) -> str:
    """`ABCDEFGH` as it is printed: `ABCD-EFGH`."""
    return f"{letters[:4]}-{letters[4:]}"


def user_code_of(*, typed: str) -> str | None:
    """The code a person meant: any case, with or without hyphen and spaces. None for no code."""
    letters = "".join(character for character in typed.upper() if character.isalnum())
    if len(letters) != USER_CODE_LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    return shown_code_of(letters=letters)


def is_polled_too_soon(*, last_polled_at: datetime | None, at: datetime) -> bool:
    """Whether a program asks again before the interval is over."""
    return last_polled_at is not None and at - last_polled_at < POLL_INTERVAL - POLL_GRACE
