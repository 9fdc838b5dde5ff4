"""What follows when a report holds slices, or clears some: the case, the ledger, a notice."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import Device, DeviceKey, Notice, User
from accounts.services.notices import notify
from submissions.models import Decision, ReviewCase
from submissions.rules.holds import ACCOUNT_EXCLUDED
from submissions.rules.merge import SliceKey
from submissions.services.cases import refresh_case, settle_submissions
from submissions.services.ledger import write_decision
from submissions.services.planning import Plan
from submissions.services.stored import StoredVersion
from submissions.services.telling import HELD_PAGE, days_words

type Line = dict[str, object]


def follow_plan(
    *, user: User, device: Device, plan: Plan, ids: Mapping[SliceKey, int], at: datetime
) -> None:
    """Brings case, ledger and notices in line with a plan that was written, under the lock.

    `ids` are of the versions that were written. What waits only because the account is excluded
    is in no case: it is decided with the account.
    """
    held = [item for item in plan.writes if item.hold and item.hold != (ACCOUNT_EXCLUDED,)]
    cleared = [
        (key, version)
        for key, version in plan.cleared
        if {reason.code for reason in version.hold_reasons} != {ACCOUNT_EXCLUDED.code}
    ]
    case = refresh_case(user=user, at=at) if held or cleared else None
    newly = [item for item in held if (item.priced.client, item.priced.day) in plan.newly_held]
    if newly and case is not None:
        lines: list[Line] = [
            {
                "id": ids[item.priced.client, item.priced.day],
                "day": item.priced.day.isoformat(),
                "client": item.priced.client,
                "device": str(device.pk),
                "tokens": item.priced.total_tokens,
                "before": "",
                "after": "pending",
            }
            for item in newly
        ]
        codes = sorted({reason.code for item in newly for reason in item.hold})
        facts = {"codes": codes, "accounts_with_this_device": _others_with(device)}
        hold_lines(user=user, case=case, lines=lines, facts=facts, at=at)
    if cleared:
        _clear(user, device, cleared, before="pending", case=case, at=at)
    if plan.unquarantined:
        lines = _clear(user, device, plan.unquarantined, before="quarantine", case=None, at=at)
        _tell_that_it_counts(user, lines, at=at)


def hold_lines(
    *, user: User, case: ReviewCase, lines: list[Line], facts: Mapping[str, object], at: datetime
) -> Decision:
    """A line of the ledger for slices that began to wait, and a notice if the case is new.

    `facts` go with the line: the codes of the signals, and what else a reviewer may ask.
    """
    decision = write_decision(
        action=Decision.Action.HOLD,
        role=Decision.Role.SYSTEM,
        reason_code="signals",
        at=at,
        user=user,
        case=case,
        slices=lines,
        after=facts,
        waiting_since=at,
    )
    if case.opened_at == at and case.version == 1:
        days = len({str(line["day"]) for line in lines})
        what = "One day of yours waits" if days == 1 else f"{days} days of yours wait"
        notify(
            user=user,
            code="held",
            tone=Notice.Tone.REVIEW,
            title=f"{what} for review",
            text=(
                "All the rest counts, and what counted before still does. The page of held days "
                "says why each one waits and what would clear it.\n\n" + days_words(slices=lines)
            ),
            link=HELD_PAGE,
            at=at,
        )
    return decision


def _others_with(device: Device) -> int:
    """How many other accounts a report from this machine ever came from: it may have changed
    hands, or be shared. No reason to hold anything; a reviewer is told."""
    return (
        DeviceKey.objects.filter(key__in=device.keys.values("key"))
        .exclude(user=device.user_id)
        .values("user")
        .distinct()
        .count()
    )


def _clear(
    user: User,
    device: Device,
    versions: list[tuple[SliceKey, StoredVersion]],
    *,
    before: str,
    case: ReviewCase | None,
    at: datetime,
) -> list[Line]:
    lines: list[Line] = [
        version.line(key, device_id=device.pk, after="accepted") | {"before": before}
        for key, version in versions
    ]
    write_decision(
        action=Decision.Action.CLEAR,
        role=Decision.Role.SYSTEM,
        reason_code="newer_report",
        at=at,
        user=user,
        case=case,
        slices=lines,
        waiting_since=min(version.updated_at for _key, version in versions),
    )
    touched: set[UUID] = {
        version.submission_id for _key, version in versions if version.submission_id is not None
    }
    settle_submissions(user=user, touched=touched)
    return lines


def _tell_that_it_counts(user: User, lines: list[Line], *, at: datetime) -> None:
    days = len({str(line["day"]) for line in lines})
    what = "One day counts" if days == 1 else f"{days} days count"
    notify(
        user=user,
        code="quarantine_cleared",
        tone=Notice.Tone.GOOD,
        title=f"{what} again: a newer report took the place of the faulty one",
        text="Thank you for sending it anew.\n\n" + days_words(slices=lines),
        link=HELD_PAGE,
        at=at,
    )
