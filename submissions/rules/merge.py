"""The merge rule: what a report does to the slices that are stored.

A report is a statement of what is, not an increment. A slice is replaced whole or kept whole,
never mixed field by field: a mixture would be a day that nobody observed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from submissions.report import DayBasis, EvidenceSketch
from submissions.rules.evidence import is_contained

Mode = Literal["merge", "replace"]
SliceKey = tuple[str, date]
"""(client, day), of one device."""

MIXED_CLIENT = "ccusage"
"""The client of rows whose report sums several tools up without saying which."""


class Outcome(StrEnum):
    """What happens to one slice of a report, and why; the value is shown to its sender."""

    NEW = "new"
    SAME = "same"
    GREW = "grew"
    REPLACED = "replaced on request"
    CORRECTED = "corrected by a newer parser"
    MOVED = "moved between neighbouring days"
    CLEARED = "read again by a release that counts right"
    KEPT = "kept"

    @property
    def writes(self) -> bool:
        """Whether the report's version takes the stored one's place."""
        return self not in (Outcome.SAME, Outcome.KEPT)


@dataclass(frozen=True, slots=True)
class StoredSlice:
    """An accepted slice as the merge sees it.

    `quarantined` says that a release which is known to count wrong read it, and that the release
    behind the report is none of those: then whatever the report says takes its place.
    """

    total_tokens: int
    digest: bytes
    parser_version: int | None
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class ReportedSlice:
    """A slice of a report as the merge sees it."""

    total_tokens: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeContext:
    """What a report says of itself that decides whether it may lower a day."""

    mode: Mode
    day_basis: DayBasis
    full_history: bool
    parser_versions: Mapping[str, int]


def outcomes_of(
    *,
    stored: Mapping[SliceKey, StoredSlice],
    reported: Mapping[SliceKey, ReportedSlice],
    context: MergeContext,
) -> dict[SliceKey, Outcome]:
    """Decides each reported slice. A stored slice that the report does not name stays."""
    first_day: dict[str, date] = {}
    for client, day in reported:
        first_day[client] = min(day, first_day.get(client, day))
    return {
        key: _outcome_of(
            key=key, stored=stored, reported=reported, context=context, first_day=first_day[key[0]]
        )
        for key in reported
    }


def _outcome_of(
    *,
    key: SliceKey,
    stored: Mapping[SliceKey, StoredSlice],
    reported: Mapping[SliceKey, ReportedSlice],
    context: MergeContext,
    first_day: date,
) -> Outcome:
    before = stored.get(key)
    after = reported[key]
    if before is None:
        return Outcome.NEW
    if before.quarantined:
        return Outcome.CLEARED
    if before.digest == after.digest:
        return Outcome.SAME
    if after.total_tokens >= before.total_tokens:
        return Outcome.GREW
    if context.mode == "replace":
        return Outcome.REPLACED
    if _is_correction(client=key[0], before=before, context=context):
        return Outcome.CORRECTED
    if (
        context.day_basis == "local"
        and key[1] != first_day
        and not _falls_around(key=key, stored=stored, reported=reported)
    ):
        return Outcome.MOVED
    return Outcome.KEPT


def _is_correction(*, client: str, before: StoredSlice, context: MergeContext) -> bool:
    """A newer parser that saw every log may bring an over-count down; an older one, or one that
    saw a part, may not. A stored slice without a parser version was read by no known parser."""
    version = context.parser_versions.get(client)
    return (
        context.full_history
        and version is not None
        and before.parser_version is not None
        and version > before.parser_version
    )


def _falls_around(
    *,
    key: SliceKey,
    stored: Mapping[SliceKey, StoredSlice],
    reported: Mapping[SliceKey, ReportedSlice],
) -> bool:
    """Whether the days d-1 to d+1 together have fewer tokens than before: then usage is missing,
    and was not only booked on a neighbouring day by a change of time zone."""
    client, day = key
    before = after = 0
    for offset in (-1, 0, 1):
        neighbour = (client, day + timedelta(days=offset))
        old = stored.get(neighbour)
        new = reported.get(neighbour)
        before += old.total_tokens if old else 0
        after += new.total_tokens if new else (old.total_tokens if old else 0)
    return after < before


class NotCountedReason(StrEnum):
    """Why an accepted slice adds nothing. The values are stored."""

    SAME_ON_OTHER_DEVICE = "same_device"
    COVERED = "covered"
    QUARANTINED = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySlice:
    """An accepted slice of one person on one day. `order` is older first.

    `sketch` is of its messages, made under the salt `salt_id`, where there is one.
    """

    order: int
    device: str
    client: str
    total_tokens: int
    digest: bytes
    quarantined: bool = False
    sketch: EvidenceSketch | None = None
    salt_id: str = ""


def not_counted_of(slices: Iterable[DaySlice]) -> dict[int, NotCountedReason]:
    """Which of one person's accepted slices of one day add nothing, by their `order`.

    - What a quarantined release read does not count, and covers nothing else.
    - A slice that sums several tools up (`MIXED_CLIENT`) and the tools' own slices of the same
      device are the same usage seen twice: the side with more tokens counts, the tools' own on a
      tie.
    - The same slice on two devices is one log seen twice (a renamed or copied machine): the older
      one counts.
    - So is a slice whose messages another device's slice has too, by their sketches (a folder
      synced between machines, read at two moments): the larger one counts.
    """
    by_device: dict[str, list[DaySlice]] = {}
    reasons: dict[int, NotCountedReason] = {}
    for item in slices:
        if item.quarantined:
            reasons[item.order] = NotCountedReason.QUARANTINED
        else:
            by_device.setdefault(item.device, []).append(item)
    left: list[DaySlice] = []
    for of_device in by_device.values():
        items = of_device
        mixed = [item for item in items if item.client == MIXED_CLIENT]
        own = [item for item in items if item.client != MIXED_CLIENT]
        if mixed and own:
            own_counts = sum(i.total_tokens for i in own) >= sum(i.total_tokens for i in mixed)
            covered, items = (mixed, own) if own_counts else (own, mixed)
            reasons.update(dict.fromkeys((i.order for i in covered), NotCountedReason.COVERED))
        left.extend(items)
    seen: set[tuple[str, bytes]] = set()
    different: dict[str, list[DaySlice]] = {}
    for item in sorted(left, key=lambda item: item.order):
        identity = (item.client, item.digest)
        if identity in seen:
            reasons[item.order] = NotCountedReason.SAME_ON_OTHER_DEVICE
        else:
            different.setdefault(item.client, []).append(item)
        seen.add(identity)
    for of_client in different.values():
        reasons.update(dict.fromkeys(_contained(of_client), NotCountedReason.SAME_ON_OTHER_DEVICE))
    return reasons


def _contained(slices: list[DaySlice]) -> list[int]:
    """The `order` of each slice of one client whose messages are in a larger one's."""
    found: list[int] = []
    counting: list[DaySlice] = []
    for item in sorted(slices, key=lambda item: (-item.total_tokens, item.order)):
        if any(_has_all_of(larger, item) for larger in counting):
            found.append(item.order)
        else:
            counting.append(item)
    return found


def _has_all_of(larger: DaySlice, smaller: DaySlice) -> bool:
    return (
        larger.sketch is not None
        and smaller.sketch is not None
        and larger.device != smaller.device
        and larger.salt_id == smaller.salt_id
        and is_contained(smaller=smaller.sketch, larger=larger.sketch)
    )
