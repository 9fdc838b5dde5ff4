"""Which kind of caller may do what.

A bearer token lies on a disk and in the environment of scripts, so it reaches only what
submitting needs. Everything else personal asks for the browser session of its person.
"""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiToken, User


def caller(request: Request) -> User:
    """Who calls, where one of the permissions below let them."""
    if not isinstance(request.user, User):
        message = "this call is for somebody who is known"
        raise TypeError(message)
    return request.user


def calling_token(request: Request) -> ApiToken:
    """The token that calls, where `ByToken` let it."""
    if not isinstance(request.auth, ApiToken):
        message = "this call is for a bearer token"
        raise TypeError(message)
    return request.auth


class ByTokenOrSession(BasePermission):
    """Somebody who is known, however: for the few calls that a token may make."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether anybody is signed in."""
        return isinstance(request.user, User)


class BySession(BasePermission):
    """A person in their browser."""

    message = "This needs a browser session; an API token does not reach it."
    code = "session_required"

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether a browser session speaks."""
        return isinstance(request.user, User) and not isinstance(request.auth, ApiToken)


class ByToken(BasePermission):
    """A program with a bearer token; a cookie does not do."""

    message = "This needs a bearer token."
    code = "token_required"

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether a token speaks."""
        return isinstance(request.user, User) and isinstance(request.auth, ApiToken)


class ByStaff(BySession):
    """Somebody of the staff, in their browser."""

    message = "This is for the staff of this site."
    code = "forbidden"

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether a browser session of the staff speaks."""
        return super().has_permission(request, view) and bool(request.user.is_staff)
