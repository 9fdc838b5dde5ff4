"""People, made and recognised when they sign in.

The provider's lasting id is the person. A login is only a name: it can be given up and taken
over by somebody else, who must not find another person's history behind it.
"""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from accounts.locking import locked_account
from accounts.models import User
from accounts.rules.names import free_handle_of, handle_stem_of, is_username
from accounts.rules.settings import SHOWN_TO_OTHERS
from accounts.rules.signing_in import Identity
from accounts.signals import account_changed
from ccgather.errors import InvalidInputError, PermissionRefusedError

TRIES = 3


def create_person(*, username: str, at: datetime) -> User:
    """A person without a way to sign in, for operators and scripts.

    Raises InvalidInputError when the name cannot be a handle or is somebody's.
    """
    if not is_username(text=username):
        raise InvalidInputError(
            "A username has letters, digits, hyphens and underscores, at most 39.",
            details=[f"username: {username!r} is none"],
        )
    if User.objects.named(username).exists():
        raise InvalidInputError(
            f"Somebody is called {username} already.", details=["username: is taken"]
        )
    return _new_user(username=username, at=at)


def recognise_person(*, identity: Identity, admin_logins: Collection[str], at: datetime) -> User:
    """The person behind an identity, brought up to date; made at their first sign-in.

    `admin_logins` are lower-case handles whose holders administer the site. Raises
    AccountBusyError, and PermissionRefusedError when a name of the local sign-in belongs to
    somebody who has another way in.
    """
    tries_left = TRIES
    while True:
        tries_left -= 1
        try:
            with transaction.atomic():
                return _recognised(identity=identity, admin_logins=admin_logins, at=at)
        except IntegrityError:
            # The same person signs in twice at once, or two people want one name.
            if not tries_left:
                raise


def _recognised(*, identity: Identity, admin_logins: Collection[str], at: datetime) -> User:
    user_id = _known_person(identity)
    holder_id = None
    if identity.provider == "github" and identity.login is not None:
        holder = User.objects.named(identity.login).only("pk").first()
        holder_id = holder.pk if holder is not None and holder.pk != user_id else None
    with ExitStack() as locks:
        # In the order of their ids, so that two people who swap names do not wait for each other.
        held = {
            pk: locks.enter_context(locked_account(user_id=pk))
            for pk in sorted(pk for pk in (user_id, holder_id) if pk is not None)
        }
        if (
            holder_id is not None
            and held[holder_id].username.lower() == str(identity.login).lower()
        ):
            _take_name_from(held[holder_id], at=at)
        user = held[user_id] if user_id is not None else None
        if user is None:
            user = _new_user(username=_first_username(identity), at=at, identity=identity)
        _refresh(user, identity=identity, admin_logins=admin_logins, at=at)
        SocialAccount.objects.get_or_create(
            provider=identity.provider, uid=identity.uid, defaults={"user": user}
        )
    return user


def _known_person(identity: Identity) -> UUID | None:
    if identity.github_id is not None:
        user = User.objects.filter(github_id=identity.github_id).only("pk").first()
        return user.pk if user is not None else None
    known = SocialAccount.objects.filter(provider=identity.provider, uid=identity.uid).first()
    if known is not None:
        return User.objects.only("pk").get(pk=known.user_id).pk
    if identity.provider == "dummy" and identity.login is not None:
        return _person_to_play(name=identity.login)
    return None


def _person_to_play(*, name: str) -> UUID | None:
    """Whom the local sign-in means by a name: anybody who has no real way to sign in."""
    user = User.objects.named(name).first()
    if user is None:
        return None
    if user.github_id is not None or SocialAccount.objects.filter(user=user).exists():
        raise PermissionRefusedError(f"{user.username} signs in another way.")
    return user.pk


def _is_called(user: User, login: str | None) -> bool:
    return login is not None and user.username.lower() == login.lower()


def _take_name_from(holder: User, *, at: datetime) -> None:
    holder.username = _free_handle(stem=handle_stem_of(text=holder.username))
    holder.save(update_fields=["username"])
    account_changed.send(sender=User, user=holder, at=at)


def _first_username(identity: Identity) -> str:
    if identity.login is not None:
        return identity.login
    return _free_handle(stem=handle_stem_of(text=identity.name))


def _free_handle(*, stem: str) -> str:
    taken = User.objects.named_from(f"{stem}_").values_list("username", flat=True)
    return free_handle_of(stem=stem, taken=set(taken))


def _new_user(*, username: str, at: datetime, identity: Identity | None = None) -> User:
    user = User(username=username, created_at=at)
    if identity is not None:
        user.github_id = identity.github_id
        user.display_name = identity.name
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _refresh(
    user: User, *, identity: Identity, admin_logins: Collection[str], at: datetime
) -> None:
    wanted: dict[str, str | bool] = {"email": identity.email, "avatar_url": identity.avatar_url}
    if identity.provider == "github" and identity.login is not None:
        wanted["username"] = identity.login
    if identity.login is not None and identity.login.lower() in admin_logins:
        wanted |= {"is_staff": True, "is_superuser": True}
    changed = {field for field, value in wanted.items() if getattr(user, field) != value}
    if not changed:
        return
    for field in changed:
        setattr(user, field, wanted[field])
    user.save(update_fields=sorted(changed))
    if changed & SHOWN_TO_OTHERS:
        account_changed.send(sender=User, user=user, at=at)
