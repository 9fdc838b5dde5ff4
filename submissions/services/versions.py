"""Moving slice versions between what counts, what waits and what was not accepted.

Rows, sketch and hours follow a version by its id. The account's lock must be held; sums follow by
`recount`, which the caller calls with the days.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from accounts.models import User
from ccgather.ops.epoch import bump_visibility
from submissions.models import Slice
from submissions.services.rollup import recount
from submissions.services.writing import delete_slices
from submissions.signals import usage_changed

Key = tuple[date, UUID, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedSlice:
    """A slice version and the states that a decision led it from and to."""

    id: int
    day: date
    client: str
    device_id: UUID
    tokens: int
    before: str
    after: str

    def line(self) -> dict[str, object]:
        """As the ledger keeps it."""
        return {
            "id": self.id,
            "day": self.day.isoformat(),
            "client": self.client,
            "device": str(self.device_id),
            "tokens": self.tokens,
            "before": self.before,
            "after": self.after,
        }


def key_of(*, item: Slice) -> Key:
    """What the versions of one slice have in common, besides their person."""
    return (item.day, item.device_id, item.client)


def decided(*, slices: Iterable[Slice], before: str, after: str) -> tuple[DecidedSlice, ...]:
    """The versions with the states they come from and go to."""
    return tuple(
        DecidedSlice(
            id=item.pk,
            day=item.day,
            client=item.client,
            device_id=item.device_id,
            tokens=item.total_tokens,
            before=str(before),
            after=str(after),
        )
        for item in slices
    )


def others_of(*, user: User, slices: Sequence[Slice], state: str) -> dict[Key, Slice]:
    """The versions in that state beside those given; one query."""
    if not slices:
        return {}
    days = [item.day for item in slices]
    wanted = {key_of(item=item) for item in slices}
    found = Slice.objects.filter(user=user, state=state, day__range=(min(days), max(days)))
    return {key_of(item=item): item for item in found if key_of(item=item) in wanted}


def count_versions(*, user: User, slices: Sequence[Slice], approved: bool) -> list[Slice]:
    """Makes them the accepted versions; the accepted and refused ones before them go.

    `approved` says that a person saw them: growth up to a quarter is covered then. Answers the
    accepted versions whose place they took.
    """
    accepted = others_of(user=user, slices=slices, state=Slice.State.ACCEPTED)
    rejected = others_of(user=user, slices=slices, state=Slice.State.REJECTED)
    going = {item.pk for item in (*accepted.values(), *rejected.values())}
    ids = [item.pk for item in slices]
    delete_slices(ids=sorted(going - set(ids)))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SQL, {"ids": ids, "approved": approved})
    return [item for item in accepted.values() if item.pk not in ids]


_COUNT_SQL = """
UPDATE submissions_slice SET state = 'accepted', not_counted = '',
  approved_tokens = CASE WHEN %(approved)s THEN total_tokens END,
  hold_reasons = jsonb_path_query_array(hold_reasons, '$[*] ? (@.code != "not_accepted")')
WHERE id = ANY(%(ids)s)
"""
"""The reasons stay with what was approved: a reversal holds it again for them."""


def refuse_versions(*, user: User, slices: Sequence[Slice], sentence: str) -> None:
    """Makes them the refused versions, kept so that it can be reversed; older ones go."""
    older = others_of(user=user, slices=slices, state=Slice.State.REJECTED)
    ids = [item.pk for item in slices]
    delete_slices(ids=sorted({item.pk for item in older.values()} - set(ids)))
    reason = json.dumps([{"code": "not_accepted", "sentence": sentence}])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE submissions_slice SET state = 'rejected', approved_tokens = NULL,"
            " hold_reasons = %s::jsonb || hold_reasons WHERE id = ANY(%s)",
            [reason, ids],
        )


def hold_versions(*, user: User, slices: Sequence[Slice]) -> None:
    """Makes accepted versions wait again; versions that waited beside them stay as they are."""
    waiting = others_of(user=user, slices=slices, state=Slice.State.PENDING)
    ids = [item.pk for item in slices if key_of(item=item) not in waiting]
    Slice.objects.filter(pk__in=ids).update(
        state=Slice.State.PENDING, not_counted="", approved_tokens=None
    )


def tell(*, user: User, days: Collection[date], at: datetime) -> None:
    """Sums, standings, badges and caches follow a decision within its transaction."""
    changed = recount(user=user, days=days, at=at, cause="review")
    if not changed:
        # Nothing more or less counts, but badges look at what was not accepted, too.
        usage_changed.send(sender=Slice, user=user, days=frozenset(), at=at, cause="review")
    bump_visibility()
