"""The one open case of a person, kept in line with the slices of theirs that wait."""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import log2
from uuid import UUID

from django.db import connection

from accounts.models import User
from submissions.models import Appeal, Decision, ReviewCase, Slice

REVIEW_DUE = timedelta(days=3)
"""How soon somebody should have looked at a case; its owner is shown when that is."""

PRIORITY_TOKENS = 1_000_000

# What waits only because its account is excluded is decided with the account, not in a case.
_IN_A_CASE = """(jsonb_array_length({slice}.hold_reasons) = 0
  OR {slice}.hold_reasons @? '$[*] ? (@.code != "account_excluded")')"""


def waiting_slices(*, user: User) -> list[Slice]:
    """The pending versions that a person's case is about, by day; one query."""
    return list(
        Slice.objects.pending()
        .filter(user=user)
        .extra(where=[_IN_A_CASE.format(slice="submissions_slice")])  # noqa: S610 - a constant
        .select_related("device")
        .order_by("day", "client", "pk")
    )


def open_case(*, user: User) -> ReviewCase | None:
    """The case that is not closed; one query."""
    return ReviewCase.objects.filter(user=user).exclude(state=ReviewCase.State.CLOSED).first()


def refresh_case(
    *, user: User, at: datetime, actor: User | None = None, answer: str = ""
) -> ReviewCase | None:
    """Opens, updates or closes the person's case after pending versions came, changed or went.

    The account's lock must be held. To be called only when something changed: each call is a new
    `version`, and who decides must have seen it. Answers None where there is and was nothing.
    `actor` and `answer` are of the decision that leaves nothing waiting: they answer objections.
    """
    count, tokens, weight = _figures(user)
    case = open_case(user=user)
    if case is None:
        if not count:
            return None
        return ReviewCase.objects.create(
            user=user,
            opened_at=at,
            updated_at=at,
            due_at=at + REVIEW_DUE,
            weight=weight,
            priority=priority_of(weight=weight, held_tokens=tokens),
            held_tokens=tokens,
            held_slices=count,
        )
    case.weight = weight
    case.held_tokens = tokens
    case.held_slices = count
    case.priority = priority_of(weight=weight, held_tokens=tokens)
    if not count:
        case.state = ReviewCase.State.CLOSED
        case.closed_at = at
        case.claimed_by = None
        case.claimed_until = None
        _answer_objections(case, at=at, actor=actor, answer=answer)
    save_case(case=case, at=at)
    return case


def follow_case(*, user: User) -> None:
    """Keeps the figures of an open case right when what counts beside it changed.

    One statement, which does nothing where no case is open; no new version: what is to be decided
    is the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_SQL, {"user": user.pk, "unit": PRIORITY_TOKENS})


def save_case(*, case: ReviewCase, at: datetime) -> None:
    """Stores a case that was changed, as a new version."""
    case.version += 1
    case.updated_at = at
    case.save()


def priority_of(*, weight: float, held_tokens: int) -> float:
    """Where a case stands in the queue: its weight times how much it would move."""
    return weight * log2(2 + max(held_tokens, 0) / PRIORITY_TOKENS)


_WAITS = f"state = 'pending' AND {_IN_A_CASE.format(slice='submissions_slice')}"
# Grouped, not joined with itself: a long history may wait whole.
_FIGURES = f"""
SELECT count(*) AS slices,
  coalesce(sum(waiting - coalesce(counted, 0)), 0)::bigint AS tokens,
  coalesce(max(weight), 0) AS weight
FROM (
  SELECT max(total_tokens) FILTER (WHERE {_WAITS}) AS waiting,
    max(hold_weight) FILTER (WHERE {_WAITS}) AS weight,
    max(total_tokens) FILTER (WHERE state = 'accepted' AND not_counted = '') AS counted
  FROM submissions_slice WHERE user_id = %(user)s GROUP BY day, device_id, client
) one WHERE waiting IS NOT NULL
"""  # noqa: S608 - constants of this module

_FOLLOW_SQL = f"""
UPDATE submissions_reviewcase c SET held_slices = f.slices, held_tokens = f.tokens,
  weight = f.weight,
  priority = f.weight * ln(2 + greatest(f.tokens, 0)::float8 / %(unit)s) / ln(2::float8)
FROM submissions_reviewcase mine CROSS JOIN LATERAL ({_FIGURES} AND mine.id IS NOT NULL) f
WHERE mine.user_id = %(user)s AND mine.state <> 'closed' AND c.id = mine.id
  AND (c.held_slices, c.held_tokens) IS DISTINCT FROM (f.slices, f.tokens)
"""  # noqa: S608 - constants of this module


def _figures(user: User) -> tuple[int, int, float]:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"user": user.pk})
        count, tokens, weight = cursor.fetchone()
    return count, int(tokens), float(weight)


def _answer_objections(case: ReviewCase, *, at: datetime, actor: User | None, answer: str) -> None:
    """Nothing waits any more, so that nothing is left to object to: what became of it answers."""
    refused = case.decisions.filter(action=Decision.Action.REJECT).exists()
    case.appeals.filter(decision=None, state=Appeal.State.OPEN).update(
        state=Appeal.State.UPHELD if refused else Appeal.State.GRANTED,
        answer=answer or "What waited has been decided.",
        answered_by=actor,
        answered_at=at,
    )


def settle_submissions(*, user: User, touched: Collection[UUID] = ()) -> None:
    """Brings the status of submissions in line with what became of what they brought.

    Looks at those that are not verified and at `touched`: `flagged` (or `pending`, as it was)
    while something of it waits or does not count for its collector's fault, `rejected` when a
    review did not accept something of it, else `verified`. One statement; the lock is held.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_SQL, {"user": user.pk, "touched": list(touched)})


_SETTLE_SQL = """
WITH candidate AS (
  SELECT id, device_id, held, status FROM submissions_submission
  WHERE user_id = %(user)s AND (status <> 'verified' OR id = ANY(%(touched)s::uuid[]))
), held AS (
  SELECT c.id, s.state, s.not_counted FROM candidate c
  CROSS JOIN LATERAL jsonb_array_elements(c.held) h
  JOIN submissions_slice s ON s.user_id = %(user)s AND s.device_id = c.device_id
    AND s.day = (h->>'day')::date AND s.client = h->>'client'
  UNION ALL
  SELECT c.id, s.state, s.not_counted FROM candidate c
  JOIN submissions_slice s ON s.user_id = %(user)s AND s.submission_id = c.id
), due AS (
  SELECT c.id, CASE
    WHEN coalesce(bool_or(h.state = 'pending' OR h.not_counted = 'quarantine'), FALSE)
      THEN CASE WHEN c.status = 'pending' AND NOT bool_or(h.state <> 'pending')
        THEN 'pending' ELSE 'flagged' END
    WHEN coalesce(bool_or(h.state = 'rejected'), FALSE) THEN 'rejected'
    ELSE 'verified' END AS status
  FROM candidate c LEFT JOIN held h ON h.id = c.id
  GROUP BY c.id, c.status
)
UPDATE submissions_submission s SET status = due.status
FROM due WHERE s.id = due.id AND s.status <> due.status
"""


def submissions_of(*, slices: Collection[Slice]) -> set[UUID]:
    """The submissions that brought those versions."""
    return {item.submission_id for item in slices if item.submission_id is not None}
