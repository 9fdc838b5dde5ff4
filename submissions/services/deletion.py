"""Taking usage away: a person's own, all of it or a device's; and moving it between devices."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from accounts.locking import locked_account
from accounts.models import ApiToken, Device, DeviceKey, DeviceLogin, User
from ccgather.errors import InvalidInputError, NotFoundError
from submissions.models import (
    EvidenceSketch,
    RejectedReport,
    SharedUsage,
    Slice,
    SliceHours,
    SliceRow,
    Submission,
    UsageAccount,
    UserDay,
)
from submissions.services.cases import open_case, refresh_case
from submissions.services.rollup import recount
from submissions.services.writing import delete_slices
from submissions.signals import usage_changed


def delete_submitted_data(*, user_id: UUID, at: datetime) -> int:
    """Removes everything a person ever submitted; answers how many submissions there were.

    The account, its devices and tokens stay. The next report starts a new history, with a new
    first submission.
    """
    with locked_account(user_id=user_id) as user:
        days = frozenset(UserDay.objects.filter(user=user).values_list("day", flat=True))
        deleted = erase_usage(user=user)
        _close_case(user, at=at)
        usage_changed.send(sender=Slice, user=user, days=days, at=at, cause="deletion")
        return deleted


def erase_usage(*, user: User) -> int:
    """Removes the rows; the account's lock must be held. Answers the number of submissions."""
    SliceRow.objects.filter(slice__user=user).delete()
    EvidenceSketch.objects.filter(slice__user=user).delete()
    SliceHours.objects.filter(slice__user=user).delete()
    Slice.objects.filter(user=user).delete()
    UserDay.objects.filter(user=user).delete()
    UsageAccount.objects.filter(user=user).delete()
    RejectedReport.objects.filter(user=user).delete()
    SharedUsage.objects.filter(Q(user=user) | Q(other=user)).delete()
    count = Submission.objects.filter(user=user).count()
    Submission.objects.filter(user=user).delete()
    return count


def delete_device(*, user_id: UUID, device_id: UUID, at: datetime) -> None:
    """Removes a device, its tokens and what it alone saw. Raises NotFoundError."""
    with locked_account(user_id=user_id) as user:
        device = _own_device(user, device_id)
        slices = dict(Slice.objects.filter(device=device).values_list("pk", "day"))
        delete_slices(ids=list(slices))
        recount(user=user, days=set(slices.values()), at=at, cause="deletion")
        _close_case(user, at=at)
        device.delete()


def merge_devices(*, user_id: UUID, from_id: UUID, into_id: UUID, at: datetime) -> None:
    """Makes two devices one: of each slice that both have, the larger stays.

    Keys and tokens of the first follow, so that its next report finds the second. Raises
    NotFoundError, InvalidInputError for one and the same device.
    """
    if from_id == into_id:
        raise InvalidInputError(
            "A device cannot be merged with itself.", details=("into: is the same device",)
        )
    with locked_account(user_id=user_id) as user:
        source = _own_device(user, from_id)
        target = _own_device(user, into_id)
        days = set(Slice.objects.filter(device=source).values_list("day", flat=True))
        _keep_larger(user=user, source=source, target=target)
        DeviceKey.objects.filter(device=source).update(device=target)
        ApiToken.objects.filter(device=source).update(device=target)
        DeviceLogin.objects.filter(device=source).update(device=target)
        Submission.objects.filter(device=source).update(device=target)
        # The history of both is one now: no earlier report says what this device last stated.
        Submission.objects.filter(device=target).update(digest=b"")
        recount(user=user, days=days, at=at, cause="deletion")
        _close_case(user, at=at)
        source.delete()


def _close_case(user: User, *, at: datetime) -> None:
    """What was deleted waits no more; what is left of the case has changed."""
    if open_case(user=user) is not None:
        refresh_case(user=user, at=at, answer="What waited was deleted.")


def _keep_larger(*, user: User, source: Device, target: Device) -> None:
    theirs = {(s.client, s.day, s.state): s for s in Slice.objects.filter(user=user, device=target)}
    losing: list[int] = []
    moving: list[int] = []
    for own in Slice.objects.filter(user=user, device=source):
        other = theirs.get((own.client, own.day, own.state))
        if other is None or own.total_tokens > other.total_tokens:
            moving.append(own.pk)
            losing.extend([other.pk] if other else [])
        else:
            losing.append(own.pk)
    delete_slices(ids=losing)
    Slice.objects.filter(pk__in=moving).update(device=target)


def _own_device(user: User, device_id: UUID) -> Device:
    device = user.devices.filter(pk=device_id).first()
    if device is None:
        raise NotFoundError("There is no such device on this account.")
    return device


def slice_counts(*, user: User) -> dict[UUID, int]:
    """How many accepted slices each of a person's devices has."""
    counts = Slice.objects.accepted().filter(user=user).values_list("device_id")
    return dict(counts.annotate(slices=Count("pk")).order_by())
