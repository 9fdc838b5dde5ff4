"""What is stored of a person around the days of a report, as planning sees it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Device, User
from submissions.models import Slice
from submissions.rules.holds import HoldReason
from submissions.rules.merge import SliceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One version of a slice of the reporting device. `digest` is over all that its rows hold.

    `hold_reasons` are told only of versions that do not count.
    """

    id: int
    state: str
    total_tokens: int
    cost_microusd: int
    digest: bytes
    parser_version: int | None
    not_counted: str
    approved_tokens: int | None
    updated_at: datetime
    submission_id: UUID | None
    hold_reasons: tuple[HoldReason, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it adds to the sums."""
        return self.state == Slice.State.ACCEPTED and not self.not_counted

    def line(self, key: SliceKey, *, device_id: UUID, after: str) -> dict[str, object]:
        """What the ledger says of it; see `submissions.services.ledger.slice_line`."""
        return {
            "id": self.id,
            "day": key[1].isoformat(),
            "client": key[0],
            "device": str(device_id),
            "tokens": self.total_tokens,
            "before": self.state,
            "after": after,
        }


@dataclass(slots=True)
class StoredSlices:
    """The slices of a person on a report's days and their neighbours.

    `day_sums` are counted tokens and micro-dollars of all devices; `elsewhere` the (client, day)
    that another device of the person has as well.
    """

    accepted: dict[SliceKey, StoredVersion] = field(default_factory=dict)
    pending: dict[SliceKey, StoredVersion] = field(default_factory=dict)
    rejected: dict[SliceKey, StoredVersion] = field(default_factory=dict)
    elsewhere: set[SliceKey] = field(default_factory=set)
    day_sums: defaultdict[date, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )


def stored_around(*, user: User, device: Device, days: Sequence[date]) -> StoredSlices:
    """What is stored on ascending days and their neighbours; one query."""
    stored = StoredSlices()
    one_day = timedelta(days=1)
    versions: Mapping[str, dict[SliceKey, StoredVersion]] = {
        Slice.State.ACCEPTED: stored.accepted,
        Slice.State.PENDING: stored.pending,
        Slice.State.REJECTED: stored.rejected,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT device_id, client, day, state, not_counted, total_tokens, cost_microusd, id,
              content_digest, parser_version, approved_tokens, updated_at, submission_id,
              CASE WHEN state <> 'accepted' OR not_counted <> '' THEN hold_reasons END
            FROM submissions_slice WHERE user_id = %s AND day BETWEEN %s AND %s
            """,
            [user.pk, days[0] - one_day, days[-1] + one_day],
        )
        rows = cursor.fetchall()
    for device_id, client, day, state, not_counted, tokens, cost, *rest in rows:
        if state == Slice.State.ACCEPTED and not not_counted:
            sums = stored.day_sums[day]
            sums[0] += tokens
            sums[1] += cost
        if device_id != device.pk:
            stored.elsewhere.add((client, day))
            continue
        number, digest, parser, approved, updated_at, submission_id, reasons = rest
        versions[state][client, day] = StoredVersion(
            id=number,
            state=state,
            total_tokens=tokens,
            cost_microusd=cost,
            digest=bytes(digest),
            parser_version=parser,
            not_counted=not_counted,
            approved_tokens=approved,
            updated_at=updated_at,
            submission_id=submission_id,
            hold_reasons=hold_reasons_of(stored=json.loads(reasons)) if reasons else (),
        )
    return stored


def hold_reasons_of(*, stored: Sequence[Mapping[str, Any]]) -> tuple[HoldReason, ...]:
    """The reasons of a version as they are stored (`hold_json`)."""
    return tuple(
        HoldReason(
            code=item["code"],
            sentence=item["sentence"],
            weight=item.get("weight", 0.0),
            figures=item.get("figures", {}),
        )
        for item in stored
    )


def hold_json(*, reasons: Sequence[HoldReason]) -> list[dict[str, object]]:
    """How reasons are stored beside the version that they hold."""
    return [
        {
            "code": reason.code,
            "sentence": reason.sentence,
            "weight": round(reason.weight, 4),
            "figures": dict(reason.figures),
        }
        for reason in reasons
    ]
