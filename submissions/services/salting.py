"""The salt that message ids are hashed with before they are sent here."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from submissions.models import EvidenceSalt
from submissions.report import UsageReport
from submissions.rules.evidence import SALT_BYTES, salt_id_of

STALE_SALT_WARNING = (
    "The evidence in this report was made with a salt that this site no longer uses; it was left "
    "out. The next report brings it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Salt:
    """The salt in use; `id` is what sketches made with it are marked by."""

    id: str
    salt: bytes


def present_salt(*, at: datetime) -> Salt:
    """The salt in use, made now where the site has none yet; one query otherwise."""
    newest = EvidenceSalt.objects.order_by("-number").first()
    if newest is None:
        # Two first askers at once: the second waits for the first and then finds its row.
        fresh = _new_salt(number=1, at=at, by="the site itself")
        EvidenceSalt.objects.bulk_create([fresh], ignore_conflicts=True)
        newest = EvidenceSalt.objects.order_by("-number")[0]
    return Salt(id=newest.id, salt=bytes(newest.salt))


def rotate_salt(*, at: datetime, by: str) -> Salt:
    """Puts a new salt in use and keeps a record of who did.

    From then on new sketches do not compare with those stored; each slice is sketched anew by the
    next report that names it.
    """
    with transaction.atomic():
        present_salt(at=at)
        newest = EvidenceSalt.objects.select_for_update().order_by("-number")[0]
        fresh = _new_salt(number=newest.number + 1, at=at, by=by)
        fresh.save(force_insert=True)
    return Salt(id=fresh.id, salt=bytes(fresh.salt))


def salted_report(*, report: UsageReport, at: datetime) -> UsageReport:
    """The report with the id of the salt that its evidence was made with, or without evidence,
    and a warning, if that salt is not the present one."""
    if report.evidence is None:
        return report
    salt = present_salt(at=at)
    if report.evidence.salt_id in ("", salt.id):
        return replace(report, evidence=replace(report.evidence, salt_id=salt.id))
    return replace(report, evidence=None, warnings=(*report.warnings, STALE_SALT_WARNING))


def _new_salt(*, number: int, at: datetime, by: str) -> EvidenceSalt:
    salt = secrets.token_bytes(SALT_BYTES)
    return EvidenceSalt(id=salt_id_of(salt), salt=salt, number=number, made_at=at, made_by=by)
