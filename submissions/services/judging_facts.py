"""What signals look at, read in a known number of queries: one each for the history, the account
with its neighbours on the board, and (in `matching`) the same usage elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Device, User
from submissions.report import UsageRow
from submissions.rules.merge import SliceKey
from submissions.rules.model_names import model_family_of
from submissions.rules.signals.facts import (
    AccountFacts,
    ClassCounts,
    ModelFacts,
    PastSlice,
    RivalFacts,
    SliceFacts,
)
from submissions.services.writing import PricedSlice

HISTORY_DAYS = 400
"""How far back of a report's last day one's own history is looked at."""

HISTORY_SLICES = 4_000

TRUSTED_DAYS = 120
TRUSTED_AFTER = timedelta(days=183)
"""A clean record of so many days, sent over so long, widens what is usual for somebody."""

NEIGHBOURS = 5
"""People on either side that say how close the board is there."""

REPORTS_LOOKED_AT = 20
PEOPLE_COUNTED = 1_000
"""Further down the board nobody looks who is above; counting would cost more with each person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The account, and where the report would set it."""

    account: AccountFacts
    rival: RivalFacts | None


def slice_facts_of(
    *, priced: PricedSlice, keys: tuple[int | None, int | None], hours: tuple[int, ...] | None
) -> SliceFacts:
    """A slice of the report as signals see it; `keys` are its exact and its shape key."""
    rows = priced.rows
    models = tuple(
        ModelFacts(
            model=row.model,
            provider=row.provider,
            family=model_family_of(row.model),
            counts=_class_counts(row),
            cost_microusd=cost,
            reported_cost_microusd=row.reported_cost_microusd,
            estimated=row.estimated,
        )
        for row, cost in zip(rows, priced.costs, strict=True)
    )
    reported = [r.reported_cost_microusd for r in rows if r.reported_cost_microusd is not None]
    return SliceFacts(
        client=priced.client,
        day=priced.day,
        counts=models[0].counts if len(models) == 1 else _sum_of(rows),
        cost_microusd=priced.cost_microusd,
        reported_cost_microusd=sum(reported) if reported else None,
        models=models,
        exact_key=keys[0],
        shape_key=keys[1],
        hours=hours,
    )


def _class_counts(row: UsageRow) -> ClassCounts:
    """The counts of one row."""
    return ClassCounts(
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cache_read_tokens=row.cache_read_tokens,
        cache_write_tokens=row.cache_write_tokens,
        reasoning_tokens=row.reasoning_tokens,
        messages=row.messages,
    )


def _sum_of(rows: Sequence[UsageRow]) -> ClassCounts:
    return ClassCounts(
        input_tokens=sum(row.input_tokens for row in rows),
        output_tokens=sum(row.output_tokens for row in rows),
        cache_read_tokens=sum(row.cache_read_tokens for row in rows),
        cache_write_tokens=sum(row.cache_write_tokens for row in rows),
        reasoning_tokens=sum(row.reasoning_tokens for row in rows),
        messages=sum(row.messages for row in rows),
    )


@dataclass(frozen=True, slots=True)
class Past:
    """What counts already: `history` stays, `replaced` is what the report would replace; and what
    waits. `versions` are all that any device ever sent of a (client, day) and has stored now, with
    their tokens and since when; `since` is when counts were first stored, by their exact key."""

    history: tuple[PastSlice, ...] = ()
    waiting: tuple[PastSlice, ...] = ()
    replaced: Mapping[SliceKey, PastSlice] = field(default_factory=dict)
    versions: Mapping[SliceKey, Sequence[tuple[int, datetime]]] = field(default_factory=dict)
    since: Mapping[int, datetime] = field(default_factory=dict)


def past_of(
    *, user: User, device: Device, days: Sequence[date], judged: Collection[SliceKey]
) -> Past:
    """The person's counted slices of the last `HISTORY_DAYS` days up to a report's last day, what
    waits there, the newest `HISTORY_SLICES` of both, and what the judged slices of the device
    replace; one query.

    Replaced versions are found on all days, also where they do not count (a quarantine).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _HISTORY_SQL,
            {
                "user": user.pk,
                "since": min(days[-1] - timedelta(days=HISTORY_DAYS), days[0]),
                "until": days[-1] + timedelta(days=1),
                "limit": HISTORY_SLICES,
            },
        )
        rows = cursor.fetchall()
    history: list[PastSlice] = []
    waiting: list[PastSlice] = []
    replaced: dict[SliceKey, PastSlice] = {}
    versions: dict[SliceKey, list[tuple[int, datetime]]] = {}
    since: dict[int, datetime] = {}
    own = device.pk
    names = {row[2]: str(row[2]) for row in rows}
    for row in reversed(rows):
        key = (row[0], row[1])
        past = _past_slice(row, device=names[row[2]])
        is_replaced = row[2] == own and key in judged
        if key in judged:
            versions.setdefault(key, []).append((past.counts.total_tokens, row[12]))
        if past.exact_key is not None:
            since[past.exact_key] = min(row[12], since.get(past.exact_key, row[12]))
        if row[14] is not None:
            if not is_replaced:
                waiting.append(replace(past, hold_codes=tuple(row[14])))
        elif is_replaced:
            replaced[key] = past
        elif not row[13]:
            history.append(past)
    return Past(
        history=tuple(history),
        waiting=tuple(waiting),
        replaced=replaced,
        versions=versions,
        since=since,
    )


_HISTORY_SQL = """
SELECT client, day, device_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
  reasoning_tokens, messages, cost_microusd, exact_key, shape_key, updated_at, not_counted,
  CASE WHEN state = 'pending' THEN ARRAY(
    SELECT reason ->> 'code' FROM jsonb_array_elements(hold_reasons) reason) END
FROM submissions_slice
WHERE user_id = %(user)s AND day BETWEEN %(since)s AND %(until)s AND state <> 'rejected'
ORDER BY day DESC, device_id, client LIMIT %(limit)s
"""


def _past_slice(row: tuple[Any, ...], *, device: str) -> PastSlice:
    return PastSlice(
        client=row[0],
        day=row[1],
        device=device,
        counts=ClassCounts(
            input_tokens=row[3],
            output_tokens=row[4],
            cache_read_tokens=row[5],
            cache_write_tokens=row[6],
            reasoning_tokens=row[7],
            messages=row[8],
        ),
        cost_microusd=row[9],
        exact_key=row[10],
        shape_key=row[11],
        first_seen_at=row[12],
    )


def standing_of(*, user: User, gained_tokens: int, at: datetime) -> Standing:
    """The account, and where `gained_tokens` more would set it by lifetime tokens; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCOUNT_SQL,
            {
                "user": user.pk,
                "gained": gained_tokens,
                "near": NEIGHBOURS,
                "counted": PEOPLE_COUNTED,
                "reports": REPORTS_LOOKED_AT,
            },
        )
        (first, days, total, rejected, against, below, above, people_above, narrow) = (
            cursor.fetchone()
        )
    clean = max(0, (days or 0) - rejected)
    after = (total or 0) + gained_tokens
    long_clean = (
        first is not None and clean >= TRUSTED_DAYS and not rejected and at - first >= TRUSTED_AFTER
    )
    account = AccountFacts(
        first_submission_at=first,
        clean_days=clean,
        trusted=user.trusted_at is not None or long_clean,
        reports_against=against,
        rejected_days=rejected,
    )
    return Standing(
        account=account,
        rival=_rival_of(
            total_after=after, below=below, above=above, people_above=people_above, narrow=narrow
        ),
    )


_ACCOUNT_SQL = """
WITH own AS (
  SELECT %(user)s::uuid AS user_id, a.first_submission_at, a.active_days, a.total_tokens,
    coalesce(a.total_tokens, 0) + %(gained)s::bigint AS after
  FROM (SELECT 1) one
  LEFT JOIN submissions_usageaccount a ON a.user_id = %(user)s::uuid
)
SELECT own.first_submission_at, own.active_days, own.total_tokens,
  (SELECT count(DISTINCT day) FROM submissions_slice s
   WHERE s.user_id = own.user_id AND s.state = 'rejected'),
  (SELECT count(*) FROM submissions_profilereport r
   WHERE r.subject_id = own.user_id AND r.dismissed_at IS NULL),
  ARRAY(SELECT o.total_tokens FROM submissions_usageaccount o
   WHERE o.total_tokens < own.after AND o.total_tokens > 0 AND o.user_id <> own.user_id
   ORDER BY o.total_tokens DESC LIMIT %(near)s),
  ARRAY(SELECT o.total_tokens FROM submissions_usageaccount o
   WHERE o.total_tokens >= own.after AND o.user_id <> own.user_id
   ORDER BY o.total_tokens LIMIT %(near)s),
  (SELECT count(*) FROM (
    SELECT 1 FROM submissions_usageaccount o
    WHERE o.total_tokens >= own.after AND o.user_id <> own.user_id LIMIT %(counted)s) counted),
  (SELECT count(*) FROM (
    SELECT landed_narrowly FROM submissions_submission s
    WHERE s.user_id = own.user_id ORDER BY submitted_at DESC LIMIT %(reports)s) last
   WHERE landed_narrowly)
FROM own
"""


def _rival_of(
    *,
    total_after: int,
    below: Sequence[int],
    above: Sequence[int],
    people_above: int,
    narrow: int,
) -> RivalFacts:
    around = sorted((*below, *above))
    spacing = (around[-1] - around[0]) // (len(around) - 1) if len(around) > 1 else None
    return RivalFacts(
        total_after=total_after,
        gap_tokens=total_after - below[0] if below else None,
        people_above=people_above,
        narrow_before=narrow,
        spacing_tokens=spacing,
    )
