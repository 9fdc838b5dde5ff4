"""The link at the foot of a mail that ends such mails, for whoever holds the mail.

It names the person and what it switches off, is signed, and does nothing else; so it needs no
sign-in and does not expire: an old mail must still be one from which one can leave.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from accounts.services.settings import change_settings
from ccgather.errors import NotFoundError

_SALT = "accounts.emails-off"
_REVIEWS = "reviews"


def emails_off_address(*, user: User) -> str:
    """Where mails about reviews can be switched off for this person."""
    token = signing.Signer(salt=_SALT).sign(f"{_REVIEWS}.{user.pk.hex}")
    return f"{settings.PUBLIC_URL}{reverse('accounts:emails_off', args=[token])}"


def person_of_link(*, token: str) -> User:
    """Whose mails a link ends. Raises NotFoundError for one that is not ours, or of nobody."""
    refused = NotFoundError("This link is not one of ours, or its account does not exist any more.")
    try:
        kind, _, key = signing.Signer(salt=_SALT).unsign(token).partition(".")
        user = User.objects.filter(pk=UUID(hex=key)).first() if kind == _REVIEWS else None
    except (signing.BadSignature, ValueError) as error:
        raise refused from error
    if user is None:
        raise refused
    return user


def turn_emails_off(*, token: str, at: datetime) -> User:
    """Send this person no more mails about reviews; again changes nothing.

    Raises NotFoundError, AccountBusyError.
    """
    user = person_of_link(token=token)
    return change_settings(user_id=user.pk, wanted={"emails": {_REVIEWS: False}}, at=at)
