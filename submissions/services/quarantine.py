"""Releases of a collector that counted wrong: what they read does not count until it is sent anew.

`quarantine` and `lift` record the decision; every sum that is counted from then on follows. What
is stored is gone through person by person, each under their own lock, by `apply_quarantine`: a
job does it, and what it has to do is read from the slices themselves, so that it can be stopped
and started at any moment.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from accounts.errors import AccountBusyError
from accounts.locking import locked_account
from accounts.models import Notice, User
from accounts.services.notices import notify
from ccgather.errors import InvalidInputError, NotFoundError
from ccgather.ops.epoch import bump_visibility
from submissions.errors import NothingToDecideError
from submissions.models import CollectorQuarantine, Decision, Slice
from submissions.querysets import SliceQuerySet
from submissions.rules.quarantine import (
    QuarantineRange,
    release_words_of,
    remedy_of,
    version_key_of,
)
from submissions.selectors.quarantines import covered_by, range_of, versions_within
from submissions.services.cases import settle_submissions, submissions_of
from submissions.services.ledger import slice_line, write_decision
from submissions.services.review import checked_reason
from submissions.services.rollup import recount
from submissions.services.staff import Power, require, role_of
from submissions.services.telling import HELD_PAGE, days_words

Action = Decision.Action

SECOND_LOOK_AFTER = timedelta(minutes=10)
"""Longer than any report takes that was being written, unseen by us, when it was decided."""


def quarantine(
    *,
    actor: User,
    collector: str,
    first_version: str = "",
    last_version: str = "",
    client: str = "",
    reason: str,
    remedy: str = "",
    at: datetime,
) -> CollectorQuarantine:
    """Records that those releases count wrong. Versions are included; "" is open to that side.

    Raises PermissionRefusedError, InvalidInputError, NothingToDecideError for a quarantine that
    stands already.
    """
    require(actor=actor, power=Power.QUARANTINE)
    code, text = checked_reason(action=Action.QUARANTINE, reason_code="", reason=reason)
    bounds = {"collector": collector.strip(), "client": client.strip()}
    bounds |= {"first_version": first_version.strip(), "last_version": last_version.strip()}
    _check_bounds(bounds)
    with transaction.atomic():
        if CollectorQuarantine.objects.filter(**bounds, lifted_at=None).exists():
            raise NothingToDecideError("These releases are quarantined already.")
        made = CollectorQuarantine.objects.create(
            **bounds, reason=text, remedy=remedy.strip(), made_by=actor, made_at=at
        )
        write_decision(
            action=Action.QUARANTINE,
            role=role_of(actor=actor),
            reason_code=code,
            reason=text,
            at=at,
            actor=actor,
            after={"quarantine": str(made.pk), **bounds},
        )
        return made


def _check_bounds(bounds: dict[str, str]) -> None:
    problems = []
    if not bounds["collector"]:
        problems.append("collector: which one?")
    first, last = bounds["first_version"], bounds["last_version"]
    if first and last and version_key_of(first) > version_key_of(last):
        problems.append("lastVersion: comes before firstVersion")
    limits = {"collector": 64, "first_version": 64, "last_version": 64, "client": 96}
    problems += [
        f"{name}: has more than {limits[name]} characters"
        for name, value in bounds.items()
        if len(value) > limits[name]
    ]
    if problems:
        raise InvalidInputError("These releases cannot be quarantined.", details=problems)


def lift(
    *, quarantine_id: UUID, actor: User, reason: str = "", at: datetime
) -> CollectorQuarantine:
    """Records that those releases count right after all; their slices count again.

    Raises PermissionRefusedError, InvalidInputError, NothingToDecideError, NotFoundError.
    """
    require(actor=actor, power=Power.QUARANTINE)
    code, text = checked_reason(action=Action.LIFT, reason_code="", reason=reason)
    with transaction.atomic():
        found = (
            CollectorQuarantine.objects.select_for_update(of=("self",))
            .filter(pk=quarantine_id)
            .first()
        )
        if found is None:
            raise NotFoundError("There is no such quarantine.")
        if found.lifted_at is not None:
            raise NothingToDecideError("This quarantine is lifted already.")
        found.lifted_by, found.lifted_at = actor, at
        found.passed_at, found.people, found.slices = None, 0, 0
        found.save()
        made = Decision.objects.filter(
            action=Action.QUARANTINE, after__quarantine=str(found.pk), user=None
        ).first()
        write_decision(
            action=Action.LIFT,
            role=role_of(actor=actor),
            reason_code=code,
            reason=text,
            at=at,
            actor=actor,
            after={"quarantine": str(found.pk)},
            reverses=made,
            waiting_since=found.made_at,
        )
        return found


def apply_quarantines(*, at: datetime, progress: Callable[[int], object]) -> int:
    """Goes through what is stored for every quarantine that is not done; answers how many people
    changed. Each is done twice: at once, and once more when no report can be left that was being
    written when it was made or lifted."""
    return sum(
        apply_quarantine(quarantine_id=pk, at=at, progress=progress) for pk in to_apply(at=at)
    )


def to_apply(*, at: datetime) -> list[UUID]:
    """The quarantines whose stored slices are still to be gone through; one query."""
    found = CollectorQuarantine.objects.order_by("made_at")
    return [item.pk for item in found if _is_due(item, at=at)]


def _is_due(item: CollectorQuarantine, *, at: datetime) -> bool:
    again = (item.lifted_at or item.made_at) + SECOND_LOOK_AFTER
    return item.passed_at is None or item.passed_at < again <= at


def apply_quarantine(
    *, quarantine_id: UUID, at: datetime, progress: Callable[[int], object]
) -> int:
    """Marks what a quarantine covers, or counts again what a lifted one covered.

    A person at a time, under their lock; answers how many changed and tells `progress` of each.
    Somebody whose account is busy for long is left for the next run. Raises NotFoundError.
    """
    item = CollectorQuarantine.objects.filter(pk=quarantine_id).first()
    if item is None:
        raise NotFoundError("There is no such quarantine.")
    people = slices = 0
    is_complete = True
    for user_id in people_to_change(quarantine=item):
        try:
            changed = _change_person(user_id, item, at=at)
        except AccountBusyError:
            is_complete = False
            continue
        except NotFoundError:
            continue
        slices += changed
        people += changed > 0
        progress(1)
    CollectorQuarantine.objects.filter(pk=item.pk, lifted_at=item.lifted_at).update(
        people=F("people") + people,
        slices=F("slices") + slices,
        passed_at=at if is_complete else None,
    )
    return people


def people_to_change(*, quarantine: CollectorQuarantine) -> list[UUID]:
    """Whose slices are not yet as the quarantine wants them; two queries, of all slices."""
    to_change = _slices_to_change(quarantine)
    return list(to_change.order_by("user_id").values_list("user_id", flat=True).distinct())


def _slices_to_change(item: CollectorQuarantine) -> SliceQuerySet:
    """Accepted slices to mark; of a lifted quarantine, those marked that may count again."""
    releases = range_of(quarantine=item)
    of_collector = Slice.objects.accepted().filter(
        covered_by(collector=item.collector, client=item.client)
    )
    is_marked = Q(not_counted=Slice.NotCounted.QUARANTINED)
    unsettled = of_collector.filter(is_marked if item.lifted_at else ~is_marked)
    versions = unsettled.values_list("collector_version", flat=True).order_by().distinct()
    covered = versions_within(versions=versions, quarantine=releases)
    return unsettled.filter(collector_version__in=covered)


def _change_person(user_id: UUID, item: CollectorQuarantine, *, at: datetime) -> int:
    """Counts the person's days anew, which marks or frees; answers how many slices changed."""
    with locked_account(user_id=user_id) as user:
        found = list(_slices_to_change(item).filter(user=user).order_by("day", "client", "pk"))
        marks = {slice_.pk: str(slice_.not_counted) for slice_ in found}
        days = {slice_.day for slice_ in found}
        recount(user=user, days=days, at=at, cause="review")
        now = dict(Slice.objects.filter(pk__in=marks).values_list("pk", "not_counted"))
        changed = [slice_ for slice_ in found if now.get(slice_.pk) != marks[slice_.pk]]
        if not changed:
            return 0
        bump_visibility()
        settle_submissions(user=user, touched=submissions_of(slices=changed))
        is_lifted = item.lifted_at is not None
        decision = write_decision(
            action=Action.CLEAR if is_lifted else Action.QUARANTINE,
            role=Decision.Role.SYSTEM,
            reason_code="quarantine_lifted" if is_lifted else "collector_quarantined",
            reason=item.reason,
            at=at,
            user=user,
            slices=[
                slice_line(
                    item=slice_,
                    before=marks[slice_.pk] or "counted",
                    after=now[slice_.pk] or "counted",
                )
                for slice_ in changed
            ],
            after={"quarantine": str(item.pk)},
            waiting_since=item.made_at if is_lifted else None,
        )
        _tell(user, decision, range_of(quarantine=item), is_lifted=is_lifted, at=at)
        return len(changed)


def _tell(
    user: User, decision: Decision, releases: QuarantineRange, *, is_lifted: bool, at: datetime
) -> None:
    days = days_words(slices=decision.slices)
    if is_lifted:
        notify(
            user=user,
            code="quarantine_lifted",
            tone=Notice.Tone.GOOD,
            title="Days that did not count for our collector's fault count again",
            text=f"{release_words_of(releases)} counted right after all.\n\n{days}",
            link=HELD_PAGE,
            at=at,
        )
        return
    notify(
        user=user,
        code="collector_quarantined",
        tone=Notice.Tone.OURS,
        title="Some of your days do not count for now: our collector's fault",
        text=(
            f"{release_words_of(releases)} counted wrong. You did nothing wrong, and nothing is "
            f"deleted.\n\n{remedy_of(releases)}\n\n{days}"
        ),
        link=HELD_PAGE,
        at=at,
    )
