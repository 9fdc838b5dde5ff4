"""How people are found."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet["User"]):
    """Filters over people."""

    def named(self, username: str) -> Self:
        """The one with that username, whatever the case; nobody for what cannot be a name."""
        if "\x00" in username:  # which PostgreSQL refuses to compare
            return self.none()
        return self.filter(username__iexact=username)

    def on_boards(self) -> Self:
        """People who may stand on boards (usage aside); `User.stands_on_boards` in SQL."""
        return self.filter(is_active=True, profile_visible=True, excluded_at__isnull=True)


class UserManager(BaseUserManager["User"]):
    """Makes people; without passwords, which this site does not have."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person of that name, whatever the case."""
        return self.get(username__iexact=username)

    def create_superuser(self, username: str, **fields: Any) -> "User":  # noqa: ANN401
        """For Django's own commands; `ADMIN_GITHUB_LOGINS` is how an admin is made."""
        fields.pop("password", None)
        user = self.model(username=username, is_staff=True, is_superuser=True, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user
