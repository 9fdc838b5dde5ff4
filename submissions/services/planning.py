"""Deciding, before anything is written, what a report does to each slice it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Device, User
from ccgather.ops.runtime import runtime
from submissions.errors import EmptyReportError
from submissions.models import Slice
from submissions.report import UsageReport, UsageRow
from submissions.rules.digests import content_digest_of, usage_digest_of
from submissions.rules.holds import (
    ACCOUNT_EXCLUDED,
    MICROUSD,
    NOT_ACCEPTED,
    REJECTED_BEFORE,
    HardLimits,
    HoldReason,
    hard_limit_reason_of,
    is_approval_covering,
    is_rejected_again,
    not_accepted_reason_of,
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
from submissions.rules.quarantine import quarantine_of
from submissions.selectors.quarantines import active_quarantines
from submissions.services.judging import Judgement, Keys, judged, keys_by_slice
from submissions.services.parts import SliceParts
from submissions.services.stored import StoredSlices, StoredVersion, stored_around
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
    """A slice of a report that waits for review, or does not count for another stated reason."""

    day: date
    client: str
    reasons: tuple[HoldReason, ...]


@dataclass(slots=True)
class Plan:
    """What a report is to do: decided from what is stored, nothing of it written yet.

    `parts` are of versions that are stored just as the report says, whose sketch or hours may be
    missing. They change no number, so they are no reason for a submission. `newly_held` are keys
    of which nothing waited before, `cleared` the versions that something better took the place of.
    `elsewhere` are those that other devices of the person have as well.
    """

    outcomes: dict[SliceKey, Outcome]
    writes: list[SliceToWrite] = field(default_factory=list)
    drops: list[int] = field(default_factory=list)
    held: list[HeldSlice] = field(default_factory=list)
    changes: list[SliceChange] = field(default_factory=list)
    kept: list[tuple[SliceKey, int, int]] = field(default_factory=list)
    parts: list[SliceParts] = field(default_factory=list)
    newly_held: set[SliceKey] = field(default_factory=set)
    cleared: list[tuple[SliceKey, StoredVersion]] = field(default_factory=list)
    unquarantined: list[tuple[SliceKey, StoredVersion]] = field(default_factory=list)
    elsewhere: set[SliceKey] = field(default_factory=set)
    judgement: Judgement = field(default_factory=Judgement)

    @property
    def changes_something(self) -> bool:
        return bool(self.writes or self.drops)

    @property
    def touches_review(self) -> bool:
        """Whether something begins, changes or ceases to wait."""
        return bool(self.drops) or any(item.hold for item in self.writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What the steps of planning one report look at."""

    user: User
    report: UsageReport
    stored: StoredSlices
    keys: Mapping[SliceKey, Keys]
    limits: HardLimits


def plan_report(
    *, user: User, device: Device, report: UsageReport, mode: Mode, at: datetime
) -> Plan:
    """What a report of that device does to each slice it names.

    One query for what is stored; what is new or changed is judged, with a known number more
    (`submissions.services.judging`). The account's lock must be held. Raises EmptyReportError.
    """
    slices = _slices_of(report)
    stored = stored_around(user=user, device=device, days=report.days())
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
    outcomes = outcomes_of(stored=_merged(stored, report), reported=reported, context=context)
    plan = Plan(outcomes)
    plan.elsewhere = stored.elsewhere & slices.keys()
    candidates = _settle_known(plan, stored, report, user=user, reported=reported)
    priced = [_priced(key, slices[key], digests[key]) for key in candidates]
    keys = keys_by_slice(slices=priced)
    if user.excluded_at is None:
        plan.judgement = judged(
            user=user, device=device, report=report, slices=priced, keys=keys, at=at
        )
    work = _Work(user=user, report=report, stored=stored, keys=keys, limits=_hard_limits())
    for item in priced:
        _plan_write(plan, work, item)
    plan.held.sort(key=lambda item: (item.day, item.client))
    return plan


def _slices_of(report: UsageReport) -> dict[SliceKey, list[UsageRow]]:
    slices: dict[SliceKey, list[UsageRow]] = {}
    for row in report.rows:
        if row.total_tokens:
            slices.setdefault((row.client, row.day), []).append(row)
    if not slices:
        raise EmptyReportError("This report has no tokens in it.")
    return slices


def _merged(stored: StoredSlices, report: UsageReport) -> dict[SliceKey, StoredSlice]:
    """The accepted versions as the merge sees them. Those that a bad release read give way to
    whatever a good one says; one query where there are any."""
    ranges = None
    found: dict[SliceKey, StoredSlice] = {}
    for key, version in stored.accepted.items():
        gives_way = False
        if version.not_counted == Slice.NotCounted.QUARANTINED:
            ranges = active_quarantines() if ranges is None else ranges
            gives_way = (
                quarantine_of(
                    collector=report.collector,
                    version=report.collector_version,
                    client=key[0],
                    ranges=ranges,
                )
                is None
            )
        found[key] = StoredSlice(
            total_tokens=version.total_tokens,
            digest=version.digest,
            parser_version=version.parser_version,
            quarantined=gives_way,
        )
    return found


def _settle_known(
    plan: Plan,
    stored: StoredSlices,
    report: UsageReport,
    *,
    user: User,
    reported: Mapping[SliceKey, ReportedSlice],
) -> list[SliceKey]:
    """Settles what is stored just as it is reported, or stays as it was; the rest, by day."""
    candidates: list[SliceKey] = []
    for key in sorted(reported, key=lambda key: (key[1], key[0])):
        outcome = plan.outcomes[key]
        pending = stored.pending.get(key)
        rejected = stored.rejected.get(key)
        digest = reported[key].digest
        if outcome is Outcome.SAME:
            _forget_pending(plan, stored, key)
            _plan_parts(plan, report, key, stored.accepted[key].id)
        elif outcome is Outcome.KEPT:
            plan.kept.append((key, stored.accepted[key].total_tokens, reported[key].total_tokens))
        elif rejected is not None and rejected.digest == digest:
            told = [r for r in rejected.hold_reasons if r.code == NOT_ACCEPTED]
            reason = told[0] if told else not_accepted_reason_of(words="")
            plan.held.append(HeldSlice(day=key[1], client=key[0], reasons=(reason,)))
        elif pending is not None and pending.digest == digest and _waits_on(pending, user):
            plan.held.append(HeldSlice(day=key[1], client=key[0], reasons=pending.hold_reasons))
            _plan_parts(plan, report, key, pending.id)
        else:
            candidates.append(key)
    return candidates


def _waits_on(pending: StoredVersion, user: User) -> bool:
    """What waits only because the account was excluded is judged once it is not any more."""
    codes = {reason.code for reason in pending.hold_reasons}
    return user.excluded_at is not None or codes != {ACCOUNT_EXCLUDED.code}


def _priced(key: SliceKey, rows: Sequence[UsageRow], digest: bytes) -> PricedSlice:
    return price_slice(
        client=key[0],
        day=key[1],
        rows=rows,
        digest=usage_digest_of(rows),
        content_digest=digest,
    )


def _hard_limits() -> HardLimits:
    return HardLimits(
        day_tokens=int(runtime.max_daily_tokens),
        day_cost_microusd=int(HARD_DAY_COST_USD * MICROUSD * runtime.max_daily_cost_factor),
    )


def _plan_write(plan: Plan, work: _Work, priced: PricedSlice) -> None:
    key = (priced.client, priced.day)
    stored = work.stored
    accepted = stored.accepted.get(key)
    own = (0, 0)
    if accepted is not None and accepted.counts:
        own = (accepted.total_tokens, accepted.cost_microusd)
    sums = stored.day_sums[key[1]]
    others = (sums[0] - own[0], sums[1] - own[1])
    reasons, weight = _reasons(plan, work, priced, others=others)
    approved = accepted.approved_tokens if accepted else None
    pending = stored.pending.get(key)
    if reasons:
        plan.held.append(HeldSlice(day=key[1], client=key[0], reasons=reasons))
        before = {reason.code for reason in pending.hold_reasons} if pending else set()
        if not {reason.code for reason in reasons} <= before:
            plan.newly_held.add(key)
        replaces = pending.id if pending else None
    else:
        _forget_pending(plan, stored, key)
        if plan.outcomes[key] is Outcome.CLEARED and accepted is not None:
            plan.unquarantined.append((key, accepted))
        sums[:] = (others[0] + priced.total_tokens, others[1] + priced.cost_microusd)
        replaces = accepted.id if accepted else None
        plan.changes.append(
            SliceChange(
                day=key[1],
                client=key[0],
                before=accepted.total_tokens if accepted else 0,
                after=priced.total_tokens,
                why=str(plan.outcomes[key]),
            )
        )
    plan.writes.append(
        SliceToWrite(
            priced=priced,
            replaces=replaces,
            hold=reasons,
            hold_weight=weight,
            approved_tokens=None if reasons else approved,
            keys=work.keys[key],
            sketch=work.report.sketch_of(key),
            hours=work.report.hours.get(key),
        )
    )


def _reasons(
    plan: Plan, work: _Work, priced: PricedSlice, *, others: tuple[int, int]
) -> tuple[tuple[HoldReason, ...], float]:
    """Why a slice is to wait, and how heavily it weighs; nothing where it may count."""
    if work.user.excluded_at is not None:
        return (ACCOUNT_EXCLUDED,), 0.0
    key = (priced.client, priced.day)
    accepted = work.stored.accepted.get(key)
    rejected = work.stored.rejected.get(key)
    limit = hard_limit_reason_of(
        slice_tokens=priced.total_tokens,
        slice_cost_microusd=priced.cost_microusd,
        other_tokens=others[0],
        other_cost_microusd=others[1],
        limits=work.limits,
    )
    if accepted is not None and is_approval_covering(
        approved_tokens=accepted.approved_tokens, tokens=priced.total_tokens
    ):
        was_over = hard_limit_reason_of(
            slice_tokens=accepted.total_tokens,
            slice_cost_microusd=accepted.cost_microusd,
            other_tokens=others[0],
            other_cost_microusd=others[1],
            limits=work.limits,
        )
        return ((), 0.0) if limit is None or was_over else ((limit,), limit.weight)
    reasons = [limit] if limit else []
    if rejected is not None and is_rejected_again(
        rejected_tokens=rejected.total_tokens, tokens=priced.total_tokens
    ):
        reasons.append(REJECTED_BEFORE)
    verdict = plan.judgement.verdicts.get(key)
    if not reasons and (verdict is None or not verdict.hold):
        return (), 0.0
    weight = sum(reason.weight for reason in reasons)
    if verdict is not None:
        reasons.extend(verdict.reasons)
        weight += verdict.weight
    return tuple(reasons), weight


def _plan_parts(plan: Plan, report: UsageReport, key: SliceKey, slice_id: int) -> None:
    sketch = report.sketch_of(key)
    hours = report.hours.get(key)
    if sketch is not None or hours is not None:
        plan.parts.append(SliceParts(slice_id=slice_id, day=key[1], sketch=sketch, hours=hours))


def _forget_pending(plan: Plan, stored: StoredSlices, key: SliceKey) -> None:
    """The sender's newer statement takes the place of one that still waits."""
    pending = stored.pending.get(key)
    if pending is not None:
        plan.drops.append(pending.id)
        plan.cleared.append((key, pending))
