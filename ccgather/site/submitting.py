"""A report from its bytes to the answer of the HTTP contract: what the endpoint and the upload
form share."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.locking import locked_account
from accounts.models import ApiToken, Device, User
from accounts.services.devices import device_named
from leaderboard.api.answers import badge_answer, level_answer, usd
from leaderboard.rules.levels import level_of
from leaderboard.selectors.board import Ranks, next_above, ranks_of
from leaderboard.selectors.held_badges import badges_earned_at
from submissions.errors import EmptyReportError, ReportInvalidError, SubmissionError
from submissions.formats import read_report
from submissions.models import RejectedReport
from submissions.report import Source, UsageReport
from submissions.rules.merge import Mode
from submissions.selectors import clients_of, usage_account
from submissions.services.accept import AcceptedReport, accept_report

Json = dict[str, object]

SHOWN_CHANGES = 2_000
"""How many changed slices an answer lists; a first report of years has more than anybody reads."""

_MESSAGES = {
    "unchanged": "Nothing new: this report is already counted",
    "dry-run": "Dry run: nothing was written",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, and by what: a token, or a device chosen or named on the upload page.

    A device that is named and not known yet is made with the report, not before it.
    """

    user: User
    token: ApiToken | None = None
    device: Device | None = None
    new_device: str = ""


def submit(
    *,
    sender: Sender,
    body: bytes,
    at: datetime,
    mode: Mode = "merge",
    dry_run: bool = False,
    client: str | None = None,
    source: Source | None = None,
) -> Json:
    """Reads, accepts and answers. Raises SubmissionError; a refused report leaves its attempt."""
    try:
        report = read_report(body=body, at=at, client=client, source=source)
    except SubmissionError as error:
        if not dry_run:
            _note_refusal(sender=sender, error=error, body=body, at=at)
        raise
    if dry_run:
        with transaction.atomic():
            answer = _accept(sender=sender, report=report, body=body, at=at, mode=mode)
            transaction.set_rollback(True)
        return answer | {"mode": "dry-run", "message": _MESSAGES["dry-run"]}
    return _accept(sender=sender, report=report, body=body, at=at, mode=mode)


def _accept(*, sender: Sender, report: UsageReport, body: bytes, at: datetime, mode: Mode) -> Json:
    before = ranks_of(user=sender.user, at=at)
    with transaction.atomic():
        accepted = accept_report(
            user_id=sender.user.pk,
            report=report,
            body=body,
            at=at,
            mode=mode,
            token=sender.token,
            device=_device_of(sender=sender, at=at),
        )
    after = before if accepted.mode == "unchanged" else ranks_of(user=sender.user, at=at)
    return _answer(
        sender=sender, report=report, accepted=accepted, before=before, after=after, at=at
    )


def _device_of(*, sender: Sender, at: datetime) -> Device | None:
    """None where the report or its token says it."""
    if not sender.new_device:
        return sender.device
    with locked_account(user_id=sender.user.pk) as owner:
        return device_named(user=owner, name=sender.new_device, at=at)


def _note_refusal(*, sender: Sender, error: SubmissionError, body: bytes, at: datetime) -> None:
    """The attempt is kept, so that somebody whose reports never arrive can be helped."""
    if isinstance(error, (ReportInvalidError, EmptyReportError)):
        RejectedReport.objects.create(
            user=sender.user,
            token=sender.token,
            attempted_at=at,
            code=error.code,
            message=error.message[:300],
            details=error.shown_details(),
            body_bytes=len(body),
        )


def _answer(
    *,
    sender: Sender,
    report: UsageReport,
    accepted: AcceptedReport,
    before: Ranks,
    after: Ranks,
    at: datetime,
) -> Json:
    user = sender.user
    account = usage_account(user=user)
    tokens = account.total_tokens if account else 0
    new_badges = []
    if accepted.mode != "unchanged":
        new_badges = [badge_answer(new.badge) for new in badges_earned_at(user=user, at=at)]
    above = next_above(user=user, at=at) if after.world is not None else None
    moved = before.world - after.world if before.world and after.world else 0
    rank = {
        "global": after.world,
        "globalChange": after.world_change,
        "country": after.country,
        "countryChange": after.country_change,
        "movedNow": moved,
        "next": {"username": above[0], "tokensAhead": above[1]} if above else None,
    }
    changes = [
        {
            "day": change.day.isoformat(),
            "client": change.client,
            "before": change.before,
            "after": change.after,
            "why": change.why,
        }
        for change in accepted.changes[:SHOWN_CHANGES]
    ]
    warnings = list(accepted.warnings)
    if len(accepted.changes) > SHOWN_CHANGES:
        warnings.append(f"{len(accepted.changes) - SHOWN_CHANGES} more changes are not listed")
    answer: Json = {
        "success": True,
        "submissionId": str(accepted.submission_id),
        "status": accepted.status,
        "mode": accepted.mode,
        "message": _message(accepted),
        "username": user.username,
        "profileUrl": f"{settings.PUBLIC_URL}/u/{user.username}",
        "metrics": {
            "totalTokens": tokens,
            "totalCost": usd(account.cost_microusd if account else 0),
            "activeDays": account.active_days if account else 0,
            "dateRange": {
                "start": account.first_day.isoformat() if account and account.first_day else None,
                "end": account.last_day.isoformat() if account and account.last_day else None,
            },
            "clients": clients_of(user=user),
        },
        "rank": rank,
        "level": level_answer(level_of(tokens=tokens)),
        "newBadges": new_badges,
        "changes": changes,
        "held": [
            {
                "day": held.day.isoformat(),
                "client": held.client,
                "reasons": [{"code": r.code, "sentence": r.sentence} for r in held.reasons],
            }
            for held in accepted.held
        ],
        "warnings": warnings,
    }
    if report.wire_format == "single_day":
        answer["data"] = {
            "submissionId": str(accepted.submission_id),
            "date": report.days()[0].isoformat(),
            "tokens": report.total_tokens,
            "cost": usd(report.rows[0].reported_cost_microusd),
            "rank": {
                key: rank[key] for key in ("global", "globalChange", "country", "countryChange")
            },
        }
    return answer


def _message(accepted: AcceptedReport) -> str:
    if accepted.mode == "unchanged":
        return _MESSAGES["unchanged"]
    if accepted.status == "verified":
        return "Submission recorded"
    days = len({held.day for held in accepted.held})
    what = "day waits" if days == 1 else "days wait"
    return f"Submission recorded; {days} {what} for review"
