"""Who calls the API: a bearer token, or a browser session with CSRF protection."""

from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.errors import AccountSuspendedError
from accounts.models import ApiToken, User
from accounts.rules.tokens import is_token, token_hash_of
from accounts.services.tokens import note_token_use
from ccgather.ops import clock

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer tt_<48 hex>`; `request.auth` is then the ApiToken.

    A header with another scheme is left to others. One with ours that is not a valid token is
    refused with 401, whatever cookie stands beside it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's person. Raises AuthenticationFailed, AccountSuspendedError."""
        scheme, _, given = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        text = given.strip().decode("latin-1")
        if not is_token(text=text):
            raise AuthenticationFailed(
                "A bearer token of this site is tt_ and 48 hexadecimal digits."
            )
        at = clock.now()
        token = (
            ApiToken.objects.select_related("user", "device")
            .filter(token_hash=token_hash_of(token=text))
            .first()
        )
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This token is unknown or was revoked; sign in again.")
        if not token.is_valid(at=at):
            raise AuthenticationFailed("This token has expired; sign in again.")
        if token.user.suspended_at is not None:
            raise AccountSuspendedError("This account is suspended.")
        note_token_use(token=token, at=at)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return f'{SCHEME} realm="api"'


class BrowserAuthentication(SessionAuthentication):
    """A browser session; every write needs its CSRF token, the login of others cannot be lent."""
