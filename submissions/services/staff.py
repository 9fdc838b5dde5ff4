"""Who of the staff may do what. Permissions of Django's own, carried by two groups.

Members of the staff without a group look and decide nothing; a superuser may do everything.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.models import User
from ccgather.errors import PermissionRefusedError
from submissions.errors import OwnCaseError
from submissions.models import Decision

MODERATORS = "Moderators"
ADMINS = "Admins"


class Power(StrEnum):
    """What a decision needs; the values are permissions (`ReviewCase.Meta.permissions`)."""

    DECIDE = "submissions.decide_cases"
    APPEALS = "submissions.answer_appeals"
    EXCLUDE = "submissions.exclude_people"
    TRUST = "submissions.trust_people"
    QUARANTINE = "submissions.quarantine_collectors"


POWERS: Mapping[str, frozenset[Power]] = MappingProxyType(
    {MODERATORS: frozenset({Power.DECIDE, Power.APPEALS}), ADMINS: frozenset(Power)}
)
"""By group."""

SEEN_APPS = ("accounts", "submissions", "leaderboard")
"""Both groups may look at everything of these in the admin."""


def may(*, actor: User, power: Power) -> bool:
    """Whether somebody has that power: staff in good standing with the permission."""
    return (
        actor.is_staff
        and actor.is_active
        and actor.suspended_at is None
        and actor.has_perm(power.value)
    )


def role_of(*, actor: User) -> Decision.Role:
    """As what somebody of the staff decides."""
    is_admin = actor.is_superuser or may(actor=actor, power=Power.EXCLUDE)
    return Decision.Role.ADMIN if is_admin else Decision.Role.MODERATOR


def is_own(*, actor: User, user_id: UUID) -> bool:
    """Whether a decision would be about the one who makes it."""
    return actor.pk == user_id


def require(*, actor: User, power: Power, subject_id: UUID | None = None) -> None:
    """Raises PermissionRefusedError without the power, OwnCaseError about oneself."""
    if not may(actor=actor, power=power):
        raise PermissionRefusedError("Your role does not allow this.")
    if subject_id is not None and is_own(actor=actor, user_id=subject_id):
        raise OwnCaseError("Nobody decides about themselves; leave this to somebody else.")


def others_who_may(*, power: Power, besides: frozenset[UUID]) -> bool:
    """Whether anybody else of the active staff has that power."""
    app, _, codename = power.value.partition(".")
    permission = {"content_type__app_label": app, "codename": codename}
    granted = Permission.objects.filter(**permission)
    return (
        User.objects.filter(is_staff=True, is_active=True, suspended_at__isnull=True)
        .filter(
            Q(is_superuser=True)
            | Q(groups__permissions__in=granted)
            | Q(user_permissions__in=granted)
        )
        .exclude(pk__in=besides)
        .exists()
    )


def make_groups(*, using: str) -> None:
    """Makes both groups, or gives them what they lack; what an operator added stays.

    Called after migrations, when the permissions of all apps may not be there yet.
    """
    for label in SEEN_APPS:
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    seen = list(
        Permission.objects.using(using).filter(
            content_type__app_label__in=SEEN_APPS, codename__startswith="view_"
        )
    )
    for name, powers in POWERS.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        codenames = {power.value.partition(".")[2] for power in powers}
        granted = Permission.objects.using(using).filter(
            content_type__app_label="submissions", codename__in=codenames
        )
        group.permissions.add(*seen, *granted)
