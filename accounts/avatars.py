"""Where a person's picture is."""

from django.urls import reverse

from accounts.models import User


def avatar_of(user: User) -> str:
    """The GitHub picture, or the path of a drawn one on this site."""
    return user.avatar_url or drawn_avatar_path_of(username=user.username)


def drawn_avatar_path_of(*, username: str) -> str:
    """The path of the picture that is drawn from a name."""
    return reverse("accounts:avatar", args=[username])
