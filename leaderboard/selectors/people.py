"""Finding people by name."""

from dataclasses import dataclass

from accounts.avatars import avatar_of
from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """Somebody whose name begins as asked."""

    username: str
    display_name: str
    avatar_url: str
    country_code: str


def people_named(*, prefix: str, limit: int = 10) -> list[FoundPerson]:
    """Visible people whose username begins with `prefix`, whatever the case; one query."""
    prefix = prefix.strip().removeprefix("@")
    if not prefix:
        return []
    people = User.objects.on_boards().named_from(prefix).filter(competitor__isnull=False)
    return [
        FoundPerson(
            username=user.username,
            display_name=user.shown_name,
            avatar_url=avatar_of(user),
            country_code=user.shown_country,
        )
        for user in people.order_by("username")[:limit]
    ]
