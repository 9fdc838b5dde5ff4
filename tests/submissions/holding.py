"""Held usage and staff for tests: slices that wait, made without the rules that would hold them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import ApiToken, User
from submissions.models import Decision, ReviewCase, Slice, Submission
from submissions.report import UsageRow
from submissions.services.cases import refresh_case
from submissions.services.rollup import recount
from submissions.services.staff import ADMINS, MODERATORS
from tests.cast import person
from tests.submissions.reports import NOW, report
from tests.submissions.sending import accept

REASON = {"code": "over_hard_limit", "sentence": "It is very much.", "weight": 1.5}


def moderator(username: str = "mia", **fields: Any) -> User:
    """Staff who decides cases and appeals."""
    user = person(username, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=MODERATORS))
    return User.objects.get(pk=user.pk)


def admin(username: str = "ada", **fields: Any) -> User:
    """Staff who may do everything by their group, without being a superuser."""
    user = person(username, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=ADMINS))
    return User.objects.get(pk=user.pk)


def hold(
    token: ApiToken,
    rows: Iterable[UsageRow],
    *,
    minutes: float = 0,
    at: datetime = NOW,
    **more: Any,
) -> ReviewCase:
    """Reports the rows and puts what that made to wait, beside what counted before.

    Slices that counted already come back as they were: a hold takes nothing away.
    """
    rows = list(rows)
    user = token.user
    keys = {(row.day, row.client) for row in rows}
    before = _copies(user, keys)
    accept(token, report(rows, **more), minutes=minutes, at=at)
    for item in Slice.objects.accepted().filter(user=user):
        if (item.day, item.client) in keys:
            Slice.objects.filter(user=user, day=item.day, client=item.client).filter(
                state="pending"
            ).delete()
            Slice.objects.filter(pk=item.pk).update(
                state="pending", not_counted="", hold_reasons=[REASON], hold_weight=1.5
            )
    for item, its_rows in before:
        item.pk = None
        item.save(force_insert=True)
        for row in its_rows:
            row.pk, row.slice = None, item
            row.save(force_insert=True)
    recount(user=user, days={day for day, _ in keys}, at=at)
    last = Submission.objects.filter(user=user).latest("submitted_at")
    last.status = "flagged"
    last.held = [
        {"day": day.isoformat(), "client": client, "reasons": [REASON]}
        for day, client in sorted(keys)
    ]
    last.save()
    case = refresh_case(user=user, at=at)
    assert case is not None
    return case


def _copies(user: User, keys: set[tuple[date, str]]) -> list[tuple[Slice, list[Any]]]:
    return [
        (item, list(item.rows.all()))
        for item in Slice.objects.accepted().filter(user=user)
        if (item.day, item.client) in keys
    ]


def states(user: User) -> list[tuple[str, int]]:
    """The versions of a person by day and state, with their tokens."""
    found = Slice.objects.filter(user=user).order_by("day", "client", "state", "total_tokens")
    return [(item.state, item.total_tokens) for item in found]


def last_line(user: User) -> Decision:
    """The newest line of the ledger about a person."""
    return Decision.objects.filter(user=user).order_by("-pk")[0]
