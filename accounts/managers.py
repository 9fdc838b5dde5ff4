"""How people are found."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from accounts.models import User


# Names are compared by `lower(username)`, which has the indexes; `iexact` compares by `upper`.
models.CharField.register_lookup(Lower)


class UserQuerySet(models.QuerySet["User"]):
    """Filters over people."""

    def named(self, username: str) -> Self:
        """The one with that username, whatever the case; nobody for what cannot be a name."""
        if "\x00" in username:  # which PostgreSQL refuses to compare
            return self.none()
        return self.filter(username__lower=username.lower())

    def named_from(self, prefix: str) -> Self:
        """Those whose username begins like that, whatever the case."""
        if "\x00" in prefix:
            return self.none()
        return self.filter(username__lower__startswith=prefix.lower())

    def on_boards(self) -> Self:
        """People who may stand on boards (usage aside); `User.stands_on_boards` in SQL."""
        return self.filter(is_active=True, profile_visible=True, excluded_at__isnull=True)


class UserManager(BaseUserManager["User"]):
    """Makes people; without passwords, which this site does not have."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person of that name, whatever the case."""
        return self.get(username__lower=(username or "").lower())

    def create_superuser(self, username: str, **fields: Any) -> "User":  # noqa: ANN401
        """For Django's own commands; `ADMIN_GITHUB_LOGINS` is how an admin is made."""
        fields.pop("password", None)
        user = self.model(username=username, is_staff=True, is_superuser=True, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user
