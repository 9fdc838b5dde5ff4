"""Deciding, before anything is written, what a report does to each slice it names."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.models import Device, User
from ccgather.ops.runtime import runtime
from submissions.errors import EmptyReportError
from submissions.models import Slice
from submissions.report import UsageReport, UsageRow
from submissions.rules.digests import content_digest_of, usage_digest_of
from submissions.rules.holds import (
    ACCOUNT_EXCLUDED,
    MICROUSD,
    HardLimits,
    HoldReason,
    hard_limit_reason_of,
)
from submissions.rules.merge import (
    MergeContext,
    Mode,
    Outcome,
    ReportedSlice,
    SliceKey,
    StoredSlice,
    outcomes_of,
)
from submissions.services.parts import SliceParts
from submissions.services.writing import PricedSlice, SliceToWrite, price_slice

HARD_DAY_COST_USD = 5_000
"""Before the runtime factor; `seeds` call it the daily cost that is never accepted unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceChange:
    """What a report did to one slice; tokens of the counted version before and after."""

    day: date
    client: str
    before: int
    after: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSlice:
    """A slice of a report that waits for review."""

    day: date
    client: str
    reasons: tuple[HoldReason, ...]


@dataclass(slots=True)
class _Stored:
    """The slices of a person around a report's days, as one query found them."""

    accepted: dict[SliceKey, StoredSlice] = field(default_factory=dict)
    accepted_ids: dict[SliceKey, int] = field(default_factory=dict)
    pending: dict[SliceKey, tuple[int, bytes]] = field(default_factory=dict)
    counted: dict[SliceKey, tuple[int, int]] = field(default_factory=dict)
    day_sums: defaultdict[date, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )


@dataclass(slots=True)
class Plan:
    """What a report is to do: decided from what is stored, nothing of it written yet.

    `parts` are of versions that are stored just as the report says, whose sketch or hours may be
    missing. They change no number, so they are no reason for a submission.
    """

    outcomes: dict[SliceKey, Outcome]
    writes: list[SliceToWrite] = field(default_factory=list)
    drops: list[int] = field(default_factory=list)
    held: list[HeldSlice] = field(default_factory=list)
    changes: list[SliceChange] = field(default_factory=list)
    kept: list[tuple[SliceKey, int, int]] = field(default_factory=list)
    parts: list[SliceParts] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.writes or self.drops)


def plan_report(*, user: User, device: Device, report: UsageReport, mode: Mode) -> Plan:
    """What a report of that device does to each slice it names; one query for all of them.

    The account's lock must be held. Raises EmptyReportError.
    """
    slices = _slices_of(report)
    stored = _stored_around(user=user, device=device, days=report.days())
    return _plan(user=user, report=report, mode=mode, slices=slices, stored=stored)


def _slices_of(report: UsageReport) -> dict[SliceKey, list[UsageRow]]:
    slices: dict[SliceKey, list[UsageRow]] = {}
    for row in report.rows:
        if row.total_tokens:
            slices.setdefault((row.client, row.day), []).append(row)
    if not slices:
        raise EmptyReportError("This report has no tokens in it.")
    return slices


def _stored_around(*, user: User, device: Device, days: tuple[date, ...]) -> _Stored:
    stored = _Stored()
    one_day = timedelta(days=1)
    rows = Slice.objects.filter(
        user=user, day__gte=days[0] - one_day, day__lte=days[-1] + one_day
    ).values_list(
        "id",
        "device_id",
        "client",
        "day",
        "state",
        "not_counted",
        "total_tokens",
        "cost_microusd",
        "content_digest",
        "parser_version",
    )
    for (
        number,
        device_id,
        client,
        day,
        state,
        excluded,
        tokens,
        cost,
        digest,
        parser,
    ) in rows:
        key = (client, day)
        if state == Slice.State.ACCEPTED and not excluded:
            sums = stored.day_sums[day]
            sums[0] += tokens
            sums[1] += cost
        if device_id != device.pk:
            continue
        if state == Slice.State.PENDING:
            stored.pending[key] = (number, bytes(digest))
            continue
        stored.accepted_ids[key] = number
        stored.accepted[key] = StoredSlice(
            total_tokens=tokens, digest=bytes(digest), parser_version=parser
        )
        if not excluded:
            stored.counted[key] = (tokens, cost)
    return stored


def _plan(
    *,
    user: User,
    report: UsageReport,
    mode: Mode,
    slices: dict[SliceKey, list[UsageRow]],
    stored: _Stored,
) -> Plan:
    digests = {key: content_digest_of(rows) for key, rows in slices.items()}
    reported = {
        key: ReportedSlice(total_tokens=sum(row.total_tokens for row in rows), digest=digests[key])
        for key, rows in slices.items()
    }
    context = MergeContext(
        mode=mode,
        day_basis=report.day_basis,
        full_history=report.full_history,
        parser_versions=report.parser_versions,
    )
    plan = Plan(outcomes_of(stored=stored.accepted, reported=reported, context=context))
    limits = HardLimits(
        day_tokens=int(runtime.max_daily_tokens),
        day_cost_microusd=int(HARD_DAY_COST_USD * MICROUSD * runtime.max_daily_cost_factor),
    )
    for key in sorted(slices, key=lambda key: (key[1], key[0])):
        outcome = plan.outcomes[key]
        if outcome is Outcome.SAME:
            _forget_pending(plan, stored, key)
            _plan_parts(plan, report, key, stored.accepted_ids[key])
        elif outcome is Outcome.KEPT:
            plan.kept.append((key, stored.accepted[key].total_tokens, reported[key].total_tokens))
        else:
            rows = slices[key]
            priced = price_slice(
                client=key[0],
                day=key[1],
                rows=rows,
                digest=usage_digest_of(rows),
                content_digest=digests[key],
            )
            _plan_write(plan, stored, report, priced, user=user, limits=limits)
    return plan


def _plan_write(
    plan: Plan,
    stored: _Stored,
    report: UsageReport,
    priced: PricedSlice,
    *,
    user: User,
    limits: HardLimits,
) -> None:
    key = (priced.client, priced.day)
    own_tokens, own_cost = stored.counted.get(key, (0, 0))
    sums = stored.day_sums[key[1]]
    others = (sums[0] - own_tokens, sums[1] - own_cost)
    hold: HoldReason | None = ACCOUNT_EXCLUDED
    if user.excluded_at is None:
        hold = hard_limit_reason_of(
            slice_tokens=priced.total_tokens,
            slice_cost_microusd=priced.cost_microusd,
            other_tokens=others[0],
            other_cost_microusd=others[1],
            limits=limits,
        )
    before = stored.accepted[key].total_tokens if key in stored.accepted else 0
    if hold is None:
        _forget_pending(plan, stored, key)
        sums[:] = (others[0] + priced.total_tokens, others[1] + priced.cost_microusd)
        plan.writes.append(
            _to_write(report, priced, replaces=stored.accepted_ids.get(key), hold=None)
        )
        plan.changes.append(
            SliceChange(
                day=key[1],
                client=key[0],
                before=before,
                after=priced.total_tokens,
                why=str(plan.outcomes[key]),
            )
        )
        return
    plan.held.append(HeldSlice(day=key[1], client=key[0], reasons=(hold,)))
    pending = stored.pending.get(key)
    if pending is None or pending[1] != priced.content_digest:
        plan.writes.append(
            _to_write(report, priced, replaces=pending[0] if pending else None, hold=hold)
        )
    else:
        _plan_parts(plan, report, key, pending[0])


def _to_write(
    report: UsageReport, priced: PricedSlice, *, replaces: int | None, hold: HoldReason | None
) -> SliceToWrite:
    key = (priced.client, priced.day)
    return SliceToWrite(
        priced=priced,
        replaces=replaces,
        hold=hold,
        sketch=report.sketch_of(key),
        hours=report.hours.get(key),
    )


def _plan_parts(plan: Plan, report: UsageReport, key: SliceKey, slice_id: int) -> None:
    sketch = report.sketch_of(key)
    hours = report.hours.get(key)
    if sketch is not None or hours is not None:
        plan.parts.append(SliceParts(slice_id=slice_id, day=key[1], sketch=sketch, hours=hours))


def _forget_pending(plan: Plan, stored: _Stored, key: SliceKey) -> None:
    """The sender's newer statement takes the place of one that still waits."""
    if key in stored.pending:
        plan.drops.append(stored.pending[key][0])
