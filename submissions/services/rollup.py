"""The roll-ups of a person's slices. The one way from slices to days and lifetime sums."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from submissions.models import SUM_COLUMNS, Slice, UsageAccount
from submissions.models import EvidenceSketch as StoredSketch
from submissions.report import EvidenceSketch
from submissions.rules.merge import DaySlice, not_counted_of
from submissions.rules.quarantine import QuarantineRange, quarantine_of, quarantine_reason_of
from submissions.selectors.quarantines import active_quarantines
from submissions.services.cases import follow_case
from submissions.signals import usage_changed


def recount(
    *, user: User, days: Collection[date], at: datetime, cause: str = "submission"
) -> frozenset[date]:
    """Brings `UserDay` and `UsageAccount` in line with the slices of those days.

    The account's lock must be held. Sums are read from the slices, never added to what stands.
    Returns the days whose sums changed, after telling the apps above about them and the `cause`
    (as `usage_changed` names it).
    """
    if not days:
        return frozenset()
    _mark_not_counted(user=user, days=days)
    changed = _write_days(user=user, days=days)
    _write_account(user=user)
    follow_case(user=user)
    if changed:
        usage_changed.send(sender=Slice, user=user, days=changed, at=at, cause=cause)
    return changed


def open_account(*, user: User, at: datetime) -> UsageAccount:
    """The person's row of lifetime sums, made at the first report, stamped at each."""
    account, created = UsageAccount.objects.get_or_create(
        user=user, defaults={"first_submission_at": at, "last_submission_at": at}
    )
    if not created and account.last_submission_at < at:
        UsageAccount.objects.filter(pk=account.pk).update(last_submission_at=at)
        account.last_submission_at = at
    return account


def _mark_not_counted(*, user: User, days: Collection[date]) -> None:
    by_day: dict[date, list[DaySlice]] = {}
    marked: dict[int, str] = {}
    wanted = set(days)
    ranges = active_quarantines()
    quarantined: dict[int, QuarantineRange] = {}
    # A range, not a list: a thousand placeholders cost more than the rows between.
    rows = (
        Slice.objects.accepted()
        .filter(user=user, day__range=(min(wanted), max(wanted)))
        .values_list(
            "id",
            "device_id",
            "client",
            "day",
            "total_tokens",
            "digest",
            "not_counted",
            "collector",
            "collector_version",
        )
    )
    for order, device, client, day, tokens, digest, not_counted, collector, version in rows:
        if day not in wanted:
            continue
        marked[order] = not_counted
        covering = quarantine_of(collector=collector, version=version, client=client, ranges=ranges)
        if covering is not None:
            quarantined[order] = covering
        by_day.setdefault(day, []).append(
            DaySlice(
                order=order,
                device=str(device),
                client=client,
                total_tokens=tokens,
                digest=bytes(digest),
                quarantined=covering is not None,
            )
        )
    _add_sketches(by_day.values())
    changes: dict[str, list[int]] = {}
    for slices in by_day.values():
        reasons = not_counted_of(slices) if len(slices) > 1 or quarantined else {}
        for item in slices:
            reason = str(reasons.get(item.order, ""))
            if marked[item.order] != reason:
                changes.setdefault(reason, []).append(item.order)
    for reason, ids in changes.items():
        _mark(ids, reason=reason, marked=marked, quarantined=quarantined)


def _add_sketches(days: Collection[list[DaySlice]]) -> None:
    """Gives slices of one client that several devices have their sketches; one query where there
    are any such slices, and none for people with one device."""
    wanted: set[int] = set()
    for slices in days:
        of_client: dict[str, list[DaySlice]] = {}
        for item in slices:
            of_client.setdefault(item.client, []).append(item)
        for items in of_client.values():
            if len({item.digest for item in items}) > 1:
                wanted.update(item.order for item in items)
    if not wanted:
        return
    sketches = {
        slice_id: (EvidenceSketch(messages=messages, hashes=bytes(hashes)), salt_id)
        for slice_id, messages, hashes, salt_id in StoredSketch.objects.filter(
            slice__in=wanted
        ).values_list("slice_id", "messages", "hashes", "salt_id")
    }
    for slices in days:
        for place, item in enumerate(slices):
            if item.order in sketches:
                sketch, salt_id = sketches[item.order]
                slices[place] = replace(item, sketch=sketch, salt_id=salt_id)


def _mark(
    ids: Collection[int],
    *,
    reason: str,
    marked: Mapping[int, str],
    quarantined: Mapping[int, QuarantineRange],
) -> None:
    """A quarantined slice also says so to its owner; one that is free again says nothing."""
    if reason == Slice.NotCounted.QUARANTINED:
        by_range: dict[QuarantineRange, list[int]] = {}
        for pk in ids:
            by_range.setdefault(quarantined[pk], []).append(pk)
        for covering, covered in by_range.items():
            Slice.objects.filter(pk__in=covered).update(
                not_counted=reason, hold_reasons=[quarantine_reason_of(covering)]
            )
        return
    Slice.objects.filter(pk__in=ids).update(not_counted=reason)
    freed = [pk for pk in ids if marked[pk] == Slice.NotCounted.QUARANTINED]
    if freed:
        Slice.objects.filter(pk__in=freed).update(hold_reasons=[])


def _write_days(*, user: User, days: Collection[date]) -> frozenset[date]:
    sums = ", ".join(f"sum({column})" for column in SUM_COLUMNS)
    columns = ", ".join(SUM_COLUMNS)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in SUM_COLUMNS)
    old = ", ".join(f"stored.{column}" for column in SUM_COLUMNS)
    new = ", ".join(f"excluded.{column}" for column in SUM_COLUMNS)
    parameters: dict[str, Any] = {"user": user.pk, "days": sorted(days)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO submissions_userday AS stored (user_id, day, {columns})
            SELECT user_id, day, {sums} FROM submissions_slice
            WHERE user_id = %(user)s AND day = ANY(%(days)s)
              AND state = 'accepted' AND not_counted = ''
            GROUP BY user_id, day
            HAVING sum(total_tokens) > 0
            ON CONFLICT (user_id, day) DO UPDATE SET {assignments}
            WHERE ({old}) IS DISTINCT FROM ({new})
            RETURNING day
            """,  # noqa: S608 - only the column names above are put in
            parameters,
        )
        changed = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            """
            DELETE FROM submissions_userday AS stored
            WHERE user_id = %(user)s AND day = ANY(%(days)s) AND NOT EXISTS (
              SELECT 1 FROM submissions_slice AS slice
              WHERE slice.user_id = stored.user_id AND slice.day = stored.day
                AND slice.state = 'accepted' AND slice.not_counted = ''
                AND slice.total_tokens > 0)
            RETURNING day
            """,
            parameters,
        )
        changed.update(row[0] for row in cursor.fetchall())
    return frozenset(changed)


def _write_account(*, user: User) -> None:
    columns = ", ".join((*SUM_COLUMNS, "active_days", "first_day", "last_day"))
    sums = ", ".join(f"coalesce(sum({column}), 0)" for column in SUM_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE submissions_usageaccount SET ({columns}) = (
              SELECT {sums}, count(*), min(day), max(day)
              FROM submissions_userday WHERE user_id = %(user)s)
            WHERE user_id = %(user)s
            """,  # noqa: S608 - only the column names above are put in
            {"user": user.pk},
        )
