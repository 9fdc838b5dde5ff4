"""Usage that two accounts have: noted with the report that showed it, and settled on the other
side afterwards, under that account's own lock, so that no two reports wait for each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.errors import AccountBusyError
from accounts.locking import locked_account
from accounts.models import Device, User
from submissions.models import EvidenceSketch as StoredSketch
from submissions.models import SharedUsage, Slice
from submissions.report import EvidenceSketch
from submissions.rules.evidence import Overlap, overlap_of
from submissions.rules.holds import HoldReason
from submissions.rules.merge import SliceKey
from submissions.rules.signals.catalogue import BY_CODE
from submissions.services.cases import refresh_case, settle_submissions, submissions_of
from submissions.services.holding import hold_lines
from submissions.services.ledger import slice_line
from submissions.services.planning import Plan
from submissions.services.stored import hold_json
from submissions.services.versions import tell

CODES: Final[Mapping[str, str]] = {
    "messages": "same_messages",
    "counts": "same_counts",
    "shape": "same_shape",
}
"""The signal that speaks about each kind of match."""

MOST_NOTED = 1_000
A_RUN = 500


def note_shared_usage(*, user: User, device: Device, plan: Plan, at: datetime) -> None:
    """Keeps which held slices of a plan are under another account too.

    Where that account was first, its side is not touched. Where both have the same messages and
    neither was clearly first, both wait: the other is held as soon as this transaction has
    committed.
    """
    codes = {
        (item.day, item.client): {reason.code for reason in item.reasons} for item in plan.held
    }
    rows = [
        SharedUsage(
            user=user,
            device=device,
            client=found.match.key[0],
            day=found.match.key[1],
            other_id=found.other_id,
            other_slice=found.other_slice,
            other_day=found.other_day,
            kind=found.match.kind,
            part=found.match.part,
            found_at=at,
            settled_at=at if found.match.other_first or found.match.kind != "messages" else None,
        )
        for found in plan.judgement.matches
        if CODES[found.match.kind] in codes.get((found.match.key[1], found.match.key[0]), ())
    ][:MOST_NOTED]
    SharedUsage.objects.bulk_create(rows, ignore_conflicts=True)
    others = {row.other_id for row in rows if row.settled_at is None}
    for other_id in sorted(others):
        transaction.on_commit(partial(settle_other_side, other_id=other_id, at=at), robust=True)


def settle_shared_usage(
    *, at: datetime, progress: Callable[[int], object] = lambda _people: None
) -> int:
    """Settles what a crash or a busy account left; answers how many slices were held."""
    waiting = SharedUsage.objects.filter(settled_at=None).order_by("found_at")
    others = dict.fromkeys(waiting.values_list("other", flat=True)[:A_RUN])
    held = 0
    for other_id in others:
        held += settle_other_side(other_id=other_id, at=at)
        progress(1)
    return held


def settle_other_side(*, other_id: UUID, at: datetime) -> int:
    """Holds what another account shares with that one, where neither had it clearly first.

    Idempotent. Looks again at both sides: a slice that was replaced since, that a reviewer
    approved, or whose other side does not wait any more, stays. Answers how many were held; an
    account that is busy is left for the next run.
    """
    try:
        with locked_account(user_id=other_id) as other:
            rows = list(SharedUsage.objects.filter(other=other, settled_at=None).order_by("pk"))
            found = {item.slice.pk: item for row in rows for item in _still_shared(other, row)}
            if found:
                _hold(other, list(found.values()), at=at)
            SharedUsage.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=at)
            return len(found)
    except AccountBusyError:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    slice: Slice
    reason: HoldReason


def _still_shared(other: User, row: SharedUsage) -> list[_Shared]:
    code = CODES[row.kind]
    mine = (
        Slice.objects.accepted()
        .filter(pk=row.other_slice, user=other, approved_tokens__isnull=True)
        .first()
    )
    theirs = (
        Slice.objects.pending()
        .filter(user=row.user_id, device=row.device_id, client=row.client, day=row.day)
        .filter(hold_reasons__contains=[{"code": code}])
        .first()
    )
    if mine is None or theirs is None:
        return []
    overlap = _overlap(mine, theirs)
    if overlap is None or not overlap.same:
        return []
    return [_Shared(slice=mine, reason=_reason(code, part=overlap.of_a))]


def _overlap(mine: Slice, theirs: Slice) -> Overlap | None:
    sketches = {
        row.slice_id: row for row in StoredSketch.objects.filter(slice__in=[mine.pk, theirs.pk])
    }
    if len(sketches) < 2 or len({row.salt_id for row in sketches.values()}) > 1:
        return None
    a, b = (
        EvidenceSketch(messages=row.messages, hashes=bytes(row.hashes))
        for row in (sketches[mine.pk], sketches[theirs.pk])
    )
    return overlap_of(a=a, b=b)


def _reason(code: str, *, part: float) -> HoldReason:
    spec = BY_CODE[code]
    figures: dict[str, float | int | str] = {
        "percent": round(100 * part),
        "days": 1,
        "shift_days": 0,
        "who": "neither was first",
    }
    return HoldReason(
        code=code, sentence=spec.sentence.format(**figures), weight=spec.weight, figures=figures
    )


def _hold(other: User, found: list[_Shared], *, at: datetime) -> None:
    """Moves the versions beside what counts, each whole. Where one waits there already, that one
    learns the reason too, and what counted stays until a person has looked."""
    waiting: dict[tuple[UUID, SliceKey], Slice] = {
        (item.device_id, (item.client, item.day)): item
        for item in Slice.objects.pending().filter(
            user=other, day__in={shared.slice.day for shared in found}
        )
    }
    moved: list[Slice] = []
    for shared in found:
        item = shared.slice
        beside = waiting.get((item.device_id, (item.client, item.day)))
        target = beside or item
        if any(reason["code"] == shared.reason.code for reason in target.hold_reasons):
            if beside is not None:
                continue
        else:
            target.hold_reasons = [*target.hold_reasons, *hold_json(reasons=[shared.reason])]
        target.hold_weight = max(target.hold_weight, shared.reason.weight)
        if beside is None:
            item.state = Slice.State.PENDING
            item.not_counted = Slice.NotCounted.NO
            moved.append(item)
        target.save(update_fields=["state", "not_counted", "hold_reasons", "hold_weight"])
    tell(user=other, days={item.day for item in moved}, at=at)
    case = refresh_case(user=other, at=at)
    settle_submissions(user=other, touched=submissions_of(slices=moved))
    if case is not None and moved:
        hold_lines(
            user=other,
            case=case,
            lines=[slice_line(item=item, before="accepted", after="pending") for item in moved],
            facts={"codes": sorted({shared.reason.code for shared in found})},
            at=at,
        )
