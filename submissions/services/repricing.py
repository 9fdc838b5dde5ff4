"""Pricing stored rows anew after the price table changed, a person at a time."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.locking import locked_account
from accounts.models import User
from submissions.models import Slice, SliceRow
from submissions.report import UsageRow
from submissions.rules.pricing import cost_of, price_table_version
from submissions.services.rollup import recount

_FIELDS = (
    "id",
    "slice_id",
    "slice__day",
    "slice__client",
    "model",
    "provider",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cache_write_1h_tokens",
    "long_input_tokens",
    "long_output_tokens",
    "long_cache_read_tokens",
    "long_cache_write_tokens",
    "cost_microusd",
)


def reprice(*, at: datetime, progress: Callable[[int], object] = lambda _people: None) -> int:
    """Prices every row that another table version priced; answers how many rows changed cost.

    Restartable: a row carries the version that priced it, so a run that was stopped goes on where
    it stopped. Each person is one transaction under their own lock.
    """
    changed = 0
    for user_id in people_to_reprice():
        changed += _reprice_person(user_id=user_id, at=at)
        progress(1)
    return changed


def people_to_reprice() -> Iterator[UUID]:
    """Everybody with a row of another table version, by id."""
    last: UUID | None = None
    while True:
        people = User.objects.filter(
            slices__rows__in=SliceRow.objects.exclude(price_version=price_table_version())
        ).order_by("pk")
        if last is not None:
            people = people.filter(pk__gt=last)
        last = people.values_list("pk", flat=True).first()
        if last is None:
            return
        yield last


def _reprice_person(*, user_id: UUID, at: datetime) -> int:
    version = price_table_version()
    with locked_account(user_id=user_id) as user:
        rows = SliceRow.objects.filter(slice__user=user).exclude(price_version=version)
        stale, slices, days, changed = [], set(), set(), 0
        for values in rows.values(*_FIELDS).iterator():
            row = UsageRow(
                day=values["slice__day"],
                client=values["slice__client"],
                **{name: values[name] for name in _FIELDS[4:-1]},
            )
            cost = cost_of(row)
            stale.append(SliceRow(pk=values["id"], cost_microusd=cost, price_version=version))
            if cost != values["cost_microusd"]:
                changed += 1
                slices.add(values["slice_id"])
                days.add(row.day)
        SliceRow.objects.bulk_update(stale, ["cost_microusd", "price_version"], batch_size=2_000)
        _sum_slices(sorted(slices))
        recount(user=user, days=days, at=at, cause="repricing")
        return changed


def _sum_slices(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE submissions_slice s SET cost_microusd = r.cost, unpriced_tokens = r.unpriced
            FROM (
              SELECT slice_id, coalesce(sum(cost_microusd), 0) AS cost,
                coalesce(sum(total_tokens) FILTER (WHERE cost_microusd IS NULL), 0) AS unpriced
              FROM submissions_slicerow WHERE slice_id = ANY(%s) GROUP BY slice_id
            ) r
            WHERE s.id = r.slice_id
            """,
            [ids],
        )


def people_count() -> int:
    """How many people there are to look at, for a progress bar."""
    stale = SliceRow.objects.exclude(price_version=price_table_version())
    return Slice.objects.filter(rows__in=stale).values("user").distinct().count()
