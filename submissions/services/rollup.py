"""The roll-ups of a person's slices. The one way from slices to days and lifetime sums."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from submissions.models import SUM_COLUMNS, Slice, UsageAccount
from submissions.rules.merge import DaySlice, not_counted_of
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
    # A range, not a list: a thousand placeholders cost more than the rows between.
    rows = (
        Slice.objects.accepted()
        .filter(user=user, day__range=(min(wanted), max(wanted)))
        .values_list("id", "device_id", "client", "day", "total_tokens", "digest", "not_counted")
    )
    for order, device, client, day, tokens, digest, not_counted in rows:
        if day not in wanted:
            continue
        marked[order] = not_counted
        by_day.setdefault(day, []).append(
            DaySlice(
                order=order,
                device=str(device),
                client=client,
                total_tokens=tokens,
                digest=bytes(digest),
            )
        )
    changes: dict[str, list[int]] = {}
    for slices in by_day.values():
        reasons = not_counted_of(slices) if len(slices) > 1 else {}
        for item in slices:
            reason = str(reasons.get(item.order, ""))
            if marked[item.order] != reason:
                changes.setdefault(reason, []).append(item.order)
    for reason, ids in changes.items():
        Slice.objects.filter(pk__in=ids).update(not_counted=reason)


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
