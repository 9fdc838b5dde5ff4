"""Taking in one report: lock, compare, merge, price, hold, write, count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Literal
from uuid import UUID

from accounts.locking import locked_account
from accounts.models import ApiToken, Device, User
from accounts.services.devices import device_for_report
from ccgather.ops.ids import new_id
from ccgather.ops.runtime import runtime
from submissions.bodies import compressed_body
from submissions.errors import AccountSuspendedError, ReportRateError
from submissions.formats.archive import archivable_body
from submissions.models import RawReport, Slice, Submission, UnpricedModel, UsageAccount
from submissions.report import UsageReport
from submissions.rules.digests import report_digest_of
from submissions.rules.merge import Mode, SliceKey
from submissions.rules.pricing import price_table_version
from submissions.rules.warnings import (
    kept_warnings_of,
    not_counted_warnings_of,
    overlap_warnings_of,
)
from submissions.services.cohorts import follow_growth
from submissions.services.holding import follow_plan
from submissions.services.parts import SliceParts, add_missing_parts
from submissions.services.planning import HeldSlice, Plan, SliceChange, plan_report
from submissions.services.rollup import open_account, recount
from submissions.services.salting import salted_report
from submissions.services.sharing import note_shared_usage
from submissions.services.stored import hold_reasons_of
from submissions.services.writing import Provenance, delete_slices, write_slices
from submissions.signals import usage_changed

AnswerMode = Literal["create", "merge", "replace", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedReport:
    """What became of a report. `submission_id` is the earlier one's when nothing changed."""

    submission_id: UUID
    status: str
    mode: AnswerMode
    device: Device
    changes: tuple[SliceChange, ...]
    held: tuple[HeldSlice, ...]
    warnings: tuple[str, ...]


def accept_report(
    *,
    user_id: UUID,
    report: UsageReport,
    body: bytes,
    at: datetime,
    mode: Mode = "merge",
    token: ApiToken | None = None,
    device: Device | None = None,
) -> AcceptedReport:
    """Merges a validated report into what is stored of a person.

    The device is the one given (an upload on the site), else the one the report or its token
    names. Raises AccountSuspendedError, AccountBusyError, ReportRateError, EmptyReportError; then
    nothing is written.
    """
    with locked_account(user_id=user_id) as user:
        if user.suspended_at is not None:
            raise AccountSuspendedError("This account is blocked and cannot submit.")
        if device is None:
            device = _device_of(user=user, report=report, token=token, at=at)
        report = salted_report(report=report, at=at)
        digest = report_digest_of(report=report, device_id=device.pk, mode=mode)
        last = Submission.objects.filter(device=device).order_by("-submitted_at").first()
        plan = plan_report(user=user, device=device, report=report, mode=mode, at=at)
        if last is not None and not plan.changes_something:
            _add_parts(plan, last=last, report=report, digest=digest, user=user, at=at)
            return _answer(last.pk, "unchanged", device, plan, report, user=user)
        _check_rate(user=user, token=token, at=at)
        account_is_new = not UsageAccount.objects.filter(user=user).exists()
        account = open_account(user=user, at=at)
        tokens_before = account.total_tokens
        submission = _new_submission(
            user=user, device=device, token=token, report=report, mode=mode, digest=digest, at=at
        )
        submission.tokens_before = submission.tokens_after = tokens_before
        submission.status = _status_of(plan.held, plan)
        submission.landed_narrowly = plan.judgement.landed_narrowly and not plan.held
        submission.changed_slices = len(plan.writes)
        submission.save(force_insert=True)
        RawReport.objects.create(
            submission=submission,
            body=compressed_body(archivable_body(body)),
            decoded_bytes=len(body),
        )
        ids, days = _write(plan, submission=submission, device=device, report=report, at=at)
        changed = recount(user=user, days=days, at=at)
        follow_plan(user=user, device=device, plan=plan, ids=ids, at=at)
        note_shared_usage(user=user, device=device, plan=plan, at=at)
        follow_growth(at=at)
        if tokens_before and not changed:
            # Boards also say when somebody last sent something.
            usage_changed.send(sender=Slice, user=user, days=changed, at=at)
        Device.objects.filter(pk=device.pk).update(last_report_at=at)
        answer_mode: AnswerMode = "create" if account_is_new else mode
        answer = _answer(submission.pk, answer_mode, device, plan, report, user=user)
        account.refresh_from_db(fields=["total_tokens"])
        submission.tokens_after = account.total_tokens
        submission.held = [_held_json(item) for item in answer.held]
        submission.warnings = list(answer.warnings)
        submission.status = Submission.Status(answer.status)
        submission.save(update_fields=["tokens_after", "held", "warnings", "status"])
        return answer


def _device_of(*, user: User, report: UsageReport, token: ApiToken | None, at: datetime) -> Device:
    if token is None:
        message = "a report needs a token, or the device it is from"
        raise TypeError(message)
    return device_for_report(
        user=user,
        collector=report.collector,
        key=report.device.key if report.device else None,
        token_device=token.device,
        at=at,
    )


def _check_rate(*, user: User, token: ApiToken | None, at: datetime) -> None:
    limits = [(Submission.objects.filter(user=user), runtime.changing_reports_per_hour_account)]
    if token is not None:
        limits.append(
            (Submission.objects.filter(token=token), runtime.changing_reports_per_hour_token)
        )
    for submissions, limit in limits:
        recent = submissions.filter(submitted_at__gt=at - timedelta(hours=1))
        moments = list(
            recent.order_by("-submitted_at").values_list("submitted_at", flat=True)[: int(limit)]
        )
        if len(moments) >= limit:
            wait = moments[-1] + timedelta(hours=1) - at
            raise ReportRateError(
                f"At most {int(limit)} reports that change something are taken in an hour.",
                limit=limit,
                retry_after=max(1, ceil(wait.total_seconds())),
            )


def _new_submission(
    *,
    user: User,
    device: Device,
    token: ApiToken | None,
    report: UsageReport,
    mode: Mode,
    digest: bytes,
    at: datetime,
) -> Submission:
    days = report.days()
    return Submission(
        id=new_id(),
        user=user,
        device=device,
        token=token,
        submitted_at=at,
        source=report.source,
        wire_format=report.wire_format,
        collector=report.collector,
        collector_version=report.collector_version,
        mode=mode,
        digest=digest,
        first_day=days[0],
        last_day=days[-1],
        row_count=len(report.rows),
        report_tokens=report.total_tokens,
    )


def _add_parts(
    plan: Plan, *, last: Submission, report: UsageReport, digest: bytes, user: User, at: datetime
) -> None:
    """A report whose numbers are all stored may bring a sketch or hours that are not."""
    if bytes(last.digest) == digest or not plan.parts:
        return
    added = add_missing_parts(parts=plan.parts, salt_id=report.salt_id)
    if added:
        Submission.objects.filter(pk=last.pk).update(digest=digest)
        recount(user=user, days=_sketched_days(plan, added), at=at)


def _sketched_days(plan: Plan, added: Sequence[SliceParts]) -> set[date]:
    """Days of which a new sketch may show that another device of the person has the same."""
    sketched = {item.day for item in added if item.sketch is not None}
    return sketched & {day for _client, day in plan.elsewhere}


def _write(
    plan: Plan, *, submission: Submission, device: Device, report: UsageReport, at: datetime
) -> tuple[dict[SliceKey, int], set[date]]:
    """The ids of the versions that were written, and the days to count anew."""
    delete_slices(ids=plan.drops)
    ids = write_slices(
        slices=plan.writes,
        provenance=Provenance(
            user_id=submission.user_id,
            device_id=device.pk,
            submission_id=submission.pk,
            day_basis=report.day_basis,
            collector=report.collector,
            collector_version=report.collector_version,
            parser_versions=dict(report.parser_versions),
            source=report.source,
            at=at,
            price_version=price_table_version(),
            salt_id=report.salt_id,
        ),
    )
    added = add_missing_parts(parts=plan.parts, salt_id=report.salt_id)
    unpriced = {
        row.model: row.provider
        for item in plan.writes
        for row, cost in zip(item.priced.rows, item.priced.costs, strict=True)
        if cost is None
    }
    UnpricedModel.objects.bulk_create(
        [UnpricedModel(model=m, provider=p, first_seen_at=at) for m, p in sorted(unpriced.items())],
        ignore_conflicts=True,
    )
    return ids, {item.priced.day for item in plan.writes} | _sketched_days(plan, added)


def _status_of(held: Sequence[HeldSlice], plan: Plan) -> Submission.Status:
    if not held:
        return Submission.Status.VERIFIED
    if len(plan.held) == len(plan.outcomes):
        return Submission.Status.PENDING
    return Submission.Status.FLAGGED


def _answer(
    submission_id: UUID,
    mode: AnswerMode,
    device: Device,
    plan: Plan,
    report: UsageReport,
    *,
    user: User,
) -> AcceptedReport:
    days = report.days()
    marked = (
        Slice.objects.accepted()
        .filter(user=user, device=device, day__range=(days[0], days[-1]))
        .exclude(not_counted="")
        .order_by("day", "client")
        .values_list("day", "client", "not_counted", "hold_reasons")
    )
    reported = {(row.day, row.client) for row in report.rows}
    waiting = {(item.day, item.client) for item in plan.held}
    not_counted: list[tuple[date, str, str]] = []
    held = list(plan.held)
    for day, client, why, reasons in marked:
        if (day, client) not in reported:
            continue
        if why != Slice.NotCounted.QUARANTINED:
            not_counted.append((day, client, why))
        elif (day, client) not in waiting:
            held.append(HeldSlice(day=day, client=client, reasons=hold_reasons_of(stored=reasons)))
    held.sort(key=lambda item: (item.day, item.client))
    warnings = (
        *report.warnings,
        *kept_warnings_of(plan.kept),
        *not_counted_warnings_of(not_counted),
        *overlap_warnings_of(
            same=sum(why == Slice.NotCounted.SAME_ON_OTHER_DEVICE for *_, why in not_counted),
            different=len(plan.elsewhere) - len(not_counted),
        ),
    )
    return AcceptedReport(
        submission_id=submission_id,
        status=str(_status_of(held, plan)),
        mode=mode,
        device=device,
        changes=() if mode == "unchanged" else tuple(plan.changes),
        held=tuple(held),
        warnings=warnings,
    )


def _held_json(item: HeldSlice) -> dict[str, object]:
    return {
        "day": item.day.isoformat(),
        "client": item.client,
        "reasons": [{"code": r.code, "sentence": r.sentence} for r in item.reasons],
    }
