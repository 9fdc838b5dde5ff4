"""What every page knows of the person who looks at it."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.selectors import has_unseen_notices


def notices(request: HttpRequest) -> Mapping[str, object]:
    """`unseen_notices`: whether something was told that the person has not looked at.

    Asked of the database only where a template asks for it, and never for who is not signed in.
    """

    def unseen() -> bool:
        user = getattr(request, "user", None)
        return isinstance(user, User) and has_unseen_notices(user=user)

    return {"unseen_notices": SimpleLazyObject(unseen)}
